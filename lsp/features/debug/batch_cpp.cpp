// C and C++: one program that holds many versions of its functions' bodies and is compiled once
// (mutant schemata; Untch, Offutt, Harrold, "Mutation analysis using mutant schemata", 1993). Which
// of them runs is a number that is set before anything else happens, in a process that is forked
// for each. A body that does not compile is named by the compiler and left out the next time: the
// lines of each pretend to be a file of their own.
//
// Other tests than the program's own stand side by side in namespaces, chosen by a second number.
#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "engine/base/format.h"
#include "lsp/features/debug/batch.h"
#include "lsp/features/debug/grammar.h"

namespace lsp::features::debug {
namespace {

namespace fs = std::filesystem;
using engine::base::concat;
using syntax::no_node;
using syntax::Nodes;

constexpr size_t first_tests = 100'000;  // numbers of tests, beyond all numbers of bodies
constexpr const char* numbers = "extern int _lemma_version, _lemma_tests;\n";

// C as well as C++. The sandbox holds /sandbox/plan: a version and its tests, a line each.
constexpr const char* driver = R"text(#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int _lemma_version = -1, _lemma_tests = 0;

// Below it lies what the version's variables find where nobody has set them: never 0 by chance.
__attribute__((noinline)) static void spoil_stack(void) {
  volatile unsigned char below[200000];
  for (unsigned i = 0; i < sizeof below; ++i) below[i] = 0xa5;
}

__attribute__((constructor(101))) static void drive(void) {
  FILE* plan = fopen("/sandbox/plan", "r");
  const int statuses = open("/sandbox/statuses", O_WRONLY | O_CREAT | O_APPEND, 0600);
  static int tried[4096][2];
  int count = 0, wait_ms;
  char text[64];
  struct rlimit stack;
  if (!plan || statuses < 0 || fscanf(plan, "%d", &wait_ms) != 1) _exit(1);
  while (count < 4096 && fscanf(plan, "%d %d", &tried[count][0], &tried[count][1]) == 2) ++count;
  fclose(plan);
  // Bodies side by side make large frames, and what never ends its recursion fills all of it.
  if (getrlimit(RLIMIT_STACK, &stack) == 0) {
    stack.rlim_cur = stack.rlim_max < (32 << 20) ? stack.rlim_max : (32 << 20);
    setrlimit(RLIMIT_STACK, &stack);
  }
  for (int number = 0; number < count; ++number) {
    pid_t child = fork();
    if (child == 0) {
      setpgid(0, 0);
      int nothing = open("/dev/null", O_RDWR);
      snprintf(text, sizeof text, "/sandbox/output-%d", number);
      int output = open(text, O_WRONLY | O_CREAT, 0600);
      dup2(nothing, 0), dup2(output, 1), dup2(nothing, 2);
      _lemma_version = tried[number][0], _lemma_tests = tried[number][1];
      spoil_stack();
      return;
    }
    struct pollfd ended = {(int)syscall(SYS_pidfd_open, child, 0), POLLIN, 0};
    const int late = poll(&ended, 1, wait_ms) == 0;
    int status = 0;
    kill(-child, SIGKILL);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    close(ended.fd);
    const int code = late ? -1 : WIFEXITED(status) ? WEXITSTATUS(status) : 1;
    const int length = snprintf(text, sizeof text, "%d\n", code);
    if (write(statuses, text, (size_t)length) != length) _exit(1);
  }
  _exit(0);
}
)text";

// Compiles what follows, up to three times, without the bodies that the compiler has named.
constexpr const char* compile_script =
    R"text(drops=
for round in 1 2 3; do
  "$@" $drops 2>/sandbox/errors && exit 0
  more=$(grep -o 'lemma-body-[0-9]*' /sandbox/errors | sort -u | sed 's/lemma-body-/-DLEMMA_DROP_/')
  [ -n "$more" ] || exit 1
  drops="$drops $more"
done
exit 1
)text";

// A program as bodies of functions and what lies between them.
struct Parts {
  std::vector<std::string> between;
  std::vector<std::string> bodies;
};

bool is_constant(const Nodes& nodes, size_t function, size_t body) {
  const auto head = nodes.text().substr(nodes[function].range.begin,
                                        nodes[body].range.begin - nodes[function].range.begin);
  return head.find("constexpr") != head.npos || head.find("consteval") != head.npos;
}

Parts parts_of(const Nodes& nodes) {
  Parts parts;
  size_t at = 0;
  for (size_t node = 1; node < nodes.size(); ++node) {
    if (nodes[node].kind != "function_definition") continue;
    const size_t body = nodes.child(node, "body");
    if (body == no_node || nodes[body].kind != "compound_statement") continue;
    const auto range = nodes[body].range;
    if (!is_constant(nodes, node, body)) {
      parts.between.emplace_back(nodes.text().substr(at, range.begin - at));
      parts.bodies.emplace_back(nodes.text().substr(range.begin, range.end - range.begin));
      at = range.end;
    }
    node = nodes[node].end - 1;
  }
  parts.between.emplace_back(nodes.text().substr(at));
  return parts;
}

std::optional<Parts> parts_of(const std::string& text, syntax::Language language) {
  const auto tree = parse(text, language);
  if (!tree) return std::nullopt;
  return parts_of(Nodes(*tree));
}

// Between the lines of a file of its own, left out where the compiler has named it.
std::string droppable(size_t number, const std::string& text) {
  return concat("\n#ifndef LEMMA_DROP_", number, "\n#line 1 \"lemma-body-", number, "\"\n", text,
                "\n#endif\n");
}

// The program with every version's bodies.
class Schema {
 public:
  explicit Schema(Parts base) : base_(std::move(base)), versions_(base_.bodies.size()) {}

  // Whether the version fits: whether nothing but bodies differs.
  bool add(int version, const Parts& parts) {
    if (parts.between != base_.between) return false;
    for (size_t i = 0; i < parts.bodies.size(); ++i) {
      if (parts.bodies[i] != base_.bodies[i]) versions_[i][parts.bodies[i]].push_back(version);
    }
    return true;
  }

  std::string text() const {
    std::string text = numbers;
    size_t number = 0;
    for (size_t i = 0; i < base_.bodies.size(); ++i) {
      text += base_.between[i];
      if (versions_[i].empty()) {
        text += base_.bodies[i];
        continue;
      }
      text += "{ switch (_lemma_version) {";
      for (const auto& [body, versions] : versions_[i]) {
        std::string cases;
        for (const int version : versions) cases += concat("case ", version, ": ");
        text += droppable(++number, cases + body + " break;");
      }
      text += "#line 1 \"lemma-base\"\ndefault: " + base_.bodies[i] + "\n} }";
    }
    return text + base_.between.back();
  }

 private:
  const Parts base_;
  std::vector<std::map<std::string, std::vector<int>>> versions_;  // by body, of each function
};

size_t main_function(const Nodes& nodes) {
  for (size_t node = 1; node < nodes.size(); ++node) {
    if (nodes[node].kind != "function_definition") continue;
    const size_t declarator = nodes.child(node, "declarator");
    if (declarator == no_node) continue;
    const size_t name = nodes.child(declarator, "declarator");
    if (name != no_node && nodes.text(name) == "main") return node;
  }
  return no_node;
}

// Several test files as one: what they include once, and the rest of each in a namespace.
std::string joined(const std::vector<std::string>& tests, syntax::Language language) {
  std::set<std::string> included;
  std::string includes, rest, calls;
  bool arguments = false;
  for (size_t i = 0; i < tests.size(); ++i) {
    const auto tree = parse(tests[i], language);
    if (!tree) return "";
    const Nodes nodes(*tree);
    const size_t main = main_function(nodes);
    std::string body;
    size_t at = 0;
    for (size_t node = 1; node < nodes.size(); ++node) {
      const auto range = nodes[node].range;
      if (nodes[node].kind == "preproc_include") {
        const std::string line(nodes.text(node));
        if (included.insert(line).second) includes += line + "\n";
        body += nodes.text().substr(at, range.begin - at);
        at = range.end;
      } else if (node == main) {
        // Only the real main returns 0 by itself.
        body += nodes.text().substr(at, range.end - 1 - at);
        body += " return 0; }";
        at = range.end;
        arguments = arguments || nodes.text(node).substr(0, 40).find("argc") != std::string::npos;
      }
    }
    body += nodes.text().substr(at);
    const std::string name = concat("_lemma_tests_", i);
    rest += droppable(first_tests + i, "namespace " + name + " {\n" + body + "\n}");
    calls += droppable(first_tests + i, concat("case ", i, ": return ", name, "::main(",
                                               arguments ? "argc, argv" : "", ");"));
  }
  return concat(numbers, includes, rest, "int main(", arguments ? "int argc, char** argv" : "",
                ") { switch (_lemma_tests) {", calls, "}\nreturn 0; }\n");
}

// The compiler's own words, in the hands of the script.
void make_compile(runner::Step& step, const std::string& driver_path) {
  step.argv.insert(step.argv.end(), {"-w", driver_path});
  step.argv.insert(step.argv.begin(), {"/bin/sh", "-c", compile_script, "sh"});
}

}  // namespace

void make_batch_flags(runner::Step& step, const std::string& checks) {
  // Each takes the compiler about as long as everything else does.
  const auto sanitizers =
      std::find(step.argv.begin(), step.argv.end(), "-fsanitize=address,undefined");
  if (sanitizers != step.argv.end() && !checks.empty()) *sanitizers = "-fsanitize=" + checks;
  std::erase_if(step.argv, [](const std::string& word) {
    return word == "-g" || word.starts_with("-fdiagnostics-format");
  });
}

Trials try_cpp(runner::Runner& sandbox, const Subject& subject,
               const std::vector<Attempt>& attempts, const Version& version) {
  Trials trials(attempts.size());
  const auto base = parts_of(version.text, subject.language);
  if (!base) return trials;
  Schema schema(*base);
  std::vector<std::string> tests;
  std::vector<size_t> held;  // the attempts in the program
  std::string plan = std::to_string(version.deadline_ms) + "\n";
  for (size_t i = 0; i < attempts.size(); ++i) {
    const auto parts = parts_of(attempts[i].text, subject.language);
    if (!parts || !schema.add(static_cast<int>(i), *parts)) continue;
    const std::string& own = attempts[i].tests ? *attempts[i].tests : "";
    auto at = std::find(tests.begin(), tests.end(), own);
    if (at == tests.end()) at = tests.insert(tests.end(), own);
    plan += concat(i, " ", at - tests.begin(), "\n");
    held.push_back(i);
  }
  if (held.empty()) return trials;
  const std::string text = schema.text();
  Version all{.text = text, .files = version.files, .pace = version.pace};
  all.sanitized = version.sanitized;
  if (attempts[held[0]].tests) all.tests = joined(tests, subject.language);
  auto prepared = prepare_version(subject, all);
  if (!prepared || !prepared->missing.empty()) return trials;
  auto& request = prepared->request;
  if (request.job.steps.size() != 2) return trials;
  const std::string work = sandbox::policy::work_folder;
  const std::string driver_path =
      work + "/lemma_driver" + fs::path(subject.question.file).extension().string();
  make_batch_flags(request.job.steps[0], version.checks);
  if (version.headers) use_headers(request, *version.headers);
  make_compile(request.job.steps[0], driver_path);
  request.job.files.push_back({driver_path, driver});
  request.job.files.push_back({work + "/plan", plan});
  request.results = {"statuses"};
  for (size_t i = 0; i < held.size(); ++i) request.results.push_back(concat("output-", i));
  request.deadline_ms = version.batch_ms;
  request.stop = version.stop;
  const runner::Outcome outcome = sandbox.run(request);
  const std::vector<int> statuses = statuses_of(outcome);
  for (size_t i = 0; i < std::min(held.size(), statuses.size()); ++i) {
    Trial trial;
    trial.green = statuses[i] == 0;
    trial.output = result_of(outcome, concat("output-", i));
    trials[held[i]] = std::move(trial);
  }
  return trials;
}

}  // namespace lsp::features::debug
