// A plain pool of threads for short parallel loops: the products of one step, tens of microseconds
// each, hundreds a second.
//
// Indices are handed out one at a time, so a thread that the system has put aside delays only the
// one index it holds. Between loops a worker spins for some microseconds, then sleeps: the next
// loop of a running step starts without a system call, an idle engine uses no processor.
//
// Thread safety: one parallel_for at a time, and none from inside a task.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <thread>
#include <vector>

namespace engine::base {

// Cores this process may use; threads of one core are counted once, and no more than a control
// group gives time for: threads beyond that would wait for each other while they are held back.
int physical_core_count();

class ThreadPool {
 public:
  // `threads` includes the calling one: 1 starts none. 0: physical_core_count(). Fewer where the
  // system refuses to start as many; threads() says how many there are.
  explicit ThreadPool(int threads);
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ~ThreadPool();

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  // Calls task(index, thread) once for each index in [0, count), on any of the threads, and returns
  // when all are done. `thread` < threads() tells the concurrent calls apart, for scratch space.
  // What a task throws, for want of memory, leaves this once none runs any more; of several one.
  template <typename Task>
  void parallel_for(int count, const Task& task) {
    run(
        count,
        [](const void* context, int index, int thread) {
          (*static_cast<const Task*>(context))(index, thread);
        },
        std::addressof(task));
  }

 private:
  using Call = void (*)(const void* context, int index, int thread);

  void run(int count, Call call, const void* context);
  void run_shared(int count, Call call, const void* context);
  bool run_one(uint32_t generation, int thread);
  void work(int thread);

  // The generation of the current loop in the upper half, the indices not yet handed out in the
  // lower. Handing one out by compare-and-swap proves that the loop is still unfinished, so that
  // the three fields below are its own.
  std::atomic<uint64_t> ticket_{0};
  std::atomic<Call> call_{nullptr};
  std::atomic<const void*> context_{nullptr};
  std::atomic<int> count_{0};
  std::atomic<int> unfinished_{0};
  std::atomic<bool> failed_{false};
  std::exception_ptr failure_;  // of the loop; whoever sets failed_ writes it
  std::atomic<bool> stopping_{false};
  std::vector<std::thread> workers_;
};

}  // namespace engine::base
