// Chat and completion at an OpenAI-compatible endpoint, streamed.
//
// Thread safety: every method may be called from any thread; each blocks its caller. Callbacks run
// on that thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/remote/endpoint.h"

namespace engine::remote {

struct Message {
  enum class Role { system, user, assistant };
  Role role;
  std::string text;
};

struct Sampling {
  int max_tokens = 4096;  // of thinking and answer together
  double temperature = 0;
  std::optional<int64_t> seed;
};

// all_was_thought takes back: what came as text until now was thought (thinking.h).
enum class PieceKind { text, thought, all_was_thought };
struct Piece {
  PieceKind kind;
  std::string text;
};
// Returns false to end the answer, by closing the connection.
using OnPiece = std::function<bool(const Piece&)>;

struct Reply {
  enum class Reason { finished, limit, stopped };
  std::string text;
  std::string thought;
  Reason reason = Reason::finished;
  int64_t prompt_tokens = 0;  // 0: the endpoint does not say
  int64_t generated_tokens = 0;
};

// Where a text may hold thoughts. What fills a gap has none: the blanks that it begins with are its
// own, and a tag in it is code.
enum class Thoughts { between_tags, none };

struct Post;        // exchange.h
class Connections;  // connections.h

// Its connections stay open between answers for about two minutes.
class Client {
 public:
  explicit Client(Endpoint endpoint);
  ~Client();

  const Endpoint& endpoint() const { return endpoint_; }

  Result<Reply> chat(const std::vector<Message>& messages, const Sampling& sampling,
                     const OnPiece& on_piece, std::stop_token stop) const;
  // What stands between `prefix` and `suffix`: by the template of the settings where there is one,
  // else by llama.cpp's /infill where the endpoint has it (beside its /v1), else by `suffix` of
  // OpenAI's completions. Which of the two it has is asked once.
  Result<Reply> fill(const std::string& prefix, const std::string& suffix, const Sampling& sampling,
                     const OnPiece& on_piece, std::stop_token stop) const;

 private:
  Result<Reply> ask(const std::string& path, std::string body, Thoughts thoughts,
                    const OnPiece& on_piece, std::stop_token stop) const;
  // Nothing where the endpoint has no such path.
  Result<std::optional<Reply>> try_to_ask(const Post& post, Thoughts thoughts,
                                          const OnPiece& on_piece, std::stop_token stop) const;
  std::string base_url() const;  // without a slash at its end

  const Endpoint endpoint_;
  const std::unique_ptr<Connections> connections_;
  mutable std::atomic<bool> has_no_infill_ = false;
};

}  // namespace engine::remote
