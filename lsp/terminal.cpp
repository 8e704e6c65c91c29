#include "lsp/terminal.h"

#include <unistd.h>

#include <iostream>
#include <streambuf>

#include "lsp/text/utf8.h"

namespace lsp {
namespace {

constexpr std::string_view progress_signs[] = {"\r", "\x1b[K"};
constexpr const char* clear_line = "\r\x1b[K";

enum class Progress { shown, none };

class Filter : public std::streambuf {
 public:
  Filter(std::streambuf* terminal, Progress progress) : terminal_(terminal), progress_(progress) {}

 protected:
  int_type overflow(int_type c) override {
    if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
    held_ += traits_type::to_char_type(c);
    const bool ends_line = held_.back() == '\n';
    return ends_line && sync() != 0 ? traits_type::eof() : c;
  }

  std::streamsize xsputn(const char* text, std::streamsize count) override {
    held_.append(text, static_cast<size_t>(count));
    return held_.find('\n') != std::string::npos && sync() != 0 ? 0 : count;
  }

  int sync() override {
    std::string safe;
    size_t begin = 0;  // of what is not told yet
    for (size_t at = 0; progress_ == Progress::shown && at < held_.size(); ++at) {
      for (const std::string_view sign : progress_signs) {
        if (!std::string_view(held_).substr(at).starts_with(sign)) continue;
        safe += without_controls(std::string_view(held_).substr(begin, at - begin));
        safe += sign;
        begin = at + sign.size();
      }
    }
    safe += without_controls(std::string_view(held_).substr(begin));
    held_.clear();
    const auto count = static_cast<std::streamsize>(safe.size());
    return terminal_->sputn(safe.data(), count) == count ? terminal_->pubsync() : -1;
  }

 private:
  std::streambuf* terminal_;
  Progress progress_;
  std::string held_;  // so that no character is cut
};

}  // namespace

std::string without_controls(std::string_view text) {
  std::string safe;
  size_t bytes = 0;
  for (size_t at = 0; at < text.size(); at += bytes) {
    bytes = text::character_bytes(text, at);
    const auto first = static_cast<unsigned char>(text[at]);
    const bool control = (first < 0x20 && first != '\n' && first != '\t') || first == 0x7f;
    const bool invalid = bytes == 1 && first >= 0x80;
    const bool high_control = first == 0xc2 && static_cast<unsigned char>(text[at + 1]) < 0xa0;
    safe += control || invalid || high_control ? "?" : text.substr(at, bytes);
  }
  return safe;
}

void keep_controls_from_terminals() {
  // Never freed: the streams are flushed after everything else has ended.
  if (isatty(STDOUT_FILENO) != 0) {
    std::cout.rdbuf(new Filter(std::cout.rdbuf(), Progress::none));
  }
  if (isatty(STDERR_FILENO) != 0) {
    std::cerr.rdbuf(new Filter(std::cerr.rdbuf(), Progress::shown));
  }
}

void ProgressLine::show(const std::string& how_far) {
  if (isatty(STDERR_FILENO) == 0) return;
  std::cerr << clear_line << without_controls(how_far) << std::flush;
  shown_ = true;
}

ProgressLine::~ProgressLine() {
  if (shown_) std::cerr << clear_line << std::flush;
}

}  // namespace lsp
