#include "lsp/bench/sample.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>

#include "engine/base/format.h"

namespace lsp::bench {
namespace {

namespace fs = std::filesystem;
using engine::base::fail;
using engine::tokenizer::Token;

constexpr size_t largest_file = 400'000;
constexpr size_t longest_line = 400;
constexpr size_t draws_per_place = 100;

bool is_utf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if ((lead >= 0x80 && lead < 0xC2) || lead > 0xF4 || i + length > text.size()) return false;
    for (size_t k = 1; k < length; ++k) {
      if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) return false;
    }
    i += length;
  }
  return true;
}

bool is_written_by_hand(std::string_view text) {
  if (text.size() > largest_file || !is_utf8(text)) return false;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    if (end - begin > longest_line) return false;
    begin = end + 1;
  }
  return true;
}

bool is_left_out(const std::string& folder) {
  static const std::set<std::string> names{"node_modules", "build", "dist", "vendor"};
  return folder.starts_with('.') || names.contains(folder);
}

std::string_view without_trailing_blanks(std::string_view text) {
  return text.substr(0, text.find_last_not_of(" \t\r\n\f\v") + 1);
}

size_t line_end(std::string_view text, size_t offset) {
  return std::min(text.find('\n', offset), text.size());
}

// Standard distributions differ between libraries.
size_t below(std::mt19937_64& random, size_t limit) { return random() % limit; }

}  // namespace

engine::base::Result<std::vector<SourceFile>> read_files(const std::string& folder) {
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error), end;
  if (error) return fail("cannot read the folder ", folder, ": ", error.message());
  std::vector<SourceFile> files;
  for (; entry != end; entry.increment(error)) {
    if (error) return fail("cannot read all of ", folder, ": ", error.message());
    // Errors are those of one entry: a link to nowhere, or one that is gone by now.
    if (entry->is_directory(error) && is_left_out(entry->path().filename().string())) {
      entry.disable_recursion_pending();
    }
    if (!entry->is_regular_file(error) || entry->file_size(error) > largest_file) continue;
    const std::string name = entry->path().filename().string();
    const auto language = syntax::language_of("", "file:///" + name, "");
    if (!language || *language == syntax::Language::json ||
        *language == syntax::Language::markdown) {
      continue;
    }
    std::ifstream in(entry->path(), std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (!is_written_by_hand(text)) continue;
    files.push_back({fs::relative(entry->path(), folder, error).string(),
                     std::string(syntax::language_id(*language)), std::move(text)});
  }
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

std::string_view Place::after() const {
  return std::string_view(file->text).substr(line_end(file->text, offset));
}

size_t Place::marks() const {
  return static_cast<size_t>(
      std::count_if(rest.begin(), rest.end(), [](char c) { return c != ' ' && c != '\t'; }));
}

std::vector<Place> draw_places(const std::vector<const SourceFile*>& files, size_t count,
                               uint64_t seed, const engine::tokenizer::Tokenizer& tokenizer) {
  // Boundaries of all files, one after another: the end of each token but the last.
  std::vector<std::pair<const SourceFile*, size_t>> boundaries;
  for (const SourceFile* file : files) {
    size_t offset = 0;
    for (const Token token :
         tokenizer.encode(file->text, engine::tokenizer::SpecialTokens::literal)) {
      offset += tokenizer.bytes(token).size();
      if (offset < file->text.size()) boundaries.push_back({file, offset});
    }
  }
  std::vector<Place> places;
  if (boundaries.empty()) return places;
  std::mt19937_64 random(seed);
  for (size_t draw = 0; places.size() < count && draw < count * draws_per_place; ++draw) {
    const auto& [file, offset] = boundaries[below(random, boundaries.size())];
    const std::string_view text = file->text;
    const std::string_view rest =
        without_trailing_blanks(text.substr(offset, line_end(text, offset) - offset));
    if (!rest.empty()) places.push_back({file, offset, rest});
  }
  return places;
}

std::vector<Passage> draw_passages(const std::vector<const SourceFile*>& files, size_t count,
                                   size_t lines, uint64_t seed) {
  std::vector<std::pair<const SourceFile*, size_t>> starts;
  for (const SourceFile* file : files) {
    for (size_t begin = 0; begin < file->text.size(); begin = line_end(file->text, begin) + 1) {
      starts.push_back({file, begin});
    }
  }
  std::vector<Passage> passages;
  std::mt19937_64 random(seed);
  for (size_t i = 0; i < count && !starts.empty(); ++i) {
    const auto& [file, begin] = starts[below(random, starts.size())];
    size_t end = line_end(file->text, begin);
    for (size_t line = 1; line < lines && end + 1 < file->text.size(); ++line) {
      end = line_end(file->text, end + 1);
    }
    passages.push_back({file, begin, end});
  }
  return passages;
}

}  // namespace lsp::bench
