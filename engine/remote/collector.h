// An answer as it comes: what is thought apart from what is said, each piece handed on.
#pragma once

#include <string>

#include "engine/remote/client.h"
#include "engine/remote/thinking.h"

namespace engine::remote {

class Collector {
 public:
  // `on_piece` may be empty.
  explicit Collector(const OnPiece& on_piece, Thoughts thoughts = Thoughts::between_tags)
      : on_piece_(on_piece), thoughts_(thoughts) {}

  // The next piece, in which thinking may stand between tags; whether more is wanted.
  bool text(const std::string& piece) {
    const bool is_plain = thoughts_ == Thoughts::none;
    return is_plain ? emit(PieceKind::text, piece) : add(thinking_.push(piece));
  }
  // The next piece of what an endpoint gives as thinking itself.
  bool thought(const std::string& piece) {
    if (!piece.empty()) thinking_.is_told_apart();
    return emit(PieceKind::thought, piece);
  }
  void end() { add(thinking_.end()); }

  bool is_stopped() const { return reply.reason == Reply::Reason::stopped; }
  Reply reply;

 private:
  bool add(const Thinking::Part& part);
  bool emit(PieceKind kind, const std::string& text);

  const OnPiece& on_piece_;
  Thoughts thoughts_;
  Thinking thinking_;
};

}  // namespace engine::remote
