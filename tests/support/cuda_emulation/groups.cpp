#include "cuda_emulation/dialect.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <deque>
#include <map>
#include <vector>

#include "engine/gguf/half.h"

namespace cuda_emulation {
namespace {

constexpr int depth = 16, fragment = 4;
constexpr uint32_t under_way = 0x7fc0dead;  // what sums hold meanwhile

struct LaneProduct {
  float* sums;
  const uint32_t* a;
  uint64_t b;
  int columns;
};

// The descriptor's fields, by the PTX ISA.
struct Matrix {
  explicit Matrix(uint64_t descriptor)
      : start((descriptor & 0x3fff) * 16),
        leading((descriptor >> 16 & 0x3fff) * 16),
        stride((descriptor >> 32 & 0x3fff) * 16) {
    constexpr uint64_t fields = 0x3fff | uint64_t{0x3fff} << 16 | uint64_t{0x3fff} << 32;
    if ((descriptor & ~fields) != 0) violation("a descriptor of a swizzled matrix, or of none");
  }
  // Of k at a column, [columns][16].
  std::vector<uint16_t> read(const std::byte* shared, int columns) const {
    std::vector<uint16_t> values(size_t(columns) * depth);
    for (int column = 0; column < columns; ++column) {
      for (int k = 0; k < depth; ++k) {
        const size_t at =
            start + k / 8 * leading + column / 8 * stride + column % 8 * 16 + k % 8 * 2;
        if (at + 2 > place().shared_bytes) {
          violation("a descriptor of byte " + std::to_string(at) + " of the " +
                    std::to_string(place().shared_bytes) + " of shared memory");
        }
        std::memcpy(&values[size_t(column) * depth + k], shared + at, 2);
      }
    }
    return values;
  }
  size_t start, leading, stride;
};

struct Product {
  std::array<LaneProduct, group_lanes> lanes;
  std::array<std::array<uint32_t, fragment>, group_lanes> a;
  std::vector<uint16_t> b;
};

// The sums of a lane that products are under way for.
struct Sums {
  std::vector<float> values;
  int products = 0;
};

class Work final : public GroupWork {
 public:
  std::string unfinished() const override {
    if (open_.empty() && groups_.empty()) return "";
    return "a warp group leaves before its products are done";
  }

  void fence() { fenced_ = true; }
  void commit() {
    groups_.push_back(std::move(open_));
    open_.clear();
    fenced_ = false;
  }
  void start(void* const* lanes);
  void wait(int pending) {
    while (static_cast<int>(groups_.size()) > pending) {
      for (const Product& product : groups_.front()) finish(product);
      groups_.pop_front();
    }
  }

 private:
  void finish(const Product& product);

  bool fenced_ = false;
  std::vector<Product> open_;
  std::deque<std::vector<Product>> groups_;
  std::map<float*, Sums> sums_;  // by where the lane keeps them
};

void check_untouched(const LaneProduct& lane) {
  for (int i = 0; i < lane.columns / 2; ++i) {
    if (std::bit_cast<uint32_t>(lane.sums[i]) == under_way) continue;
    violation("sums were written while a product of theirs was under way");
  }
}

void Work::start(void* const* lanes) {
  if (!fenced_) violation("a product of a warp group without a fence of its registers");
  Product product;
  for (int lane = 0; lane < group_lanes; ++lane) {
    product.lanes[lane] = *static_cast<const LaneProduct*>(lanes[lane]);
    std::copy_n(product.lanes[lane].a, fragment, product.a[lane].begin());
    const LaneProduct& own = product.lanes[lane];
    if (own.b != product.lanes[0].b || own.columns != product.lanes[0].columns) {
      violation("lanes of one warp group bring different matrices");
    }
    Sums& sums = sums_[own.sums];
    if (sums.products++ > 0) {
      check_untouched(own);
    } else {
      sums.values.assign(own.sums, own.sums + own.columns / 2);
      std::fill_n(own.sums, own.columns / 2, std::bit_cast<float>(under_way));
    }
  }
  const Matrix b(product.lanes[0].b);
  product.b = b.read(published_shared(), product.lanes[0].columns);
  if (product.b != b.read(place().shared, product.lanes[0].columns)) {
    violation("a product reads shared memory that was not published to tensor cores");
  }
  open_.push_back(std::move(product));
}

float half(uint32_t two, int index) {
  return engine::gguf::half_to_float(static_cast<uint16_t>(two >> index * 16));
}

// PTX ISA, "matrix fragments for wgmma.mma_async.m64nNk16": warp w of the group has rows 16w … of
// A and of the sums, in them lane 4g + t the places that mma.m16n8k16 gives it; the sums of
// further columns follow, four for eight columns.
void Work::finish(const Product& product) {
  const int columns = product.lanes[0].columns;
  const Matrix matrix(product.lanes[0].b);
  if (product.b != matrix.read(place().shared, columns)) {
    violation("shared memory was written while a product that reads it was under way");
  }
  float a[64][depth];
  std::vector<float> b(product.b.size());
  std::transform(product.b.begin(), product.b.end(), b.begin(), engine::gguf::half_to_float);
  for (int lane = 0; lane < group_lanes; ++lane) {
    const LaneProduct& own = product.lanes[lane];
    if (!std::equal(product.a[lane].begin(), product.a[lane].end(), own.a)) {
      violation("registers were written while a product that reads them was under way");
    }
    const int row = lane / 32 * 16 + lane % 32 / 4, k = lane % 4 * 2;
    for (int part = 0; part < fragment; ++part) {
      for (int i = 0; i < 2; ++i) {
        a[row + part % 2 * 8][k + part / 2 * 8 + i] = half(product.a[lane][part], i);
      }
    }
  }
  for (int lane = 0; lane < group_lanes; ++lane) {
    const LaneProduct& own = product.lanes[lane];
    Sums& sums = sums_.at(own.sums);
    const int row = lane / 32 * 16 + lane % 32 / 4;
    for (int i = 0; i < columns / 2; ++i) {
      const float* const left = a[row + i / 2 % 2 * 8];
      const float* const right = &b[size_t(i / 4 * 8 + lane % 4 * 2 + i % 2) * depth];
      float sum = 0;
      for (int k = 0; k < depth; ++k) sum += left[k] * right[k];
      sums.values[i] += sum;
    }
    if (--sums.products > 0) continue;
    check_untouched(own);
    std::copy(sums.values.begin(), sums.values.end(), own.sums);
    sums_.erase(own.sums);
  }
}

Work& work() {
  auto& slot = group_work();
  if (slot == nullptr) slot = std::make_unique<Work>();
  return static_cast<Work&>(*slot);
}

}  // namespace

void start_group_product(float* sums, const uint32_t* a, uint64_t b, int columns) {
  LaneProduct mine{sums, a, b, columns};
  const auto start = [](void* const* lanes, const void*) { work().start(lanes); };
  group_operation("a product of a warp group", &mine, start, nullptr);
}

void fence_group() {
  int nothing = 0;
  const auto fence = [](void* const*, const void*) { work().fence(); };
  group_operation("a fence of a warp group", &nothing, fence, nullptr);
}

void commit_group() {
  int nothing = 0;
  const auto commit = [](void* const*, const void*) { work().commit(); };
  group_operation("a commit of a warp group", &nothing, commit, nullptr);
}

void wait_for_group(int pending) {
  const auto wait = [](void* const*, const void* most) {
    work().wait(*static_cast<const int*>(most));
  };
  int nothing = 0;
  group_operation("a wait of a warp group", &nothing, wait, &pending);
}

}  // namespace cuda_emulation
