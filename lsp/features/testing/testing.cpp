#include "lsp/features/testing/testing.h"

#include <algorithm>
#include <filesystem>

#include "engine/base/format.h"
#include "lsp/features/debug/batch.h"
#include "lsp/features/debug/calls_javascript.h"
#include "lsp/features/debug/edits.h"
#include "lsp/features/testing/form.h"
#include "lsp/text/uri.h"

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
  const auto [begin, end] = target.definition;
  const auto weight = [begin, end](text::Range range, std::string_view) {
    return range.begin < begin || end < range.end ? 0.0 : 1;
  };
  std::vector<debug::Edit> edits =
      debug::edits_of(nodes, *debug::grammar_of(tree.language()), {}, {.weight = weight});
  debug::Versions versions(tree, {std::string(nodes.text())});
  versions.add(nodes.text(), std::move(edits), most_changes);
  std::vector<debug::Attempt> changes;
  for (std::string& text : versions.take()) changes.push_back({std::move(text)});
  return changes;
}

// Where a new file of tests may lie.
Result<std::string> free_place(const fs::path& file, const std::vector<std::string>& names) {
  std::error_code error;
  for (const std::string& name : names) {
    const fs::path place = file.parent_path() / name;
    if (!fs::exists(place, error)) return place.string();
  }
  return fail("there are ", names.front(), " and ", names.back(), " already");
}

const std::string* outcome_of(const debug::Trial& trial, const std::string& test) {
  for (const auto& [name, outcome] : trial.tests) {
    const std::string plain = debug::plain_name(name);
    if (plain == test || plain.ends_with("." + test)) return &outcome;
  }
  return nullptr;
}

std::string why_red(const debug::Trial& trial) {
  std::string why = trial.run.outcome.reason;
  for (const auto& failure : trial.run.findings.failures) {
    if (why.empty()) why = failure.message.empty() ? failure.type : failure.message;
  }
  for (const auto& test : trial.run.findings.tests) {
    if (why.empty() && test.outcome != "passed") why = test.message;
  }
  return why.empty() ? "the run says nothing of why" : why.substr(0, why.find('\n'));
}

class Writing {
 public:
  Writing(const debug::Question& question, const Target& target, sandbox::runner::Runner& sandbox,
          const Options& options)
      : question_(question), target_(target), sandbox_(sandbox), options_(options) {}

  Result<Written> run() {
    const auto language = syntax::language_of("", text::uri_of(question_.file), question_.text);
    if (language) tree_ = debug::parse(question_.text, *language);
    if (!tree_) return fail("'", question_.file, "' cannot be parsed");
    const bool python = tree_->language() == syntax::Language::python;
    form_ = (python ? python_form
                    : javascript_form)({question_, target_, *tree_, sandbox_, options_.stop});
    auto place = free_place(question_.file, form_->files());
    if (!place) return place.error();
    file_ = std::move(*place);
    auto made = form_->from_examples();
    if (!made && options_.model == nullptr) return made.error();
    std::vector<Case> cases;
    if (made) {
      cases = std::move(made->cases);
      left_out_ = std::move(made->left_out);
    }
    if (options_.model != nullptr) add_proposed(cases);
    if (!cases.empty()) return tried(std::move(cases));
    std::string why;
    for (const std::string& each : left_out_) why += (why.empty() ? "" : "; ") + each;
    if (!made) return fail(made.message(), "; ", why);
    return fail("no example of ", target_.function,
                "() makes a test: ", why.empty() ? "none calls anything" : why);
  }

 private:
  // What a model proposes, where the code agrees; what it does not give is no reason to fail.
  void add_proposed(std::vector<Case>& cases) {
    const Result<Cases> proposed = form_->from_model(*options_.model);
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
      cases.back().name = form_->name_of(each, cases.size() - 1);
    }
  }

  Subject subject_of(const std::string& tests, std::string text) const {
    return {question_, tree_->language(), debug::Proof::tests, tests, std::move(text)};
  }

  // Keeps those that pass, and that some change makes fail.
  Result<Written> tried(std::vector<Case> cases) {
    const Subject subject = subject_of(file_, form_->text_of(cases));
    debug::Version version{.text = question_.text, .stop = options_.stop};
    const auto now = debug::try_version(sandbox_, subject, version);
    if (!now) return now.error();
    drop(cases, "does not pass by itself", [&](const Case& each) {
      const std::string* outcome = outcome_of(*now, each.name);
      return outcome != nullptr && *outcome == "passed";
    });
    if (cases.empty()) return fail("no test that was written passes: ", why_red(*now));

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
    for (size_t i = 0; i < cases.size(); ++i) cases[i].name = form_->name_of(cases[i], i);
    Written made{file_, form_->text_of(cases), ""};
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
  std::unique_ptr<Form> form_;
  std::string file_;
  std::vector<std::string> left_out_;
};

std::vector<Target> python_targets(const syntax::Tree& tree, const Nodes& nodes,
                                   Examples examples) {
  std::vector<Target> targets;
  for (size_t each : nodes.children(0)) {
    if (nodes[each].kind == "decorated_definition") each = nodes.child(each, "definition");
    if (each == no_node || nodes[each].kind != "function_definition") continue;
    const size_t name = nodes.child(each, "name"), block = nodes.child(each, "body");
    if (name == no_node || block == no_node || tree.has_error(nodes[each].range)) continue;
    const auto statements = nodes.children(block);
    const bool documented =
        statements.size() > 1 && nodes.text(statements[0]).find(">>> ") != std::string_view::npos;
    const bool told = documented || examples == Examples::optional;
    if (!told || nodes[statements.back()].kind == "pass_statement") continue;
    targets.push_back({std::string(nodes.text(name)), nodes[each].range});
  }
  return targets;
}

}  // namespace

std::vector<Target> targets_in(const syntax::Tree& tree, Examples examples) {
  const Nodes nodes(tree);
  if (tree.language() == syntax::Language::python) return python_targets(tree, nodes, examples);
  if (tree.language() != syntax::Language::javascript) return {};
  std::vector<Target> targets;
  for (const debug::TopFunction& each : debug::top_functions(nodes)) {
    const syntax::Range range = nodes[each.statement].range;
    if (nodes.children(each.body).empty() || tree.has_error(range)) continue;
    const bool told =
        examples == Examples::optional || !debug::documented(nodes, each).calls.empty();
    if (told) targets.push_back({each.name, range});
  }
  return targets;
}

std::string Form::definition() const {
  const auto [begin, end] = about_.target.definition;
  return about_.question.text.substr(begin, end - begin);
}

Result<Written> write_tests(const debug::Question& question, const Target& target,
                            sandbox::runner::Runner& sandbox, const Options& options) {
  return Writing(question, target, sandbox, options).run();
}

}  // namespace lsp::features::testing
