// What the memory costs a token:  bench_memory VOCABULARY.gguf MEMORY TEXT
//
// The text is an open buffer with the cursor in its middle; the tokens after the cursor are
// generated one by one, as the session does it. In CPU time of the thread, which other processes
// disturb less than the clock on the wall. "With a model" mixes with a distribution that is made
// up, which changes what comes out and not what is computed.
#include <time.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "engine/base/check.h"
#include "engine/decode/distribution.h"
#include "engine/decode/memory/recall.h"
#include "engine/gguf/file.h"

namespace {

using namespace engine;
using decode::memory::Buffer;
using decode::memory::Buffers;
using decode::memory::Model;
using tokenizer::Token;
using tokenizer::Tokenizer;

constexpr size_t generated = 400;  // tokens

double cpu_milliseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
}

double share(std::vector<double> values, double part) {
  const auto place = values.begin() + static_cast<long>(part * static_cast<double>(values.size()));
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

// A distribution as peaked as a model's.
std::vector<float> made_up(size_t vocabulary) {
  std::vector<float> row(vocabulary);
  for (size_t i = 0; i < vocabulary; ++i) {
    row[i] = 8 * std::sin(static_cast<float>(i * i % 7919));
  }
  INVARIANT(decode::log_softmax(row));
  return row;
}

void report(const char* name, const std::vector<double>& milliseconds) {
  std::cout << "{\"memory\": \"" << name << "\", \"tokens\": " << milliseconds.size()
            << ", \"median_ms\": " << share(milliseconds, 0.5)
            << ", \"p95_ms\": " << share(milliseconds, 0.95) << "}\n";
}

void measure(const char* name, Model model, const decode::memory::Corpus& corpus,
             const std::vector<Token>& tokens) {
  const auto middle = tokens.begin() + static_cast<long>(tokens.size() / 2);
  const std::vector<Token> next(middle,
                                middle + static_cast<long>(std::min(generated, tokens.size() / 4)));
  auto buffers = std::make_shared<Buffers>();
  buffers->before = std::make_shared<const Buffer>(std::vector<Token>(tokens.begin(), middle));
  buffers->after = std::make_shared<const Buffer>(
      std::vector<Token>(middle + static_cast<long>(next.size()), tokens.end()));
  buffers->language_id = "python";
  decode::memory::Recall recall(&corpus, buffers, {});
  const std::vector<float> silent(corpus.tokenizer().size()), row = made_up(silent.size());
  std::vector<double> milliseconds;
  for (const Token token : next) {
    std::vector<float> mixed = model == Model::present ? row : silent;
    const double start = cpu_milliseconds();
    recall.mix(mixed, model);
    recall.advance(token);
    milliseconds.push_back(cpu_milliseconds() - start);
  }
  report(name, milliseconds);
}

int fail(const std::string& message) {
  std::cerr << message << '\n';
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: bench_memory VOCABULARY.gguf MEMORY TEXT\n";
    return 2;
  }
  const auto file = gguf::File::open(argv[1]);
  if (!file) return fail(file.message());
  const auto vocabulary = Tokenizer::load(*file);
  if (!vocabulary) return fail(vocabulary.message());
  const auto corpus = decode::memory::Corpus::open(argv[2], *vocabulary);
  if (!corpus) return fail(corpus.message());
  std::ifstream input(argv[3], std::ios::binary);
  std::ostringstream contents;
  contents << input.rdbuf();
  const std::vector<Token> tokens =
      vocabulary->encode(contents.str(), tokenizer::SpecialTokens::literal);
  if (tokens.size() < 8) return fail(std::string(argv[3]) + ": cannot be read, or is too short");
  measure("alone", Model::absent, **corpus, tokens);
  measure("with a model", Model::present, **corpus, tokens);
}
