// Weights of a file made bfloat16 without levels in between, 16 rows at a time. Where weights share
// a scale, they have few values: a table of these is rounded, and each weight's bits look it up.
//
// Q4_K: a vector of 64 bytes holds 128 weights, and its words, shifted by 0, 4, 8 and 12 bits, are
// looked up as they are. What comes out are columns two apart: those of ColumnOrder::woven.
#include <immintrin.h>

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

__m512i bits_of(__m512i values, unsigned shift, int mask) {
  return _mm512_and_si512(_mm512_srli_epi32(values, shift), _mm512_set1_epi32(mask));
}

// --- Q4_K ----------------------------------------------------------------------------------------

constexpr int span_columns = 256, span_bytes = 144, span_blocks = 8;

// Of 16 rows of a span; a weight of block b is scale[b] · level − minimum[b].
struct alignas(64) Scales {
  float scale[span_blocks][group_rows];
  float minimum[span_blocks][group_rows];
};

// The first 16 bytes of 16 rows: d and dmin in half precision, then 8 scales and 8 minimums of 6
// bits each. fields[i] are bytes 4 i … 4 i + 3 of all rows.
void load_fields(const uint8_t* const* rows, size_t offset, __m512i (&fields)[4]) {
  const auto load = [&](int row) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(rows[row] + offset));
  };
  __m512i lanes[4];  // lane l of the i-th is row 4 l + i
  for (int i = 0; i < 4; ++i) {
    lanes[i] = _mm512_castsi128_si512(load(i));
    lanes[i] = _mm512_mask_broadcast_i32x4(lanes[i], 0x00f0, load(4 + i));
    lanes[i] = _mm512_mask_broadcast_i32x4(lanes[i], 0x0f00, load(8 + i));
    lanes[i] = _mm512_mask_broadcast_i32x4(lanes[i], 0xf000, load(12 + i));
  }
  const __m512i low01 = _mm512_unpacklo_epi32(lanes[0], lanes[1]);
  const __m512i low23 = _mm512_unpacklo_epi32(lanes[2], lanes[3]);
  const __m512i high01 = _mm512_unpackhi_epi32(lanes[0], lanes[1]);
  const __m512i high23 = _mm512_unpackhi_epi32(lanes[2], lanes[3]);
  fields[0] = _mm512_unpacklo_epi64(low01, low23);
  fields[1] = _mm512_unpackhi_epi64(low01, low23);
  fields[2] = _mm512_unpacklo_epi64(high01, high23);
  fields[3] = _mm512_unpackhi_epi64(high01, high23);
}

// The second half of the scales (or minimums) has its low four bits in `low`, from bit `shift` of
// each byte on, and its high two on top of the first half's.
void unpack_scales(__m512i first, __m512i low, int shift, __m512 unit, float (*to)[group_rows]) {
  for (int i = 0; i < 4; ++i) {
    const unsigned byte = 8 * i;
    _mm512_store_ps(to[i], _mm512_mul_ps(unit, of_whole(bits_of(first, byte, 63))));
    const __m512i high = _mm512_slli_epi32(bits_of(first, byte + 6, 3), 4);
    const __m512i both = _mm512_or_si512(high, bits_of(low, byte + shift, 15));
    _mm512_store_ps(to[4 + i], _mm512_mul_ps(unit, of_whole(both)));
  }
}

void load_scales(const uint8_t* const* rows, size_t offset, Scales& to) {
  __m512i fields[4];
  load_fields(rows, offset, fields);
  const __m512 d = _mm512_cvtph_ps(_mm512_cvtepi32_epi16(fields[0]));
  const __m512 dmin = _mm512_cvtph_ps(_mm512_cvtepi32_epi16(_mm512_srli_epi32(fields[0], 16)));
  unpack_scales(fields[1], fields[3], 0, d, to.scale);
  unpack_scales(fields[2], fields[3], 4, dmin, to.minimum);
}

// The 16 values of a block each, the second behind the first.
__m512i tables_of(const Scales& scales, int row, int first, int second) {
  const auto values = [&](int block) {
    return _mm512_fmsub_ps(first_numbers(), _mm512_set1_ps(scales.scale[block][row]),
                           _mm512_set1_ps(scales.minimum[block][row]));
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

void round_q4_k(const uint8_t* const* rows, int columns, uint16_t* to) {
  size_t offset = 0;
  for (int column = 0; column < columns; column += span_columns, offset += span_bytes) {
    Scales scales;
    load_scales(rows, offset, scales);
    // From memory each of them is spread for nothing, from registers it is not.
    asm volatile("" ::: "memory");
    uint16_t* const first = to + column / step_columns * tile_values;
    for (int row = 0; row < group_rows; ++row) {
      const uint8_t* const bytes = rows[row] + offset + 16;
      uint16_t* const target = first + row * step_columns;
      round_nibbles(bytes, tables_of(scales, row, 0, 2), tables_of(scales, row, 1, 3), target);
      round_nibbles(bytes + 64, tables_of(scales, row, 4, 6), tables_of(scales, row, 5, 7),
                    target + 4 * tile_values);
    }
  }
}

// --- blocks of 32 --------------------------------------------------------------------------------

float half_at(const uint8_t* bytes) {
  uint16_t half;
  __builtin_memcpy(&half, bytes, sizeof half);
  return _cvtsh_ss(half);
}

// 16 bytes with the low four bits of columns 0 … 15, and those of 16 … 31 above them.
__m512i nibbles_of(const uint8_t* bytes) {
  const __m128i packed = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
  const __m256i words = _mm256_cvtepu8_epi16(packed);
  return _mm512_inserti64x4(_mm512_castsi256_si512(words), _mm256_srli_epi16(words, 4), 1);
}

// `Bytes` of a block, which begins with its scale.
template <int Bytes, typename Round>
void round_blocks(const uint8_t* const* rows, int columns, uint16_t* to, const Round& round) {
  for (int row = 0; row < group_rows; ++row) {
    const uint8_t* block = rows[row];
    uint16_t* target = to + row * step_columns;
    for (int step = 0; step < columns / step_columns; ++step) {
      _mm512_store_si512(target, round(_mm512_set1_ps(half_at(block)), block + 2));
      block += Bytes;
      target += tile_values;
    }
  }
}

void round_q4_0(const uint8_t* const* rows, int columns, uint16_t* to) {
  round_blocks<18>(rows, columns, to, [](__m512 scale, const uint8_t* bytes) {
    const __m512 values = _mm512_sub_ps(first_numbers(), _mm512_set1_ps(8));
    const __m512i table = to_bfloat(_mm512_mul_ps(values, scale), _mm512_setzero_ps());
    const __m512i level = _mm512_and_si512(nibbles_of(bytes), _mm512_set1_epi16(15));
    return _mm512_permutexvar_epi16(level, table);
  });
}

void round_q5_0(const uint8_t* const* rows, int columns, uint16_t* to) {
  round_blocks<22>(rows, columns, to, [](__m512 scale, const uint8_t* bytes) {
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

void round_q8_0(const uint8_t* const* rows, int columns, uint16_t* to) {
  round_blocks<34>(rows, columns, to, [](__m512 scale, const uint8_t* bytes) {
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
