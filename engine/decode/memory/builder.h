// Makes a memory file from a corpus of texts.
//
// The corpus folder is what the corpus step of engine/training writes: for each language
// LANGUAGE.text, the texts one after another, and LANGUAGE.tsv, a line for each: offset, size,
// project, path, licence; and fitting.txt, the projects that the model has not learnt from either.
// The same corpus, vocabulary and options give the same file, byte for byte.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/decode/memory/counts.h"
#include "engine/decode/memory/fit.h"
#include "engine/tokenizer/tokenizer.h"

namespace engine::decode::memory {

// Languages that share their n-grams, by the names that LSP and the corpus use.
struct Family {
  std::vector<std::string> languages;
};
const std::vector<Family>& language_families();

using Progress = Report;

base::Result<std::vector<Text>> read_corpus(const std::string& folder,
                                            const tokenizer::Tokenizer& tokenizer,
                                            const Progress& progress);

// Whether a text's project is one that fitting.txt names. The scorer is fitted on these, and they
// are not counted in the n-grams it is fitted with, else it would trust memory and model too much.
bool is_for_fitting(uint32_t project);

struct FileOptions {
  int max_order = 8;
  uint64_t max_bytes = 6'000'000;
};

// Counts the texts, keeps the n-grams that say most and writes the file. `weights`: all sets of the
// scorer, [weight_sets][weight_count].
base::Status write_memory(const std::string& path, std::span<const Text* const> texts,
                          std::span<const float> weights, const tokenizer::Tokenizer& tokenizer,
                          const FileOptions& options, const Progress& progress);

struct BuildOptions {
  std::string corpus_folder;
  std::string path;  // of the file to write; beside it a temporary one
  FileOptions file;
  size_t cuts = 20'000;             // to fit the scorer on, without a model
  Predict predict;                  // the model the memory is for; absent: none is at hand
  size_t cuts_with_model = 16'000;  // of the fit with it
};

// All of it: counts without the projects for fitting, fits the scorer, counts everything, writes.
base::Status build_memory(const BuildOptions& options, const tokenizer::Tokenizer& tokenizer,
                          const Progress& progress);

// Fits the weights used with a model again, as after training it further, and leaves the rest of
// the file as it is.
base::Status refit_memory(const BuildOptions& options, const tokenizer::Tokenizer& tokenizer,
                          const Progress& progress);

}  // namespace engine::decode::memory
