#include "lsp/features/debug/suspicion.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>

#include "engine/base/format.h"
#include "lsp/features/debug/protect.h"

namespace lsp::features::debug {
namespace {

using engine::base::concat;
using syntax::Language;
using syntax::Nodes;

constexpr const char* python_probe = R"(import os
_log = os.open("/sandbox/.lemma-probes", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
_seen = set()


def probe(tests, line):
    if tests:
        _seen.clear()
    elif line in _seen:
        return
    else:
        _seen.add(line)
    os.write(_log, b"%c %d\n" % (b"t" if tests else b"p", line))
)";

constexpr const char* node_probe = R"('use strict';
const fs = require('node:fs');
const log = fs.openSync('/sandbox/.lemma-probes', 'a', 0o600);
const seen = new Set();
globalThis._lemma_probe = (tests, line) => {
  if (tests) seen.clear();
  else if (seen.has(line)) return;
  else seen.add(line);
  fs.writeSync(log, `${tests ? 't' : 'p'} ${line}\n`);
};
)";

// Without headers, whose names a program may use for itself.
constexpr const char* cpp_probe = R"(extern "C" int open(const char*, int, ...);
extern "C" long write(int, const void*, unsigned long);
inline bool _lemma_probe(int tests, int line) {
  static int log = open("/sandbox/.lemma-probes", 0x441, 0600);
  static bool seen[100000];
  if (line < 0 || line >= 100000) return true;
  if (tests) {
    for (bool& each : seen) each = false;
  } else if (seen[line]) {
    return true;
  }
  if (!tests) seen[line] = true;
  char text[16];
  int end = 16;
  text[--end] = '\n';
  for (int rest = line; rest > 0; rest /= 10) text[--end] = static_cast<char>('0' + rest % 10);
  text[--end] = ' ';
  text[--end] = tests ? 't' : 'p';
  if (write(log, text + end, static_cast<unsigned long>(16 - end)) < 0) return false;
  return true;
}
)";

bool is_compound(const Nodes& nodes, size_t node) {
  const std::string_view kind = nodes[node].kind;
  const Role role = role_of(kind);
  return role == Role::condition || role == Role::loop || kind == "try_statement" ||
         kind == "with_statement" || kind == "match_statement";
}

bool is_definition(std::string_view kind) {
  return role_of(kind) == Role::function || kind.find("class") != kind.npos ||
         kind == "decorated_definition" || kind.find("function") != kind.npos;
}

class Prober {
 public:
  Prober(const Nodes& nodes, const Grammar& grammar, Probed probed)
      : nodes_(nodes), grammar_(grammar), probed_(probed), protected_(protected_ranges(nodes)) {}

  // The line of the innermost statement around a place that has a probe.
  int line_around(size_t offset) {
    int line = 0;
    for (size_t node = 1; node < nodes_.size(); ++node) {
      const auto range = nodes_[node].range;
      inserted_.clear();
      if (range.begin <= offset && offset <= range.end) visit(node);
      if (!inserted_.empty()) line = line_of(range.begin);
    }
    return line;
  }

  std::string text() {
    if (is_script(grammar_.language)) add_import();
    for (size_t node = 1; node < nodes_.size(); ++node) visit(node);
    std::stable_sort(inserted_.begin(), inserted_.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::string made;
    size_t at = 0;
    for (const auto& [offset, probe] : inserted_) {
      made += nodes_.text().substr(at, offset - at);
      made += probe;
      at = offset;
    }
    made += nodes_.text().substr(at);
    return made;
  }

 private:
  // Behind what is nothing elsewhere than at the begin: the line for the shell, directives.
  void add_import() {
    const std::string_view text = nodes_.text();
    size_t place = text.starts_with("#!") ? std::min(text.find('\n'), text.size() - 1) + 1 : 0;
    const char* end = "";
    for (const size_t child : nodes_.children(0)) {
      if (nodes_[child].kind == "hash_bang_line") continue;
      if (nodes_[child].kind != "expression_statement" || nodes_[child + 1].kind != "string") break;
      place = nodes_[child].range.end;
      end = nodes_.text(child).ends_with(';') ? "" : ";";
    }
    const bool module = is_module(text);
    inserted_.emplace_back(place, concat(end, module ? "import " : "require(",
                                         "'/sandbox/lemma_probe.cjs'", module ? ";" : ");"));
  }

  int line_of(size_t offset) const {
    const auto before = nodes_.text().substr(0, offset);
    return 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n'));
  }

  std::string call(size_t node) const {
    const auto range = nodes_[node].range;
    const bool is_protected = std::any_of(protected_.begin(), protected_.end(), [&](auto each) {
      return each.begin <= range.begin && range.end <= each.end;
    });
    const bool tests = probed_ == Probed::tests || (probed_ == Probed::both && is_protected);
    const std::string arguments =
        "(" + std::string(tests ? "1" : "0") + ", " + std::to_string(line_of(range.begin)) + ");";
    if (grammar_.language != Language::python) return "_lemma_probe" + arguments;
    return "__import__('lemma_probe').probe" + arguments;
  }

  bool is_place(size_t node) const {
    const size_t parent = nodes_[node].parent;
    const std::string_view kind = nodes_[node].kind;
    if (!nodes_[node].named || kind == "comment" || kind == "hash_bang_line") return false;
    if (role_of(nodes_[parent].kind) == Role::block) return true;
    // Of a script's own level, behind its imports.
    return (nodes_[parent].kind == "module" || nodes_[parent].kind == "program") &&
           kind.find("import") == std::string_view::npos && kind != "expression_statement";
  }

  void visit(size_t node) {
    if (!is_place(node) || is_definition(nodes_[node].kind)) return;
    const auto range = nodes_[node].range;
    const char first = nodes_.text(node).front();
    if (first == '"' || first == '\'') return;  // documentation
    const size_t newline = nodes_.text().rfind('\n', range.begin);
    const size_t start = newline == std::string_view::npos ? 0 : newline + 1;
    const auto before = nodes_.text().substr(start, range.begin - start);
    const bool own_line = before.find_first_not_of(" \t") == before.npos;
    if (grammar_.language == Language::python && is_compound(nodes_, node)) {
      if (probed_ == Probed::tests || !own_line) return;
      std::string probe = call(node);
      probe.back() = '\n';
      inserted_.emplace_back(range.begin, probe + std::string(before));
    } else if (grammar_.language != Language::python || own_line) {
      inserted_.emplace_back(range.begin, call(node) + " ");
    }
  }

  const Nodes& nodes_;
  const Grammar& grammar_;
  const Probed probed_;
  const std::vector<text::Range> protected_;
  std::vector<std::pair<size_t, std::string>> inserted_;
};

bool is_main(const Nodes& nodes, size_t function) {
  const size_t declarator = nodes.child(function, "declarator");
  const size_t name =
      declarator == syntax::no_node ? declarator : nodes.child(declarator, "declarator");
  return name != syntax::no_node && nodes.text(name) == "main";
}

// The case that `its` is a part of; the end where a new one begins. What ran after a failure did
// not cause it, and what stands in no function separates.
size_t going_on(const std::vector<Piece>& cases, const std::vector<bool>& red, int its) {
  for (size_t at = cases.size(); at-- > 0 && !red[at];) {
    if (cases[at].test_line == its) return at;
    if (cases[at].test_line == 0) break;
  }
  return cases.size();
}

constexpr double earlier = 0.5;  // suspicion of what ran before, in the same case

std::map<int, double> spectrum(const std::vector<Piece>& pieces, const std::vector<bool>& red) {
  std::map<int, std::pair<double, double>> counts;  // red and green pieces that ran the line
  double all_red = 0;
  for (size_t i = 0; i < pieces.size(); ++i) {
    all_red += red[i] ? 1 : 0;
    for (const int line : pieces[i].lines) {
      auto& [failed, passed] = counts[line];
      (red[i] ? failed : passed) += 1;
    }
  }
  std::map<int, double> suspicion;
  for (const auto& [line, count] : counts) {
    const auto& [failed, passed] = count;
    suspicion[line] = failed == 0 ? 0 : failed / std::sqrt(all_red * (failed + passed));
  }
  return suspicion;
}

}  // namespace

std::string with_probes(const Nodes& nodes, const Grammar& grammar, Probed probed) {
  return Prober(nodes, grammar, probed).text();
}

int statement_line(const Nodes& nodes, const Grammar& grammar, size_t offset) {
  return Prober(nodes, grammar, Probed::program).line_around(offset);
}

std::vector<Piece> run_probes(runner::Runner& sandbox, const Subject& subject,
                              const Version& version) {
  const Grammar& grammar = *grammar_of(subject.language);
  const auto program = parse(version.text, subject.language);
  if (!program) return {};
  const std::string probed = with_probes(syntax::Nodes(*program), grammar,
                                         subject.own_tests() ? Probed::both : Probed::program);
  Version with{.text = probed, .pace = version.pace, .sanitized = version.sanitized};
  with.deadline_ms = version.deadline_ms;
  with.stop = version.stop;
  if (!subject.own_tests()) {
    const auto tests = parse(subject.tests_text, subject.language);
    if (tests) with.tests = with_probes(syntax::Nodes(*tests), grammar, Probed::tests);
  }
  const std::string folder = subject.question.workspace
                                 ? std::filesystem::path(subject.tests).parent_path().string()
                                 : sandbox::policy::work_folder;
  with.files = probe_files(subject.language, folder);
  with.results = {probe_log};
  const auto trial = try_version(sandbox, subject, with);
  if (!trial) return {};
  const auto log = trial->run.outcome.results.find(probe_log);
  const bool there = log != trial->run.outcome.results.end() && log->second.ok();
  return there ? read_probes(*log->second) : std::vector<Piece>();
}

std::vector<sandbox::policy::File> probe_files(Language language, const std::string& folder) {
  const std::string work = sandbox::policy::work_folder;
  switch (language) {
    case Language::python:
      return {{folder + "/lemma_probe.py", python_probe}};
    case Language::javascript:
    case Language::typescript:
      return {{work + "/lemma_probe.cjs", node_probe}};
    default:
      return {{work + "/lemma_probe.h", cpp_probe}};
  }
}

std::vector<Piece> read_probes(std::string_view log) {
  std::vector<Piece> pieces(1);
  while (!log.empty()) {
    const size_t end = std::min(log.find('\n'), log.size());
    const std::string_view event = log.substr(0, end);
    log.remove_prefix(std::min(end + 1, log.size()));
    int line = 0;
    if (event.size() < 3) continue;
    std::from_chars(event.data() + 2, event.data() + event.size(), line);
    if (line <= 0) continue;
    if (event[0] == 't') {
      pieces.push_back({line, {}});
    } else {
      pieces.back().lines.insert(line);
    }
  }
  return pieces;
}

std::map<int, int> cases_of(const Nodes& tests) {
  std::map<int, int> cases;
  const auto line_of = [&](size_t offset) {
    const auto before = tests.text().substr(0, offset);
    return 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n'));
  };
  for (size_t node = 1; node < tests.size(); ++node) {
    if (role_of(tests[node].kind) != Role::function || is_main(tests, node)) continue;
    const int first = line_of(tests[node].range.begin), last = line_of(tests[node].range.end);
    // What it holds belongs to the innermost.
    for (int line = first; line <= last; ++line) cases[line] = first;
  }
  return cases;
}

std::map<int, double> ochiai(const std::vector<Piece>& pieces, const std::set<int>& red_lines,
                             const std::map<int, int>& cases, Ends ends) {
  std::vector<bool> red;
  for (const Piece& piece : pieces) red.push_back(red_lines.contains(piece.test_line));
  const bool none = std::find(red.begin(), red.end(), true) == red.end();
  if ((none || ends == Ends::at_failure) && !red.empty()) red.back() = true;
  std::map<int, double> suspicion = spectrum(pieces, red);
  if (cases.empty()) return suspicion;
  std::vector<Piece> whole;
  std::vector<bool> whole_red;
  for (size_t i = 0; i < pieces.size(); ++i) {
    const auto found = cases.find(pieces[i].test_line);
    const int its = found == cases.end() ? 0 : found->second;
    const size_t at = going_on(whole, whole_red, its);
    if (at == whole.size()) {
      whole.push_back({its, {}});
      whole_red.push_back(false);
    }
    // What helpers ran in between belongs to the case.
    for (size_t helper = at + 1; helper < whole.size(); ++helper) {
      whole[at].lines.insert(whole[helper].lines.begin(), whole[helper].lines.end());
    }
    whole.resize(at + 1);
    whole_red.resize(at + 1);
    whole[at].lines.insert(pieces[i].lines.begin(), pieces[i].lines.end());
    whole_red[at] = red[i];
  }
  for (const auto& [line, suspect] : spectrum(whole, whole_red)) {
    suspicion[line] = std::max(suspicion[line], earlier * suspect);
  }
  return suspicion;
}

}  // namespace lsp::features::debug
