#include "tests/engine/backend/operators.h"

#include <random>

#include "engine/gguf/half.h"

namespace operators {

namespace cpu = engine::backend::cpu;

std::vector<float> random_values(size_t count, int seed) {
  std::mt19937 engine(static_cast<unsigned>(seed));
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (float& value : values) value = normal(engine);
  return values;
}

std::vector<float> rounded_to_halves(std::vector<float> values) {
  for (float& value : values) {
    value = engine::gguf::half_to_float(engine::gguf::float_to_half(value));
  }
  return values;
}

TestCache::TestCache(cpu::CellType type, int blocks, int width)
    : values(random_values(size_t(blocks) * engine::backend::block_tokens * width, 1)),
      form_{nullptr, (width + 15) / 16 * 16, type},
      cells_(blocks * form_.block_bytes()) {
  if (type == cpu::CellType::half) values = rounded_to_halves(std::move(values));
  const cpu::Cells all{cells_.data(), type};
  for (size_t slot = 0; slot < values.size() / width; ++slot) {
    cpu::write(cpu::float_kernels_generic, std::span(values).subspan(slot * width, width),
               all + slot * form_.stride);
  }
}

cpu::LayerCache TestCache::layer() {
  cpu::LayerCache cache = form_;
  cache.data = cells_.data();
  return cache;
}

double normalised_error(std::span<const float> found, std::span<const float> expected) {
  double error = 0, norm = 0;
  for (size_t i = 0; i < expected.size(); ++i) {
    const double difference = double{found[i]} - expected[i];
    error += difference * difference;
    norm += double{expected[i]} * expected[i];
  }
  return error / norm;
}

std::vector<Instructions> available_instructions() {
  std::vector<Instructions> result{{cpu::Isa::generic, cpu::q8_kernels_generic,
                                    cpu::level_kernels(cpu::Isa::generic),
                                    cpu::float_kernels_generic}};
#if defined(__x86_64__)
  if (cpu::isa_available(cpu::Isa::avx2)) {
    result.push_back({cpu::Isa::avx2, cpu::q8_kernels_avx2, cpu::level_kernels(cpu::Isa::avx2),
                      cpu::float_kernels_avx2});
  }
  if (cpu::isa_available(cpu::Isa::avx512)) {
    result.push_back({cpu::Isa::avx512, cpu::q8_kernels_avx512,
                      cpu::level_kernels(cpu::Isa::avx512), cpu::float_kernels_avx512});
  }
  if (cpu::isa_available(cpu::Isa::amx)) {
    for (const auto order : {cpu::ColumnOrder::plain, cpu::ColumnOrder::woven}) {
      result.push_back({cpu::Isa::amx, cpu::q8_kernels_avx512, cpu::level_kernels(cpu::Isa::amx),
                        cpu::float_kernels_avx512, &cpu::tile_kernels_amx, order});
    }
  }
#endif
  return result;
}

TestMachine::TestMachine(const Instructions& instructions, engine::base::ThreadPool& threads)
    : tiles_(cpu::make_tiles(instructions.tiles, threads.threads(), instructions.activations)),
      all_{instructions.q8, instructions.levels, instructions.floats,
           threads,         tiles_.get(),        tiles_.get()} {}

}  // namespace operators
