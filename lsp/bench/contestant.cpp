#include "lsp/bench/contestant.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "lsp/bench/baseline.h"
#include "lsp/bench/question.h"
#include "lsp/features/completion.h"
#include "lsp/features/members.h"
#include "lsp/features/names.h"
#include "lsp/features/settle.h"
#include "lsp/features/trim.h"
#include "lsp/text/word.h"

namespace lsp::bench {
namespace {

using engine::session::EndReason;
using features::Trigger;

constexpr int longest_guess = 48;  // tokens

double milliseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

using text::is_word;

std::string first_line(std::string text) {
  text.resize(std::min(text.find('\n'), text.size()));
  text.resize(text.find_last_not_of(" \t\r") + 1);
  return text;
}

class Baseline : public Contestant {
 public:
  Baseline() : Contestant("baseline") {}

  engine::base::Result<Guess> guess(const SourceFile&, std::string_view before,
                                    std::string_view after) override {
    const auto start = std::chrono::steady_clock::now();
    // Without the end of the cursor's own line.
    std::string text =
        first_line(baseline(before, after.substr(std::min<size_t>(1, after.size()))));
    return Guess{text, text, milliseconds_since(start), {}};
  }
};

class EngineContestant : public Contestant {
 public:
  EngineContestant(std::string name, engine::session::Engine& engine, context::Workspace* workspace)
      : Contestant(std::move(name)), engine_(engine), questions_(engine, workspace) {}

  engine::base::Result<Guess> guess(const SourceFile& file, std::string_view before,
                                    std::string_view after) override {
    const double least = features::least_probability(Trigger::automatic);
    const auto start = std::chrono::steady_clock::now();
    auto sure = ask(file, before, after, least);
    if (!sure) return sure.error();
    Guess result;
    const std::string_view line = before.substr(before.rfind('\n') + 1);
    const auto language = syntax::language_of(file.language_id, "", "");
    const auto may_end = [&](size_t length) {
      return features::may_be_cut(line, language, sure->text, length);
    };
    result.shown = sure->text.substr(
        0, std::min(features::confident_length(sure->pieces, least, may_end), sure->text.size()));
    result.shown.resize(known_length(file, before, after, sure->pieces, result.shown));
    if (const context::Related* related = questions_.related()) {
      std::string rest = features::only_member(related->members, before, result.shown);
      if (rest.size() > 1) result.shown = std::move(rest);
    }
    result.ms = milliseconds_since(start);
    result.outcome = sure->outcome;
    auto whole = ask(file, before, after, 0);
    if (!whole) return whole.error();
    result.text = std::move(whole->text);
    return result;
  }

 private:
  struct Asked {
    std::string text;                           // of one line; none where it was cut off
    std::vector<features::ScoredPiece> pieces;  // without the healed bytes
    engine::session::Outcome outcome;
  };

  engine::base::Result<Asked> ask(const SourceFile& file, std::string_view before,
                                  std::string_view after, double least) {
    engine::session::Request request = questions_.at(file, before, after, longest_guess);
    request.stop_texts = {"\n"};
    request.search = features::line_search(least);
    Asked asked;
    std::string text;
    double log_probability = 0;
    size_t to_skip = request.typed.size();
    asked.outcome = engine_.generate(std::move(request), {}, [&](const auto& piece) {
      const size_t skipped = std::min(to_skip, piece.bytes.size());
      to_skip -= skipped;
      asked.pieces.push_back({piece.bytes.substr(skipped), piece.log_probability});
      text += asked.pieces.back().bytes;
      log_probability += static_cast<double>(piece.log_probability);
      return log_probability >= std::log(least);
    });
    if (asked.outcome.reason == EndReason::error) return engine::base::Error{asked.outcome.error};
    // Cut off by the limit it is no rest of a line.
    if (asked.outcome.reason != EndReason::limit) asked.text = first_line(text);
    return asked;
  }

  // Without what the names in it make doubtful.
  static size_t known_length(const SourceFile& file, std::string_view before,
                             std::string_view after,
                             const std::vector<features::ScoredPiece>& pieces,
                             std::string_view shown) {
    context::OpenText here;
    here.document = std::make_shared<const text::Document>(
        "", file.language_id, 1, std::string(before) + std::string(after));
    here.tree = syntax::Tree::parse(here.document, nullptr);
    size_t typed = 0;
    while (typed < before.size() && is_word(before[before.size() - typed - 1])) ++typed;
    const size_t begin = before.size() - typed;
    const std::string text = std::string(before.substr(begin)) + std::string(shown);
    return features::known_length({here, {begin, before.size()}, text}, typed, pieces,
                                  features::least_probability(Trigger::automatic), {});
  }

  engine::session::Engine& engine_;
  Questions questions_;
};

}  // namespace

std::unique_ptr<Contestant> make_baseline() { return std::make_unique<Baseline>(); }

std::unique_ptr<Contestant> make_contestant(std::string name, engine::session::Engine& engine,
                                            context::Workspace* workspace) {
  return std::make_unique<EngineContestant>(std::move(name), engine, workspace);
}

}  // namespace lsp::bench
