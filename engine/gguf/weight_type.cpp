#include "engine/gguf/weight_type.h"

#include <algorithm>
#include <array>

#include "engine/base/check.h"
#include "engine/base/format.h"

namespace engine::gguf {
namespace {

struct Entry {
  WeightType type;
  BlockGeometry geometry;
};

constexpr std::array known_types = {
    Entry{WeightType::f32, {"f32", 1, 4}},
    Entry{WeightType::f16, {"f16", 1, 2}},
    Entry{WeightType::bf16, {"bf16", 1, 2}},
    Entry{WeightType::q4_0, {"q4_0", 32, 18}},
    Entry{WeightType::q4_1, {"q4_1", 32, 20}},
    Entry{WeightType::q5_0, {"q5_0", 32, 22}},
    Entry{WeightType::q5_1, {"q5_1", 32, 24}},
    Entry{WeightType::q8_0, {"q8_0", 32, 34}},
    Entry{WeightType::q2_k, {"q2_K", 256, 84}},
    Entry{WeightType::q3_k, {"q3_K", 256, 110}},
    Entry{WeightType::q4_k, {"q4_K", 256, 144}},
    Entry{WeightType::q5_k, {"q5_K", 256, 176}},
    Entry{WeightType::q6_k, {"q6_K", 256, 210}},
    Entry{WeightType::iq4_nl, {"iq4_nl", 32, 18}},
    Entry{WeightType::iq4_xs, {"iq4_xs", 256, 136}},
    Entry{WeightType::mxfp4, {"mxfp4", 32, 17}},
    Entry{WeightType::iq2_xxs, {"iq2_xxs", 256, 66}},
    Entry{WeightType::iq2_xs, {"iq2_xs", 256, 74}},
    Entry{WeightType::iq2_s, {"iq2_s", 256, 82}},
    Entry{WeightType::iq3_xxs, {"iq3_xxs", 256, 98}},
    Entry{WeightType::iq3_s, {"iq3_s", 256, 110}},
    Entry{WeightType::iq1_s, {"iq1_s", 256, 50}},
    Entry{WeightType::iq1_m, {"iq1_m", 256, 56}},
};

struct UnsupportedType {
  uint32_t id;
  std::string_view name;
};

constexpr std::array unsupported_types = {
    UnsupportedType{9, "q8_1"}, UnsupportedType{15, "q8_K"},  UnsupportedType{24, "i8"},
    UnsupportedType{25, "i16"}, UnsupportedType{26, "i32"},   UnsupportedType{27, "i64"},
    UnsupportedType{28, "f64"}, UnsupportedType{34, "tq1_0"}, UnsupportedType{35, "tq2_0"},
};

bool equal_in_any_case(std::string_view left, std::string_view right) {
  return base::lower_case(left) == base::lower_case(right);
}

}  // namespace

std::optional<WeightType> weight_type_from_id(uint32_t id) {
  for (const Entry& entry : known_types) {
    if (static_cast<uint32_t>(entry.type) == id) return entry.type;
  }
  return std::nullopt;
}

std::optional<WeightType> weight_type_from_name(std::string_view name) {
  for (const Entry& entry : known_types) {
    if (equal_in_any_case(entry.geometry.name, name)) return entry.type;
  }
  return std::nullopt;
}

const BlockGeometry& geometry(WeightType type) {
  const auto found = std::find_if(known_types.begin(), known_types.end(),
                                  [&](const Entry& entry) { return entry.type == type; });
  INVARIANT(found != known_types.end());
  return found->geometry;
}

bool is_of_grid(WeightType type) {
  switch (type) {
    case WeightType::iq1_s:
    case WeightType::iq1_m:
    case WeightType::iq2_xxs:
    case WeightType::iq2_xs:
    case WeightType::iq2_s:
    case WeightType::iq3_xxs:
    case WeightType::iq3_s:
      return true;
    default:
      return false;
  }
}

size_t row_bytes(WeightType type, size_t values) {
  const BlockGeometry& block = geometry(type);
  INVARIANT(values % block.values == 0);
  return values / block.values * block.bytes;
}

std::string_view unsupported_weight_type_name(uint32_t id) {
  for (const UnsupportedType& type : unsupported_types) {
    if (type.id == id) return type.name;
  }
  return {};
}

}  // namespace engine::gguf
