// What a process says when a file that it has mapped is cut short, or its disk fails: the kernel
// then ends it (SIGBUS), and its user would not know why.
#pragma once

#include <string>

namespace lsp::daemon {

// From here on such an end is said on standard error and in the file `log` (empty: nowhere else);
// the process still ends by the signal. Once for each process.
void say_last_words(const std::string& log);

}  // namespace lsp::daemon
