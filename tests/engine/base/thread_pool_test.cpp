#include "engine/base/thread_pool.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <new>
#include <numeric>
#include <thread>
#include <vector>

#include "tests/support/catch.h"

using engine::base::ThreadPool;

TEST_CASE("every index runs once, on a thread of the pool") {
  for (const int threads : {1, 2, 5}) {
    ThreadPool pool(threads);
    CHECK(pool.threads() == threads);
    for (const int count : {0, 1, 2, 3, 1000}) {
      std::vector<std::atomic<int>> calls(count);
      std::atomic<bool> known_thread = true;
      pool.parallel_for(count, [&](int index, int thread) {
        ++calls[index];
        if (thread < 0 || thread >= threads) known_thread = false;
      });
      CHECK(known_thread);
      for (const auto& number : calls) CHECK(number == 1);
    }
  }
}

TEST_CASE("no two tasks use one thread number at the same time") {
  ThreadPool pool(4);
  std::vector<std::atomic<int>> inside(4);
  std::atomic<bool> alone = true;
  pool.parallel_for(400, [&](int, int thread) {
    if (++inside[thread] != 1) alone = false;
    std::this_thread::yield();
    --inside[thread];
  });
  CHECK(alone);
}

TEST_CASE("what tasks wrote is seen when the loop returns, loop after loop") {
  ThreadPool pool(3);
  int64_t wrong = 0;
  for (int loop = 1; loop <= 5000; ++loop) {
    std::vector<int> values(7);  // plain memory, new in each loop
    pool.parallel_for(7, [&](int index, int) { values[index] = loop * index; });
    if (std::accumulate(values.begin(), values.end(), 0) != loop * 21) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("workers that went to sleep take part again") {
  ThreadPool pool(2);
  for (int i = 0; i < 5; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));  // longer than they spin
    // Two tasks that each wait for the other need two threads.
    std::atomic<int> arrived = 0;
    pool.parallel_for(2, [&](int, int) {
      ++arrived;
      while (arrived < 2) std::this_thread::yield();
    });
    CHECK(arrived == 2);
  }
}

TEST_CASE("what a task throws leaves the loop once nothing of it runs, and the pool goes on") {
  for (const int threads : {1, 4}) {
    ThreadPool pool(threads);
    for (int loop = 0; loop < 200; ++loop) {
      std::atomic<int> inside = 0;
      const auto throwing = [&] {
        pool.parallel_for(20, [&](int index, int) {
          ++inside;
          std::this_thread::yield();
          --inside;
          if (index % 3 == loop % 3) throw std::bad_alloc();
        });
      };
      CHECK_THROWS_AS(throwing(), std::bad_alloc);
      CHECK(inside == 0);
      std::atomic<int> calls = 0;
      pool.parallel_for(20, [&](int, int) { ++calls; });
      CHECK(calls == 20);
    }
  }
}

// A sanitizer needs the memory that this test takes away.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("where the system starts no more threads, the pool works with those there are") {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const rlimit little{1u << 30, 1u << 30};  // of address space: some 100 stacks of 8 MB
    if (setrlimit(RLIMIT_AS, &little) != 0) _exit(2);
    ThreadPool pool(1024);
    std::atomic<int> calls = 0;
    pool.parallel_for(5000, [&](int, int) { ++calls; });
    _exit(calls == 5000 && pool.threads() < 1024 ? 0 : 3);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}
#endif
