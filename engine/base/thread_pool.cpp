#include "engine/base/thread_pool.h"

#include <sched.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <set>
#include <string>
#include <system_error>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/machine_limits.h"

namespace engine::base {
namespace {

using Clock = std::chrono::steady_clock;

// Longer than the gaps between the loops of one step, shorter than anything a person would notice
// on a battery.
constexpr auto spin_time = std::chrono::microseconds(50);

void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#else
  std::this_thread::yield();
#endif
}

// Spins until done() or the time is over; says whether done() came true.
template <typename Done>
bool spin_until(const Done& done) {
  const auto end = Clock::now() + spin_time;
  do {
    for (int i = 0; i < 32; ++i) {
      if (done()) return true;
      relax();
    }
  } while (Clock::now() < end);
  return false;
}

uint32_t generation_of(uint64_t ticket) { return static_cast<uint32_t>(ticket >> 32); }
uint32_t remaining_of(uint64_t ticket) { return static_cast<uint32_t>(ticket); }

}  // namespace

int physical_core_count() {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) {
    return static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  }
  std::set<std::string> cores;  // the list of sibling threads names a core
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &allowed)) continue;
    std::ifstream file("/sys/devices/system/cpu/cpu" + std::to_string(cpu) +
                       "/topology/thread_siblings_list");
    std::string siblings;
    cores.insert(std::getline(file, siblings) ? siblings : std::to_string(cpu));
  }
  const int count = std::max(1, static_cast<int>(cores.size()));
  return std::min(count, processor_limit().value_or(count));
}

ThreadPool::ThreadPool(int threads) {
  INVARIANT(threads >= 0);
  const int total = threads == 0 ? physical_core_count() : threads;
  workers_.reserve(total - 1);
  try {
    for (int i = 1; i < total; ++i) workers_.emplace_back([this, i] { work(i); });
  } catch (const std::system_error&) {
    // A limit on processes or memory: the threads there are do the work.
  }
}

ThreadPool::~ThreadPool() {
  stopping_.store(true);
  ticket_.fetch_add(uint64_t{1} << 32);
  ticket_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::run(int count, Call call, const void* context) {
  if (count <= 0) return;
  if (count == 1 || workers_.empty()) {
    for (int index = 0; index < count; ++index) call(context, index, 0);
    return;
  }
  run_shared(count, call, context);
  // Not before: `context` is the caller's, and other threads were using it.
  if (failed_.exchange(false)) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void ThreadPool::run_shared(int count, Call call, const void* context) {
  call_.store(call, std::memory_order_relaxed);
  context_.store(context, std::memory_order_relaxed);
  count_.store(count, std::memory_order_relaxed);
  unfinished_.store(count, std::memory_order_relaxed);
  const uint32_t generation = generation_of(ticket_.load(std::memory_order_relaxed)) + 1;
  ticket_.store(uint64_t{generation} << 32 | static_cast<uint32_t>(count));
  ticket_.notify_all();
  while (run_one(generation, 0)) {
  }
  const auto finished = [this] { return unfinished_.load(std::memory_order_acquire) == 0; };
  if (spin_until(finished)) return;
  for (int left = unfinished_.load(); left != 0; left = unfinished_.load()) unfinished_.wait(left);
}

// Runs one index of the loop; false when none is left, or the loop is over.
bool ThreadPool::run_one(uint32_t generation, int thread) {
  uint64_t ticket = ticket_.load(std::memory_order_acquire);
  for (;;) {
    if (generation_of(ticket) != generation || remaining_of(ticket) == 0) return false;
    const Call call = call_.load(std::memory_order_relaxed);
    const void* const context = context_.load(std::memory_order_relaxed);
    const int count = count_.load(std::memory_order_relaxed);
    if (!ticket_.compare_exchange_weak(ticket, ticket - 1, std::memory_order_acq_rel)) continue;
    try {
      call(context, count - static_cast<int>(remaining_of(ticket)), thread);
    } catch (...) {
      if (!failed_.exchange(true)) failure_ = std::current_exception();
    }
    if (unfinished_.fetch_sub(1) == 1) unfinished_.notify_all();
    return true;
  }
}

void ThreadPool::work(int thread) {
  uint64_t seen = 0;
  for (;;) {
    const auto changed = [&] { return ticket_.load(std::memory_order_acquire) != seen; };
    if (!spin_until(changed)) ticket_.wait(seen);
    if (stopping_.load()) return;
    const uint64_t ticket = ticket_.load(std::memory_order_acquire);
    while (run_one(generation_of(ticket), thread)) {
    }
    // Exhausted, or replaced by a later loop, which is then seen as a change.
    seen = uint64_t{generation_of(ticket)} << 32;
  }
}

}  // namespace engine::base
