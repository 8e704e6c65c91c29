#include "lsp/daemon/last_words.h"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

namespace lsp::daemon {
namespace {

constexpr char words[] =
    "lemma: a mapped file was cut short or could not be read; this is the model's, its memory's or "
    "a disk that fails. Ending: the next daemon says what it finds\n";

// A signal's handler can be given nothing.
volatile int log_descriptor = -1;

void on_bus_error(int signal) {
  for (const int descriptor : {STDERR_FILENO, static_cast<int>(log_descriptor)}) {
    if (descriptor < 0) continue;
    [[maybe_unused]] const ssize_t written = write(descriptor, words, sizeof words - 1);
  }
  raise(signal);  // with the default action again: SA_RESETHAND
}

}  // namespace

void say_last_words(const std::string& log) {
  if (!log.empty()) {
    log_descriptor = open(log.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  }
  struct sigaction action {};
  action.sa_handler = on_bus_error;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
  sigaction(SIGBUS, &action, nullptr);
}

}  // namespace lsp::daemon
