// The search is asked first, and what it finds is held against the program's own tests. Where that
// gives no verified body, a model may write some (Author): they are weighed in the sandbox as well,
// against the examples and against each other and what the search found, and so are small changes
// of those that nearly pass. What a model wrote is never called verified: nobody knows what else
// would have passed.
#include "lsp/features/fill/fill.h"

#include <algorithm>
#include <chrono>
#include <future>

#include "engine/base/format.h"
#include "engine/base/json.h"
#include "lsp/features/debug/trial.h"
#include "lsp/features/fill/program.h"
#include "lsp/features/fill/written.h"

namespace lsp::features::fill {
namespace {

using engine::base::concat;
using engine::base::fail;
using engine::base::Json;
using engine::base::JsonValue;
using engine::base::Result;
namespace runner = sandbox::runner;

constexpr size_t most_near = 3;      // bodies that are changed
constexpr size_t most_changes = 60;  // of each

std::string text_in(const JsonValue& object, const char* name) {
  const auto value = object.find(name);
  const auto text = value ? value->string() : std::nullopt;
  return text ? std::string(*text) : "";
}

size_t count_in(const JsonValue& object, const char* name) {
  const auto value = object.find(name);
  return value ? static_cast<size_t>(value->integer().value_or(0)) : 0;
}

// Which bodies pass, as the program weighs them.
struct Weighed {
  std::vector<size_t> right;  // examples, of each body
  std::optional<size_t> first;
  std::vector<size_t> apart;  // pass as well, and give something else than the first on some input
  size_t inputs = 0;
  std::string doubt;   // the input on which the first of these does
  std::string raises;  // where the first body raises
};

std::vector<size_t> numbers_in(const JsonValue& object, const char* name) {
  std::vector<size_t> numbers;
  if (const auto list = object.find(name)) {
    list->for_each([&](const JsonValue& each) {
      numbers.push_back(static_cast<size_t>(each.integer().value_or(0)));
    });
  }
  return numbers;
}

std::string passes_all(size_t examples) {
  return concat("passes ", examples, " of ", examples, examples == 1 ? " example" : " examples");
}

constexpr const char* by_a_model = ", by a model";
constexpr const char* differing = "; but another body passes as well, and they differ";

// Besides the one that is shown.
void count_others(size_t passing, Body& first) {
  if (passing > 2) first.evidence += concat("; ", passing - 1, " others pass in all");
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
  return text;
}

// Of the first body of a model that passes.
struct Offer {
  std::string author;
  std::string changed;  // what was done to it
  std::string tests;    // what is red still
};

class Filling {
 public:
  Filling(const debug::Subject& subject, const Hole& hole, runner::Runner& sandbox,
          const Options& options)
      : subject_(subject), hole_(hole), sandbox_(sandbox), options_(options) {}

  Result<Report> run() {
    const auto begin = std::chrono::steady_clock::now();
    // What the tests say before, while the search is on.
    std::future<Result<debug::Trial>> before;
    if (has_tests()) {
      before = std::async(std::launch::async, [this] { return trial(subject_.question.text); });
    }
    const auto told = ask_program(subject_, hole_, sandbox_, options_,
                                  {.mode = Task::Mode::search, .program = subject_.question.text});
    if (has_tests()) {
      auto red = before.get();
      if (told && !red) return red.error();
      if (red) red_ = std::move(*red);
    }
    if (!told) return told.error();
    const auto json = Json::parse(*told);
    if (!json) return fail("the search said nothing that can be read: ", json.message());
    const JsonValue found = json->root();
    if (const std::string why = text_in(found, "unusable"); !why.empty()) return fail(why);
    Report report = report_of(found);
    ask_authors(report);
    const auto end = std::chrono::steady_clock::now();
    report.ms = std::chrono::duration<double, std::milli>(end - begin).count();
    return report;
  }

 private:
  // Python's examples are its tests. Those of JavaScript are tried by our own program.
  bool has_tests() const {
    return hole_.language == syntax::Language::python || subject_.proof == debug::Proof::tests;
  }

  Result<debug::Trial> trial(const std::string& text) const {
    debug::Version version{.text = text, .stop = options_.stop};
    return debug::try_version(sandbox_, subject_, version);
  }

  Body body_of(std::vector<std::string> lines) const {
    Body body;
    body.lines = std::move(lines);
    body.text = filled(subject_.question.text, hole_, body.lines);
    return body;
  }

  Report report_of(const JsonValue& found) const {
    Report report;
    report.examples = count_in(found, "examples");
    report.passing = count_in(found, "passing");
    if (const auto candidates = found.find("candidates")) {
      candidates->for_each([&](const JsonValue& candidate) {
        std::vector<std::string> lines;
        candidate.for_each(
            [&](const JsonValue& line) { lines.emplace_back(line.string().value_or("")); });
        report.bodies.push_back(body_of(std::move(lines)));
      });
    }
    if (report.bodies.empty()) {
      report.note = concat("no small expression passes the ", report.examples,
                           report.examples == 1 ? " example" : " examples");
      return report;
    }
    judge(report, found);
    return report;
  }

  // Holds the bodies against the program's own tests, and says what was seen of those that are
  // left.
  void judge(Report& report, const JsonValue& found) const {
    const std::string simplest = report.bodies.front().text;
    std::vector<std::string> tests;
    const size_t dropped = std::erase_if(report.bodies, [&](const Body& body) {
      std::string its;
      if (!holds(body.text, its)) return true;
      tests.push_back(std::move(its));
      return false;
    });
    if (report.bodies.empty()) {
      report.note = "what passes the examples fails the program's tests";
      return;
    }
    report.passing -= std::min(report.passing, dropped);
    Body& first = report.bodies.front();
    const bool two = report.bodies.size() > 1, is_simplest = first.text == simplest;
    const std::string doubt = text_in(found, two ? "doubt" : "doubt_alone");
    for (size_t i = 0; i < report.bodies.size(); ++i) {
      Body& body = report.bodies[i];
      body.evidence = passes_all(report.examples);
      if (two) {
        body.evidence += concat(differing, ": ", doubt);
      } else if (!tests[i].empty()) {
        body.evidence += concat("; ", tests[i]);
      } else if (is_simplest && !doubt.empty()) {
        body.evidence += concat("; ", doubt);
      }
    }
    first.verified = is_simplest && report.passing == 1 && doubt.empty() && tests.front().empty();
    if (first.verified) {
      first.evidence += concat("; nothing about as simple passes and differs on ",
                               count_in(found, "inputs"), " other inputs");
    }
    count_others(report.passing, first);
    const std::string raises = text_in(found, "raises");
    if (is_simplest && !raises.empty()) first.evidence += concat("; ", raises);
  }

  // Whether the function's examples are green twice, and all else as before. `tests` says what is
  // red still; of functions that are yet to be written, nobody asks that.
  bool holds(const std::string& text, std::string& tests) const {
    if (hole_.language != syntax::Language::python && !passes_examples(text)) return false;
    if (!has_tests()) return true;
    auto second = std::async(std::launch::async, [&] { return trial(text); });
    const Result<debug::Trial> trials[] = {trial(text), second.get()};
    for (const Result<debug::Trial>& now : trials) {
      if (!now) return false;
      size_t better = 0, left = 0;
      for (const auto& [name, outcome] : now->tests) {
        const auto before = red_.tests.find(name);
        const bool passed = outcome == "passed" || outcome == "skipped";
        const bool did = before != red_.tests.end() && before->second == "passed";
        if (did && !passed) return false;
        better += passed && !did ? 1 : 0;
        if (!passed && is_about_it(name)) return false;
        if (!passed && !name.starts_with("doctest ")) ++left;
      }
      if (better == 0 && hole_.language == syntax::Language::python) return false;
      if (left > 0) tests = concat(left, left == 1 ? " test is" : " tests are", " red still");
    }
    return true;
  }

  // The examples of JavaScript, with the whole program as it would be.
  bool passes_examples(const std::string& text) const {
    const auto told = ask_program(subject_, hole_, sandbox_, options_,
                                  {.mode = Task::Mode::attempt, .program = text});
    const auto json = told ? Json::parse(*told) : told.error();
    if (!json) return false;
    const auto passes = json->root().find("passes");
    return passes && passes->boolean().value_or(false);
  }

  // A doctest of the function.
  bool is_about_it(const std::string& test) const {
    return test.starts_with("doctest ") && test.ends_with("." + hole_.function);
  }

  void ask_authors(Report& report) const {
    if (!report.bodies.empty() && report.bodies.front().verified) return;
    if (options_.instructed) {
      ask(report, *options_.instructed);
    } else if (options_.completing && report.bodies.empty()) {
      ask(report, *options_.completing);
    }
  }

  void ask(Report& report, const Author& author) const {
    const auto texts = author.write(options_.stop);
    std::string& said = report.bodies.empty() ? report.note : report.bodies.front().evidence;
    if (!texts) {
      said += concat("; ", author.name, ": ", texts.message());
      return;
    }
    const std::vector<std::string> own = bodies_in(*texts, hole_);
    std::vector<std::string> bodies = own;
    std::vector<std::string> good = passing(bodies, report.examples);
    report.written = bodies.size();
    // The likeliest that holds against the program's tests as well.
    std::string tests;
    while (!good.empty()) {
      if (holds(body_of(lines_of(good.front())).text, tests)) break;
      good.erase(good.begin());
    }
    if (!good.empty()) {
      const bool changed = std::find(own.begin(), own.end(), good.front()) == own.end();
      offer(report, {author.name, changed ? ", with a small change" : "", tests}, std::move(good));
    } else {
      said += concat("; of ", report.written, " bodies by ", author.name, " and changes of them ",
                     "none passes");
    }
  }

  // Those that pass all examples; where none does, small changes of those that nearly do. Adds
  // these to the bodies.
  std::vector<std::string> passing(std::vector<std::string>& bodies, size_t examples) const {
    std::vector<std::string> good, near;
    const auto sort_out = [&](const std::vector<std::string>& its) {
      const Weighed weighed = weigh(its);
      for (size_t i = 0; i < weighed.right.size(); ++i) {
        if (weighed.right[i] == examples) good.push_back(its[i]);
        if (weighed.right[i] > 0 && near.size() < most_near) near.push_back(its[i]);
      }
    };
    sort_out(bodies);
    if (!good.empty()) return good;
    std::vector<std::string> changed;
    for (const std::string& body : std::vector(std::move(near))) {
      for (std::string& each : changes_of(body, hole_, most_changes)) {
        if (std::find(changed.begin(), changed.end(), each) == changed.end()) {
          changed.push_back(std::move(each));
        }
      }
    }
    sort_out(changed);
    bodies.insert(bodies.end(), changed.begin(), changed.end());
    return good;
  }

  Weighed weigh(std::vector<std::string> bodies) const {
    Weighed weighed;
    if (bodies.empty()) return weighed;
    const auto told = ask_program(subject_, hole_, sandbox_, options_,
                                  {.mode = Task::Mode::weigh,
                                   .program = subject_.question.text,
                                   .bodies = std::move(bodies)});
    const auto json = told ? Json::parse(*told) : told.error();
    if (!json) return weighed;
    const JsonValue found = json->root();
    weighed.right = numbers_in(found, "right");
    weighed.apart = numbers_in(found, "apart");
    const auto first = found.find("first");
    const int64_t place = first ? first->integer().value_or(-1) : -1;
    if (place >= 0) weighed.first = static_cast<size_t>(place);
    weighed.inputs = count_in(found, "inputs");
    weighed.doubt = text_in(found, "doubt");
    weighed.raises = text_in(found, "raises");
    return weighed;
  }

  // Puts the model's body before what the search found, which knows nothing of what is said in
  // words; where both do the same, the search's stays: it is the simpler one.
  void offer(Report& report, const Offer& by, std::vector<std::string> good) const {
    const size_t written = good.size();
    for (const Body& body : report.bodies) good.push_back(joined(body.lines));
    const Weighed weighed = weigh(good);
    if (weighed.first != 0) return;  // it passed a moment ago, and does not any more
    const auto is_apart = [&](size_t place) {
      return std::find(weighed.apart.begin(), weighed.apart.end(), place) != weighed.apart.end();
    };
    size_t lead = 0;
    for (size_t i = good.size(); i-- > written;) lead = is_apart(i) ? lead : i;
    std::vector<Body> bodies{body_of(lines_of(good[lead]))};
    Body& first = bodies.front();
    first.evidence = passes_all(report.examples);
    if (lead == 0) {
      first.author = by.author;
      first.evidence += concat(by_a_model, "; written by ", by.author, by.changed, ", of ",
                               report.written, report.written == 1 ? " tried" : " that were tried");
    } else {
      first.evidence +=
          concat("; one by ", by.author, " does the same on ", weighed.inputs, " other inputs");
    }
    if (!by.tests.empty()) first.evidence += concat("; ", by.tests);
    const auto other_at =
        std::find_if(weighed.apart.begin(), weighed.apart.end(), [&](size_t place) {
          std::string its;  // the search's have been held against the tests before
          return place >= written || holds(body_of(lines_of(good[place])).text, its);
        });
    if (other_at != weighed.apart.end()) {
      const size_t other = *other_at;
      bodies.push_back(body_of(lines_of(good[other])));
      bodies.back().author = other < written ? by.author : "";
      // The input is that of the first one that differs.
      const std::string where = other == weighed.apart.front() ? ": " + weighed.doubt : "";
      const char* who = other < written ? by_a_model : "";
      bodies.back().evidence = concat(passes_all(report.examples), who, differing, where);
      bodies.front().evidence += differing + where;
    }
    if (!weighed.raises.empty()) bodies.front().evidence += concat("; ", weighed.raises);
    report.passing = 1 + weighed.apart.size();
    count_others(report.passing, bodies.front());
    report.bodies = std::move(bodies);
  }

  const debug::Subject& subject_;
  const Hole& hole_;
  runner::Runner& sandbox_;
  const Options& options_;
  debug::Trial red_;  // the tests before
};

}  // namespace

Result<Report> fill(const debug::Subject& subject, const Hole& hole, runner::Runner& sandbox,
                    const Options& options) {
  return Filling(subject, hole, sandbox, options).run();
}

}  // namespace lsp::features::fill
