#include "lsp/features/testing/testing.h"

#include <algorithm>
#include <filesystem>

#include "engine/base/format.h"
#include "lsp/features/debug/batch.h"
#include "lsp/features/debug/edits.h"
#include "lsp/features/testing/cases.h"
#include "lsp/features/testing/proposals.h"

namespace lsp::features::testing {
namespace {

namespace fs = std::filesystem;
using debug::Subject;
using engine::base::concat;
using engine::base::fail;
using engine::base::Result;
using syntax::no_node;
using syntax::Nodes;

constexpr size_t most_changes = 60;
constexpr uint32_t each_ms = 500;

// Small changes of the function that parse, the likeliest first.
std::vector<debug::Attempt> changes_of(const syntax::Tree& tree, const Target& target) {
  const Nodes nodes(tree);
  std::vector<debug::Edit> edits = debug::edits_of(nodes, *debug::grammar_of(tree.language()), {});
  std::erase_if(edits, [&](const debug::Edit& edit) {
    return edit.range.begin < target.definition.begin || target.definition.end < edit.range.end;
  });
  debug::Versions versions(tree.language(), {std::string(nodes.text())});
  versions.add(nodes.text(), std::move(edits), most_changes);
  std::vector<debug::Attempt> changes;
  for (std::string& text : versions.take()) changes.push_back({std::move(text)});
  return changes;
}

// Where a new file of tests may lie.
Result<std::string> free_place(const fs::path& file, const std::string& function) {
  const std::string stem = file.stem();
  std::error_code error;
  for (const std::string& name : {"test_" + stem, "test_" + stem + "_" + function}) {
    const fs::path place = file.parent_path() / (name + ".py");
    if (!fs::exists(place, error)) return place.string();
  }
  return fail("there are test_", stem, ".py and test_", stem, "_", function, ".py already");
}

const std::string* outcome_of(const debug::Trial& trial, const std::string& test) {
  for (const auto& [name, outcome] : trial.tests) {
    const std::string plain = debug::plain_name(name);
    if (plain == test || plain.ends_with("." + test)) return &outcome;
  }
  return nullptr;
}

class Writing {
 public:
  Writing(const debug::Question& question, const Target& target, sandbox::runner::Runner& sandbox,
          const Options& options)
      : question_(question), target_(target), sandbox_(sandbox), options_(options) {}

  Result<Written> run() {
    tree_ = debug::parse(question_.text, syntax::Language::python);
    if (!tree_) return fail("'", question_.file, "' cannot be parsed");
    auto place = free_place(question_.file, target_.function);
    if (!place) return place.error();
    file_ = std::move(*place);
    auto cases = from_examples();
    if (!cases) return cases.error();
    left_out_ = std::move(cases->left_out);
    if (options_.model != nullptr) add_proposed(cases->cases);
    return tried(std::move(cases->cases));
  }

 private:
  std::string module() const { return fs::path(question_.file).stem(); }

  Result<Cases> from_examples() const {
    const auto all = sandbox::languages::find_doctests(question_.text, module());
    const std::string name = concat("doctest ", module(), ".", target_.function);
    const auto own = std::find_if(all.tests.begin(), all.tests.end(),
                                  [&](const auto& each) { return each.name == name; });
    if (own == all.tests.end()) {
      return fail(target_.function, "() has no examples: write some into its docstring, as >>> ",
                  target_.function, "(…)");
    }
    auto cases = from_doctest(*own, question_.text, Origin::docstring);
    if (!cases) return cases.error();
    if (cases->cases.empty()) {
      return fail("no example of ", target_.function, "() makes a test: ",
                  cases->left_out.empty() ? "none calls anything" : cases->left_out.front());
    }
    return cases;
  }

  // `text` is the program with the doctest in it.
  Result<Cases> from_doctest(const sandbox::languages::Doctest& doctest, const std::string& text,
                             Origin origin) const {
    debug::Question question = question_;
    question.text = text;
    const Subject subject{question, syntax::Language::python, debug::Proof::tests, question_.file,
                          text};
    const debug::Version version{.text = text, .stop = options_.stop};
    const auto trial = debug::try_version(sandbox_, subject, version);
    if (!trial) return trial.error();
    Given given;
    for (const auto& output : trial->run.findings.outputs) {
      if (output.test == doctest.name) given.emplace(output.line, output);
    }
    return cases_of(doctest, given, origin);
  }

  // What a model proposes, where the code agrees; what it does not give is no reason to fail.
  void add_proposed(std::vector<Case>& cases) {
    const Result<Cases> proposed = from_model();
    if (!proposed) {
      left_out_.push_back(
          concat("what ", options_.model->name(), " might propose: ", proposed.message()));
      return;
    }
    left_out_.insert(left_out_.end(), proposed->left_out.begin(), proposed->left_out.end());
    for (const Case& each : proposed->cases) {
      const bool known = std::any_of(cases.begin(), cases.end(), [&](const Case& other) {
        return other.lines.back() == each.lines.back();
      });
      if (known) continue;
      cases.push_back(each);
      cases.back().name = concat("test_", cases.size());
    }
  }

  Result<Cases> from_model() const {
    const std::string definition = question_.text.substr(
        target_.definition.begin, target_.definition.end - target_.definition.begin);
    const auto proposals = propose(definition, target_.function, *options_.model, options_.stop);
    if (!proposals) return proposals.error();
    const std::string text = with_proposals(question_.text, *proposals);
    const auto all = sandbox::languages::find_doctests(text, module());
    const std::string name = concat("doctest ", module(), ".", proposals_function);
    const auto its = std::find_if(all.tests.begin(), all.tests.end(),
                                  [&](const auto& each) { return each.name == name; });
    if (its == all.tests.end()) return fail("its examples cannot be read");
    return from_doctest(*its, text, Origin::model);
  }

  Subject subject_of(const std::string& tests, std::string text) const {
    return {question_, syntax::Language::python, debug::Proof::tests, tests, std::move(text)};
  }

  // Of the names that the cases use those that the program has.
  std::string text_of(const std::vector<Case>& cases) const {
    std::set<std::string> known{target_.function};
    for (const syntax::Symbol& symbol : tree_->symbols()) known.emplace(symbol.name);
    for (const syntax::Import& import : tree_->imports()) {
      known.insert(import.names.begin(), import.names.end());
    }
    std::vector<std::string> names;
    for (const std::string& name : names_in(cases)) {
      if (known.contains(name)) names.push_back(name);
    }
    return file_of(module(), target_.function, names, cases);
  }

  // Keeps those that pass, and that some change makes fail.
  Result<Written> tried(std::vector<Case> cases) {
    const Subject subject = subject_of(file_, text_of(cases));
    debug::Version version{.text = question_.text, .stop = options_.stop};
    const auto now = debug::try_version(sandbox_, subject, version);
    if (!now) return now.error();
    drop(cases, "does not pass by itself", [&](const Case& each) {
      const std::string* outcome = outcome_of(*now, each.name);
      return outcome != nullptr && *outcome == "passed";
    });
    if (cases.empty()) return fail("no test that was written passes: ", now->run.outcome.reason);

    version.pace = debug::Pace::quick;
    version.deadline_ms = each_ms;
    version.batch_ms = options_.changes_ms;
    const auto changes = changes_of(*tree_, target_);
    const auto trials = debug::try_batch(sandbox_, subject, changes, version);
    if (options_.stop.stop_requested()) return fail("stopped");
    const auto notices = [](const Case& each, const debug::Trial& trial) {
      const std::string* outcome = outcome_of(trial, each.name);
      return outcome != nullptr && (*outcome == "failed" || *outcome == "error");
    };
    drop(cases, "fails with no small change of the function", [&](const Case& each) {
      return std::any_of(trials.begin(), trials.end(),
                         [&](const auto& trial) { return trial && notices(each, *trial); });
    });
    if (cases.empty()) {
      return fail("no test says anything: of ", changes.size(), " small changes of ",
                  target_.function, "() none makes one fail");
    }
    const auto noticed = std::count_if(trials.begin(), trials.end(), [&](const auto& trial) {
      return trial && std::any_of(cases.begin(), cases.end(),
                                  [&](const Case& each) { return notices(each, *trial); });
    });
    return written(cases, static_cast<size_t>(noticed), changes.size());
  }

  template <typename Keep>
  void drop(std::vector<Case>& cases, const char* why, const Keep& keep) {
    std::erase_if(cases, [&](const Case& each) {
      if (keep(each)) return false;
      left_out_.push_back(concat("'", each.lines.back(), "' ", why));
      return true;
    });
  }

  Written written(std::vector<Case>& cases, size_t noticed, size_t changes) const {
    for (size_t i = 0; i < cases.size(); ++i) cases[i].name = concat("test_", i + 1);
    Written made{file_, text_of(cases), ""};
    made.evidence =
        concat(cases.size(), cases.size() == 1 ? " test passes; " : " tests pass; ", noticed,
               " of ", changes, " small changes of ", target_.function, "() make one fail");
    const auto proposed =
        std::count_if(cases.begin(), cases.end(), [](const Case& each) { return each.proposed; });
    if (proposed > 0) {
      made.evidence += concat("; ", proposed, " of them by ", options_.model->name());
    }
    for (const std::string& each : left_out_) made.evidence += "; left out: " + each;
    return made;
  }

  const debug::Question& question_;
  const Target& target_;
  sandbox::runner::Runner& sandbox_;
  const Options& options_;
  std::shared_ptr<const syntax::Tree> tree_;
  std::string file_;
  std::vector<std::string> left_out_;
};

}  // namespace

std::vector<Target> targets_in(const syntax::Tree& tree) {
  std::vector<Target> targets;
  if (tree.language() != syntax::Language::python) return targets;
  const Nodes nodes(tree);
  for (const size_t each : nodes.children(0)) {
    if (nodes[each].kind != "function_definition") continue;
    const size_t name = nodes.child(each, "name"), block = nodes.child(each, "body");
    if (name == no_node || block == no_node || tree.has_error(nodes[each].range)) continue;
    const auto statements = nodes.children(block);
    const bool documented =
        statements.size() > 1 && nodes.text(statements[0]).find(">>> ") != std::string_view::npos;
    if (!documented || nodes[statements.back()].kind == "pass_statement") continue;
    targets.push_back({std::string(nodes.text(name)), nodes[each].range});
  }
  return targets;
}

Result<Written> write_tests(const debug::Question& question, const Target& target,
                            sandbox::runner::Runner& sandbox, const Options& options) {
  return Writing(question, target, sandbox, options).run();
}

}  // namespace lsp::features::testing
