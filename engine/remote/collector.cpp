#include "engine/remote/collector.h"

#include <utility>

namespace engine::remote {

bool Collector::emit(PieceKind kind, const std::string& text) {
  if (kind == PieceKind::all_was_thought) {
    reply.thought += std::exchange(reply.text, "");
  } else if (text.empty()) {
    return true;
  }
  (kind == PieceKind::text ? reply.text : reply.thought) += text;
  if (!on_piece_ || on_piece_({kind, text})) return true;
  reply.reason = Reply::Reason::stopped;
  return false;
}

bool Collector::add(const Thinking::Part& part) {
  if (part.all_was_thought && !emit(PieceKind::all_was_thought, "")) return false;
  return emit(PieceKind::thought, part.thought) && emit(PieceKind::text, part.text);
}

}  // namespace engine::remote
