// From texts to a file in four steps: read and encode (read_corpus), count (counts.h), choose the
// n-grams that are worth their four bytes (limit_contexts, select), and lay them out in buckets
// (make_tables, write_memory).
//
// A build does this twice. The scorer has to learn how far n-grams can be trusted on text they were
// not counted on, so the first file is made without some projects, the scorer is fitted on those,
// and the second file has the n-grams of all projects and the weights of that fit.

#include "engine/decode/memory/builder.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "engine/base/format.h"
#include "engine/base/mapped_file.h"
#include "engine/decode/memory/corpus.h"
#include "engine/decode/memory/fit.h"
#include "engine/decode/memory/format.h"
#include "engine/decode/memory/scorer.h"

namespace engine::decode::memory {

using base::fail;

namespace {

constexpr size_t entries_per_context = 32;

std::string language_table() {
  std::string table;
  for (size_t family = 0; family < language_families().size(); ++family) {
    for (const std::string& language : language_families()[family].languages) {
      table += base::concat(language, ' ', family, '\n');
    }
  }
  return table;
}

base::Status read_language(const std::string& stem, int family,
                           const tokenizer::Tokenizer& tokenizer,
                           std::map<std::string, uint32_t>& projects, std::vector<Text>& texts) {
  std::ifstream table(stem + ".tsv");
  if (!table) return base::Done{};  // the corpus lacks this language
  auto file = base::MappedFile::open(stem + ".text");
  if (!file) return file.error();
  const std::string_view all(reinterpret_cast<const char*>(file->bytes().data()),
                             file->bytes().size());
  size_t number = 0;
  for (std::string line; std::getline(table, line);) {
    ++number;
    std::istringstream fields(line);
    size_t offset = 0, size = 0;
    std::string project;
    if (!(fields >> offset >> size >> project) || offset > all.size() ||
        size > all.size() - offset) {
      return fail(stem, ".tsv: line ", number, ": offset, size and project of a text expected");
    }
    const auto id = projects.emplace(project, static_cast<uint32_t>(projects.size())).first->second;
    texts.push_back(
        {family, id,
         tokenizer.encode(all.substr(offset, size), tokenizer::SpecialTokens::literal)});
  }
  return base::Done{};
}

// Projects are numbered in order of their names, whatever the order of the texts; odd numbers are
// those for fitting.
void number_by_name(const std::map<std::string, uint32_t>& projects,
                    const std::set<std::string>& for_fitting, std::vector<Text>& texts) {
  std::vector<uint32_t> numbers(projects.size());
  uint32_t next = 0;
  for (const auto& [name, id] : projects) {
    numbers[id] = (next++ << 1) | (for_fitting.contains(name) ? 1 : 0);
  }
  for (Text& text : texts) text.project = numbers[text.project];
}

struct Tables {
  std::vector<uint32_t> bases;
  std::vector<uint16_t> offsets;
  std::vector<uint32_t> entries;
};

uint32_t packed(const Ngram& ngram, const Header& header) {
  const uint32_t value_bits = share_bits + project_bits;
  const uint32_t fingerprint_shift = header.token_bits + value_bits;
  const uint64_t fingerprint = (ngram.context << header.bucket_bits) >> (32 + fingerprint_shift);
  return (static_cast<uint32_t>(fingerprint) << fingerprint_shift) |
         (static_cast<uint32_t>(ngram.token) << value_bits) |
         (share_class(ngram.share) << project_bits) |
         project_class(static_cast<float>(ngram.projects));
}

// `ngrams` in order of context, the likeliest first.
base::Result<Tables> make_tables(std::span<const Ngram> ngrams, const Header& header) {
  Tables tables;
  const size_t buckets = size_t{1} << header.bucket_bits;
  size_t next = 0;
  for (size_t bucket = 0; bucket < buckets; ++bucket) {
    if (bucket % buckets_per_base == 0) {
      tables.bases.push_back(static_cast<uint32_t>(tables.entries.size()));
    }
    const size_t relative = tables.entries.size() - tables.bases.back();
    if (relative > 0xFFFF) return fail("bucket ", bucket, " lies too far from its base");
    tables.offsets.push_back(static_cast<uint16_t>(relative));
    for (; next < ngrams.size() && ngrams[next].context >> (64 - header.bucket_bits) == bucket;
         ++next) {
      tables.entries.push_back(packed(ngrams[next], header));
    }
  }
  tables.bases.push_back(static_cast<uint32_t>(tables.entries.size()));
  return tables;
}

template <typename T>
void put(std::vector<std::byte>& file, uint64_t offset, std::span<const T> values) {
  if (!values.empty()) std::memcpy(file.data() + offset, values.data(), values.size_bytes());
}

// In order of context, the likeliest first.
void sort_by_context(std::vector<Ngram>& ngrams) {
  std::sort(ngrams.begin(), ngrams.end(), [](const Ngram& a, const Ngram& b) {
    return std::tuple(a.context, -a.share, a.token) < std::tuple(b.context, -b.share, b.token);
  });
}

// Of each context the entries_per_context likeliest.
void limit_contexts(std::vector<Ngram>& ngrams) {
  sort_by_context(ngrams);
  size_t kept = 0, in_context = 0;
  for (size_t i = 0; i < ngrams.size(); ++i) {
    in_context = i > 0 && ngrams[i].context == ngrams[i - 1].context ? in_context + 1 : 1;
    if (in_context <= entries_per_context) ngrams[kept++] = ngrams[i];
  }
  ngrams.resize(kept);
}

// The n-grams with the greatest gain, in order of context.
void select(std::vector<Ngram>& ngrams, size_t capacity) {
  if (ngrams.size() > capacity) {
    std::nth_element(ngrams.begin(), ngrams.begin() + static_cast<ptrdiff_t>(capacity),
                     ngrams.end(), [](const Ngram& a, const Ngram& b) {
                       return std::tuple(-a.gain, a.context, a.token) <
                              std::tuple(-b.gain, b.context, b.token);
                     });
    ngrams.resize(capacity);
  }
  sort_by_context(ngrams);
}

Header make_header(const tokenizer::Tokenizer& tokenizer, const FileOptions& options) {
  Header header = {};
  header.magic = file_magic;
  header.version = file_version;
  header.max_order = static_cast<uint32_t>(options.max_order);
  header.fingerprint = vocabulary_fingerprint(tokenizer);
  header.vocabulary = static_cast<uint32_t>(tokenizer.size());
  header.token_bits = static_cast<uint32_t>(std::bit_width(tokenizer.size() - 1));
  header.families = static_cast<uint32_t>(language_families().size());
  header.language_bytes = static_cast<uint32_t>(language_table().size());
  header.weights = weight_count;
  return header;
}

// Four to eight entries to a bucket, and as many as fit into the limit.
size_t choose_size(Header& header, size_t wanted, uint64_t max_bytes) {
  size_t capacity = wanted;
  for (;; capacity -= capacity / 50 + 1) {
    header.bucket_bits =
        static_cast<uint32_t>(std::clamp<int>(std::bit_width(capacity / 8), 5, 28));
    header.entries = static_cast<uint32_t>(capacity);
    if (capacity == 0 || Layout(header).file_bytes <= max_bytes) return capacity;
  }
}

base::Status write_file(const std::string& path, std::span<const std::byte> bytes) {
  const std::string temporary = path + ".part";
  std::ofstream out(temporary, std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) return fail("cannot write ", temporary);
  if (std::rename(temporary.c_str(), path.c_str()) != 0) return fail("cannot write ", path);
  return base::Done{};
}

}  // namespace

const std::vector<Family>& language_families() {
  static const std::vector<Family> families = {
      {{"python"}},   {{"javascript", "javascriptreact", "typescript", "typescriptreact"}},
      {{"cpp", "c"}}, {{"rust"}},
      {{"go"}},       {{"java"}},
      {{"lua"}},      {{"bash", "shellscript"}},
      {{"markdown"}},
  };
  return families;
}

base::Result<std::vector<Text>> read_corpus(const std::string& folder,
                                            const tokenizer::Tokenizer& tokenizer,
                                            const Progress& progress) {
  std::vector<Text> texts;
  std::map<std::string, uint32_t> projects;
  for (size_t family = 0; family < language_families().size(); ++family) {
    for (const std::string& language : language_families()[family].languages) {
      const std::string stem = folder + "/" + language;
      if (auto status = read_language(stem, static_cast<int>(family), tokenizer, projects, texts);
          !status) {
        return status.error();
      }
    }
  }
  if (texts.empty()) return fail(folder, ": no LANGUAGE.tsv with texts; run the corpus step first");
  std::ifstream list(folder + "/fitting.txt");
  if (!list) return fail(folder, "/fitting.txt cannot be read; run the corpus step first");
  const std::set<std::string> for_fitting{std::istream_iterator<std::string>(list), {}};
  number_by_name(projects, for_fitting, texts);
  size_t tokens = 0;
  for (const Text& text : texts) tokens += text.tokens.size();
  progress(
      base::concat(texts.size(), " texts, ", projects.size(), " projects, ", tokens, " tokens"));
  return texts;
}

bool is_for_fitting(uint32_t project) { return project % 2 == 1; }

base::Status write_memory(const std::string& path, std::span<const Text* const> texts,
                          std::span<const float> weights, const tokenizer::Tokenizer& tokenizer,
                          const FileOptions& options, const Progress& progress) {
  INVARIANT(weights.size() == weight_sets * weight_count);
  Header header = make_header(tokenizer, options);
  std::vector<Ngram> ngrams;
  std::vector<uint8_t> frequencies;
  for (size_t family = 0; family < language_families().size(); ++family) {
    std::vector<const Text*> of_family;
    for (const Text* text : texts) {
      if (text->family == static_cast<int>(family)) of_family.push_back(text);
    }
    const auto counted = count_ngrams(of_family, static_cast<int>(family), options.max_order);
    ngrams.insert(ngrams.end(), counted.begin(), counted.end());
    for (const uint32_t projects : count_tokens(of_family, tokenizer.size())) {
      const float level = 16 * std::log2(1 + static_cast<float>(projects));
      frequencies.push_back(static_cast<uint8_t>(std::min(255.0f, std::round(level))));
    }
    progress(base::concat(language_families()[family].languages[0], ": ", counted.size(),
                          " n-grams in two projects or more"));
  }
  limit_contexts(ngrams);
  select(ngrams, choose_size(header, ngrams.size(), options.max_bytes));
  header.entries = static_cast<uint32_t>(ngrams.size());
  auto tables = make_tables(ngrams, header);
  if (!tables) return fail(path, ": ", tables.message());

  const Layout layout(header);
  header.file_bytes = layout.file_bytes;
  std::vector<std::byte> file(layout.file_bytes);
  const std::string languages = language_table();
  put(file, layout.languages, std::span(languages));
  put(file, layout.bases, std::span<const uint32_t>(tables->bases));
  put(file, layout.offsets, std::span<const uint16_t>(tables->offsets));
  put(file, layout.entries, std::span<const uint32_t>(tables->entries));
  put(file, layout.frequencies, std::span<const uint8_t>(frequencies));
  put(file, layout.weights, weights);
  put(file, 0, std::span<const Header>(&header, 1));
  header.checksum = file_checksum(file);
  put(file, 0, std::span<const Header>(&header, 1));
  progress(base::concat(path, ": ", ngrams.size(), " n-grams, ", file.size(), " bytes"));
  return write_file(path, file);
}

namespace {

std::span<float> set_of(std::vector<float>& weights, size_t set) {
  return std::span(weights).subspan(set * weight_count, weight_count);
}

// Fits on the projects for fitting, over n-grams counted without them.
base::Status fit_apart(const BuildOptions& options, std::span<const Text> texts,
                       std::vector<float>& weights, std::span<const FitOptions> fits,
                       const tokenizer::Tokenizer& tokenizer, const Progress& progress) {
  std::vector<const Text*> counted, for_fitting;
  for (const Text& text : texts) {
    (is_for_fitting(text.project) ? for_fitting : counted).push_back(&text);
  }
  const std::string temporary = options.path + ".fitting";
  if (auto status = write_memory(temporary, counted, weights, tokenizer, options.file, progress);
      !status) {
    return status;
  }
  auto corpus = Corpus::open(temporary, tokenizer);
  std::remove(temporary.c_str());  // the mapping keeps it
  if (!corpus) return corpus.error();
  for (const FitOptions& fit_options : fits) {
    if (auto status = fit(**corpus, for_fitting, fit_options, weights, progress); !status) {
      return status;
    }
  }
  for (const bool has_ngrams : {false, true}) {
    // Without a model at hand, its sets are a guess.
    if (options.predict) break;
    std::ranges::copy(set_of(weights, weight_set(false, has_ngrams)),
                      set_of(weights, weight_set(true, has_ngrams)).begin());
  }
  return base::Done{};
}

FitOptions without_model(const BuildOptions& options) { return {.cuts = options.cuts}; }

FitOptions with_model(const BuildOptions& options) {
  return {.cuts = options.cuts_with_model, .seed = 2, .predict = options.predict};
}

}  // namespace

base::Status build_memory(const BuildOptions& options, const tokenizer::Tokenizer& tokenizer,
                          const Progress& progress) {
  auto texts = read_corpus(options.corpus_folder, tokenizer, progress);
  if (!texts) return texts.error();
  std::vector<FitOptions> fits{without_model(options)};
  if (options.predict) fits.push_back(with_model(options));
  std::vector<float> weights = initial_weights();
  if (auto status = fit_apart(options, *texts, weights, fits, tokenizer, progress); !status) {
    return status;
  }
  std::vector<const Text*> all;
  for (const Text& text : *texts) all.push_back(&text);
  return write_memory(options.path, all, weights, tokenizer, options.file, progress);
}

base::Status refit_memory(const BuildOptions& options, const tokenizer::Tokenizer& tokenizer,
                          const Progress& progress) {
  INVARIANT(options.predict != nullptr);
  std::vector<float> weights = initial_weights();
  std::vector<std::byte> file;
  {
    auto corpus = Corpus::open(options.path, tokenizer);
    if (!corpus) return corpus.error();
    if (!(*corpus)->has_ngrams()) {
      return base::fail(options.path, ": made for another vocabulary than the model's (",
                        tokenizer.size(), " tokens); build a memory for this model");
    }
    for (const bool has_ngrams : {false, true}) {
      const size_t without = weight_set(false, has_ngrams);
      std::ranges::copy((*corpus)->weights(without), set_of(weights, without).begin());
    }
    const auto mapped = base::MappedFile::open(options.path);
    if (!mapped) return mapped.error();
    file.assign(mapped->bytes().begin(), mapped->bytes().end());
  }
  auto texts = read_corpus(options.corpus_folder, tokenizer, progress);
  if (!texts) return texts.error();
  const FitOptions fits[] = {with_model(options)};
  if (auto status = fit_apart(options, *texts, weights, fits, tokenizer, progress); !status) {
    return status;
  }
  auto& header = *reinterpret_cast<Header*>(file.data());
  put(file, Layout(header).weights, std::span<const float>(weights));
  header.checksum = file_checksum(file);
  return write_file(options.path, file);
}

}  // namespace engine::decode::memory
