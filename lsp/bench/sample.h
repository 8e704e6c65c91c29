// The files of a project and the places in them where the benchmark asks for a completion. The same
// folder, seed and tokenizer give the same places.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/tokenizer/tokenizer.h"
#include "lsp/syntax/language.h"

namespace lsp::bench {

struct SourceFile {
  std::string path;  // relative to the folder
  std::string language_id;
  std::string text;
};

// Files in a known programming language, in order of their paths. Left out: hidden folders,
// node_modules, build, dist and vendor; files over 400 kB or with a line over 400 bytes (generated
// or minified); files that are not UTF-8.
engine::base::Result<std::vector<SourceFile>> read_files(const std::string& folder);

// A cursor: the rest of its line is what a contestant has to find.
struct Place {
  const SourceFile* file;
  size_t offset;          // bytes
  std::string_view rest;  // of the line, without blanks at its end; not empty

  std::string_view before() const { return std::string_view(file->text).substr(0, offset); }
  std::string_view after() const;  // from the end of the line on
  size_t marks() const;            // characters of the rest that are not blank, in bytes
};

// `count` boundaries between two tokens, each token of the files as likely as another; boundaries
// with nothing but blanks right of them are drawn again.
std::vector<Place> draw_places(const std::vector<const SourceFile*>& files, size_t count,
                               uint64_t seed, const engine::tokenizer::Tokenizer& tokenizer);

// Whole lines that are typed from their first to their last character.
struct Passage {
  const SourceFile* file;
  size_t begin;  // bytes; a line's start
  size_t end;    // a line's end
};

std::vector<Passage> draw_passages(const std::vector<const SourceFile*>& files, size_t count,
                                   size_t lines, uint64_t seed);

}  // namespace lsp::bench
