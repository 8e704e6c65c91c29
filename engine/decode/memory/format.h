// The layout of a memory file. All numbers are little-endian; sections follow the header in the
// order of its fields, each starting at a multiple of 8 bytes.
//
//   languages    text, one line each: "LANGUAGE FAMILY\n"
//   bases        u32 [buckets / 32 + 1]: the first entry of each 32 buckets; then the entry count
//   offsets      u16 [buckets]: a bucket's first entry, relative to its base
//   entries      u32 [entries]: fingerprint, token, share and projects, from the high bits down
//   frequencies  u8 [families][vocabulary]: 16 · log2(1 + projects), at most 255
//   weights      f32 [4][weights]: the scorer's (weight_set)
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace engine::decode::memory {

static_assert(std::endian::native == std::endian::little);

inline constexpr std::array<char, 8> file_magic = {'l', 'e', 'm', 'm', 'a', 'm', 'e', 'm'};
inline constexpr uint32_t file_version = 2;
inline constexpr uint32_t buckets_per_base = 32;
inline constexpr int share_bits = 3;
inline constexpr int project_bits = 3;

// Which set of weights serves: with a model's log-probabilities or without, and with the corpus'
// n-grams or without, as for a model of another vocabulary or a language that the corpus lacks.
inline constexpr uint32_t weight_sets = 4;
constexpr size_t weight_set(bool model_speaks, bool has_ngrams) {
  return (has_ngrams ? 0 : 2) + (model_speaks ? 1 : 0);
}

struct Header {
  std::array<char, 8> magic;
  uint32_t version;
  uint32_t reserved;  // 0
  uint64_t file_bytes;
  uint64_t checksum;     // of everything behind it, the rest of the header included
  uint64_t fingerprint;  // of the vocabulary
  uint32_t max_order;
  uint32_t vocabulary;   // tokens
  uint32_t token_bits;   // 2^token_bits ≥ vocabulary
  uint32_t bucket_bits;  // 2^bucket_bits buckets, ≥ 5
  uint32_t entries;
  uint32_t families;
  uint32_t language_bytes;
  uint32_t weights;  // in each set
};
static_assert(sizeof(Header) == 72);

// Where each section lies, from the counts in a header.
struct Layout {
  explicit Layout(const Header& header);

  uint64_t languages, bases, offsets, entries, frequencies, weights;  // byte offsets
  uint64_t file_bytes;
};

// Of a whole file: what its header's `checksum` has to be.
uint64_t file_checksum(std::span<const std::byte> file);

// Shares and project counts are kept in 3 bits each: the middle of a class, and its lowest count.
inline constexpr std::array<float, 8> share_classes = {0.02f, 0.05f, 0.1f, 0.2f,
                                                       0.35f, 0.55f, 0.8f, 0.97f};
inline constexpr std::array<float, 8> project_classes = {2, 3, 4, 6, 9, 14, 25, 60};
uint32_t share_class(float share);
uint32_t project_class(float projects);

}  // namespace engine::decode::memory
