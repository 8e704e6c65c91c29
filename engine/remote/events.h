// Server-sent events (HTML Living Standard, 9.2.6), as far as endpoints use them: the data of each.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace engine::remote {

class Events {
 public:
  // Called for the data of each event; returns false to hear no more.
  using OnData = std::function<bool(std::string_view data)>;
  explicit Events(OnData on_data) : on_data_(std::move(on_data)) {}

  enum class Pushed { more, enough, too_long };
  // The next bytes, cut anywhere. too_long: one event has more bytes than any answer's piece.
  Pushed push(std::string_view bytes);
  // The data of an event that the stream has ended in, without the blank line behind it.
  std::string rest();

 private:
  bool take_line(std::string_view line);

  OnData on_data_;
  std::string line_;       // begun
  std::string data_;       // of the event that has begun
  bool has_data_ = false;  // data may be empty
  bool after_return_ = false;
};

}  // namespace engine::remote
