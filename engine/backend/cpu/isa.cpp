#include "engine/backend/cpu/isa.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "engine/base/format.h"

namespace engine::backend::cpu {
namespace {

#if defined(__x86_64__)
// Linux lends the tiles' registers, 8 KB for each thread, to processes that ask for them. Asked
// once, the process and its later threads have them.
bool request_tiles() {
  constexpr int request_permission = 0x1023, tile_data = 18;
  return syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
}

// Not every compiler's __builtin_cpu_supports knows these names.
bool has_tiles() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0) return false;
  constexpr unsigned amx_bf16 = 1u << 22, amx_tile = 1u << 24;
  if ((d & amx_bf16) == 0 || (d & amx_tile) == 0) return false;
  constexpr unsigned avx512_bf16 = 1u << 5;
  return __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 && (a & avx512_bf16) != 0;
}
#endif

}  // namespace

const char* isa_name(Isa isa) {
  switch (isa) {
    case Isa::generic:
      return "generic";
    case Isa::avx2:
      return "avx2";
    case Isa::avx512:
      return "avx512";
    case Isa::amx:
      return "amx";
  }
  return "unknown";
}

// What the compiler may use is set in engine/CMakeLists.txt; these lists must cover it.
bool isa_available(Isa isa) {
#if defined(__x86_64__)
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                    __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("f16c");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") &&
                      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vnni");
  if (isa == Isa::amx) return avx512 && has_tiles() && request_tiles();
  if (isa == Isa::avx512) return avx512;
  if (isa == Isa::avx2) return avx2;
#endif
  return isa == Isa::generic;
}

base::Result<Isa> choose_isa() {
  const char* const forced = std::getenv("LEMMA_CPU");
  for (const Isa isa : {Isa::amx, Isa::avx512, Isa::avx2, Isa::generic}) {
    if (forced == nullptr || *forced == '\0') {
      if (isa_available(isa)) return isa;
    } else if (std::string_view(forced) == isa_name(isa)) {
      if (isa_available(isa)) return isa;
      return base::fail("LEMMA_CPU is ", forced, ", which this processor does not have");
    }
  }
  return base::fail("LEMMA_CPU is '", forced, "'; it must be amx, avx512, avx2 or generic");
}

}  // namespace engine::backend::cpu
