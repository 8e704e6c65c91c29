#include "lsp/bench/complete.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>

#include "engine/base/check.h"
#include "engine/base/format.h"
#include "lsp/bench/contestant.h"
#include "lsp/bench/pace.h"
#include "lsp/bench/sample.h"
#include "lsp/bench/typing.h"
#include "lsp/context/workspace.h"
#include "lsp/text/uri.h"

namespace lsp::bench {
namespace {

namespace fs = std::filesystem;
using engine::base::Result;
using engine::session::BackendKind;
using engine::session::Engine;
using engine::session::ModelOptions;

constexpr size_t few_marks = 3;
constexpr std::chrono::minutes longest_indexing{10};

double percentile(std::vector<double> values, double part) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const double at = part * static_cast<double>(values.size() - 1);
  return values[static_cast<size_t>(at + 0.5)];
}

// The engines and who plays on them, who are outlived by what they play on: declared last.
struct Field {
  std::unique_ptr<context::Workspace> folder;
  std::vector<std::shared_ptr<Engine>> engines;
  std::vector<std::unique_ptr<Contestant>> contestants;
};

Result<Field> make_field(const ModelOptions& model, const std::string& folder) {
  struct Entry {
    const char* name;
    ModelOptions options;
  };
  std::vector<Entry> entries;
  ModelOptions alone = model;
  alone.memory_path.clear();
  if (!model.memory_path.empty()) {
    ModelOptions memory = model;
    memory.backend = BackendKind::none;
    entries.push_back({"memory", memory});
  }
  if (model.backend != BackendKind::none) {
    entries.push_back({"model", alone});
    if (!model.memory_path.empty()) entries.push_back({"model+memory", model});
  }
  if (entries.empty()) return engine::base::fail("the backend is none, and there is no memory");

  Field field;
  field.contestants.push_back(make_baseline());
  for (const Entry& entry : entries) {
    auto engine = Engine::load(entry.options);
    if (!engine) return engine.error();
    field.engines.push_back(std::move(*engine));
    field.contestants.push_back(make_contestant(entry.name, *field.engines.back(), nullptr));
  }
  // Its index is SQLite's name for memory, of which nothing is left however this ends.
  field.folder = std::make_unique<context::Workspace>(fs::canonical(folder).string(), ":memory:");
  if (!field.folder->wait(longest_indexing)) {
    return engine::base::fail("cannot index ", folder);
  }
  field.contestants.push_back(make_contestant(std::string(entries.back().name) + "+files",
                                              *field.engines.back(), field.folder.get()));
  return field;
}

// Rust's and Java's files and so on keep their own language; C counts as C++.
std::string group_of(const SourceFile& file) {
  return file.language_id == "c" ? "cpp" : file.language_id;
}

// What the contestant says at each of the places.
Result<std::vector<std::string>> guess_places(const std::vector<Place>& places,
                                              Contestant& contestant, Score& score) {
  std::vector<std::string> guesses;
  size_t right = 0, right_all = 0, counted = 0, shown = 0, shown_right = 0;
  std::vector<double> ms;
  for (const Place& place : places) {
    const auto guess = contestant.guess(*place.file, place.before(), place.after());
    if (!guess) return guess.error();
    ms.push_back(guess->ms);
    score.generated_tokens += static_cast<size_t>(guess->outcome.generated_tokens);
    score.drafted_tokens += static_cast<size_t>(guess->outcome.drafted_tokens);
    score.accepted_tokens += static_cast<size_t>(guess->outcome.accepted_tokens);
    const bool hit = guess->text == place.rest;
    right_all += hit;
    shown += !guess->shown.empty();
    shown_right += !guess->shown.empty() && place.rest.starts_with(guess->shown);
    score.right.push_back(hit);
    guesses.push_back(guess->text);
    if (place.marks() < few_marks) continue;
    ++counted;
    right += hit;
  }
  score.exact = share(right, counted);
  score.exact_all = share(right_all, places.size());
  score.shown = share(shown, places.size());
  score.shown_right = share(shown_right, shown);
  score.ms_median = percentile(ms, 0.5);
  score.ms_p95 = percentile(ms, 0.95);
  return guesses;
}

std::vector<context::OpenText> related_files(const Place& place, context::Workspace& workspace) {
  const SourceFile& file = *place.file;
  const auto document = std::make_shared<const text::Document>(
      text::uri_of(workspace.root() + "/" + file.path), file.language_id, 1,
      std::string(place.before()) + std::string(place.after()));
  const context::OpenText here{document, syntax::Tree::parse(document, nullptr), file.path};
  return context::with_related({}, *workspace.related(here, place.offset, {}), *document);
}

// `guesses` [contestant][place].
void judge_guesses(const std::vector<Place>& places,
                   const std::vector<std::vector<std::string>>& guesses,
                   context::Workspace& workspace, LanguageReport& report) {
  Validator validator;
  for (size_t i = 0; i < places.size(); ++i) {
    std::vector<std::string_view> texts{places[i].rest};
    for (const auto& of_one : guesses) texts.push_back(of_one[i]);
    const auto judged = validator.judge(places[i], related_files(places[i], workspace), texts);
    report.author += judged.front();
    for (size_t k = 0; k < guesses.size(); ++k) report.scores[k].validity += judged[k + 1];
  }
}

Result<bool> type_passages(const std::vector<Passage>& passages, Contestant& contestant,
                           Score& score, size_t& characters) {
  Typed sum;
  for (const Passage& passage : passages) {
    const auto typed = type(passage, contestant);
    if (!typed) return typed.error();
    sum.characters += typed->characters;
    sum.keys_whole += typed->keys_whole;
    sum.keys_word += typed->keys_word;
    sum.ms.insert(sum.ms.end(), typed->ms.begin(), typed->ms.end());
  }
  characters = sum.characters;
  score.saved_whole = share(sum.characters - sum.keys_whole, sum.characters);
  score.saved_word = share(sum.characters - sum.keys_word, sum.characters);
  score.typing_ms_median = percentile(sum.ms, 0.5);
  score.typing_ms_p95 = percentile(sum.ms, 0.95);
  return true;
}

}  // namespace

double share(size_t part, size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

Paired compare(const Score& first, const Score& second) {
  INVARIANT(first.right.size() == second.right.size());
  Paired paired;
  for (size_t i = 0; i < first.right.size(); ++i) {
    paired.only_first += first.right[i] && !second.right[i];
    paired.only_second += second.right[i] && !first.right[i];
  }
  return paired;
}

Result<CompleteReport> bench_complete(const CompleteOptions& options,
                                      const std::function<void(const std::string&)>& progress) {
  const auto files = read_files(options.folder);
  if (!files) return files.error();
  std::map<std::string, std::vector<const SourceFile*>> groups;
  for (const SourceFile& file : *files) groups[group_of(file)].push_back(&file);
  if (groups.empty()) {
    return engine::base::fail("no source files in ", options.folder, " in a language lemma knows");
  }
  auto field = make_field(options.model, options.folder);
  if (!field) return field.error();

  if (progress) {
    const auto seconds = seconds_expected(groups.begin()->second, groups.size(), options,
                                          field->engines.front()->tokenizer(), field->contestants);
    if (!seconds) return seconds.error();
    progress("about " + in_words(*seconds) + " in all");
  }

  CompleteReport report;
  for (const auto& [language, members] : groups) {
    LanguageReport result{.language_id = language, .files = members.size()};
    std::vector<std::vector<std::string>> guesses;
    const auto places =
        draw_places(members, options.places, options.seed, field->engines.front()->tokenizer());
    const auto passages =
        draw_passages(members, options.passages, options.passage_lines, options.seed);
    result.places_all = places.size();
    for (const Place& place : places) result.places += place.marks() >= few_marks;
    for (const auto& contestant : field->contestants) {
      if (progress) progress(engine::base::concat(language, ": ", contestant->name()));
      Score score;
      score.contestant = contestant->name();
      auto guessed = guess_places(places, *contestant, score);
      if (!guessed) return guessed.error();
      guesses.push_back(std::move(*guessed));
      if (auto done = type_passages(passages, *contestant, score, result.characters); !done) {
        return done.error();
      }
      result.scores.push_back(std::move(score));
    }
    if (progress && !places.empty()) progress(language + ": syntax and names");
    judge_guesses(places, guesses, *field->folder, result);
    report.languages.push_back(std::move(result));
  }
  return report;
}

}  // namespace lsp::bench
