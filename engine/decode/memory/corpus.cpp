#include "engine/decode/memory/corpus.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/base/checksum.h"
#include "engine/base/format.h"
#include "engine/decode/memory/scorer.h"

namespace engine::decode::memory {

using base::fail;

namespace {

uint64_t scramble(uint64_t x) {
  x ^= x >> 31;
  x *= 0x9E3779B97F4A7C15ull;
  x ^= x >> 29;
  x *= 0xBF58476D1CE4E5B9ull;
  return x ^ (x >> 32);
}

template <typename T>
std::span<const T> section(std::span<const std::byte> bytes, uint64_t offset, uint64_t count) {
  return {reinterpret_cast<const T*>(bytes.data() + offset), static_cast<size_t>(count)};
}

// The header, the size and the checksum: after this every section lies inside the mapping.
base::Result<const Header*> checked_header(std::span<const std::byte> bytes,
                                           const std::string& path) {
  if (bytes.size() < sizeof(Header)) {
    return fail(path, ": header: the file has ", bytes.size(), " bytes, a memory file at least ",
                sizeof(Header));
  }
  const auto& header = *reinterpret_cast<const Header*>(bytes.data());
  if (header.magic != file_magic) return fail(path, ": magic: not a lemma memory file");
  if (header.version != file_version) {
    return fail(path, ": version: ", header.version, ", this program reads ", file_version);
  }
  if (header.reserved != 0) return fail(path, ": reserved: ", header.reserved, " is not 0");
  if (header.max_order > 64) return fail(path, ": max_order: ", header.max_order, " is over 64");
  if (header.token_bits < 1 || header.token_bits > 20 ||
      header.vocabulary > (uint64_t{1} << header.token_bits)) {
    return fail(path, ": token_bits: ", header.token_bits, " for ", header.vocabulary, " tokens");
  }
  if (header.bucket_bits < 5 || header.bucket_bits > 28) {
    return fail(path, ": bucket_bits: ", header.bucket_bits, " is not within 5 … 28");
  }
  if (header.weights != weight_count) {
    return fail(path, ": weights: ", header.weights, " in a set, this program has ", weight_count);
  }
  if (header.file_bytes != bytes.size() || Layout(header).file_bytes != bytes.size()) {
    return fail(path, ": file_bytes: the file has ", bytes.size(), " bytes, its header says ",
                header.file_bytes, " and its sections need ", Layout(header).file_bytes);
  }
  if (file_checksum(bytes) != header.checksum) {
    return fail(path, ": checksum: the content does not match; get the file again");
  }
  return &header;
}

// Each bucket begins where the one before it ends, or later, and inside the entries.
base::Status check_buckets(std::span<const uint32_t> bases, std::span<const uint16_t> offsets,
                           uint32_t entries, const std::string& path) {
  if (bases.back() != entries) {
    return fail(path, ": bases: the last one is ", bases.back(), ", not the number of entries, ",
                entries);
  }
  for (size_t i = 0; i + 1 < bases.size(); ++i) {
    uint32_t previous = bases[i];
    for (size_t b = i * buckets_per_base; b < (i + 1) * buckets_per_base; ++b) {
      const uint64_t begin = uint64_t{bases[i]} + offsets[b];
      if (begin < previous || begin > bases[i + 1]) {
        return fail(path, ": offsets: bucket ", b, " begins at entry ", begin, ", out of order");
      }
      previous = static_cast<uint32_t>(begin);
    }
  }
  return base::Done{};
}

}  // namespace

uint64_t vocabulary_fingerprint(const tokenizer::Tokenizer& tokenizer) {
  uint64_t hash = scramble(tokenizer.size());
  for (size_t token = 0; token < tokenizer.size(); ++token) {
    const std::string_view text = tokenizer.text(static_cast<Token>(token));
    hash = scramble(hash ^ base::checksum_of(std::as_bytes(std::span(text))));
  }
  return hash;
}

uint64_t empty_context(int family) { return scramble(static_cast<uint64_t>(family) + 77); }

uint64_t extend_context(uint64_t context, Token token) {
  return scramble(context * 31 + static_cast<uint64_t>(token) + 1);
}

base::Result<std::unique_ptr<const Corpus>> Corpus::open(const std::string& path,
                                                         const tokenizer::Tokenizer& tokenizer) {
  auto file = base::MappedFile::open(path);
  if (!file) return file.error();
  auto corpus = std::unique_ptr<Corpus>(new Corpus());
  corpus->file_ = std::move(*file);
  corpus->tokenizer_ = &tokenizer;
  const std::span<const std::byte> bytes = corpus->file_.bytes();
  auto checked = checked_header(bytes, path);
  if (!checked) return checked.error();
  corpus->header_ = *checked;
  const Header& header = **checked;
  corpus->has_ngrams_ = header.vocabulary == tokenizer.size() &&
                        header.fingerprint == vocabulary_fingerprint(tokenizer);
  const Layout layout(header);
  const uint64_t buckets = uint64_t{1} << header.bucket_bits;
  corpus->bases_ = section<uint32_t>(bytes, layout.bases, buckets / buckets_per_base + 1);
  corpus->offsets_ = section<uint16_t>(bytes, layout.offsets, buckets);
  corpus->entries_ = section<uint32_t>(bytes, layout.entries, header.entries);
  corpus->frequencies_ =
      section<uint8_t>(bytes, layout.frequencies, uint64_t{header.families} * header.vocabulary);
  corpus->weights_ = section<float>(bytes, layout.weights, uint64_t{weight_sets} * header.weights);
  if (auto status = check_buckets(corpus->bases_, corpus->offsets_, header.entries, path);
      !status) {
    return status.error();
  }
  for (const float weight : corpus->weights_) {
    if (!std::isfinite(weight)) return fail(path, ": weights: a value is not finite");
  }
  for (size_t token = 0; token < tokenizer.size(); ++token) {
    corpus->traits_.push_back(token_traits(tokenizer.bytes(static_cast<Token>(token))));
  }
  return std::unique_ptr<const Corpus>(std::move(corpus));
}

int Corpus::family(std::string_view language_id) const {
  if (!has_ngrams_) return -1;
  const std::string_view text(reinterpret_cast<const char*>(file_.bytes().data()) + sizeof(Header),
                              header_->language_bytes);
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    const size_t space = line.find(' ');
    if (space != std::string_view::npos && line.substr(0, space) == language_id) {
      int family = 0;
      for (const char c : line.substr(space + 1)) family = family * 10 + (c - '0');
      return family >= 0 && family < static_cast<int>(header_->families) ? family : -1;
    }
    begin = end + 1;
  }
  return -1;
}

void Corpus::find(uint64_t context, std::vector<Entry>& entries) const {
  entries.clear();
  if (!has_ngrams_) return;
  const uint64_t bucket = context >> (64 - header_->bucket_bits);
  const uint64_t next = bucket + 1;
  const uint32_t begin = bases_[bucket / buckets_per_base] + offsets_[bucket];
  const uint32_t end = next % buckets_per_base == 0
                           ? bases_[next / buckets_per_base]
                           : bases_[next / buckets_per_base] + offsets_[next];
  const uint32_t value_bits = share_bits + project_bits;
  const uint32_t fingerprint_shift = header_->token_bits + value_bits;
  const uint32_t fingerprint =
      static_cast<uint32_t>((context << header_->bucket_bits) >> (64 - 32 + fingerprint_shift));
  const uint32_t token_mask = (uint32_t{1} << header_->token_bits) - 1;
  for (uint32_t i = begin; i < end; ++i) {
    if (entries_[i] >> fingerprint_shift != fingerprint) continue;
    const uint32_t token = (entries_[i] >> value_bits) & token_mask;
    if (token >= header_->vocabulary) continue;
    entries.push_back({static_cast<Token>(token), share_classes[(entries_[i] >> project_bits) & 7],
                       project_classes[entries_[i] & 7]});
  }
}

float Corpus::frequency(int family, Token token) const {
  if (family < 0 || !has_ngrams_) return 0;
  return static_cast<float>(frequencies_[family * header_->vocabulary + token]) / 256;
}

std::span<const float> Corpus::weights(size_t set) const {
  return weights_.subspan(set * header_->weights, header_->weights);
}

}  // namespace engine::decode::memory
