// Programs in, changes and verdicts out.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lsp/features/debug/debug.h"
#include "lsp/features/debug/edits.h"
#include "lsp/features/debug/protect.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace lsp::features::debug {

inline std::shared_ptr<const syntax::Tree> tree_of(std::string_view language_id,
                                                   std::string_view text) {
  auto tree =
      syntax::Tree::parse(std::make_shared<const text::Document>(
                              "untitled:test", std::string(language_id), 1, std::string(text)),
                          nullptr);
  REQUIRE(tree);
  return tree;
}

inline std::vector<std::string> changes_of(std::string_view language_id, std::string_view text,
                                           const Clues& clues = {}) {
  const auto tree = tree_of(language_id, text);
  const syntax::Nodes nodes(*tree);
  std::vector<std::string> changed;
  for (const Edit& edit : edits_of(nodes, *grammar_of(tree->language()), clues)) {
    changed.push_back(applied(text, edit));
  }
  return changed;
}

// Whether the changes of `text` have `wanted` among them.
inline void check_offers(std::string_view language_id, std::string_view text,
                         std::string_view wanted, const Clues& clues = {}) {
  const auto changed = changes_of(language_id, text, clues);
  INFO(text << "\nwanted:\n" << wanted << "\nof " << changed.size());
  CHECK(std::find(changed.begin(), changed.end(), wanted) != changed.end());
}

// Why `after` is no fix of `before`; "" where it may be one.
inline std::string objection_to(std::string_view language_id, std::string_view before,
                                std::string_view after, std::string_view tests) {
  const auto old_tree = tree_of(language_id, before), new_tree = tree_of(language_id, after);
  return objection(syntax::Nodes(*old_tree), syntax::Nodes(*new_tree), tests).value_or("");
}

// NAME with its tests beside it, in a folder of its own; no tests where `test_name` is "".
struct Project {
  support::TemporaryFolder folder{support::Readable::by_all};
  Subject subject;

  Project(const std::string& name, const std::string& text, const std::string& test_name,
          const std::string& tests) {
    folder.write("project/" + name, text);
    if (!test_name.empty()) folder.write("project/" + test_name, tests);
    auto found = find_subject({.file = folder.path("project/" + name),
                               .text = text,
                               .workspace = folder.path("project")});
    REQUIRE(found.ok());
    subject = std::move(*found);
  }
};

inline Report debug_project(const std::string& name, const std::string& text,
                            const std::string& test_name, const std::string& tests,
                            uint32_t search_ms = 30'000) {
  const Project project(name, text, test_name, tests);
  runner::Runner sandbox;
  auto report = debug(project.subject, sandbox, {.search_ms = search_ms});
  INFO((report ? "" : report.message()));
  REQUIRE(report.ok());
  return std::move(*report);
}

}  // namespace lsp::features::debug
