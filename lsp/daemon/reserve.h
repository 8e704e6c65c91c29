// What remains to be done where no memory is left: the request that found none fails, but telling
// so, and the threads beside it, need a little.
#pragma once

#include <cstddef>

namespace lsp::daemon {

constexpr size_t reserve_bytes = size_t{16} << 20;

// Puts address space aside which the first allocation that fails gives back before it is tried
// again. Called once more it puts aside what was given back, or nothing where there is still no
// memory. For one thread at a time; allocations may fail in any.
void keep_reserve();

}  // namespace lsp::daemon
