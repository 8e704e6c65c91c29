// Weights of a file made bfloat16 without levels in between. Where weights share a scale, they have
// few values: a table of these is rounded, and each weight's bits look it up.
//
// Q4_K: a vector of 64 bytes holds 128 weights, and its words, shifted by 0, 4, 8 and 12 bits, are
// looked up as they are. What comes out are columns two apart: those of ColumnOrder::woven.
#include <immintrin.h>

#include "engine/backend/cpu/levels_avx2.h"
#include "engine/backend/cpu/tile_kernels.h"

namespace engine::backend::cpu {
namespace {

__m512i to_bfloat(__m512 first, __m512 second) {
  const __m512bh both = _mm512_cvtne2ps_pbh(second, first);
  __m512i bits;
  __builtin_memcpy(&bits, &both, sizeof bits);
  return bits;
}

__m512 first_numbers() {
  return _mm512_setr_ps(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

__m512 of_whole(__m512i values) { return _mm512_cvtepi32_ps(values); }

// --- Q4_K ----------------------------------------------------------------------------------------

// The 16 values of a block each, the second behind the first.
__m512i tables_of(const KScales& scales, int first, int second) {
  const auto values = [&](int block) {
    return _mm512_fmsub_ps(first_numbers(), _mm512_set1_ps(scales.scales[block]),
                           _mm512_set1_ps(scales.minimums[block]));
  };
  return to_bfloat(values(first), values(second));
}

// 128 columns of a row, four steps.
void round_nibbles(const uint8_t* bytes, __m512i even, __m512i odd, uint16_t* to) {
  const __m512i nibble = _mm512_set1_epi16(15);
  const __m512i second_table = _mm512_inserti64x4(_mm512_setzero_si512(), _mm256_set1_epi16(16), 1);
  const __m512i words = _mm512_loadu_si512(bytes);
  const auto look_up = [&](__m512i shifted, __m512i table) {
    constexpr int masked_or = 0xea;  // a & b | c
    const __m512i index = _mm512_ternarylogic_epi64(shifted, nibble, second_table, masked_or);
    return _mm512_permutexvar_epi16(index, table);
  };
  _mm512_store_si512(to, look_up(words, even));
  _mm512_store_si512(to + tile_values, look_up(_mm512_srli_epi16(words, 8), even));
  _mm512_store_si512(to + 2 * tile_values, look_up(_mm512_srli_epi16(words, 4), odd));
  _mm512_store_si512(to + 3 * tile_values, look_up(_mm512_srli_epi16(words, 12), odd));
}

void round_q4_k(const uint8_t* bytes, int columns, uint16_t* to) {
  for (int column = 0; column < columns; column += span_columns, bytes += 144) {
    KScales scales = k_scales(bytes);
    // Memory spreads each of them for nothing, registers do not.
    asm volatile("" : "+m"(scales));
    round_nibbles(bytes + 16, tables_of(scales, 0, 2), tables_of(scales, 1, 3), to);
    round_nibbles(bytes + 80, tables_of(scales, 4, 6), tables_of(scales, 5, 7),
                  to + 4 * tile_values);
    to += span_columns * group_rows;
  }
}

// --- blocks of 32 --------------------------------------------------------------------------------

// 16 bytes with the low four bits of columns 0 … 15, and those of 16 … 31 above them.
__m512i nibbles_of(const uint8_t* bytes) {
  const __m128i packed = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
  const __m256i words = _mm256_cvtepu8_epi16(packed);
  return _mm512_inserti64x4(_mm512_castsi256_si512(words), _mm256_srli_epi16(words, 4), 1);
}

// `Bytes` of a block, which begins with its scale.
template <int Bytes, typename Round>
void round_blocks(const uint8_t* block, int columns, uint16_t* to, const Round& round) {
  for (int step = 0; step < columns / step_columns; ++step) {
    _mm512_store_si512(to, round(_mm512_set1_ps(half_at(block)), block + 2));
    block += Bytes;
    to += tile_values;
  }
}

void round_q4_0(const uint8_t* row, int columns, uint16_t* to) {
  round_blocks<18>(row, columns, to, [](__m512 scale, const uint8_t* bytes) {
    const __m512 values = _mm512_sub_ps(first_numbers(), _mm512_set1_ps(8));
    const __m512i table = to_bfloat(_mm512_mul_ps(values, scale), _mm512_setzero_ps());
    const __m512i level = _mm512_and_si512(nibbles_of(bytes), _mm512_set1_epi16(15));
    return _mm512_permutexvar_epi16(level, table);
  });
}

void round_q5_0(const uint8_t* row, int columns, uint16_t* to) {
  round_blocks<22>(row, columns, to, [](__m512 scale, const uint8_t* bytes) {
    const __m512 negative = _mm512_sub_ps(first_numbers(), _mm512_set1_ps(16));
    const __m512i table =
        to_bfloat(_mm512_mul_ps(negative, scale), _mm512_mul_ps(first_numbers(), scale));
    uint32_t fifth;
    __builtin_memcpy(&fifth, bytes, sizeof fifth);
    const __m512i low = _mm512_and_si512(nibbles_of(bytes + 4), _mm512_set1_epi16(15));
    const __m512i level = _mm512_mask_add_epi16(low, fifth, low, _mm512_set1_epi16(16));
    return _mm512_permutexvar_epi16(level, table);
  });
}

void round_q8_0(const uint8_t* row, int columns, uint16_t* to) {
  round_blocks<34>(row, columns, to, [](__m512 scale, const uint8_t* bytes) {
    const auto values = [&](const uint8_t* from) {
      const __m128i some = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
      return _mm512_mul_ps(of_whole(_mm512_cvtepi8_epi32(some)), scale);
    };
    return to_bfloat(values(bytes), values(bytes + 16));
  });
}

}  // namespace

extern const ByteKernels byte_kernels_amx = {round_q4_0, round_q5_0, round_q8_0, round_q4_k};

}  // namespace engine::backend::cpu
