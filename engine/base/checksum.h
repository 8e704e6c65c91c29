// A fast 64-bit checksum against damage, at the speed of memory. It is no defence against somebody
// who wants another text with the same sum.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace engine::base {

uint64_t checksum_of(std::span<const std::byte> bytes);

}  // namespace engine::base
