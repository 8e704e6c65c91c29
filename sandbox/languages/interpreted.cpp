// Python, JavaScript, TypeScript, Bash and Lua: a harness of ours runs the file and writes records.
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/base/format.h"
#include "sandbox/languages/recipe.h"

namespace sandbox::languages {
namespace {

#include "sandbox/languages/harness.inc"  // harness/ as strings: python_harness and so on

using engine::base::Done;
using engine::base::Status;
using runner::Plan;
using runner::Step;

namespace fs = std::filesystem;

constexpr const char* own_folder = "/run/lemma/";
constexpr const char* python_harness_path = "/run/lemma/python.py";
constexpr const char* node_harness_path = "/run/lemma/node.cjs";
constexpr const char* bash_harness_path = "/run/lemma/bash.sh";
constexpr const char* lua_harness_path = "/run/lemma/lua.lua";

const char* mode_name(Mode mode) { return mode == Mode::tests ? "tests" : "run"; }

std::string message(const Recipe& recipe, const std::vector<std::string>& env) {
  const Program& program = recipe.program;
  std::string text = record({"file", recipe.file}) + record({"folder", recipe.folder}) +
                     record({"records", work + "/" + records_name}) +
                     record({"token", recipe.prepared.token}) +
                     record({"mode", mode_name(program.mode)});
  if (program.output == Buffered::by_lines) text += record({"buffered", "by lines"});
  for (const std::string& argument : program.arguments) text += record({"argument", argument});
  for (const std::string& pair : env) text += record({"env", pair});
  for (const Doctest& test : recipe.prepared.doctests) {
    text += record({"doctest", test.name});
    for (const auto& [line, source, expected, options] : test.examples) {
      const bool skipped = std::find(options.begin(), options.end(), "+SKIP") != options.end();
      if (!skipped) text += record({"example", std::to_string(line), source});
    }
  }
  return text;
}

void add_roots(const Tool& tool, Plan& plan) {
  for (const policy::Tree& root : tool.roots) plan.policy.trees.push_back(root);
}

void add_package(const Package& package, Plan& plan) {
  for (const policy::File& file : package.files) {
    plan.policy.files.push_back({own_folder + package.name + "/" + file.at, file.content});
  }
  plan.warm->argv.push_back(package.name);
  if (package.use == Package::Use::waits) plan.warm->argv.emplace_back("waits");
}

// The warm interpreter, and the step that tells it what to do; it is the job's last.
Status add_node(const Recipe& recipe, std::string told) {
  const auto node = find_tool({"node"}, recipe.program.interpreter, "apt-get install nodejs");
  if (!node) return node.error();
  Plan& plan = recipe.prepared.request.plan;
  add_roots(*node, plan);
  plan.policy.files.push_back({node_harness_path, node_harness});
  plan.warm = Step{.argv = {node->path}, .env = environment()};
  if (recipe.program.mode == Mode::tests) {
    plan.warm->argv.insert(plan.warm->argv.end(), {"--test-reporter", node_harness_path,
                                                   "--test-reporter-destination", "stdout"});
  }
  plan.warm->argv.emplace_back(node_harness_path);
  const uint32_t deadline_ms = recipe.program.deadline_ms;
  told += message(recipe, environment()) +
          record({"watch_after_ms", std::to_string(deadline_ms - nudge_before_ms(deadline_ms))});
  recipe.prepared.request.job.steps.push_back({.message = std::move(told)});
  return Done{};
}

// Whether Node takes the file for a module: by its ending, or by the package it belongs to.
bool is_module(const fs::path& file) {
  if (file.extension() == ".mts") return true;
  if (file.extension() == ".cts") return false;
  for (fs::path folder = file.parent_path(); folder != folder.root_path();
       folder = folder.parent_path()) {
    std::ifstream package(folder / "package.json");
    if (!package) continue;
    std::ostringstream text;
    text << package.rdbuf();
    std::string plain = text.str();
    std::erase_if(plain, [](unsigned char c) { return std::isspace(c) != 0; });
    return plain.find(R"("type":"module")") != std::string::npos;
  }
  return false;
}

}  // namespace

Status add_python(const Recipe& recipe) {
  const Program& program = recipe.program;
  const auto python = find_python(program.interpreter, program.workspace);
  if (!python) return python.error();
  runner::Request& request = recipe.prepared.request;
  add_roots(*python, request.plan);
  request.plan.policy.files.push_back({python_harness_path, python_harness});
  // -I: neither its environment nor a home folder decides what it imports; -B: no .pyc files.
  request.plan.warm =
      Step{.argv = {python->path, "-I", "-B", python_harness_path}, .env = environment()};
  if (program.mode == Mode::tests) {
    request.plan.warm->argv.emplace_back("pytest");
  } else if (program.warmth == Warmth::sympy) {
    request.plan.warm->argv.emplace_back("sympy");
    if (program.package) add_package(*program.package, request.plan);
  }
  std::vector<std::string> env = environment();
  if (!python->environment.empty()) env.push_back("VIRTUAL_ENV=" + python->environment);
  request.job.steps = {{.message = message(recipe, env)}};
  request.nudge = {.signal = SIGXCPU, .before_ms = nudge_before_ms(program.deadline_ms)};
  return Done{};
}

Status add_javascript(const Recipe& recipe) { return add_node(recipe, ""); }

// esbuild makes one file of the program and what it imports of the project; packages stay outside.
// It lies beside its source, so that they are found from there.
Status add_typescript(const Recipe& recipe) {
  const auto esbuild = find_esbuild(recipe.program.workspace);
  if (!esbuild) return esbuild.error();
  const bool module = is_module(recipe.program.file);
  const fs::path bundle =
      fs::path(recipe.file).parent_path() / (program_name + (module ? ".mjs" : ".cjs"));
  runner::Request& request = recipe.prepared.request;
  add_roots(*esbuild, request.plan);
  const std::string target = module ? "--format=esm" : "--format=cjs";
  request.job.steps = {
      {.argv = {esbuild->path, recipe.file, "--bundle", "--platform=node", "--packages=external",
                "--sourcemap=inline", target, "--color=false", "--log-level=warning",
                "--outfile=" + bundle.string()},
       .env = environment(),
       .folder = recipe.folder,
       .log = work + "/" + compiler_log}};
  request.results.push_back(compiler_log);
  return add_node(recipe, record({"program", bundle.string()}));
}

Status add_bash(const Recipe& recipe) {
  runner::Request& request = recipe.prepared.request;
  request.plan.policy.files.push_back({bash_harness_path, bash_harness});
  // Bash itself reads the harness first, since the variable names it.
  Step step{.argv = {"bash", recipe.file}, .env = environment(), .folder = recipe.folder};
  step.env.push_back(engine::base::concat("BASH_ENV=", bash_harness_path));
  step.env.push_back("LEMMA_RECORDS=" + work + "/" + records_name);
  const std::vector<std::string>& arguments = recipe.program.arguments;
  step.argv.insert(step.argv.end(), arguments.begin(), arguments.end());
  request.job.steps = {step};
  request.nudge = {.signal = SIGXCPU, .before_ms = nudge_before_ms(recipe.program.deadline_ms)};
  return Done{};
}

Status add_lua(const Recipe& recipe) {
  const auto lua = find_tool({"lua", "lua5.4", "lua5.3", "luajit"}, recipe.program.interpreter,
                             "apt-get install lua5.4");
  if (!lua) return lua.error();
  runner::Request& request = recipe.prepared.request;
  add_roots(*lua, request.plan);
  request.plan.policy.files.push_back({lua_harness_path, lua_harness});
  const uint32_t deadline_ms = recipe.program.deadline_ms;
  Step step{.argv = {lua->path, lua_harness_path, recipe.file, work + "/" + records_name,
                     recipe.prepared.token, mode_name(recipe.program.mode),
                     std::to_string(deadline_ms - nudge_before_ms(deadline_ms))},
            .env = environment(recipe.program.output),
            .folder = recipe.folder};
  const std::vector<std::string>& arguments = recipe.program.arguments;
  step.argv.insert(step.argv.end(), arguments.begin(), arguments.end());
  request.job.steps = {step};
  return Done{};
}

}  // namespace sandbox::languages
