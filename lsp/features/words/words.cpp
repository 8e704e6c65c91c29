// A sample is one conversation: the problem, and a reply with a program. Its code runs in a sandbox
// of its own each time: to solve, and to have its conditions tried on what the many answered. The
// token that marks a result is new for each run; what a program prints otherwise is ignored.
#include "lsp/features/words/words.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <map>
#include <memory>
#include <random>
#include <vector>

#include "engine/base/format.h"
#include "engine/base/json.h"
#include "engine/base/json_object.h"
#include "lsp/features/chat/code_block.h"
#include "lsp/features/solve/read.h"
#include "sandbox/languages/language.h"

namespace lsp::features::words {
namespace {

using engine::base::concat;
using engine::base::fail;
using engine::base::Json;
using engine::base::JsonObject;
using engine::base::JsonValue;
using solve::Checked;
namespace languages = sandbox::languages;
namespace runner = sandbox::runner;

constexpr const char* words_program =
#include "lsp/features/words/words.inc"
    ;

constexpr const char* instructions =
    "You solve problems by writing Python. Reply with one Python code block and nothing else. It "
    "defines two functions. solve() takes nothing and returns the answer: a number (an int or a "
    "fractions.Fraction where it is exact), a string, or a list of these. check(answer) returns "
    "whether a proposed answer satisfies every condition of the problem; it states the conditions "
    "with the numbers that the problem gives, must not call solve(), must not know the answer, and "
    "returns False for every wrong answer. The standard library and sympy may be imported. Neither "
    "prints, reads or waits.";

// Between samples, not within one: their answers are to differ where the model is unsure.
constexpr double temperature = 0.6;
constexpr size_t bytes_per_token = 4;

struct Sample {
  std::string code;
  std::string failed;  // why it has no answer
  std::string answer;  // JSON, for the runs that try it
  std::string shown;
  std::string key;
};

// What the conditions of a sample say of the answer.
struct Conditions {
  bool hold = false;
  size_t refused = 0;                 // other values
  std::vector<std::string> accepted;  // other values
  std::vector<std::string> faults;
  std::string failed;

  bool say_something() const { return failed.empty() && refused > 0; }
  bool are_strict() const { return say_something() && hold && accepted.empty() && faults.empty(); }
};

// The last block of code; a reply that is nothing but code is one too.
std::string code_in(const std::string& reply) {
  if (auto block = chat::last_code_block(reply)) return std::move(*block);
  return reply.find("def solve") == std::string::npos ? "" : reply;
}

std::string new_token() {
  std::random_device random;
  return concat("lemma-", std::hex, random(), random());
}

std::string text_in(const JsonValue& object, const char* name) {
  const auto value = object.find(name);
  const auto text = value ? value->string() : std::nullopt;
  return text ? std::string(*text) : "";
}

std::vector<std::string> texts_in(const JsonValue& object, const char* name) {
  std::vector<std::string> texts;
  if (const auto list = object.find(name)) {
    list->for_each([&](const JsonValue& each) {
      if (const auto text = each.string()) texts.emplace_back(*text);
    });
  }
  return texts;
}

// The line of a run's result, without its token.
Result<std::string> run(JsonObject task, runner::Runner& sandbox, const WordsOptions& options) {
  const std::string token = new_token();
  auto prepared = languages::prepare({.file = "/nowhere/words.py",
                                      .text = words_program,
                                      .input = task.text("token", token).str(),
                                      .interpreter = "/usr/bin/python3",
                                      .deadline_ms = options.deadline_ms});
  if (!prepared) return prepared.error();
  if (!prepared->missing.empty()) return fail(prepared->missing);
  prepared->request.stop = options.stop;
  const languages::Run ended = languages::run(sandbox, *prepared);
  const std::string output = ended.outcome.output.text();
  const size_t at = output.rfind("\n" + token + " ");
  if (at != std::string::npos) {
    const size_t begin = at + token.size() + 2;
    return output.substr(begin, output.find('\n', begin) - begin);
  }
  if (ended.outcome.verdict == runner::Verdict::timed_out) {
    return fail("it ran longer than ", options.deadline_ms / 1000.0, " s");
  }
  return fail(ended.outcome.reason.empty() ? runner::verdict_name(ended.outcome.verdict)
                                           : ended.outcome.reason);
}

void run_solve(Sample& sample, runner::Runner& sandbox, const WordsOptions& options) {
  const auto line =
      run(JsonObject().text("mode", "solve").text("code", sample.code), sandbox, options);
  const auto json = line ? Json::parse(*line) : line.error();
  if (!json) {
    sample.failed = json.message();
    return;
  }
  const JsonValue result = json->root();
  sample.failed = text_in(result, "failed");
  sample.shown = text_in(result, "shown");
  sample.key = text_in(result, "key");
  const auto answer = result.find("answer");
  if (!answer) return;
  // As it stands there: from its first byte to the next member's name.
  const size_t begin = answer->offset();
  sample.answer = line->substr(begin, line->find(", \"shown\"", begin) - begin);
}

Conditions run_check(const Sample& sample, const Sample& answered, const std::string& problem,
                     runner::Runner& sandbox, const WordsOptions& options) {
  Conditions conditions;
  const auto line = run(JsonObject()
                            .text("mode", "check")
                            .text("code", sample.code)
                            .text("problem", problem)
                            .raw("answer", answered.answer),
                        sandbox, options);
  const auto json = line ? Json::parse(*line) : line.error();
  if (!json) {
    conditions.failed = json.message();
    return conditions;
  }
  const JsonValue result = json->root();
  conditions.failed = text_in(result, "failed");
  if (!conditions.failed.empty()) return conditions;
  const auto holds = result.find("holds");
  conditions.hold = holds && holds->boolean().value_or(false);
  const auto refused = result.find("refused");
  conditions.refused = refused ? static_cast<size_t>(refused->integer().value_or(0)) : 0;
  conditions.accepted = texts_in(result, "accepted");
  conditions.faults = texts_in(result, "faults");
  return conditions;
}

// One reply of the model; an error where the model itself cannot be asked.
Result<Sample> ask(const std::string& problem, int number, Model& model,
                   const WordsOptions& options) {
  const size_t most_thought = static_cast<size_t>(options.thinking_tokens) * bytes_per_token;
  size_t thought = 0;
  const auto reply = model.chat(
      {{chat::Message::Role::system, instructions}, {chat::Message::Role::user, problem}},
      {.max_tokens = options.thinking_tokens + options.answer_tokens,
       .temperature = temperature,
       .seed = number + 1},
      [&](const Piece& piece) {
        if (options.on_piece) options.on_piece(number, piece);
        if (piece.kind == chat::PieceKind::thought) thought += piece.text.size();
        return thought <= most_thought;
      },
      options.stop);
  if (!reply) return reply.error();
  if (options.stop.stop_requested()) return fail("stopped");
  Sample sample{.code = code_in(reply->text)};
  if (thought > most_thought) {
    sample.failed = concat("it thought for more than ", options.thinking_tokens, " tokens");
  } else if (reply->reason == chat::Reply::Reason::limit) {
    sample.failed = "its reply was cut off";
  } else if (sample.code.empty()) {
    sample.failed = "it wrote no program";
  }
  return sample;
}

// The samples that gave the most frequent answer; of equal ones, the earliest.
std::vector<const Sample*> majority_of(const std::vector<Sample>& samples) {
  std::map<std::string, std::vector<const Sample*>> by_key;
  for (const Sample& sample : samples) {
    if (sample.failed.empty()) by_key[sample.key].push_back(&sample);
  }
  std::vector<const Sample*> best;
  for (const auto& [key, group] : by_key) {
    const bool earlier = !best.empty() && group.front() < best.front();
    if (group.size() > best.size() || (group.size() == best.size() && earlier)) best = group;
  }
  return best;
}

struct Tried {
  size_t strict = 0;
  size_t refused = 0;          // other values, by those
  std::string against;         // what speaks against the answer
  std::string why_not_strict;  // of the first that is not
};

Tried try_conditions(const std::vector<Sample>& samples, const Sample& answered,
                     const std::string& problem, runner::Runner& sandbox,
                     const WordsOptions& options) {
  Tried tried;
  for (const Sample& sample : samples) {
    if (sample.code.empty() || options.stop.stop_requested()) continue;
    const Conditions found = run_check(sample, answered, problem, sandbox, options);
    if (found.are_strict()) {
      ++tried.strict;
      tried.refused += found.refused;
      continue;
    }
    std::string why;
    if (!found.failed.empty()) {
      why = "could not be tried (" + found.failed + ")";
    } else if (!found.hold && found.say_something() && found.faults.empty()) {
      tried.against = "the conditions that one sample wrote refuse it";
      continue;
    } else if (!found.hold) {
      why = "hold for nothing that was tried";
    } else if (!found.accepted.empty()) {
      why = "hold for " + found.accepted.front() + " as well";
    } else {
      why = found.faults.empty() ? "refuse nothing" : found.faults.front();
    }
    if (tried.why_not_strict.empty()) tried.why_not_strict = why;
  }
  return tried;
}

void judge(const Tried& tried, size_t votes, size_t samples, solve::Solution& solution) {
  const std::string vote = concat(votes, " of ", samples, " programs give this answer");
  const std::string conditions = concat("it satisfies the problem's conditions as ", tried.strict,
                                        tried.strict == 1 ? " sample wrote" : " samples wrote",
                                        " them, which refuse ", tried.refused, " other values");
  if (!tried.against.empty()) {
    solution.how = vote + ", but " + tried.against;
  } else if (tried.strict >= 2 && votes >= 2) {
    solution.checked = Checked::yes;
    solution.how =
        conditions + "; " + vote + "; that the problem was read rightly is the model's word";
  } else if (tried.strict >= 1) {
    solution.checked = Checked::partly;
    solution.how = conditions + "; " + vote;
  } else {
    solution.how = vote + "; the conditions that were written beside them " +
                   (tried.why_not_strict.empty() ? "say nothing" : tried.why_not_strict);
  }
}

}  // namespace

bool is_problem(const std::string& text) {
  if (text.find('\\') != std::string::npos) return false;  // LaTeX, whatever is wrong with it
  constexpr int fewest_words = 4;
  int words = 0;
  int letters = 0;
  for (const char byte : text + " ") {
    const auto value = static_cast<unsigned char>(byte);
    if (std::isalpha(value) != 0 || value >= 0x80) {
      ++letters;
    } else {
      words += letters > 1 ? 1 : 0;
      letters = 0;
    }
  }
  // Chinese has no spaces.
  const bool enough = words >= fewest_words || (words >= 1 && text.size() >= 24 &&
                                                static_cast<unsigned char>(text[0]) >= 0xe3);
  return enough && !solve::read(text);
}

std::function<void(int, const Piece&)> told_in_short(std::function<void(const std::string&)> say) {
  constexpr size_t every_bytes = 2000;
  struct State {
    int sample = -1;
    size_t bytes = 0;
    size_t told = 0;
  };
  return [say = std::move(say), state = std::make_shared<State>()](int sample, const Piece& piece) {
    if (sample != state->sample) *state = {sample, 0, 0};
    state->bytes += piece.text.size();
    if (state->told > 0 && state->bytes < state->told + every_bytes) return;
    state->told = std::max<size_t>(state->bytes, 1);
    const char* what = piece.kind == chat::PieceKind::thought ? ": thinking, " : ": writing, ";
    say(concat("attempt ", sample + 1, what, state->bytes, " bytes so far"));
  };
}

Result<solve::Solution> solve_in_words(const std::string& problem, Model& model,
                                       runner::Runner& sandbox, const WordsOptions& options) {
  const auto begin = std::chrono::steady_clock::now();
  std::vector<Sample> samples;
  Tried tried;
  std::vector<const Sample*> majority;
  const auto voting_ends = begin + std::chrono::milliseconds(options.voting_ms);
  for (int number = 0; number < options.most_samples; ++number) {
    if (number > 0 && std::chrono::steady_clock::now() >= voting_ends) break;
    auto sample = ask(problem, number, model, options);
    if (!sample) return sample.error();
    if (sample->failed.empty()) run_solve(*sample, sandbox, options);
    samples.push_back(std::move(*sample));
    if (options.stop.stop_requested()) return fail("stopped");
    majority = majority_of(samples);
    if (majority.size() < 2) continue;
    tried = try_conditions(samples, *majority.front(), problem, sandbox, options);
    if (tried.strict >= 2 && tried.against.empty()) break;
  }
  if (majority.empty()) {
    return fail(model.name(), " gave no answer in ", samples.size(), " attempts; the last time ",
                samples.back().failed);
  }
  if (majority.size() < 2) {
    tried = try_conditions(samples, *majority.front(), problem, sandbox, options);
  }
  if (options.stop.stop_requested()) return fail("stopped");
  solve::Solution solution{.answer = majority.front()->shown, .program = majority.front()->code};
  judge(tried, majority.size(), samples.size(), solution);
  solution.ms =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
  return solution;
}

}  // namespace lsp::features::words
