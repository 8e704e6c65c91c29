#include "lsp/daemon/reserve.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <new>
#include <vector>

#include "tests/support/catch.h"

// A sanitizer needs the memory that this test takes away.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
namespace {

using lsp::daemon::keep_reserve;
using lsp::daemon::reserve_bytes;

void leave(rlim_t more) {  // which allocates nothing
  char text[64] = {};
  const int file = ::open("/proc/self/statm", O_RDONLY);
  if (::read(file, text, sizeof text - 1) <= 0) _exit(2);
  ::close(file);
  const rlim_t pages = std::strtoul(text, nullptr, 10);
  const rlimit little{pages * static_cast<rlim_t>(getpagesize()) + more, RLIM_INFINITY};
  if (setrlimit(RLIMIT_AS, &little) != 0) _exit(2);
}

bool has(size_t bytes) {
  return std::unique_ptr<char[]>(new (std::nothrow) char[bytes]) != nullptr;
}

// Until there is none; how many bytes those were.
size_t take_all() {
  size_t taken = 0;
  for (size_t block = size_t{1} << 20; block >= 64; block /= 2) {
    while (new (std::nothrow) char[block] != nullptr) taken += block;
  }
  return taken;
}

// In a process of its own, which says by its exit status what is wrong.
int find_fault() {
  keep_reserve();
  leave(0);
  if (take_all() < reserve_bytes / 2) return 3;  // the reserve among it
  keep_reserve();
  if (has(64)) return 4;
  leave(reserve_bytes + (1 << 16));
  keep_reserve();
  if (has(2 * reserve_bytes)) return 5;           // for whom it is not enough
  return take_all() > reserve_bytes / 2 ? 0 : 6;  // it is there for others
}

}  // namespace

TEST_CASE("an allocation that fails leaves the reserve to others") {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) _exit(find_fault());
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}
#endif
