// How fast text is encoded on one core:  bench_tokenizer VOCABULARY.gguf TEXT
//
// Cold: the first pass of a tokenizer that has seen no text, as after a start. Warm: its second
// pass over the same text. Both are medians over fresh tokenizers, in CPU time of the thread, which
// other processes disturb less than the clock on the wall.
#include <time.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "engine/gguf/file.h"
#include "engine/tokenizer/tokenizer.h"

namespace {

using engine::gguf::File;
using engine::tokenizer::SpecialTokens;
using engine::tokenizer::Tokenizer;

constexpr int rounds = 7;

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + rounds / 2, values.end());
  return values[rounds / 2];
}

template <typename Work>
double seconds_of(Work work) {
  const double start = cpu_seconds();
  work();
  return cpu_seconds() - start;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: bench_tokenizer VOCABULARY.gguf TEXT\n";
    return 2;
  }
  const auto file = File::open(argv[1]);
  if (!file) {
    std::cerr << file.message() << '\n';
    return 1;
  }
  std::ifstream input(argv[2], std::ios::binary);
  std::ostringstream contents;
  contents << input.rdbuf();
  const std::string text = std::move(contents).str();
  if (text.empty()) {
    std::cerr << argv[2] << ": cannot be read, or is empty\n";
    return 1;
  }

  std::vector<double> load, cold, warm;
  size_t tokens = 0;
  for (int round = 0; round < rounds; ++round) {
    const double start = cpu_seconds();
    const auto tokenizer = Tokenizer::load(*file);
    if (!tokenizer) {
      std::cerr << tokenizer.message() << '\n';
      return 1;
    }
    load.push_back(cpu_seconds() - start);
    const auto encode = [&] { tokens = tokenizer->encode(text, SpecialTokens::literal).size(); };
    cold.push_back(seconds_of(encode));
    warm.push_back(seconds_of(encode));
  }
  const double megabytes = static_cast<double>(text.size()) / 1e6;
  std::cout << "{\"bytes\": " << text.size() << ", \"tokens\": " << tokens
            << ", \"load_ms\": " << median(load) * 1e3
            << ", \"cold_mb_per_s\": " << megabytes / median(cold)
            << ", \"warm_mb_per_s\": " << megabytes / median(warm) << "}\n";
}
