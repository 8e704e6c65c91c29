#include "engine/remote/events.h"

#include <utility>

namespace engine::remote {
namespace {

constexpr size_t most_event_bytes = size_t{1} << 20;

}  // namespace

Events::Pushed Events::push(std::string_view bytes) {
  for (const char byte : bytes) {
    const bool second = after_return_ && byte == '\n';  // of \r\n
    after_return_ = byte == '\r';
    if (second) continue;
    if (byte != '\n' && byte != '\r') {
      line_ += byte;
      if (line_.size() + data_.size() > most_event_bytes) return Pushed::too_long;
      continue;
    }
    const bool goes_on = take_line(line_);
    line_.clear();
    if (!goes_on) return Pushed::enough;
  }
  return Pushed::more;
}

std::string Events::rest() {
  if (!line_.empty()) take_line(std::exchange(line_, ""));
  has_data_ = false;
  return std::exchange(data_, "");
}

bool Events::take_line(std::string_view line) {
  if (line.empty()) {
    if (!has_data_) return true;
    has_data_ = false;
    const std::string data = std::exchange(data_, "");
    return on_data_(data);
  }
  // A comment (keep-alive) begins with a colon; of the fields only the data matters.
  if (!line.starts_with("data:")) return true;
  line.remove_prefix(5);
  if (line.starts_with(' ')) line.remove_prefix(1);
  if (has_data_) data_ += '\n';
  data_ += line;
  has_data_ = true;
  return true;
}

}  // namespace engine::remote
