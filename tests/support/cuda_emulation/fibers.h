// Runs a CUDA kernel as C++: each thread of a block is a fiber, blocks are spread over the cores.
// What the emulation adds to the hardware: an access outside a view, a barrier that not all threads
// reach, a warp operation that not all 32 lanes take part in, a block that never ends, and misuse
// of a warp group's asynchronous products (groups.h) are violations, reported with the place of the
// thread.
//
// A fiber runs until it waits for others; the last of a warp to arrive at an operation carries it
// out for all (`Combine`), since fibers see each other's memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

namespace cuda_emulation {

inline constexpr int warp_lanes = 32;
inline constexpr int group_lanes = 128;  // a warp group: four warps
inline constexpr int max_threads = 1024;

struct Violation : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Extent {
  int x = 1, y = 1, z = 1;
};

// Where the running thread is; valid inside a kernel.
struct Place {
  int thread = 0;  // in its block
  int threads = 0;
  Extent block, grid;
  std::byte* shared = nullptr;
  size_t shared_bytes = 0;
};
const Place& place();

// Ends the kernel with a Violation that names the running thread.
[[noreturn]] void violation(const std::string& what);

// All threads of the block arrive before one goes on.
void block_barrier();

// All threads of a cooperative grid arrive before one goes on.
void grid_barrier();

// All lanes of the warp arrive with `mine`; `combine` sees what each brought, [32], once.
using Combine = void (*)(void* const* lanes, const void* parameter);
void warp_operation(const char* name, void* mine, Combine combine, const void* parameter);

// The same of a warp group, [128].
void group_operation(const char* name, void* mine, Combine combine, const void* parameter);

// What the running thread's warp group has under way; empty when a block starts.
class GroupWork {
 public:
  virtual ~GroupWork() = default;
  // What is wrong with leaving the kernel now; empty: nothing.
  virtual std::string unfinished() const = 0;
};
std::unique_ptr<GroupWork>& group_work();

// Makes what this thread wrote to shared memory known to tensor cores that read it by themselves,
// once all threads of the block have done so and met at a barrier.
void publish_shared();
// Shared memory as these see it; [Place::shared_bytes].
const std::byte* published_shared();

// Runs `kernel` once for each thread. Throws Violation. Shared memory starts as NaNs. The blocks of
// a cooperative grid, which have at most max_threads together, run in turn; others one by one.
void run_grid(Extent grid, int threads, size_t shared_bytes, const std::function<void()>& kernel,
              bool cooperative = false);

}  // namespace cuda_emulation
