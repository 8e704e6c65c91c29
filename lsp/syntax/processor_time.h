// What limits of time are measured by: a busy machine must not change what is found.
#pragma once

#include <chrono>
#include <ctime>

namespace lsp::syntax {

// Of the calling thread.
inline std::chrono::nanoseconds processor_time() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

}  // namespace lsp::syntax
