#include "lsp/features/debug/imported.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

#include "lsp/features/debug/found.h"
#include "lsp/features/debug/suspicion.h"

namespace lsp::features::debug {
namespace {

namespace fs = std::filesystem;

constexpr size_t most_modules = 3, most_module_bytes = 100'000, most_tried = 160;
constexpr size_t longest_line = 500;  // that imports

std::optional<std::string> module_text(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error) || fs::file_size(path, error) > most_module_bytes) {
    return std::nullopt;
  }
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// Of those paths the first that is a file.
void add_first(std::vector<fs::path>& found, const std::vector<fs::path>& paths) {
  for (const fs::path& each : paths) {
    std::error_code error;
    if (!fs::is_regular_file(each, error)) continue;
    found.push_back(each.lexically_normal());
    return;
  }
}

// `..a.b` seen from a folder: with as many folders up as there are dots more than one.
fs::path place_of(std::string module, fs::path folder) {
  const size_t dots = std::min(module.find_first_not_of('.'), module.size());
  for (size_t up = 1; up < dots; ++up) folder = folder.parent_path();
  module.erase(0, dots);
  std::replace(module.begin(), module.end(), '.', '/');
  return module.empty() ? folder : folder / module;
}

std::vector<fs::path> imported_in_python(const Question& asked) {
  static const std::regex form(
      R"(^[ \t]*(?:from[ \t]+([.\w]+)[ \t]+import[ \t]+(.*)|import[ \t]+(.+))$)");
  static const std::regex word(R"([.\w]+)");
  const fs::path own = fs::path(asked.file).parent_path();
  std::vector<fs::path> found;
  std::istringstream lines(asked.text);
  for (std::string line; std::getline(lines, line);) {
    std::smatch parts;
    if (line.size() > longest_line || !std::regex_match(line, parts, form)) continue;
    const std::string module = parts[1], names = parts[1].matched ? parts[2] : parts[3];
    for (fs::path folder = own;; folder = folder.parent_path()) {
      std::vector<fs::path> paths;
      if (!module.empty()) paths.push_back(place_of(module, folder).string() + ".py");
      for (std::sregex_iterator name(names.begin(), names.end(), word), end; name != end; ++name) {
        const fs::path base = module.empty() ? folder : place_of(module, folder);
        paths.push_back(place_of(name->str(), base).string() + ".py");
      }
      const size_t before = found.size();
      add_first(found, paths);
      const bool relative = module.starts_with('.');
      if (relative || found.size() > before || folder == *asked.workspace) break;
      if (folder == folder.parent_path()) break;
    }
  }
  return found;
}

std::vector<fs::path> imported_in_script(const Question& asked) {
  static const std::regex form(R"((?:from|require\(|import)\s*['"](\.\.?/[^'"]*)['"])");
  const fs::path own = fs::path(asked.file).parent_path();
  std::vector<fs::path> found;
  const std::string ending = fs::path(asked.file).extension();
  std::istringstream lines(asked.text);
  for (std::string line; std::getline(lines, line);) {
    std::smatch name;
    if (line.size() > longest_line || !std::regex_search(line, name, form)) continue;
    const std::string path = own / name[1].str();
    add_first(found, {path, path + ending, path + ".js", path + "/index" + ending});
  }
  return found;
}

// Modules of the project that the program names, each once.
std::vector<fs::path> imported_by(const Subject& subject) {
  const Question& asked = subject.question;
  if (!asked.workspace || subject.own_tests()) return {};
  // An editor's text that is not saved would not be what is run then.
  if (module_text(asked.file) != asked.text) return {};
  auto found = subject.language == syntax::Language::python ? imported_in_python(asked)
               : is_script(subject.language)                ? imported_in_script(asked)
                                                            : std::vector<fs::path>();
  std::vector<fs::path> kept;
  for (const fs::path& each : found) {
    const bool ours = each.string().starts_with(*asked.workspace + "/") &&
                      each.string().find("/node_modules/") == std::string::npos &&
                      each != asked.file && each != subject.tests &&
                      each.extension() == fs::path(asked.file).extension();
    if (ours && std::find(kept.begin(), kept.end(), each) == kept.end()) kept.push_back(each);
  }
  return kept;
}

// Whether a change of another module passes.
bool passes_with(const Runs& runs, const Proving& proving, const fs::path& module,
                 Clock::time_point until) {
  const auto text = module_text(module);
  const auto tests = parse(runs.subject.tests_text, runs.subject.language);
  if (!text || !tests) return false;
  Subject other = runs.subject;
  other.question.file = module;
  other.question.text = *text;
  const Version version = runs.version(*text, Pace::quick);
  Version probed = version;
  probed.deadline_ms = runs.full_deadline_ms;
  const auto suspicion =
      ochiai(run_probes(runs.sandbox, other, probed), red_lines(runs.subject, proving.red),
             cases_of(syntax::Nodes(*tests)));
  const bool ran = std::any_of(suspicion.begin(), suspicion.end(),
                               [](const auto& line) { return line.second > 0; });
  if (!ran) return false;
  auto changes =
      ranked_edits(*text, other.language, proving.clues, suspicion, until, runs.options.stop);
  if (changes.size() > most_tried) changes.resize(most_tried);
  SearchLimits limits{.deadline = until,
                      .deadline_after_improvement = until,
                      .deadline_for_rivals = until,
                      .least_tried = most_tried,
                      .most_green = 1,
                      .batches = runs.batches,
                      .workers = runs.options.workers,
                      .stop = runs.options.stop};
  const Search found = search(runs.sandbox, other, changes, proving.red, version, limits);
  return std::any_of(found.green.begin(), found.green.end(), [&](const Green& green) {
    const auto trial =
        try_version(runs.sandbox, other, runs.version(green.candidate.text, Pace::full));
    return trial && trial->green;
  });
}

}  // namespace

std::optional<std::string> mended_elsewhere(const Runs& runs, const Proving& proving,
                                            Clock::time_point until) {
  auto modules = imported_by(runs.subject);
  if (modules.size() > most_modules) modules.resize(most_modules);
  for (size_t i = 0; i < modules.size(); ++i) {
    const auto now = Clock::now();
    if (now > until) break;
    const auto share = (until - now) / (modules.size() - i);
    if (passes_with(runs, proving, modules[i], now + share)) return modules[i].filename().string();
  }
  return std::nullopt;
}

}  // namespace lsp::features::debug
