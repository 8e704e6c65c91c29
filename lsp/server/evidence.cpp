#include "lsp/server/evidence.h"

#include <cmath>
#include <cstdio>
#include <filesystem>

#include "engine/base/format.h"

namespace lsp::server {
namespace {

using base::concat;

constexpr size_t most_names = 12;

std::string times(int count) { return count == 1 ? "once" : concat(count, " times"); }

std::string seconds(double ms) { return concat(std::floor(ms / 100) / 10, " s"); }

// The names, as far as anybody reads them.
std::string listed(const std::vector<std::string>& names) {
  std::string list;
  for (size_t i = 0; i < std::min(names.size(), most_names); ++i) {
    list += concat(i == 0 ? "" : ", ", names[i]);
  }
  if (names.size() > most_names) list += concat(" and ", names.size() - most_names, " more");
  return list;
}

std::string tests(size_t count) { return concat(count, count == 1 ? " test" : " tests"); }

std::vector<std::string> said_of(const Finding& finding, const Finding::Fix& fix) {
  std::vector<std::string> said;
  said.push_back(concat("Run in the sandbox: ", finding.run));
  const bool has_tests = !fix.mended.empty();
  said.push_back(concat("Before: failed, ", times(finding.red_runs),
                        has_tests ? concat("; red: ", listed(fix.mended)) : ""));
  said.push_back(concat("With the change: passed, ", times(fix.green_runs),
                        has_tests ? concat("; green now: ", tests(fix.mended.size())) : ""));
  if (!fix.kept.empty()) {
    said.push_back(concat("As before: ", tests(fix.kept.size()), " (", listed(fix.kept), ")"));
  }
  if (fix.proof == Finding::Proof::verified) said.emplace_back("The changed line was executed");
  said.push_back(concat(mark(fix.proof), ": ", fix.evidence));
  said.push_back(concat("Written by ", fix.author));
  if (!finding.note.empty()) said.push_back(concat("The search: ", finding.note));
  if (!finding.model_note.empty()) said.push_back(finding.model_note);
  said.push_back(concat("Time: ", seconds(fix.ms), " until it was proved, ", seconds(finding.ms),
                        " for everything"));
  return said;
}

}  // namespace

// Messages of some languages begin with their type.
std::string headline(const Finding& finding) {
  if (finding.message.starts_with(finding.type)) return finding.message;
  return finding.message.empty() ? finding.type : concat(finding.type, ": ", finding.message);
}

const char* mark(Finding::Proof proof) {
  switch (proof) {
    case Finding::Proof::verified:
      return "Verified";
    case Finding::Proof::no_crash:
      return "No crash";
    case Finding::Proof::none:
      return "Not verified";
  }
  return "";
}

wire::Evidence evidence_of(const Finding& finding) {
  wire::Evidence evidence{.name = std::filesystem::path(finding.program).filename(),
                          .failure = headline(finding),
                          .changes = {}};
  for (const Finding::Fix& fix : finding.fixes) {
    evidence.changes.push_back({fix.what, fix.diff, said_of(finding, fix)});
  }
  return evidence;
}

}  // namespace lsp::server
