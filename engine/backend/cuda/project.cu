#include "engine/backend/cuda/project_phase.h"
#include "engine/base/check.h"

namespace engine::backend::cuda {
namespace {

constexpr int threads = 256, least_threads = 64;

// A matrix of few rows is spread over many small blocks, so that most processors take part.
constexpr int enough_blocks = 264;
constexpr size_t most_shared_bytes = 96 << 10;

template <int tokens>
KERNEL(threads)
project_kernel(PARAMETER(ProjectArguments) a) {
  wait_for_previous_kernel();
  project_floats<tokens>(a, launched_workers(), block_y() * tokens);
}

template <int tokens, Known known>
KERNEL(threads)
project_bytes_kernel(PARAMETER(ProjectArguments) a) {
  wait_for_previous_kernel();
  project_bytes<tokens, known>(a, launched_workers(), block_y() * tokens, 0, [] {});
}

template <int tokens>
struct Kernels {
  using Kernel = void (*)(ProjectArguments);
  template <Known known>
  static Kernel of() {
    return project_bytes_kernel<tokens, known>;
  }
};

// Whether all of a launch's products can take their input as bytes.
bool suits_bytes(const ProjectArguments& a) {
  for (int i = 0; i < a.count; ++i) {
    const Projection& p = a.projections[i];
    if (!has_byte_levels(p.matrix.format) || p.head_input != 0) return false;
  }
  return a.bytes != 0 && byte_row_bytes(a.projections[0].matrix.units) * 4 < most_shared_bytes;
}

template <int rows>
void count_bundles(ProjectArguments& a) {
  a.bundles = 0;
  for (int i = 0; i < a.count; ++i) {
    Projection& p = a.projections[i];
    if (p.head_rows == 0) p.head_rows = p.matrix.rows;
    const int heads = (p.matrix.rows + p.head_rows - 1) / p.head_rows;
    const int groups_a_head = (p.head_rows + rows - 1) / rows, groups = groups_a_head * heads;
    // With that a division by groups_a_head is exact.
    constexpr int64_t one = int64_t{1} << 31;
    INVARIANT(heads == 1 || int64_t{groups + 32} * groups_a_head < one);
    p.per_head = heads == 1 ? 0 : static_cast<uint32_t>((one + groups_a_head - 1) / groups_a_head);
    const int groups_a_bundle = 32 / p.matrix.lanes;
    p.first_bundle = a.bundles;
    a.bundles += (groups + groups_a_bundle - 1) / groups_a_bundle;
  }
}

template <int tokens>
void launch_project(Stream& stream, const ProjectArguments& a) {
  const int y = (a.tokens + tokens - 1) / tokens;
  int warps = threads / 32;
  while (warps > least_threads / 32 && a.bundles * y < warps * enough_blocks) warps /= 2;
  const size_t shared = a.bytes != 0 ? byte_row_bytes(a.projections[0].matrix.units) * tokens : 0;
  const Launch shape{{(a.bundles + warps - 1) / warps, y}, warps * 32, shared};
  if constexpr (tokens <= 4) {
    const Known known = known_of_both(a.projections[0].matrix, a.projections[1].matrix);
    const Known all = a.count <= 2 ? known : Known::nothing;
    if (a.bytes != 0) return launch(stream, shape, byte_kernel<Kernels<tokens>>(all), a);
  }
  launch(stream, shape, project_kernel<tokens>, a);
}

}  // namespace

void prepare(ProjectArguments& a) {
  INVARIANT(a.count >= 1 && a.count <= max_projections);
  a.bytes = suits_bytes(a) ? 1 : 0;
  if (a.tokens <= 4 || a.bytes != 0) {
    count_bundles<rows_of<4>>(a);
  } else {
    count_bundles<rows_of<16>>(a);
  }
}

void project(Stream& stream, ProjectArguments arguments) {
  if (arguments.tokens == 0) return;
  prepare(arguments);
  if (arguments.tokens == 1) return launch_project<1>(stream, arguments);
  if (arguments.tokens <= 4 || arguments.bytes != 0) return launch_project<4>(stream, arguments);
  launch_project<16>(stream, arguments);
}

}  // namespace engine::backend::cuda
