#include "engine/decode/memory/format.h"

#include <cmath>

#include "engine/base/checksum.h"

namespace engine::decode::memory {

namespace {

uint64_t aligned(uint64_t offset) { return (offset + 7) & ~uint64_t{7}; }

}  // namespace

Layout::Layout(const Header& header) {
  // Every count is below 2^32 and every element at most 4 bytes, so nothing here can overflow.
  const uint64_t buckets = uint64_t{1} << header.bucket_bits;
  languages = sizeof(Header);
  bases = aligned(languages + header.language_bytes);
  offsets = aligned(bases + (buckets / buckets_per_base + 1) * sizeof(uint32_t));
  entries = aligned(offsets + buckets * sizeof(uint16_t));
  frequencies = aligned(entries + uint64_t{header.entries} * sizeof(uint32_t));
  weights = aligned(frequencies + uint64_t{header.families} * header.vocabulary);
  file_bytes = weights + uint64_t{weight_sets} * header.weights * sizeof(float);
}

uint64_t file_checksum(std::span<const std::byte> file) {
  return base::checksum_of(file.subspan(offsetof(Header, fingerprint)));
}

uint32_t share_class(float share) {
  const auto log_odds = [](float p) { return std::log(p / (1 - p)); };
  const float wanted = log_odds(std::min(0.99f, std::max(0.005f, share)));
  uint32_t best = 0;
  for (uint32_t i = 1; i < share_classes.size(); ++i) {
    if (std::abs(log_odds(share_classes[i]) - wanted) <
        std::abs(log_odds(share_classes[best]) - wanted)) {
      best = i;
    }
  }
  return best;
}

uint32_t project_class(float projects) {
  uint32_t best = 0;
  while (best + 1 < project_classes.size() && project_classes[best + 1] <= projects) ++best;
  return best;
}

}  // namespace engine::decode::memory
