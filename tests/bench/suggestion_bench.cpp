// How long a suggestion takes when its prompt is in the cache:
//   bench_suggestion MODEL MEMORY|- FOLDER [PLACES]
//
// Random places in the folder's files with 1,500 tokens before them. All of these but the last one
// are computed ahead, as the keystroke before would have done; then the rest of the line is asked
// for, of 20 tokens at most, by the search that the language server has; and then 20 tokens
// whatever they are. With drafts where they pay, and with the text before the place in the memory's
// buffers. The time is all between the request and its end; a machine with other work on it says
// nothing about the goal.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/format.h"
#include "engine/session/engine.h"
#include "lsp/bench/sample.h"
#include "lsp/features/completion.h"

namespace {

using engine::session::Engine;
using engine::session::Request;
using lsp::bench::Place;
using lsp::bench::SourceFile;
using Clock = std::chrono::steady_clock;

constexpr size_t prompt_tokens = 1500;
constexpr int generated = 20;  // tokens
constexpr uint64_t seed = 1;
const double least = lsp::features::least_probability(lsp::features::Trigger::automatic);

struct Figures {
  std::vector<double> ms;
  int tokens = 0, cached = 0;
};

engine::base::Status ask(Engine& engine, Request request, Figures& figures) {
  const auto start = Clock::now();
  const auto outcome = engine.generate(std::move(request), {}, [](const auto&) { return true; });
  const std::chrono::duration<double, std::milli> duration = Clock::now() - start;
  if (!outcome.error.empty()) return engine::base::fail(outcome.error);
  figures.ms.push_back(duration.count());
  figures.tokens += outcome.generated_tokens;
  figures.cached += outcome.cached_tokens;
  return engine::base::Done{};
}

void report(const char* what, Figures figures) {
  std::sort(figures.ms.begin(), figures.ms.end());
  const size_t count = figures.ms.size();
  const auto places = static_cast<double>(count);
  std::cout << "{\"suggestion\": \"" << what << "\", \"places\": " << count
            << ", \"prompt_tokens\": " << prompt_tokens
            << ", \"cached_tokens\": " << figures.cached / places
            << ", \"generated_tokens\": " << figures.tokens / places
            << ", \"ms_median\": " << figures.ms[count / 2]
            << ", \"ms_p95\": " << figures.ms[count * 95 / 100] << "}" << std::endl;
}

engine::base::Status bench(Engine& engine, const std::string& folder, size_t places) {
  const auto files = lsp::bench::read_files(folder);
  if (!files) return files.error();
  std::vector<const SourceFile*> members;
  for (const SourceFile& file : *files) members.push_back(&file);
  Figures line, whole;
  // Drawn without regard to what stands before them: many lie too near to a file's beginning.
  for (const Place& place :
       lsp::bench::draw_places(members, places * 20, seed, engine.tokenizer())) {
    if (line.ms.size() == places) break;
    auto tokens =
        engine.tokenizer().encode(place.before(), engine::tokenizer::SpecialTokens::literal);
    if (tokens.size() < prompt_tokens) continue;
    auto buffers = std::make_shared<engine::decode::memory::Buffers>();
    buffers->before = std::make_shared<engine::decode::memory::Buffer>(tokens);
    buffers->language_id = place.file->language_id;
    Request request{.prompt = {tokens.end() - prompt_tokens, tokens.end()}, .buffers = buffers};
    Request ahead = request;
    ahead.prompt.pop_back();
    ahead.max_tokens = 0;
    Figures nothing;
    request.max_tokens = generated;
    Request to_line_end = request;
    to_line_end.stop_texts = {"\n"};
    to_line_end.search = lsp::features::line_search(least);
    if (auto status = ask(engine, ahead, nothing); !status) return status;
    if (auto status = ask(engine, to_line_end, line); !status) return status;
    if (auto status = ask(engine, request, whole); !status) return status;
  }
  if (line.ms.empty()) return engine::base::fail("no place in ", folder, " has enough before it");
  report("rest of the line", line);
  report("20 tokens", whole);
  return engine::base::Done{};
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 4) {
    std::cerr << "usage: bench_suggestion MODEL MEMORY|- FOLDER [PLACES]\n";
    return 2;
  }
  const std::string memory = arguments[2];
  const auto engine =
      Engine::load({.path = arguments[1], .memory_path = memory == "-" ? "" : memory});
  const size_t places = count > 4 ? std::strtoull(arguments[4], nullptr, 10) : 100;
  const auto status =
      engine ? bench(**engine, arguments[3], places) : engine::base::Status(engine.error());
  if (!status) std::cerr << "bench_suggestion: " << status.message() << '\n';
  return status ? 0 : 1;
}
