#include "engine/backend/cpu/isa.h"

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
  if (isa == Isa::amx) {
    return avx512 && __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("amx-int8") &&
           __builtin_cpu_supports("amx-bf16") && request_tiles();
  }
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
