// What shifted cells save after edits of real files:  bench_shift MODEL FOLDER [EDITS]
//
// The same document is asked about twice, as the language server asks: before an edit and after it.
// Both questions go to an engine that shifts and to one that does not, in turn. What counts is the
// time of the second from the request to its first token. Edits, at a line's end:
//   bracket   a bracket is typed, and the editor closes it behind the cursor
//   passage   so many lines are written that the prompt is anchored anew behind them
//   up, down  the cursor goes to the other end of a passage
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "engine/base/format.h"
#include "lsp/bench/question.h"
#include "lsp/bench/sample.h"

namespace {

using engine::session::Engine;
using engine::session::Outcome;
using engine::session::Shifts;
using lsp::bench::Passage;
using Clock = std::chrono::steady_clock;

constexpr int passage_lines = 34;  // more than a prompt holds behind its anchor

struct Answer {
  Outcome outcome;
  double first_token_ms = 0;
  std::vector<int32_t> tokens;
};

// A cursor in a text.
struct Scene {
  std::string before, after;
};

struct Edit {
  const char* what;
  Scene first, second;
};

std::vector<Edit> edits_at(const Passage& passage) {
  const std::string& text = passage.file->text;
  const std::string head = text.substr(0, passage.begin), tail = text.substr(passage.end);
  const std::string lines = text.substr(passage.begin, passage.end - passage.begin);
  const size_t first_end = lines.find('\n'), last_begin = lines.rfind('\n');
  const Scene upper{head + lines.substr(0, first_end), lines.substr(first_end) + tail};
  const Scene lower{head + lines.substr(0, last_begin), lines.substr(last_begin) + tail};
  // One way alone: the other one's answer would be in the cache.
  const bool goes_up = passage.begin % 2 == 0;
  return {goes_up ? Edit{"up", lower, upper} : Edit{"down", upper, lower},
          {"bracket", upper, {upper.before + "(", ")" + upper.after}},
          {"passage", {upper.before, tail}, {head + lines, tail}}};
}

Answer ask(Engine& engine, const lsp::bench::SourceFile& file, const Scene& scene,
           lsp::bench::Questions& questions) {
  auto request = questions.at(file, scene.before, scene.after, 8);
  Answer answer;
  const auto start = Clock::now();
  answer.outcome = engine.generate(std::move(request), {}, [&](const auto& piece) {
    const std::chrono::duration<double, std::milli> time = Clock::now() - start;
    if (answer.tokens.empty()) answer.first_token_ms = time.count();
    answer.tokens.push_back(piece.token);
    return true;
  });
  return answer;
}

struct Figures {
  std::vector<double> plain_ms, shifted_ms;
  double computed = 0, shifted = 0;  // tokens of the second prompt
  int same = 0;                      // answers
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void report(const std::string& what, const Figures& figures) {
  const auto count = static_cast<double>(figures.plain_ms.size());
  std::cout << "{\"edit\": \"" << what << "\", \"count\": " << count
            << ", \"computed_tokens\": " << figures.computed / count
            << ", \"of_them_shifted\": " << figures.shifted / count
            << ", \"plain_ms\": " << median(figures.plain_ms)
            << ", \"shifted_ms\": " << median(figures.shifted_ms)
            << ", \"same_answers\": " << figures.same << "}" << std::endl;
}

engine::base::Status measure(Engine& plain, Engine& shifting, const Passage& passage,
                             std::map<std::string, Figures>& figures) {
  for (const Edit& edit : edits_at(passage)) {
    Answer answers[2];
    for (const bool shifts : {false, true}) {
      Engine& engine = shifts ? shifting : plain;
      lsp::bench::Questions questions(engine, nullptr);
      ask(engine, *passage.file, edit.first, questions);
      std::this_thread::sleep_for(std::chrono::milliseconds(200));  // a typist's; for refreshing
      ask(engine, *passage.file, edit.first, questions);
      answers[shifts] = ask(engine, *passage.file, edit.second, questions);
      if (!answers[shifts].outcome.error.empty()) {
        return engine::base::fail(answers[shifts].outcome.error);
      }
    }
    const Outcome &exact = answers[0].outcome, &shifted = answers[1].outcome;
    Figures& of_kind = figures[edit.what];
    of_kind.plain_ms.push_back(answers[0].first_token_ms);
    of_kind.shifted_ms.push_back(answers[1].first_token_ms);
    of_kind.computed += exact.prompt_tokens - exact.cached_tokens;
    of_kind.shifted += shifted.shifted_tokens;
    of_kind.same += answers[0].tokens == answers[1].tokens ? 1 : 0;
  }
  return engine::base::Done{};
}

engine::base::Status bench(const std::string& model, const std::string& folder, size_t edits) {
  const auto files = lsp::bench::read_files(folder);
  if (!files) return files.error();
  engine::session::ModelOptions options{.path = model};
  options.shifts = Shifts::never;
  const auto plain = Engine::load(options);
  if (!plain) return plain.error();
  options.shifts = Shifts::for_keystrokes;
  const auto shifting = Engine::load(options);
  if (!shifting) return shifting.error();

  std::vector<const lsp::bench::SourceFile*> all;
  for (const auto& file : *files) all.push_back(&file);
  std::map<std::string, Figures> figures;
  for (const Passage& passage : lsp::bench::draw_passages(all, edits, passage_lines, 1)) {
    if (auto done = measure(**plain, **shifting, passage, figures); !done) return done;
  }
  for (const auto& [what, of_kind] : figures) report(what, of_kind);
  return engine::base::Done{};
}

}  // namespace

int main(int argc, char** argv) {
  const int edits = argc == 4 ? std::atoi(argv[3]) : 24;
  if (argc < 3 || argc > 4 || edits < 1) {
    std::cerr << "usage: bench_shift MODEL FOLDER [EDITS]\n";
    return 2;
  }
  const auto done = bench(argv[1], argv[2], static_cast<size_t>(edits));
  if (done) return 0;
  std::cerr << "bench_shift: " << done.message() << '\n';
  return 1;
}
