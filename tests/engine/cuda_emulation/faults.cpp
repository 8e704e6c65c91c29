// The emulation must notice what a GPU would pass over in silence or hang on. Each fault is put
// into a small kernel, and the same kernel without it must run.
#include <array>
#include <cstdio>
#include <functional>
#include <string>

#include "cuda_emulation/dialect.h"
#include "engine/backend/cuda/view.h"

namespace {

using namespace engine::backend::cuda;

// What the emulation says of a kernel of two blocks of 64 threads; empty: nothing.
std::string run(const std::function<void()>& kernel, size_t shared_bytes = 0,
                bool cooperative = false) {
  try {
    cuda_emulation::run_grid({2, 1, 1}, 64, shared_bytes, kernel, cooperative);
  } catch (const cuda_emulation::Violation& violation) {
    return violation.what();
  }
  return "";
}

int failures = 0;

void expect(const char* name, const std::string& found, const std::string& expected) {
  const bool right = expected.empty() ? found.empty() : found.find(expected) != std::string::npos;
  std::printf("%s: %s (%s)\n", right ? "ok" : "FAILED", name,
              found.empty() ? "nothing noticed" : found.c_str());
  failures += !right;
}

void global_memory() {
  std::array<float, 128> values{};
  const View<float> view{values.data(), values.size()};
  const auto write = [=](int beyond) {
    return [=] { view[size_t(block_x()) * 64 + thread_index() + beyond] = 1; };
  };
  expect("all of an array", run(write(0)), "");
  expect("one value behind its end", run(write(1)), "access to 1 at 128 of 128");
  expect("one value before its start", run(write(-1)), "of 128");
  expect("four values at a time inside it",
         run([=] { load_float4(view, size_t(block_x()) * 64 + 4 + thread_index() / 8 * 8); }), "");
  expect("the same past the end", run([=] { load_float4(view, size_t(thread_index()) * 4); }),
         "access to 4 at 128 of 128");
}

void shared_memory_of_a_block() {
  const auto use = [](size_t count) {
    return [=] {
      size_t used = 0;
      shared<float>(count, used)[thread_index()] = 1;
    };
  };
  expect("as much shared memory as was asked for", run(use(64), 256), "");
  expect("more of it", run(use(65), 256), "shared");
  expect("shared memory that was not written",
         run(
             [] {
               size_t used = 0;
               const auto x = shared<float>(64, used);
               if (x[thread_index()] == x[thread_index()]) {
                 cuda_emulation::violation("a number");
               }
             },
             256),
         "");
}

void barriers() {
  expect("a barrier for all", run([] { block_barrier(); }), "");
  expect("a barrier that one warp leaves out", run([] {
           if (warp_index() == 0) block_barrier();
         }),
         "barrier");
  expect("a sum over a warp", run([] {
           float one[1] = {1};
           warp_sum(one, 32);
           if (one[0] != 32) cuda_emulation::violation("not 32");
         }),
         "");
  expect("a sum that one lane leaves out", run([] {
           float one[1] = {1};
           if (lane_index() != 5) warp_sum(one, 32);
         }),
         "warp_sum");
  expect("lanes that meet at different operations", run([] {
           float one[1] = {1};
           if (lane_index() < 16) {
             warp_sum(one, 32);
           } else {
             warp_max(one[0]);
           }
         }),
         "lanes of one warp meet at");
}

// Each block reads what the other has written.
void barriers_of_a_grid() {
  std::array<float, 2> values{};
  const View<float> view{values.data(), values.size()};
  const auto exchange = [=](bool meets) {
    return [=] {
      uint32_t arrivals = 0, expected = 0;
      size_t used = 0;
      const View<float> own = shared<float>(1, used);
      if (thread_index() == 0) own[0] = view[block_x()] = static_cast<float>(block_x() + 1);
      if (meets || block_x() == 0) grid_barrier(&arrivals, expected);
      if (!meets) return;
      const float sum = own[0] + view[1 - block_x()];
      if (sum != 3) cuda_emulation::violation("not 3");
    };
  };
  expect("blocks that meet", run(exchange(true), 16, true), "");
  expect("a meeting that one block leaves out", run(exchange(false), 16, true), "a grid's barrier");
  expect("a meeting of blocks that do not run together", run(exchange(true), 16),
         "a grid's barrier");
}

}  // namespace

int main() {
  global_memory();
  shared_memory_of_a_block();
  barriers();
  barriers_of_a_grid();
  std::printf("%d failed\n", failures);
  return failures == 0 ? 0 : 1;
}
