// Joins the bytes of pieces into whole characters: a token may end in the middle of one.
#pragma once

#include <string>
#include <string_view>

namespace engine::decode {

// Bytes at the end of `text` that begin a UTF-8 character but do not finish it: 0 … 3. Bytes that
// no character can begin with are not counted; they will not get better.
size_t unfinished_utf8(std::string_view text);

class Utf8Joiner {
 public:
  // The characters that `bytes` finishes; a character begun is kept for the next call.
  std::string push(std::string_view bytes);
  // What is left when the stream ends: part of a character, or nothing.
  std::string flush();

 private:
  std::string unfinished_;
};

}  // namespace engine::decode
