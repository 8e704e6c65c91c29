#include "lsp/streamed_output.h"

#include <unistd.h>

#include <iostream>

#include "lsp/terminal.h"
#include "lsp/text/utf8.h"

namespace lsp {

StreamedOutput::StreamedOutput(const sandbox::languages::Prepared& prepared)
    : prepared_(prepared), writer_([this] { write_all(); }) {}

StreamedOutput::~StreamedOutput() { finish(); }

void StreamedOutput::hear(Stream stream, std::string_view bytes, const std::string& root) {
  if (stream == Stream::output) return print(stream, std::string(bytes), More::comes);
  if (!names_) names_.emplace(prepared_, root);
  print(stream, names_->add(bytes), More::comes);
}

void StreamedOutput::finish() {
  if (!writer_.joinable()) return;
  print(Stream::output, "", More::is_not);
  print(Stream::errors, names_ ? names_->rest() : "", More::is_not);
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  wake_.notify_one();
  writer_.join();
}

void StreamedOutput::print(Stream stream, std::string text, More more) {
  const bool errors = stream == Stream::errors;
  // Half of a character would be none to the filter of a terminal.
  if (isatty(errors ? STDERR_FILENO : STDOUT_FILENO) != 0) {
    std::string& begun = begun_[errors ? 1 : 0];
    text.insert(0, begun);
    const size_t whole = more == More::comes ? text::whole_characters(text) : text.size();
    begun = text.substr(whole);
    text.resize(whole);
    if (errors) text = without_controls(text);
  }
  if (text.empty()) return;
  const std::lock_guard lock(mutex_);
  waiting_.emplace_back(stream, std::move(text));
  wake_.notify_one();
}

void StreamedOutput::write_all() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return ended_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const auto pieces = std::exchange(waiting_, {});
    lock.unlock();
    for (const auto& [stream, text] : pieces) {
      (stream == Stream::output ? std::cout : std::cerr) << text << std::flush;
    }
    lock.lock();
  }
}

}  // namespace lsp
