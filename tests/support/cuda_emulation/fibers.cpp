#include "cuda_emulation/fibers.h"

#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#if !defined(__x86_64__)
#include <ucontext.h>
#endif

namespace cuda_emulation {
namespace {

constexpr size_t stack_bytes = 128 << 10;
// Not a power of two from one to the next: what lanes have on top of their stacks would share the
// same few lines of the processor's cache.
constexpr size_t stack_stride = stack_bytes + 17 * 64;

// A place to continue from. On x86-64 it is a stack pointer, with what a function must preserve on
// the stack; elsewhere the C library switches, at the price of a system call.
#if defined(__x86_64__)
struct Context {
  void* stack_pointer = nullptr;
};

extern "C" void cuda_emulation_switch(void** save, void* load);
asm(R"(
.text
.globl cuda_emulation_switch
.hidden cuda_emulation_switch
.type cuda_emulation_switch,@function
cuda_emulation_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
)");

void switch_context(Context& from, Context& to) {
  cuda_emulation_switch(&from.stack_pointer, to.stack_pointer);
}

void prepare(Context& context, std::byte* stack, void (*entry)()) {
  auto* top = reinterpret_cast<uintptr_t*>(stack + stack_bytes);
  *--top = 0;  // keeps the alignment that a call would leave
  *--top = reinterpret_cast<uintptr_t>(entry);
  for (int i = 0; i < 6; ++i) *--top = 0;
  context.stack_pointer = top;
}
#else
struct Context {
  ucontext_t context;
};

void switch_context(Context& from, Context& to) { swapcontext(&from.context, &to.context); }

void prepare(Context& context, std::byte* stack, void (*entry)()) {
  getcontext(&context.context);
  context.context.uc_stack.ss_sp = stack;
  context.context.uc_stack.ss_size = stack_bytes;
  context.context.uc_link = nullptr;
  makecontext(&context.context, entry, 0);
}
#endif

enum class State { ready, at_warp, at_group, at_block, at_grid, done };

struct Fiber {
  Context context;
  State state = State::done;
  const char* operation = nullptr;
  void* brought = nullptr;
  bool publishes = false;  // since the last barrier
};

// What one core needs to run one block after another, or the blocks of a cooperative grid in turn.
struct Worker {
  Worker() {
    const size_t bytes = stack_stride * max_threads;
    void* const memory =
        mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    stacks = static_cast<std::byte*>(memory);
  }
  ~Worker() { munmap(stacks, stack_stride * max_threads); }

  std::byte* stacks;
  Fiber fibers[max_threads];
  Context scheduler;
  Place now;
  int fiber = 0;        // the running one: blocks one after another
  int first_fiber = 0;  // of its block
  int64_t first_block = 0;
  bool cooperative = false;
  int blocks = 1;  // that run in turn
  const std::function<void()>* kernel = nullptr;
  std::string complaint;  // of the block, once it is known
  std::vector<std::byte> shared;
  std::vector<std::byte> published;  // shared memory as tensor cores see it
  std::vector<std::unique_ptr<GroupWork>> groups;
};

thread_local Worker* worker = nullptr;

size_t rounded(size_t bytes) { return (bytes + 63) / 64 * 64; }

Fiber& running() { return worker->fibers[worker->fiber]; }
int fiber_count() { return worker->now.threads * worker->blocks; }

void leave() { switch_context(running().context, worker->scheduler); }

void enter_fiber() {
  try {
    (*worker->kernel)();
  } catch (const std::exception& error) {
    if (worker->complaint.empty()) worker->complaint = error.what();
  }
  running().state = State::done;
  leave();
  std::terminate();
}

void enter_block(int in_turn) {
  Place& now = worker->now;
  worker->first_fiber = in_turn * now.threads;
  const int64_t index = worker->first_block + in_turn;
  now.block = {static_cast<int>(index % now.grid.x),
               static_cast<int>(index / now.grid.x % now.grid.y),
               static_cast<int>(index / now.grid.x / now.grid.y)};
  now.shared = worker->shared.data() + in_turn * rounded(now.shared_bytes);
}

// Of the block that was entered.
void run_fiber(int fiber) {
  worker->fiber = fiber;
  worker->now.thread = fiber - worker->first_fiber;
  switch_context(worker->scheduler, worker->fibers[fiber].context);
}

// Runs the lanes of a warp until none can go on; whether any did.
bool run_warp(int first) {
  if (const int block = first / worker->now.threads;
      block * worker->now.threads != worker->first_fiber) {
    enter_block(block);
  }
  bool went_on = false;
  for (bool again = true; again && worker->complaint.empty();) {
    again = false;
    for (int thread = first; thread < first + warp_lanes; ++thread) {
      if (worker->fibers[thread].state != State::ready) continue;
      run_fiber(thread);
      again = went_on = true;
      if (!worker->complaint.empty()) return true;
    }
  }
  return went_on;
}

std::string describe_stuck() {
  std::string text = "threads wait for each other:";
  for (int i = 0; i < fiber_count(); ++i) {
    const Fiber& fiber = worker->fibers[i];
    if (fiber.state == State::done) continue;
    text += " thread " + std::to_string(i % worker->now.threads) + " at " +
            (fiber.state == State::at_block  ? "a barrier"
             : fiber.state == State::at_grid ? "a grid's barrier"
                                             : fiber.operation) +
            ",";
    if (text.size() > 300) break;
  }
  return text + " others have left the kernel or are elsewhere";
}

// Opens a barrier where all of these fibers wait at one; whether it did.
bool open_barrier(int first, int count, State waiting) {
  bool publishes = true;
  for (int i = first; i < first + count; ++i) {
    if (worker->fibers[i].state != waiting) return false;
    publishes = publishes && worker->fibers[i].publishes;
  }
  if (publishes && waiting == State::at_block) {
    const size_t each = rounded(worker->now.shared_bytes);
    const size_t at = first / worker->now.threads * each;
    std::copy_n(worker->shared.begin() + at, each, worker->published.begin() + at);
  }
  for (int i = first; i < first + count; ++i) {
    worker->fibers[i].state = State::ready;
    worker->fibers[i].publishes = false;
  }
  return true;
}

void check_groups() {
  for (const auto& group : worker->groups) {
    if (group != nullptr && worker->complaint.empty()) worker->complaint = group->unfinished();
  }
}

void run_blocks_in_turn() {
  const int threads = worker->now.threads, fibers = fiber_count();
  std::fill(worker->shared.begin(), worker->shared.end(), std::byte{0xff});
  worker->published.assign(worker->shared.size(), std::byte{0});
  worker->groups.clear();
  worker->groups.resize(fibers / warp_lanes);
  for (int i = 0; i < fibers; ++i) {
    prepare(worker->fibers[i].context, worker->stacks + i * stack_stride, enter_fiber);
    worker->fibers[i].state = State::ready;
    worker->fibers[i].publishes = false;
  }
  enter_block(0);
  while (worker->complaint.empty()) {
    bool went_on = false;
    for (int first = 0; first < fibers && worker->complaint.empty(); first += warp_lanes) {
      went_on = run_warp(first) || went_on;
    }
    int done = 0;
    for (int i = 0; i < fibers; ++i) done += worker->fibers[i].state == State::done;
    if (done == fibers) return check_groups();
    for (int first = 0; first < fibers; first += threads) {
      went_on = open_barrier(first, threads, State::at_block) || went_on;
    }
    went_on = open_barrier(0, fibers, State::at_grid) || went_on;
    if (!went_on && worker->complaint.empty()) worker->complaint = describe_stuck();
  }
}

struct Grid {
  Extent extent;
  int threads;
  size_t shared_bytes;
  int in_turn;  // blocks
  bool cooperative;
  const std::function<void()>& kernel;
  std::atomic<int64_t> next{0};
  std::mutex mutex;
  std::string complaint;  // the first
};

void run_blocks(Grid& grid) {
  thread_local const auto own = std::make_unique<Worker>();
  worker = own.get();
  const int64_t count = int64_t{grid.extent.x} * grid.extent.y * grid.extent.z;
  for (int64_t index; (index = grid.next.fetch_add(grid.in_turn)) < count;) {
    own->shared.resize(rounded(grid.shared_bytes) * grid.in_turn);
    own->kernel = &grid.kernel;
    own->complaint.clear();
    own->first_block = index;
    own->blocks = grid.in_turn;
    own->cooperative = grid.cooperative;
    own->now.threads = grid.threads;
    own->now.grid = grid.extent;
    own->now.shared_bytes = grid.shared_bytes;
    run_blocks_in_turn();
    if (own->complaint.empty()) continue;
    grid.next = count;
    const std::lock_guard lock(grid.mutex);
    if (grid.complaint.empty()) grid.complaint = own->complaint;
  }
  worker = nullptr;
}

// The last of `count` lanes to arrive carries the operation out for all.
template <int count>
void meet(State waiting, const char* name, void* mine, Combine combine, const void* parameter) {
  Fiber& fiber = running();
  fiber.state = waiting;
  fiber.operation = name;
  fiber.brought = mine;
  const int first = worker->fiber - worker->now.thread % count;
  void* lanes[count];
  bool all = true;
  // From the last lane, which mostly arrives last.
  for (int lane = count - 1; lane >= 0 && all; --lane) {
    const Fiber& other = worker->fibers[first + lane];
    all = other.state == waiting;
    if (all && other.operation != name && std::strcmp(other.operation, name) != 0) {
      violation(std::string("lanes of one ") + (count == warp_lanes ? "warp" : "warp group") +
                " meet at " + name + " and " + other.operation);
    }
    lanes[lane] = other.brought;
  }
  if (!all) return leave();
  combine(lanes, parameter);
  for (int lane = 0; lane < count; ++lane) worker->fibers[first + lane].state = State::ready;
}

}  // namespace

const Place& place() { return worker->now; }

void violation(const std::string& what) {
  if (worker == nullptr) throw Violation(what + " (on the host)");
  const Place& now = worker->now;
  throw Violation(what + " (block " + std::to_string(now.block.x) + "," +
                  std::to_string(now.block.y) + "," + std::to_string(now.block.z) + " thread " +
                  std::to_string(now.thread) + ")");
}

void block_barrier() {
  running().state = State::at_block;
  leave();
}

void grid_barrier() {
  if (!worker->cooperative) violation("a grid's barrier, but the grid is not cooperative");
  running().state = State::at_grid;
  leave();
}

void publish_shared() { running().publishes = true; }

const std::byte* published_shared() {
  return worker->published.data() + (worker->now.shared - worker->shared.data());
}

std::unique_ptr<GroupWork>& group_work() {
  return worker->groups[(worker->fiber - worker->now.thread % group_lanes) / warp_lanes];
}

void warp_operation(const char* name, void* mine, Combine combine, const void* parameter) {
  meet<warp_lanes>(State::at_warp, name, mine, combine, parameter);
}

void group_operation(const char* name, void* mine, Combine combine, const void* parameter) {
  const Place& now = worker->now;
  if (now.thread / group_lanes * group_lanes + group_lanes > now.threads) {
    violation(std::string(name) + " by less than a whole warp group");
  }
  meet<group_lanes>(State::at_group, name, mine, combine, parameter);
}

void run_grid(Extent grid, int threads, size_t shared_bytes, const std::function<void()>& kernel,
              bool cooperative) {
  if (threads <= 0 || threads > max_threads || threads % warp_lanes != 0) {
    throw Violation("a block of " + std::to_string(threads) + " threads");
  }
  if (grid.x <= 0 || grid.y <= 0 || grid.z <= 0 || grid.y > 65535 || grid.z > 65535) {
    throw Violation("a grid of " + std::to_string(grid.x) + "×" + std::to_string(grid.y) + "×" +
                    std::to_string(grid.z) + " blocks");
  }
  const int64_t blocks = int64_t{grid.x} * grid.y * grid.z;
  if (cooperative && blocks * threads > max_threads) {
    throw Violation("a cooperative grid of " + std::to_string(blocks) + " blocks");
  }
  const int in_turn = cooperative ? static_cast<int>(blocks) : 1;
  Grid state{grid, threads, shared_bytes, in_turn, cooperative, kernel, {}, {}, {}};
  run_blocks(state);
  if (!state.complaint.empty()) throw Violation(state.complaint);
}

}  // namespace cuda_emulation
