#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "sandbox/runner/capture.h"
#include "sandbox/runner/memory_watch.h"
#include "sandbox/runner/protocol.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace {

using namespace sandbox::runner;

Plan some_plan() {
  Plan plan{.warm = Step{.argv = {"a", ""}, .env = {"B=c"}, .folder = "/d", .message = "m\n"}};
  plan.policy.trees = {{"/usr", "/usr", sandbox::policy::View::scratch, {".env"}}};
  plan.policy.links = {{"/bin", "usr/bin"}};
  plan.policy.files = {{"/etc/x", std::string("\0y", 2), 0600}};
  plan.policy.limits.processes = 7;
  plan.policy.tracing = sandbox::policy::Tracing::own_children;
  return plan;
}

}  // namespace

TEST_CASE("a plan arrives as it was sent; a damaged one does not arrive") {
  const std::string bytes = encode(some_plan());
  const auto plan = decode_plan(bytes);
  REQUIRE(plan.has_value());
  CHECK(encode(*plan) == bytes);
  CHECK(plan->policy.limits.processes == 7);
  CHECK(plan->policy.files[0].content == std::string("\0y", 2));
  CHECK(plan->warm->message == "m\n");
  for (size_t size = 0; size < bytes.size(); ++size) {
    CHECK_FALSE(decode_plan(std::string_view(bytes).substr(0, size)).has_value());
  }
  CHECK_FALSE(decode_plan(bytes + "x").has_value());
  CHECK_FALSE(decode_job(std::string(8, '\xff')).has_value());
}

TEST_CASE("a capture keeps both ends and counts the rest") {
  for (const size_t piece : {1, 3, 7, 100}) {
    Capture capture(4);
    const std::string text = "abcdefghijklmnop";
    for (size_t at = 0; at < text.size(); at += piece) capture.append(text.substr(at, piece));
    CHECK(capture.bytes() == 16);
    CHECK(capture.dropped() == 8);
    CHECK(capture.text() == "abcd\n[... 8 bytes left out ...]\nmnop");
  }
  Capture exact(4);
  exact.append("abcdefgh");
  CHECK(exact.dropped() == 0);
  CHECK(exact.text() == "abcdefgh");
}

TEST_CASE("memory counts once where processes share it") {
  constexpr size_t bytes = 64 << 20;
  void* block = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(block != MAP_FAILED);
  std::fill_n(static_cast<char*>(block), bytes, 'x');
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    children.push_back(fork());
    if (children.back() == 0) {
      for (;;) pause();
    }
  }
  const uint64_t quick = resident_bytes(getpid(), UINT64_MAX);
  const uint64_t exact = resident_bytes(getpid(), 1);
  for (const pid_t child : children) kill(child, SIGKILL);
  for (const pid_t child : children) waitpid(child, nullptr, 0);
  munmap(block, bytes);
  CHECK(quick >= 4 * bytes);
  CHECK(exact >= bytes);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they write what is theirs
  CHECK(exact < 2 * bytes);
#endif
  CHECK(resident_bytes(999'999'999, 1) == 0);
}

TEST_CASE("memory counts where only a second thread knows it") {
  constexpr size_t bytes = 64 << 20;
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  if (child == 0) {
    std::thread([&] {
      usleep(50'000);  // until the main thread has ended
      void* block =
          mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      std::fill_n(static_cast<char*>(block), bytes, 'x');
      for (char byte = 0; write(ends[1], &byte, 1) == 1;) pause();
    }).detach();
    syscall(SYS_exit, 0);  // pthread_exit() would unwind the test
  }
  close(ends[1]);
  char byte = 0;
  CHECK(read(ends[0], &byte, 1) == 1);
  CHECK(resident_bytes(child, UINT64_MAX) >= bytes);
  CHECK(resident_bytes(child, 1) >= bytes);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(ends[0]);
}

TEST_CASE("memory counts once while a program starts another, and page tables count") {
  constexpr size_t bytes = 64 << 20, reach = size_t{64} << 30, step = 2 << 20;
  void* block = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(block != MAP_FAILED);
  std::fill_n(static_cast<char*>(block), bytes, 'x');
  std::vector<char> stack(65536);
  // As vfork() does for as long as the other program is not there.
  const auto sleep = [](void*) -> int {
    for (;;) pause();
  };
  const pid_t child = clone(sleep, stack.data() + stack.size(), CLONE_VM | SIGCHLD, nullptr);
  REQUIRE(child > 0);
  const uint64_t exact = resident_bytes(getpid(), 1);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  munmap(block, bytes);
  CHECK(exact >= bytes);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  CHECK(exact < 2 * bytes);
#endif
  // A page of zeros is nobody's, and the way to it takes one of 4 KiB in each 2 MiB.
  void* zeros = mmap(nullptr, reach, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  REQUIRE(zeros != MAP_FAILED);
  madvise(zeros, reach, MADV_NOHUGEPAGE);
  int sum = 0;
  for (size_t at = 0; at < reach; at += step) sum += static_cast<volatile char*>(zeros)[at];
  CHECK(sum == 0);
  CHECK(resident_bytes(getpid(), UINT64_MAX) >= reach / step * 4096);
  munmap(zeros, reach);
}

TEST_CASE("what a machine has left is what its kernel says") {
  const support::TemporaryFolder folder;
  const std::string proc = folder.path();
  CHECK(available_bytes(proc) == UINT64_MAX);
  folder.write("meminfo", "MemTotal: 9 kB\nMemFree: 1 kB\nMemAvailable:    7 kB\n");
  CHECK(available_bytes(proc) == 7 * 1024);
}
