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

// What the emulation says of a kernel of two blocks; empty: nothing.
std::string run(const std::function<void()>& kernel, size_t shared_bytes = 0,
                bool cooperative = false, int threads = 64) {
  try {
    cuda_emulation::run_grid({2, 1, 1}, threads, shared_bytes, kernel, cooperative);
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

// A product of a warp group, 64×16 · 16×8, with a fault in its middle.
enum class Fault {
  none,
  unpublished,
  published_by_one_warp,
  no_barrier,
  no_fence,
  a_written,
  x_written,
  sums_read,
  sums_written,
  no_wait,
  no_commit,
  one_warp_leaves,
  swapped_offsets,
  misaligned,
  out_of_bounds,
  other_matrices
};

constexpr int columns = 8, leading = columns * 16;

uint64_t describe(const View<uint16_t>& x, Fault fault) {
  const uint16_t* const at = x.data + (fault == Fault::misaligned ? 4 : 0);
  if (fault == Fault::swapped_offsets) return describe_tiles(at, 16, leading);
  if (fault == Fault::other_matrices) return describe_tiles(at + warp_index() * 8, leading, 128);
  return describe_tiles(at + (fault == Fault::out_of_bounds ? 8 : 0), leading, 128);
}

// Row r of A is r in half precision at k = 0 and 1 at k = 15; x is k of column c as 16 · c + k.
void fill(uint32_t (&a)[4], const View<uint16_t>& x) {
  const int row = warp_index() % 4 * 16 + lane_index() / 4, t = lane_index() % 4;
  for (int half = 0; half < 2; ++half) {
    a[half] = t == 0 ? pack_halves(static_cast<float>(row + half * 8), 0) : 0;
    a[half + 2] = t == 3 ? pack_halves(0, 1) : 0;
  }
  const int column = thread_index() / 16 % columns, k = thread_index() % 16;
  x[size_t(k / 8 * columns + column) * 8 + k % 8] =
      float_to_half(static_cast<float>(16 * column + k));
}

void check_sums(const float (&sums)[columns / 2]) {
  for (int i = 0; i < columns / 2; ++i) {
    const int row = warp_index() % 4 * 16 + lane_index() / 4 + i / 2 * 8;
    const int column = lane_index() % 4 * 2 + i % 2;
    const auto expected = static_cast<float>(row * 16 * column + 16 * column + 15);
    if (sums[i] != expected) cuda_emulation::violation("another product");
  }
}

void multiply_with(Fault fault) {
  size_t used = 0;
  const View<uint16_t> x = shared<uint16_t>(columns * 16, used);
  uint32_t a[4];
  float sums[columns / 2] = {};
  fill(a, x);
  const bool publishes = fault != Fault::unpublished;
  if (publishes && (fault != Fault::published_by_one_warp || warp_index() == 0)) {
    publish_to_tensor_cores();
  }
  if (fault != Fault::no_barrier) block_barrier();
  if (fault == Fault::one_warp_leaves && warp_index() == 3) return;
  if (fault != Fault::no_fence) fence_group_registers();
  multiply_group_tiles<columns>(sums, a, describe(x, fault));
  if (fault != Fault::no_commit) commit_group_products();
  if (fault == Fault::a_written) a[1] = 0;
  if (fault == Fault::x_written) x[5] = 0;
  if (fault == Fault::sums_read) check_sums(sums);
  if (fault == Fault::sums_written) sums[2] = 0;
  if (fault == Fault::no_wait) return;
  wait_for_group_products<0>();
  settle(sums);
  check_sums(sums);
}

void warp_groups() {
  const auto with = [](Fault fault, int threads = 128) {
    return run([=] { multiply_with(fault); }, columns * 16 * sizeof(uint16_t), false, threads);
  };
  expect("a product of a warp group", with(Fault::none), "");
  expect("two groups in a block", with(Fault::none, 256), "");
  expect("a group that is not whole", with(Fault::none, 64), "less than a whole warp group");
  expect("a product that one warp leaves out", with(Fault::one_warp_leaves), "a fence of a warp");
  const std::string unpublished = "not published to tensor cores";
  expect("shared memory that nobody published", with(Fault::unpublished), unpublished);
  expect("that one warp published", with(Fault::published_by_one_warp), unpublished);
  expect("that was published without a barrier", with(Fault::no_barrier), unpublished);
  expect("no fence of registers", with(Fault::no_fence), "without a fence");
  expect("a fragment written too early", with(Fault::a_written), "registers were written");
  expect("shared memory written too early", with(Fault::x_written), "shared memory was written");
  expect("sums read too early", with(Fault::sums_read), "another product");
  expect("sums written too early", with(Fault::sums_written), "sums were written");
  expect("nobody waits", with(Fault::no_wait), "before its products are done");
  expect("a product that is in no group of products", with(Fault::no_commit), "another product");
  expect("offsets of core matrices swapped", with(Fault::swapped_offsets), "another product");
  expect("a matrix that is not aligned", with(Fault::misaligned), "not aligned to 16");
  expect("a matrix past the end", with(Fault::out_of_bounds), "a descriptor of byte");
  expect("warps that bring different matrices", with(Fault::other_matrices), "different matrices");
}

}  // namespace

int main() {
  global_memory();
  shared_memory_of_a_block();
  barriers();
  barriers_of_a_grid();
  warp_groups();
  std::printf("%d failed\n", failures);
  return failures == 0 ? 0 : 1;
}
