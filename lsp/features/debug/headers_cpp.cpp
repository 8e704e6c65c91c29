// C and C++: the standard headers of a program, read by the compiler once for all batches. Of a
// batch's time they are more than half.
#include <filesystem>
#include <set>

#include "engine/base/format.h"
#include "lsp/features/debug/batch.h"
#include "lsp/features/debug/grammar.h"

namespace lsp::features::debug {
namespace {

namespace fs = std::filesystem;
using syntax::Nodes;

constexpr const char* headers_name = "lemma_headers.h";
constexpr uint64_t most_bytes = uint64_t{96} << 20;

std::string headers_path() {
  return std::string(sandbox::policy::work_folder) + "/" + headers_name;
}

// What stands on the outermost level alone: what is included under a condition may not be there.
// False where a macro is defined before, which could change what a header says.
bool add_includes(const std::string& text, syntax::Language language, std::set<std::string>& all) {
  const auto tree = parse(text, language);
  if (!tree) return false;
  const Nodes nodes(*tree);
  bool defined = false;
  for (const size_t node : nodes.children(0)) {
    defined = defined || nodes[node].kind.starts_with("preproc_def");
    if (nodes[node].kind != "preproc_include") continue;
    const size_t path = nodes.child(node, "path");
    if (path == syntax::no_node || nodes[path].kind != "system_lib_string") continue;
    if (defined) return false;
    all.insert(engine::base::concat("#include ", nodes.text(path), "\n"));
  }
  return true;
}

std::optional<std::string> headers_of(const Subject& subject) {
  std::set<std::string> all;
  if (!add_includes(subject.question.text, subject.language, all) ||
      !add_includes(subject.tests_text, subject.language, all) || all.empty()) {
    return std::nullopt;
  }
  std::string text;
  for (const std::string& line : all) text += line;
  return text;
}

// The compiler's words for a header in place of those for a program.
void make_header_step(runner::Step& step) {
  std::vector<std::string> words;
  for (size_t i = 0; i < step.argv.size(); ++i) {
    const std::string& word = step.argv[i];
    const bool pair = word == "-include" || word == "-o";
    const bool plain = i == 0 || (word.starts_with("-") && !pair && word != "-lm");
    if (plain && !word.starts_with("-fdiagnostics-format")) words.push_back(word);
    if (pair) ++i;
  }
  step.argv = std::move(words);
  step.argv.insert(step.argv.end(),
                   {"-w", "-x", "c++-header", headers_path(), "-o", headers_path() + ".gch"});
}

}  // namespace

std::shared_ptr<const Headers> precompiled(runner::Runner& sandbox, const Subject& subject,
                                           const Version& version) {
  // C's own headers take no time.
  if (subject.language != syntax::Language::cpp) return nullptr;
  const auto text = headers_of(subject);
  if (!text) return nullptr;
  auto prepared = prepare_version(subject, version);
  if (!prepared || !prepared->missing.empty()) return nullptr;
  auto& request = prepared->request;
  if (request.job.steps.size() != 2) return nullptr;
  runner::Step& step = request.job.steps[0];
  // Clang looks at the time of each file, and the sandbox makes its own anew.
  if (fs::path(step.argv[0]).filename().string().starts_with("clang")) return nullptr;
  request.job.steps.pop_back();
  make_batch_flags(step, version.checks);
  make_header_step(step);
  request.job.files.push_back({headers_path(), *text});
  request.results = {std::string(headers_name) + ".gch"};
  request.result_bytes = most_bytes;
  request.deadline_ms = version.batch_ms;
  const runner::Outcome outcome = sandbox.run(request);
  std::string bytes = result_of(outcome, request.results[0]);
  // A sandbox without a root of its own lies elsewhere the next time, and the compiler minds.
  if (bytes.empty() || !outcome.root.empty()) return nullptr;
  return std::make_shared<const Headers>(Headers{*text, std::move(bytes)});
}

void use_headers(runner::Request& request, const Headers& headers) {
  auto& argv = request.job.steps[0].argv;
  argv.insert(argv.begin() + 1, {"-include", headers_path()});
  request.job.files.push_back({headers_path(), headers.text});
  request.job.files.push_back({headers_path() + ".gch", headers.bytes});
}

}  // namespace lsp::features::debug
