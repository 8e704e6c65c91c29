#include "engine/backend/cuda/twins.h"

#include <algorithm>

#include "engine/backend/cuda/launch.h"
#include "engine/base/check.h"

namespace engine::backend::cuda {
namespace {

struct TwinArguments {
  View<const uint32_t> input;
  View<float> output;
};

// A small number made of some bits, exact in half precision.
DEVICE float small_number(uint32_t bits) { return static_cast<float>(bits & 63) / 8.0f - 4.0f; }

struct Writer {
  View<float> output;
  int next;

  DEVICE void put(float value) { output[size_t(next++) * 32 + lane_index()] = value; }
  DEVICE void put_halves(uint32_t two) {
    put(half_to_float(static_cast<uint16_t>(two)));
    put(half_to_float(static_cast<uint16_t>(two >> 16)));
  }
};

DEVICE void try_tiles(const TwinArguments& a, Writer& writer) {
  const int lane = lane_index();
  uint32_t left[4], right[2];
  float sums[4];
  for (int i = 0; i < 6; ++i) {
    const uint32_t bits = a.input[size_t(i) * 32 + lane];
    const uint32_t two = pack_halves(small_number(bits), small_number(bits >> 8));
    if (i < 4) left[i] = two;
    if (i >= 4) right[i - 4] = two;
  }
  for (int i = 0; i < 4; ++i) sums[i] = small_number(a.input[size_t(6 + i) * 32 + lane]);
  multiply_tiles(sums, left, right[0], right[1]);
  for (int i = 0; i < 4; ++i) writer.put(sums[i]);

  size_t used = 0;
  const View<uint16_t> tiles = shared<uint16_t>(32 * 8, used);
  for (int i = 0; i < 8; ++i) {
    const uint32_t bits = a.input[size_t(10 + i) * 32 + lane];
    tiles[size_t(lane) * 8 + i] = static_cast<uint16_t>(pack_halves(small_number(bits), 0));
  }
  warp_barrier();
  uint32_t loaded[4];
  load_tiles(loaded, &tiles[size_t(lane) * 8]);
  for (int i = 0; i < 4; ++i) writer.put_halves(loaded[i]);
  load_tiles_transposed(loaded, &tiles[size_t(lane) * 8]);
  for (int i = 0; i < 4; ++i) writer.put_halves(loaded[i]);
}

DEVICE void put_words(uint32_t two, Writer& writer) {
  writer.put(static_cast<float>(two & 0xffff));
  writer.put(static_cast<float>(two >> 16));
}

DEVICE void try_numbers(uint32_t bits, Writer& writer) {
  for (int i = 0; i < 4; ++i) writer.put(byte_to_float(bits, i));
  const uint16_t finite = static_cast<uint16_t>(bits & 0xbfff);
  writer.put(half_to_float(finite));
  const float any = static_cast<float>(static_cast<int32_t>(bits)) / 12345.0f;
  writer.put_halves(pack_halves(any, -any * 1.0e-9f));
  const float moderate = small_number(bits) * 1.37f;
  writer.put(exponential(moderate));
  writer.put(square_root(moderate * moderate + 0.3f));
  writer.put(1.0f / (moderate + 11.0f));
  writer.put(static_cast<float>(dot4(bits, bits * 2654435761u, 7)));
  writer.put(static_cast<float>(byte_of(bits, bits * 2654435761u, bits % 8) & 0xff));
  put_words(low_bytes(bits, bits >> 5, bits >> 11, bits >> 20), writer);
  writer.put(bits_to_float(quad_max(float_to_bits(moderate * moderate))));
  const uint32_t scale = pack_halves(moderate * 1.0e-3f, any * 1.0e-6f);
  writer.put_halves(scale_bytes(bits, 0, scale, pack_halves(moderate, moderate * 0.1f)));
  writer.put_halves(scale_bytes(bits, 1, scale, pack_halves(moderate, moderate * 0.1f)));
}

// Codes as bits, since no numbers differ in theirs; among the values, ones between two codes.
DEVICE void try_e4m3(uint32_t bits, Writer& writer) {
  put_words(e4m3_to_halves(bits), writer);
  const float any = static_cast<float>(static_cast<int32_t>(bits)) * 3.0e-7f;
  put_words(pack_e4m3(any, any * any * 1.0e-4f) | pack_e4m3(-any * 1.0e-4f, any * 1.0e6f) << 16,
            writer);
  const uint32_t neighbours = e4m3_to_halves((bits & 0xff) | ((bits + 1) & 0xff) << 8);
  const float first = half_to_float(static_cast<uint16_t>(neighbours));
  const float second = half_to_float(static_cast<uint16_t>(neighbours >> 16));
  writer.put(static_cast<float>(pack_e4m3((first + second) * 0.5f, second)));
  const uint32_t scale = pack_halves(any * 1.0e-3f, 0.0625f);
  writer.put_halves(multiply_halves(pack_halves(any, small_number(bits)), scale));
}

KERNEL(32) twin_kernel(PARAMETER(TwinArguments) a) {
  wait_for_previous_kernel();
  Writer writer{a.output, 0};
  try_tiles(a, writer);
  const uint32_t bits = a.input[size_t(20) * 32 + lane_index()];
  const float value = static_cast<float>(static_cast<int32_t>(bits)) * 1.0e-7f;
  for (int width = 2; width <= 32; width *= 2) {
    float sums[1] = {value};
    warp_sum(sums, width);
    writer.put(sums[0]);
    sums[0] = value;
    lanes_sum(sums, width);
    writer.put(sums[0]);
  }
  writer.put(warp_max(value));
  const Best best = warp_best({small_number(bits), static_cast<int>(bits >> 8 & 255)});
  writer.put(best.score);
  writer.put(static_cast<float>(best.index));
  writer.put(static_cast<float>(count_bits(warp_ballot(bits & 1))));
  try_numbers(a.input[size_t(21) * 32 + lane_index()], writer);
  try_e4m3(a.input[size_t(22) * 32 + lane_index()], writer);
}

constexpr int group_columns = 128, group_bytes = 4 * (group_columns * 16 + 128);

// Sums of two products with x in core matrices `leading` and `stride` bytes apart.
template <int columns>
DEVICE void try_group_tiles(const TwinArguments& a, int leading, int stride, int first) {
  const int thread = thread_index();
  const auto number = [&](int index) {
    return small_number(a.input[index % twin_inputs] >> index / twin_inputs % 26);
  };
  size_t used = 0;
  const View<uint16_t> x = shared<uint16_t>(group_bytes / 2, used);
  block_barrier();
  for (int i = thread; i < columns * 32; i += 128) {
    const int column = i / 32, k = i % 32;
    const int at = k / 8 * leading + column / 8 * stride + column % 8 * 16 + k % 8 * 2;
    x[at / 2] = static_cast<uint16_t>(pack_halves(number(i * 3 + 1), 0));
  }
  uint32_t left[2][4];
  float sums[columns / 2];
  for (int i = 0; i < 8; ++i) {
    left[i / 4][i % 4] = pack_halves(number(thread * 19 + i * 2), number(thread * 19 + i * 2 + 1));
  }
  for (int i = 0; i < columns / 2; ++i) sums[i] = number(thread * 7 + i);
  publish_to_tensor_cores();
  block_barrier();
  fence_group_registers();
  const uint64_t described_x = describe_tiles(x.data, leading, stride);
  multiply_group_tiles<columns>(sums, left[0], described_x);
  multiply_group_tiles<columns>(sums, left[1], described_x + described(2 * leading));
  commit_group_products();
  wait_for_group_products<0>();
  settle(sums);
  const View<float> output = a.output.from(twin_warp_outputs);
  for (int i = 0; i < columns / 2; ++i) output[size_t(first + i) * 128 + thread] = sums[i];
}

KERNEL(128) group_twin_kernel(PARAMETER(TwinArguments) a) {
  wait_for_previous_kernel();
  if constexpr (has_group_products) {
    a.output[twin_warp_outputs + thread_index()] = 1;
    try_group_tiles<16>(a, 128, 512, 1);
    try_group_tiles<64>(a, 64 * 16, 128, 1 + 8);
    try_group_tiles<128>(a, 128 * 16 + 128, 128, 1 + 8 + 32);
  }
}

}  // namespace

base::Status run_twins(std::span<const uint32_t> input, std::span<float> output) {
  INVARIANT(input.size() == twin_inputs && output.size() == twin_outputs);
  if (const auto device = open_device(); !device.ok()) return device.error();
  auto stream = Stream::create();
  if (!stream.ok()) return stream.error();
  auto in = Buffer<uint32_t>::allocate(input.size(), "a test");
  auto out = Buffer<float>::allocate(output.size(), "a test");
  auto host = Buffer<float>::allocate(output.size(), "a test", Where::host);
  auto host_in = Buffer<uint32_t>::allocate(input.size(), "a test", Where::host);
  if (!in.ok() || !out.ok() || !host.ok() || !host_in.ok()) return base::Error{"out of memory"};
  std::copy(input.begin(), input.end(), host_in->data());
  (*stream)->copy(in->data(), host_in->data(), input.size_bytes());
  (*stream)->fill_with_zeros(out->data(), output.size_bytes());
  const TwinArguments arguments{in->view(), out->view()};
  launch(**stream, {{1}, 32, 32 * 8 * sizeof(uint16_t)}, twin_kernel, arguments);
  launch(**stream, {{1}, 128, group_bytes}, group_twin_kernel, arguments);
  (*stream)->copy(host->data(), out->data(), output.size_bytes());
  if (auto status = (*stream)->finish(); !status.ok()) return status;
  std::copy_n(host->data(), output.size(), output.begin());
  return base::Done{};
}

}  // namespace engine::backend::cuda
