#include "lsp/daemon/bridge.h"

#include <fcntl.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <iostream>
#include <thread>

#include "engine/base/format.h"
#include "lsp/daemon/editor_state.h"
#include "lsp/server/peer.h"
#include "lsp/wire/protocol.h"

namespace lsp::daemon {
namespace {

namespace asio = boost::asio;
using server::Peer;
using Clock = std::chrono::steady_clock;

constexpr size_t most_deaths = 3;
constexpr std::chrono::minutes deaths_counted_for{1};
// A daemon that is dying may still accept a connection. Such a one is tried again, so often.
constexpr int most_silent_ends = 100;
constexpr std::chrono::milliseconds between_silent_ends{20};
// What the daemon may take to write its last words after `exit`.
constexpr std::chrono::seconds last_call{2};

class Bridge {
 public:
  Bridge(int in, int out, Connect connect);
  int run(int daemon);

 private:
  void attach(int socket);
  void on_editor(base::Result<std::string> body);
  void on_editor_gone();
  void on_daemon(base::Result<std::string> body);
  void on_daemon_gone();
  bool count_end();
  void give_up(const std::string& reason);
  void leave(int exit_code);
  void stop_if_written();

  asio::io_context context_;
  asio::steady_timer last_call_;
  Connect connect_;
  std::shared_ptr<Peer> editor_;
  std::shared_ptr<Peer> daemon_;  // null when there is none any more
  EditorState state_;
  std::deque<Clock::time_point> deaths_;
  bool has_spoken_ = false;  // the daemon that is connected
  int silent_ends_ = 0;      // in a row
  bool leaving_ = false;
  int exit_code_ = 1;
};

Bridge::Bridge(int in, int out, Connect connect)
    : last_call_(context_),
      connect_(std::move(connect)),
      editor_(
          std::make_shared<Peer>(context_, in, out,
                                 Peer::Handlers{[this](auto body) { on_editor(std::move(body)); },
                                                [this](const std::string&) { on_editor_gone(); },
                                                [this] { stop_if_written(); }})) {}

int Bridge::run(int daemon) {
  attach(daemon);
  editor_->read();
  context_.run();
  if (daemon_) daemon_->close();
  editor_->close();
  context_.restart();
  context_.poll();  // lets the operations that were under way go
  return exit_code_;
}

void Bridge::attach(int socket) {
  daemon_ = std::make_shared<Peer>(
      context_, socket, fcntl(socket, F_DUPFD_CLOEXEC, 0),
      Peer::Handlers{[this](auto body) { on_daemon(std::move(body)); },
                     [this](const std::string&) { on_daemon_gone(); }, [] {}});
  daemon_->read();
  has_spoken_ = false;
}

// Whether the daemons end too often to go on.
bool Bridge::count_end() {
  if (!has_spoken_ && ++silent_ends_ < most_silent_ends) {
    std::this_thread::sleep_for(between_silent_ends);
    return false;
  }
  silent_ends_ = 0;
  const auto now = Clock::now();
  deaths_.push_back(now);
  while (now - deaths_.front() > deaths_counted_for) deaths_.pop_front();
  return deaths_.size() >= most_deaths;
}

void Bridge::on_editor(base::Result<std::string> body) {
  if (!body) {
    const wire::ResponseError error{static_cast<int>(wire::ErrorCode::parse_error), body.message()};
    return editor_->send(wire::to_text(wire::Response{std::nullopt, error, {}}));
  }
  const auto handed_on = state_.from_editor(std::move(body).value());
  if (handed_on && daemon_) daemon_->send(*handed_on);
  if (!state_.has_left()) return;
  exit_code_ = state_.shut_down() ? 0 : 1;
  if (!daemon_) return leave(exit_code_);
  // The daemon closes its end after `exit`; on_daemon_gone then leaves.
  last_call_.expires_after(last_call);
  last_call_.async_wait([this](boost::system::error_code) { context_.stop(); });
}

void Bridge::on_editor_gone() { leave(state_.shut_down() ? 0 : 1); }

void Bridge::on_daemon(base::Result<std::string> body) {
  has_spoken_ = true;
  if (!body) return on_daemon_gone();  // it does not speak our language any more
  if (const auto handed_on = state_.from_daemon(std::move(body).value())) {
    editor_->send(*handed_on);
  }
}

void Bridge::on_daemon_gone() {
  if (!daemon_ || leaving_) return;
  daemon_->close();
  daemon_ = nullptr;
  for (const std::string& body : state_.lose_daemon()) editor_->send(body);
  if (state_.has_left()) return leave(exit_code_);
  if (!state_.wants_daemon()) return;
  if (count_end()) {
    return give_up(base::concat("its daemon has ended ", most_deaths, " times within a minute"));
  }
  std::cerr << "lemma: the daemon ended; starting it again\n";
  const auto socket = connect_();
  if (!socket) return give_up(socket.message());
  attach(*socket);
  for (const std::string& body : state_.introduction()) daemon_->send(body);
}

void Bridge::give_up(const std::string& reason) {
  const std::string text = base::concat("lemma stops: ", reason,
                                        ". `lemma lsp --standalone` serves without a daemon; its "
                                        "log may say more");
  std::cerr << text << '\n';
  editor_->send(wire::to_text(wire::show_message(wire::MessageType::error, text)));
  leave(1);
}

void Bridge::leave(int exit_code) {
  if (leaving_) return;
  leaving_ = true;
  exit_code_ = exit_code;
  editor_->stop_reading();
  last_call_.expires_after(last_call);
  last_call_.async_wait([this](boost::system::error_code) { context_.stop(); });
  stop_if_written();
}

void Bridge::stop_if_written() {
  if (leaving_ && editor_->all_written()) context_.stop();
}

}  // namespace

int run_bridge(int in, int out, int daemon, Connect connect) {
  return Bridge(in, out, std::move(connect)).run(daemon);
}

}  // namespace lsp::daemon
