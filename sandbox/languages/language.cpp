#include "sandbox/languages/language.h"

#include <algorithm>
#include <filesystem>
#include <random>

#include "engine/base/format.h"
#include "engine/base/read_file.h"
#include "engine/base/secret_name.h"
#include "sandbox/languages/recipe.h"
#include "sandbox/policy/host_view.h"
#include "sandbox/policy/workspace.h"

namespace sandbox::languages {
namespace {

using engine::base::concat;
using engine::base::fail;
using engine::base::Result;
using engine::base::Status;
using runner::Request;

namespace fs = std::filesystem;

struct Entry {
  Language language;
  const char* name;
  std::vector<std::string> endings;
  Status (*add)(const Recipe& recipe);
};

const std::vector<Entry>& entries() {
  static const std::vector<Entry> all{
      {Language::python, "Python", {".py"}, add_python},
      {Language::c, "C", {".c"}, add_c},
      {Language::cpp, "C++", {".cpp", ".cc", ".cxx", ".C"}, add_c},
      {Language::javascript, "JavaScript", {".js", ".cjs", ".mjs"}, add_javascript},
      {Language::typescript, "TypeScript", {".ts", ".cts", ".mts", ".tsx"}, add_typescript},
      {Language::bash, "Bash", {".sh", ".bash"}, add_bash},
      {Language::rust, "Rust", {".rs"}, add_rust},
      {Language::go, "Go", {".go"}, add_go},
      {Language::java, "Java", {".java"}, add_java},
      {Language::lua, "Lua", {".lua"}, add_lua},
  };
  return all;
}

const Entry& entry_of(Language language) { return entries()[static_cast<size_t>(language)]; }

Result<std::string> content_of(const Program& program) {
  if (program.text) return *program.text;
  return engine::base::read_file(program.file);
}

// Hard to guess, so that a program which does not look for it cannot end the report by accident.
std::string make_token() {
  std::random_device device;
  return concat(std::hex, device(), device(), device());
}

struct Place {
  std::string file;    // inside the sandbox
  std::string folder;  // to start in
};

// An unsaved secret is as secret as a saved one.
bool is_shown(const fs::path& file, const std::string& workspace) {
  const fs::path below = file.lexically_relative(workspace);
  return !below.empty() && *below.begin() != ".." &&
         std::none_of(below.begin(), below.end(), [](const fs::path& part) {
           return engine::base::is_secret_name(part.string());
         });
}

// Whether the content is what the workspace holds.
enum class Saved { no, yes };

// What the program needs in the sandbox's files, and where it is then.
Place place_program(const Program& program, std::string content, Saved saved, Request& request) {
  Place place;
  if (program.workspace) {
    request.plan.policy.trees.push_back(policy::workspace_tree(*program.workspace));
    place.file = program.file;
    if (saved == Saved::no) request.job.files.push_back({place.file, std::move(content)});
  } else {
    place.file = work + "/" + fs::path(program.file).filename().string();
    request.job.files.push_back({place.file, std::move(content)});
  }
  for (const policy::File& buffer : program.buffers) {
    if (program.workspace && is_shown(buffer.at, *program.workspace)) {
      request.job.files.push_back(buffer);
    }
  }
  const bool inside =
      program.workspace && (program.folder + "/").starts_with(*program.workspace + "/");
  place.folder = inside ? program.folder : fs::path(place.file).parent_path().string();
  return place;
}

Status add_command(const Recipe& recipe) {
  runner::Step step{.argv = {"sh", "-c", recipe.program.command, "sh"},
                    .env = environment(),
                    .folder = recipe.folder};
  const std::vector<std::string>& arguments = recipe.program.arguments;
  step.argv.insert(step.argv.end(), arguments.begin(), arguments.end());
  recipe.prepared.request.job.steps = {step};
  return engine::base::Done{};
}

std::string sentence_of_endings() {
  std::string list;
  for (const Entry& entry : entries()) {
    if (!list.empty()) list += &entry == &entries().back() ? " and " : ", ";
    list += entry.endings.front();
  }
  return list;
}

}  // namespace

const char* language_name(Language language) { return entry_of(language).name; }

std::optional<Language> language_of(const std::string& path) {
  const std::string ending = fs::path(path).extension();
  for (const Entry& entry : entries()) {
    const auto& list = entry.endings;
    if (std::find(list.begin(), list.end(), ending) != list.end()) return entry.language;
  }
  return std::nullopt;
}

std::vector<std::string> environment() {
  return {"PATH=/usr/local/bin:/usr/bin:/bin",
          "HOME=/home/user",
          "LANG=C.UTF-8",
          "LC_ALL=C.UTF-8",
          "TMPDIR=/tmp",
          "USER=user"};
}

std::vector<std::string> environment(Buffered output) {
  // What `stdbuf -oL` of the coreutils sets; Debian's place, and that of others.
  static constexpr const char* libraries[] = {"/usr/libexec/coreutils/libstdbuf.so",
                                              "/usr/lib/coreutils/libstdbuf.so"};
  std::vector<std::string> env = environment();
  std::error_code error;
  for (const char* library : libraries) {
    if (output == Buffered::by_blocks || !fs::exists(library, error)) continue;
    env.insert(env.end(), {concat("LD_PRELOAD=", library), "_STDBUF_O=L"});
    break;
  }
  return env;
}

uint32_t nudge_before_ms(uint32_t deadline_ms) { return std::min(500u, deadline_ms / 4); }

Result<Prepared> prepare(const Program& program) {
  const auto language = program.command.empty() ? language_of(program.file) : std::nullopt;
  if (!language && program.command.empty()) {
    std::error_code error;
    if (!program.text && !fs::exists(program.file, error)) return content_of(program).error();
    return fail("lemma cannot run '", program.file, "': it runs ", sentence_of_endings(), " files");
  }
  auto content = content_of(program);
  if (!content) return content.error();
  if (program.mode == Mode::tests && language == Language::bash) {
    return fail("'", program.file, "' has no tests that lemma knows; run it without --tests");
  }
  Doctests doctests;
  if (program.mode == Mode::tests && language == Language::python) {
    doctests = find_doctests(*content, fs::path(program.file).stem());
    if (!doctests.tests.empty()) content = std::move(doctests.text);
  }
  const Saved saved = program.text || !doctests.tests.empty() ? Saved::no : Saved::yes;
  Prepared prepared{language, program.mode, program.sanitizers,
                    {},       make_token(), program.file,
                    {},       {},           std::move(doctests.tests)};
  if (language == Language::typescript) prepared.source = *content;
  Request& request = prepared.request;
  request.plan.policy = policy::host_view();
  request.input = program.input;
  request.deadline_ms = program.deadline_ms;
  const Place place = place_program(program, std::move(*content), saved, request);
  prepared.at = place.file;
  const Recipe recipe{program, place.file, place.folder, prepared};
  const Status added = language ? entry_of(*language).add(recipe) : add_command(recipe);
  if (!added) prepared.missing = added.message();
  request.results.push_back(records_name);
  return prepared;
}

}  // namespace sandbox::languages
