#include "cuda_emulation/fibers.h"

#include <sys/mman.h>

#include <atomic>
#include <cstring>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#if !defined(__x86_64__)
#include <ucontext.h>
#endif

namespace cuda_emulation {
namespace {

constexpr size_t stack_bytes = 128 << 10;

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

enum class State { ready, at_warp, at_block, done };

struct Fiber {
  Context context;
  State state = State::done;
  const char* operation = nullptr;
  void* brought = nullptr;
};

// What one core needs to run one block after another.
struct Worker {
  Worker() {
    const size_t bytes = stack_bytes * max_threads;
    void* const memory =
        mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    stacks = static_cast<std::byte*>(memory);
  }
  ~Worker() { munmap(stacks, stack_bytes * max_threads); }

  std::byte* stacks;
  Fiber fibers[max_threads];
  Context scheduler;
  Place now;
  const std::function<void()>* kernel = nullptr;
  std::string complaint;  // of the block, once it is known
  std::vector<std::byte> shared;
};

thread_local Worker* worker = nullptr;

Fiber& running() { return worker->fibers[worker->now.thread]; }

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

void run_fiber(int thread) {
  worker->now.thread = thread;
  switch_context(worker->scheduler, worker->fibers[thread].context);
}

// Runs the lanes of a warp until none can go on; whether any did.
bool run_warp(int first) {
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
  for (int thread = 0; thread < worker->now.threads; ++thread) {
    const Fiber& fiber = worker->fibers[thread];
    if (fiber.state == State::done) continue;
    text += " thread " + std::to_string(thread) + " at " +
            (fiber.state == State::at_block ? "a barrier" : fiber.operation) + ",";
    if (text.size() > 300) break;
  }
  return text + " others have left the kernel or are elsewhere";
}

void open_barrier() {
  for (int thread = 0; thread < worker->now.threads; ++thread) {
    worker->fibers[thread].state = State::ready;
  }
}

void run_block() {
  const int threads = worker->now.threads;
  std::fill(worker->shared.begin(), worker->shared.end(), std::byte{0xff});
  for (int thread = 0; thread < threads; ++thread) {
    prepare(worker->fibers[thread].context, worker->stacks + thread * stack_bytes, enter_fiber);
    worker->fibers[thread].state = State::ready;
  }
  while (worker->complaint.empty()) {
    bool went_on = false;
    for (int first = 0; first < threads && worker->complaint.empty(); first += warp_lanes) {
      went_on = run_warp(first) || went_on;
    }
    int waiting = 0, done = 0;
    for (int thread = 0; thread < threads; ++thread) {
      waiting += worker->fibers[thread].state == State::at_block;
      done += worker->fibers[thread].state == State::done;
    }
    if (done == threads) return;
    if (waiting == threads) {
      open_barrier();
    } else if (!went_on && worker->complaint.empty()) {
      worker->complaint = describe_stuck();
    }
  }
}

struct Grid {
  Extent extent;
  int threads;
  size_t shared_bytes;
  const std::function<void()>& kernel;
  std::atomic<int64_t> next{0};
  std::mutex mutex;
  std::string complaint;  // the first
};

void run_blocks(Grid& grid) {
  thread_local Worker own;
  worker = &own;
  const int64_t count = int64_t{grid.extent.x} * grid.extent.y * grid.extent.z;
  for (int64_t index; (index = grid.next++) < count;) {
    own.shared.resize(grid.shared_bytes);
    own.kernel = &grid.kernel;
    own.complaint.clear();
    own.now.threads = grid.threads;
    own.now.grid = grid.extent;
    own.now.block = {static_cast<int>(index % grid.extent.x),
                     static_cast<int>(index / grid.extent.x % grid.extent.y),
                     static_cast<int>(index / grid.extent.x / grid.extent.y)};
    own.now.shared = own.shared.data();
    own.now.shared_bytes = grid.shared_bytes;
    run_block();
    if (own.complaint.empty()) continue;
    grid.next = count;
    const std::lock_guard lock(grid.mutex);
    if (grid.complaint.empty()) grid.complaint = own.complaint;
  }
  worker = nullptr;
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

void warp_operation(const char* name, void* mine, Combine combine, const void* parameter) {
  Fiber& fiber = running();
  fiber.state = State::at_warp;
  fiber.operation = name;
  fiber.brought = mine;
  const int first = worker->now.thread / warp_lanes * warp_lanes;
  void* lanes[warp_lanes];
  bool all = true;
  for (int lane = 0; lane < warp_lanes && all; ++lane) {
    const Fiber& other = worker->fibers[first + lane];
    all = other.state == State::at_warp;
    if (all && std::strcmp(other.operation, name) != 0) {
      violation(std::string("lanes of one warp meet at ") + name + " and " + other.operation);
    }
    lanes[lane] = other.brought;
  }
  if (!all) return leave();
  combine(lanes, parameter);
  for (int lane = 0; lane < warp_lanes; ++lane) worker->fibers[first + lane].state = State::ready;
}

void run_grid(Extent grid, int threads, size_t shared_bytes, const std::function<void()>& kernel) {
  if (threads <= 0 || threads > max_threads || threads % warp_lanes != 0) {
    throw Violation("a block of " + std::to_string(threads) + " threads");
  }
  if (grid.x <= 0 || grid.y <= 0 || grid.z <= 0 || grid.y > 65535 || grid.z > 65535) {
    throw Violation("a grid of " + std::to_string(grid.x) + "×" + std::to_string(grid.y) + "×" +
                    std::to_string(grid.z) + " blocks");
  }
  Grid state{grid, threads, shared_bytes, kernel, {}, {}, {}};
  run_blocks(state);
  if (!state.complaint.empty()) throw Violation(state.complaint);
}

}  // namespace cuda_emulation
