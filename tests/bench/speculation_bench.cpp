// What drafts save on edits of real files:  bench_speculation MODEL MEMORY|- FOLDER [EDITS]
// [ROUNDS]
//
// An edit: a line of a file is gone, its first word is typed anew, and the engine, asked as the
// language server asks, writes 32 tokens from there. The same edit goes to an engine without drafts
// and to one with them, in turn, with the prompt in the prefix cache of both; both must write the
// same with the same probabilities. The time is all between the request and its end.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "engine/base/format.h"
#include "lsp/bench/question.h"
#include "lsp/bench/sample.h"

namespace {

using engine::session::Drafts;
using engine::session::Engine;
using engine::session::Outcome;
using engine::session::Request;
using lsp::bench::SourceFile;
using Clock = std::chrono::steady_clock;

constexpr int generated = 32;  // tokens

struct Run {
  double ms = 0;
  Outcome outcome;
  std::vector<engine::session::Piece> pieces;
};

Run run(Engine& engine, const Request& request) {
  Run result;
  const auto start = Clock::now();
  result.outcome = engine.generate(request, {}, [&](const auto& piece) {
    result.pieces.push_back(piece);
    return true;
  });
  result.ms = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  return result;
}

bool is_same(const Run& a, const Run& b) {
  return std::equal(a.pieces.begin(), a.pieces.end(), b.pieces.begin(), b.pieces.end(),
                    [](const auto& x, const auto& y) {
                      return x.token == y.token && x.log_probability == y.log_probability;
                    });
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// Of the edits of one language.
struct Figures {
  std::vector<double> plain_ms, drafted_ms, ratios;  // medians of each edit's rounds
  int tokens = 0, drafted = 0, accepted = 0;         // of the last rounds
  int prompt_tokens = 0;
};

engine::base::Status measure(Engine& plain, Engine& drafting, const Request& request, int rounds,
                             Figures& figures) {
  run(plain, request);
  run(drafting, request);
  std::vector<double> plain_ms, drafted_ms;
  Run without, with;
  for (int round = 0; round < rounds; ++round) {
    without = run(plain, request);
    with = run(drafting, request);
    for (const Run* each : {&without, &with}) {
      if (!each->outcome.error.empty()) return engine::base::fail(each->outcome.error);
    }
    if (!is_same(without, with)) return engine::base::fail("drafts change what is generated");
    plain_ms.push_back(without.ms);
    drafted_ms.push_back(with.ms);
  }
  figures.plain_ms.push_back(median(plain_ms));
  figures.drafted_ms.push_back(median(drafted_ms));
  figures.ratios.push_back(figures.plain_ms.back() / figures.drafted_ms.back());
  figures.tokens += with.outcome.generated_tokens;
  figures.drafted += with.outcome.drafted_tokens;
  figures.accepted += with.outcome.accepted_tokens;
  figures.prompt_tokens += with.outcome.prompt_tokens;
  return engine::base::Done{};
}

void report(const std::string& language, Figures figures) {
  double plain = 0, drafted = 0;
  for (const double ms : figures.plain_ms) plain += ms;
  for (const double ms : figures.drafted_ms) drafted += ms;
  const auto edits = static_cast<double>(figures.ratios.size());
  const auto [least, greatest] = std::minmax_element(figures.ratios.begin(), figures.ratios.end());
  std::cout << "{\"language\": \"" << language << "\", \"edits\": " << edits
            << ", \"prompt_tokens\": " << figures.prompt_tokens / edits
            << ", \"generated_tokens\": " << figures.tokens << ", \"plain_ms\": " << plain / edits
            << ", \"drafted_ms\": " << drafted / edits << ", \"ratio\": " << plain / drafted
            << ", \"ratio_median\": " << median(figures.ratios) << ", \"ratio_least\": " << *least
            << ", \"ratio_greatest\": " << *greatest << ", \"drafted_tokens\": " << figures.drafted
            << ", \"accepted_tokens\": " << figures.accepted << "}" << std::endl;
}

void add(Figures& to, const Figures& from) {
  to.plain_ms.insert(to.plain_ms.end(), from.plain_ms.begin(), from.plain_ms.end());
  to.drafted_ms.insert(to.drafted_ms.end(), from.drafted_ms.begin(), from.drafted_ms.end());
  to.ratios.insert(to.ratios.end(), from.ratios.begin(), from.ratios.end());
  to.tokens += from.tokens;
  to.drafted += from.drafted;
  to.accepted += from.accepted;
  to.prompt_tokens += from.prompt_tokens;
}

size_t first_word_end(std::string_view text, size_t begin) {
  const size_t word = text.find_first_not_of(" \t", begin);
  return std::min(text.find_first_of(" \t\n(", word), text.size());
}

engine::base::Status bench(const std::string& model, const std::string& memory,
                           const std::string& folder, size_t edits, int rounds) {
  const auto files = lsp::bench::read_files(folder);
  if (!files) return files.error();
  engine::session::ModelOptions options{.path = model, .memory_path = memory};
  // What a shift leaves depends on when it is refreshed, and would be another in each engine.
  options.shifts = engine::session::Shifts::never;
  options.drafts = Drafts::never;
  const auto plain = Engine::load(options);
  if (!plain) return plain.error();
  options.drafts = Drafts::when_they_pay;
  const auto drafting = Engine::load(options);
  if (!drafting) return drafting.error();

  std::map<std::string, std::vector<const SourceFile*>> groups;
  for (const SourceFile& file : *files) groups[file.language_id].push_back(&file);
  Figures all;
  for (const auto& [language, members] : groups) {
    Figures figures;
    lsp::bench::Questions questions(**plain, nullptr);
    for (const auto& passage : lsp::bench::draw_passages(members, edits, 1, 1)) {
      const std::string_view text = passage.file->text;
      const size_t cursor = std::min(first_word_end(text, passage.begin), passage.end);
      const Request request =
          questions.at(*passage.file, text.substr(0, cursor), text.substr(passage.end), generated);
      if (auto done = measure(**plain, **drafting, request, rounds, figures); !done) return done;
    }
    if (figures.ratios.empty()) continue;
    report(language, figures);
    add(all, figures);
  }
  if (all.ratios.empty()) return engine::base::fail(folder, " holds no source files");
  report("all", all);
  return engine::base::Done{};
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() < 3 || arguments.size() > 5) {
    std::cerr << "usage: bench_speculation MODEL MEMORY|- FOLDER [EDITS] [ROUNDS]\n";
    return 2;
  }
  const int edits = arguments.size() > 3 ? std::atoi(arguments[3].c_str()) : 12;
  const int rounds = arguments.size() > 4 ? std::atoi(arguments[4].c_str()) : 5;
  if (edits < 1 || rounds < 1) {
    std::cerr << "bench_speculation: EDITS and ROUNDS are at least 1\n";
    return 2;
  }
  const std::string memory = arguments[1] == "-" ? "" : arguments[1];
  const auto done = bench(arguments[0], memory, arguments[2], static_cast<size_t>(edits), rounds);
  if (done) return 0;
  std::cerr << "bench_speculation: " << done.message() << '\n';
  return 1;
}
