// A whole server behind two pipes, and a scripted client that speaks to it.
#pragma once

#include <deque>
#include <functional>
#include <future>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <thread>

#include "lsp/server/server.h"
#include "lsp/wire/frame.h"

namespace server_test {

using lsp::server::Trigger;
using nlohmann::json;

// What the model under test does with a question.
using Complete = std::function<lsp::server::base::Result<std::optional<lsp::server::Answer>>(
    const lsp::server::Question&, std::stop_token)>;

// Inserts `text` at the cursor.
lsp::server::Answer insert_at_cursor(const lsp::server::Question& question,
                                     const std::string& text);
// Waits until it is stopped, then answers all the same, as a careless feature would.
Complete until_stopped();
// Answers with the version of the document: "v7".
Complete with_version();

lsp::server::LoadModel model_that(Complete complete);

struct Setup {
  lsp::server::LoadModel load = model_that(with_version());
  lsp::server::Settings settings = {};
  std::vector<lsp::server::Problem> problems = {};
  lsp::server::DebugOptions debug = {};
  std::shared_ptr<lsp::server::Filler> filler = {};
  std::shared_ptr<lsp::server::Tester> tester = {};
  std::shared_ptr<lsp::server::Solver> solver = {};
  std::shared_ptr<lsp::server::Evaluator> evaluator = {};
  std::shared_ptr<lsp::server::EditFinder> edits = {};
  std::shared_ptr<lsp::server::Chat> chat = {};
  std::shared_ptr<lsp::server::Changer> changer = {};
};

class Client {
 public:
  explicit Client(Setup setup = {});
  ~Client();

  void send_bytes(std::string_view bytes);
  void send(json message);  // adds "jsonrpc"
  void notify(const std::string& method, json params);
  json request(const std::string& method, json params);  // sends; returns the id
  void answer(const json& id, json result);              // to a request of the server

  // The next message, of whatever kind; fails the test after a minute.
  json receive();
  // The response to `id`; everything else that arrives is kept in `others`.
  json response(const json& id);
  json call(const std::string& method, json params) { return response(request(method, params)); }
  // The next message with this method, from `others` or from the wire.
  json message(const std::string& method);

  // initialize and initialized, with the model loaded.
  json start(json capabilities = {{"textDocument", {{"inlineCompletion", json::object()}}},
                                  {"general", {{"positionEncodings", {"utf-8"}}}}},
             json options = json::object(), const std::string& locale = "");
  void wait_for_model();
  void open(const std::string& uri, const std::string& text, int version = 1,
            const std::string& language = "python");
  void type(const std::string& uri, int version, int line, int character, const std::string& text);
  // inlineCompletion; returns the id
  json ask(const std::string& uri, int line, int character, Trigger trigger = Trigger::automatic);

  void close_input();
  // Waits for the server's end.
  int exit_code();
  int leave();  // shutdown, exit

  std::deque<json> others;
  std::string log() const { return log_.str(); }  // after the server's end

 private:
  std::ostringstream log_;
  int to_server_ = -1;
  int from_server_ = -1;
  lsp::wire::FrameReader reader_;
  std::deque<json> received_;
  int last_id_ = 0;
  std::optional<int> exit_code_;
  std::thread server_;
};

}  // namespace server_test
