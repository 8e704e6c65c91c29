#include "lsp/features/debug/compare.h"

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <set>

#include "engine/base/format.h"
#include "lsp/features/debug/batch.h"
#include "lsp/features/debug/observe.h"

namespace lsp::features::debug {
namespace {

using engine::base::concat;
using syntax::Language;
using Clock = std::chrono::steady_clock;

constexpr unsigned script_variants = 120;
// Their tests are compiled once more for each: as many as make a file of about this size.
constexpr unsigned cpp_variants = 24;
constexpr size_t cpp_bytes = 30'000;
constexpr unsigned alone_variants = 3;  // where each has to be run, and compiled, by itself
constexpr unsigned at_once = 8;

std::vector<std::string_view> lines_in(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string cut(std::string_view text) {
  return std::string(text.substr(0, 160)) + (text.size() > 160 ? "…" : "");
}

// What nobody means a program to do.
bool is_broken(std::string_view line) {
  static constexpr std::string_view errors[] = {"TypeError", "NameError", "AttributeError",
                                                "UnboundLocalError", "ReferenceError"};
  static constexpr std::string_view gives_exception = " gives an exception: ";
  const size_t at = line.find(gives_exception);
  if (at == line.npos) return false;
  const std::string_view error = line.substr(at + gives_exception.size());
  return std::find(std::begin(errors), std::end(errors), error) != std::end(errors);
}

// Of Python a number for a truth value, which no `==` of a test tells from it.
std::string_view number_of(std::string_view value) {
  return value == "False" ? "0" : value == "True" ? "1" : value;
}

bool say_the_same(std::string_view one, std::string_view other) {
  const size_t end = one.find(gives), skip = std::string_view(gives).size();
  if (one == other || end == one.npos || end != other.find(gives)) return one == other;
  return one.substr(0, end) == other.substr(0, end) &&
         number_of(one.substr(end + skip)) == number_of(other.substr(end + skip));
}

// A line that observe.h has written.
struct Observed {
  std::string_view call, values, result;
};

std::optional<Observed> observed_in(std::string_view line) {
  const size_t end = line.find(gives);
  if (end == line.npos) return std::nullopt;
  const std::string_view call = line.substr(0, end);
  const size_t values = std::min(call.rfind(where), call.size());
  const size_t begin = std::min(values + std::string_view(where).size(), call.size());
  return Observed{call.substr(0, values), call.substr(begin),
                  line.substr(end + std::string_view(gives).size())};
}

// How the lines of two differ at a place; the words of both, where they are of the same call.
Difference difference_of(std::optional<std::string_view> one, std::optional<std::string_view> other,
                         size_t second_text) {
  Difference difference{.first = 0, .second = second_text};
  if (one) difference.one = cut(*one);
  if (other) difference.other = cut(*other);
  const auto seen = one ? observed_in(*one) : std::nullopt;
  const auto other_seen = other ? observed_in(*other) : std::nullopt;
  if (!seen || !other_seen || seen->call != other_seen->call) return difference;
  // Of an object that has become another one by then, what the call gives says more.
  const bool same_values = seen->values == other_seen->values;
  if (!same_values && seen->result == other_seen->result) return difference;
  difference.call = cut(seen->call);
  if (same_values) difference.values = cut(seen->values);
  difference.one = cut(seen->result);
  difference.other = cut(other_seen->result);
  return difference;
}

// Where the two differ first. Nothing where they do not, or where the other one only breaks down:
// that it does is no reason to doubt the first.
std::optional<Difference> telling(const std::string& a, const std::string& b, size_t second_text) {
  if (a == b) return std::nullopt;
  const auto first = lines_in(a), second = lines_in(b);
  for (size_t at = 0; at < std::max(first.size(), second.size()); ++at) {
    const auto line_in = [&](const auto& lines) {
      return at < lines.size() ? std::optional(lines[at]) : std::nullopt;
    };
    const auto one = line_in(first), other = line_in(second);
    if (one && other && say_the_same(*one, *other)) continue;
    if (other && is_broken(*other) && !(one && is_broken(*one))) continue;
    return difference_of(one, other, second_text);
  }
  return std::nullopt;
}

class Comparing {
 public:
  Comparing(runner::Runner& sandbox, const Subject& subject, const std::string& base,
            const std::vector<std::string>& texts, const CompareLimits& limits)
      : sandbox_(sandbox), subject_(subject), base_(base), texts_(texts), limits_(limits) {
    std::string folder = sandbox::policy::work_folder;
    if (subject.question.workspace) {
      folder = std::filesystem::path(subject.tests).parent_path().string();
    }
    inputs_.resize(texts.size() - 1);
    files_ = observation_files(subject.language, folder);
    if (subject.language == Language::python && subject.own_tests()) {
      examples_ = languages::find_doctests(base, "").tests;
    }
    learn_words();
  }

  Comparison run() {
    const bool cpp = subject_.language == Language::cpp || subject_.language == Language::c;
    const size_t fit = cpp_bytes / std::max<size_t>(subject_.tests_text.size(), 1);
    const auto compiled = static_cast<unsigned>(std::clamp<size_t>(fit, 5, cpp_variants));
    const unsigned variants = !limits_.batches ? alone_variants : cpp ? compiled : script_variants;
    const unsigned step = !limits_.batches ? 1 : cpp ? 2 * at_once : at_once;
    for (unsigned variant = 0; variant < variants && !comparison_.difference; variant += step) {
      // What does not end with some inputs takes as long with a third of them.
      if (variant >= variants / 3 && any_endless_) break;
      if (is_over() || !round(variant, std::min(variant + step, variants))) break;
    }
    const auto fewest =
        std::min_element(inputs_.begin(), inputs_.end(),
                         [](const auto& a, const auto& b) { return a.size() < b.size(); });
    if (fewest != inputs_.end()) {
      comparison_.inputs = fewest->size();
      comparison_.new_inputs = static_cast<size_t>(
          std::count_if(fewest->begin(), fewest->end(),
                        [&](const std::string& input) { return !own_inputs_.contains(input); }));
    }
    return std::move(comparison_);
  }

  // Of two texts, the program after a change and before it.
  Effect effect() {
    std::set<std::string> inputs, results;
    std::vector<unsigned> variants(limits_.batches ? 2 * at_once : alone_variants);
    std::iota(variants.begin(), variants.end(), 0);
    const auto said = all_said(attempts_of(texts_, variants));
    for (size_t i = 0; i + 1 < said.size(); i += 2) {
      if (!said[i].text || !said[i + 1].text) continue;
      const auto after = lines_in(*said[i].text), before = lines_in(*said[i + 1].text);
      for (size_t at = 0; at < std::min(after.size(), before.size()); ++at) {
        const auto now = observed_in(after[at]), then = observed_in(before[at]);
        if (!now || !then || now->call != then->call || now->result == then->result) continue;
        inputs.insert(concat(now->call, where, now->values));
        results.emplace(now->result);
      }
    }
    Effect effect{.inputs = inputs.size()};
    if (results.size() == 1) effect.only = *results.begin();
    return effect;
  }

 private:
  // Its output, and how each test ended; nothing where it was not run to its end.
  struct Said {
    std::optional<std::string> text;
    bool cut_off = false;
  };

  void learn_words() {
    if (const auto program = parse(base_, subject_.language)) {
      learn_program(vocabulary_, syntax::Nodes(*program));
    }
    if (subject_.own_tests()) return;
    if (const auto tests = parse(subject_.tests_text, subject_.language)) {
      learn_tests(vocabulary_, syntax::Nodes(*tests));
    }
  }

  // What the first said in a variant, and all others.
  void look_at(unsigned variant, const Said& one, const Said* others) {
    for (size_t other = 1; other < texts_.size(); ++other) {
      const Said& another = others[other - 1];
      if (!one.text || !another.text) {
        comparison_.complete = false;
        comparison_.first_cut_off += one.cut_off && another.text ? 1 : 0;
        comparison_.other_cut_off += another.cut_off && one.text ? 1 : 0;
        continue;
      }
      note(*one.text, inputs_[other - 1]);
      if (variant == 0) note(*one.text, own_inputs_);
      if (comparison_.difference) continue;
      comparison_.difference = telling(*one.text, *another.text, other);
    }
  }

  bool is_over() const { return Clock::now() > limits_.deadline || limits_.stop.stop_requested(); }

  // What to run of a text in a variant; nothing where there is nothing to observe.
  std::optional<Attempt> attempt(const std::string& text, unsigned variant) const {
    if (!subject_.own_tests()) {
      const auto tests = observed(subject_.tests_text, variant, Varied::everything);
      return tests ? std::optional(Attempt{text, tests}) : std::nullopt;
    }
    const auto own = observed(text, variant, Varied::tests);
    if (!own) return std::nullopt;
    return Attempt{*own + observing_examples(examples_, variant, vocabulary_)};
  }

  // Whether there is anything to observe.
  bool round(unsigned from, unsigned to) {
    std::vector<unsigned> variants;
    for (unsigned variant = from; variant < to; ++variant) variants.push_back(variant);
    std::vector<std::string> texts = texts_;
    std::vector<Said> first;
    if (limits_.first_alone) {
      const auto attempts = attempts_of({texts_[0]}, variants);
      if (attempts.size() < variants.size()) return false;
      first = all_said(attempts);
      set_aside_endless(variants, first);
      texts.erase(texts.begin());
    }
    const auto attempts = attempts_of(texts, variants);
    if (attempts.size() < texts.size() * variants.size()) return false;
    const auto said = all_said(attempts);
    for (size_t i = 0; i < variants.size(); ++i) {
      const Said* its = &said[i * texts.size()];
      const Said& one = limits_.first_alone ? first[i] : *its++;
      look_at(variants[i], one, its);
    }
    return true;
  }

  // What the first does not end with would take its time of each other one. It tells nothing where
  // the program did not end either, nor, as far as is looked, any other.
  void set_aside_endless(std::vector<unsigned>& variants, std::vector<Said>& first) {
    std::vector<unsigned> endless;
    for (size_t i = 0; i < first.size(); ++i) {
      if (first[i].cut_off) endless.push_back(variants[i]);
    }
    if (endless.empty()) return;
    any_endless_ = true;
    std::erase_if(variants, [&](unsigned variant) {
      return std::find(endless.begin(), endless.end(), variant) != endless.end();
    });
    std::erase_if(first, [](const Said& said) { return said.cut_off; });
    const auto any_ends = [&](const std::vector<Attempt>& attempts) {
      const auto said = all_said(attempts);
      return attempts.empty() ||
             std::any_of(said.begin(), said.end(), [](const Said& each) { return !each.cut_off; });
    };
    if (!limits_.before || any_ends(attempts_of({*limits_.before}, endless))) {
      comparison_.complete = false;
    } else if (!asked_endless_) {
      asked_endless_ = true;
      const std::vector<std::string> others(texts_.begin() + 1, texts_.end());
      if (any_ends(attempts_of(others, {endless[0]}))) comparison_.complete = false;
    }
  }

  // Fewer than that where there is nothing to observe.
  std::vector<Attempt> attempts_of(const std::vector<std::string>& texts,
                                   const std::vector<unsigned>& variants) const {
    std::vector<Attempt> attempts;
    for (const unsigned variant : variants) {
      for (const std::string& text : texts) {
        auto made = attempt(text, variant);
        if (!made) return {};
        attempts.push_back(std::move(*made));
      }
    }
    return attempts;
  }

  std::optional<std::string> observed(const std::string& text, unsigned variant,
                                      Varied varied) const {
    const auto tree = parse(text, subject_.language);
    if (!tree) return std::nullopt;
    return observing(syntax::Nodes(*tree), subject_.language, variant, varied, vocabulary_);
  }

  static void note(const std::string& said, std::set<std::string>& inputs) {
    for (const std::string_view line : lines_in(said)) {
      const size_t end = line.find(gives);
      if (end != line.npos) inputs.emplace(line.substr(0, end));
    }
  }

  std::vector<Said> all_said(const std::vector<Attempt>& attempts) {
    std::vector<Said> said;
    Version version{.text = base_, .files = files_, .pace = Pace::quick};
    version.sanitized = limits_.sanitized;
    version.checks = limits_.checks;
    version.headers = limits_.headers;
    version.deadline_ms = limits_.each_ms;
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(limits_.deadline - Clock::now());
    version.batch_ms = static_cast<uint32_t>(std::max<int64_t>(left.count(), 1));
    version.stop = limits_.stop;
    if (limits_.batches) {
      for (const auto& trial :
           try_batches(sandbox_, subject_, attempts, version, limits_.workers)) {
        said.push_back(said_by(trial));
      }
      return said;
    }
    for (const auto& [text, tests] : attempts) {
      Version alone{.text = text, .tests = tests, .files = files_, .pace = Pace::quick};
      alone.sanitized = limits_.sanitized;
      alone.deadline_ms = 8'000;
      const auto trial = try_version(sandbox_, subject_, alone);
      said.push_back(said_by(trial ? std::optional(*trial) : std::nullopt));
    }
    return said;
  }

  // Of what its deadline cut off nobody knows what it would have said.
  static Said said_by(const std::optional<Trial>& trial) {
    if (!trial || !trial->ran || trial->cut_off) return {std::nullopt, trial && trial->cut_off};
    std::string all = trial->output + trial->run.outcome.output.text();
    for (const auto& [name, outcome, message] : trial->run.findings.tests) {
      all += name + " " + outcome + "\n";
    }
    return {all + (trial->green ? "ends without an error" : "ends with an error")};
  }

  runner::Runner& sandbox_;
  const Subject& subject_;
  const std::string& base_;
  const std::vector<std::string>& texts_;
  const CompareLimits& limits_;
  std::vector<sandbox::policy::File> files_;
  std::vector<languages::Doctest> examples_;
  Vocabulary vocabulary_;  // of what all of them change, so that they get the same inputs
  std::set<std::string> own_inputs_;           // the tests' own
  std::vector<std::set<std::string>> inputs_;  // that each of the others has had
  bool any_endless_ = false;                   // the first does not end with some inputs
  bool asked_endless_ = false;                 // what the others do where the first does not end
  Comparison comparison_;
};

}  // namespace

Comparison compare(runner::Runner& sandbox, const Subject& subject, const std::string& base,
                   const std::vector<std::string>& texts, const CompareLimits& limits) {
  return Comparing(sandbox, subject, base, texts, limits).run();
}

Effect effect_of(runner::Runner& sandbox, const Subject& subject, const std::string& before,
                 const std::string& after, const CompareLimits& limits) {
  const std::vector<std::string> texts{after, before};
  return Comparing(sandbox, subject, after, texts, limits).effect();
}

}  // namespace lsp::features::debug
