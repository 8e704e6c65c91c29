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
#include "lsp/features/debug/batch_cpp.h"
#include "lsp/features/debug/grammar.h"

namespace lsp::features::debug {
namespace {

namespace fs = std::filesystem;
using engine::base::concat;
using syntax::no_node;
using syntax::Nodes;

constexpr size_t most_copies = 6;  // in one batch: each is compiled as a whole
constexpr const char* numbers = "extern int _lemma_version, _lemma_tests;\n";

// C as well as C++. The sandbox holds /sandbox/plan: a version and its tests, a line each.
constexpr const char* driver = R"text(#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

int _lemma_version = -1, _lemma_tests = 0;

// What the version's variables find where nobody has set them: never 0 by chance.
__attribute__((noinline)) static void spoil(unsigned char byte) {
  volatile unsigned char below[200000];
  for (unsigned i = 0; i < sizeof below; ++i) below[i] = byte;
#ifdef M_PERTURB
  mallopt(M_PERTURB, byte);
#endif
}

// Of the processor's time: as often as what has ended by itself took, and not much more.
static long longest_us = -1;
static int limit_ms(int most_ms) {
  const long ms = 50 + longest_us * 20 / 1000;
  return longest_us < 0 || ms > most_ms ? most_ms : (int)ms;
}

static void limit_time(int ms) {
  struct itimerval time = {{0, 0}, {ms / 1000, ms % 1000 * 1000}};
  setitimer(ITIMER_PROF, &time, 0);
}

// How it ended, -1 by its deadline.
static int end_of(pid_t child, int wait_ms) {
  struct pollfd ended = {(int)syscall(SYS_pidfd_open, child, 0), POLLIN, 0};
  struct rusage used;
  const int late = poll(&ended, 1, 3 * wait_ms) == 0;
  int status = 0;
  kill(-child, SIGKILL);
  kill(child, SIGKILL);
  wait4(child, &status, 0, &used);
  close(ended.fd);
  if (late || (WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF)) return -1;
  const long us = used.ru_utime.tv_sec * 1000000 + used.ru_utime.tv_usec +
                  used.ru_stime.tv_sec * 1000000 + used.ru_stime.tv_usec;
  if (us > longest_us) longest_us = us;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
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
  // The program as it is goes first, for the time that it takes. What passes has to pass again
  // with other bytes in fresh memory.
  for (int number = -1; number < count; ++number) {
    int code = 0;
    for (int again = 0; again < 2 && code == 0; ++again) {
      pid_t child = fork();
      if (child == 0) {
        setpgid(0, 0);
        int nothing = open("/dev/null", O_RDWR);
        snprintf(text, sizeof text, "/sandbox/output-%d", number);
        int output = open(text, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        dup2(nothing, 0), dup2(output, 1), dup2(nothing, 2);
        if (number >= 0) _lemma_version = tried[number][0], _lemma_tests = tried[number][1];
        limit_time(limit_ms(wait_ms));
        spoil(again ? 0x03 : 0xa5);
        return;
      }
      code = end_of(child, wait_ms);
    }
    const int length = snprintf(text, sizeof text, "%d\n", code);
    if (number >= 0 && write(statuses, text, (size_t)length) != length) _exit(1);
  }
  _exit(0);
}
)text";

constexpr const char* spoil_variables = "-ftrivial-auto-var-init=pattern";

// Compiles what follows, up to three times, without the bodies that the compiler has named.
constexpr const char* compile_script =
    R"text(drops=
for round in 1 2 3; do
  "$@" $drops 2>/sandbox/errors && exit 0
  grep -v ': note: ' /sandbox/errors | grep -o 'lemma-body-[0-9]*' | sort -u >/sandbox/named
  more=$(sed 's/lemma-body-/-DLEMMA_DROP_/' /sandbox/named)
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

// Where each attempt of a batch stands.
struct Layout {
  explicit Layout(const Parts& base) : schema(base) {}

  void add(const Subject& subject, const Attempt& attempt, size_t i) {
    const auto parts = parts_of(attempt.text, subject.language);
    if (!parts) return;
    size_t chosen = 0;
    if (schema.add(static_cast<int>(i), *parts)) {
      const std::string& own = attempt.tests ? *attempt.tests : "";
      const auto at = std::find(tests.begin(), tests.end(), own);
      chosen = static_cast<size_t>(at - tests.begin());
      if (at == tests.end()) tests.push_back(own);
    } else {
      if (attempt.tests || copies.size() == most_copies) return;
      auto copy = copy_of(subject, attempt.text, includes);
      if (!copy) return;
      chosen = first_copy + i;
      copies.push_back({chosen, std::move(*copy)});
    }
    plan += concat(i, " ", chosen, "\n");
    held.push_back(i);
  }

  Schema schema;
  std::vector<std::string> tests;
  std::vector<Copy> copies;
  std::set<std::string> includes;  // of the copies
  std::vector<size_t> held;        // the attempts that stand somewhere
  std::string plan;                // a line for each
};

// The compiler's own words, in the hands of the script.
void make_compile(runner::Step& step, const std::string& driver_path) {
  step.argv.insert(step.argv.end(), {"-w", driver_path});
  step.argv.insert(step.argv.begin(), {"/bin/sh", "-c", compile_script, "sh"});
}

}  // namespace

std::string droppable(size_t number, const std::string& text) {
  return concat("\n#ifndef LEMMA_DROP_", number, "\n#line 1 \"lemma-body-", number, "\"\n", text,
                "\n#endif\n");
}

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

void make_batch_flags(runner::Step& step, const std::string& checks) {
  // Each takes the compiler about as long as everything else does.
  const auto sanitizers =
      std::find(step.argv.begin(), step.argv.end(), "-fsanitize=address,undefined");
  if (sanitizers != step.argv.end() && !checks.empty()) *sanitizers = "-fsanitize=" + checks;
  std::erase_if(step.argv, [](const std::string& word) {
    return word == "-g" || word.starts_with("-fdiagnostics-format");
  });
  // What nobody has set is never right by chance. Compilers that do not know it leave it out.
  step.argv.emplace_back(spoil_variables);
}

Trials try_cpp(runner::Runner& sandbox, const Subject& subject,
               const std::vector<Attempt>& attempts, const Version& version) {
  Trials trials(attempts.size());
  const auto base = parts_of(version.text, subject.language);
  if (!base) return trials;
  Layout layout(*base);
  for (size_t i = 0; i < attempts.size(); ++i) layout.add(subject, attempts[i], i);
  if (layout.held.empty()) return trials;
  const std::vector<size_t>& held = layout.held;
  std::string text = layout.schema.text();
  Version all{.text = text, .files = version.files, .pace = version.pace};
  all.sanitized = version.sanitized;
  if (attempts[held[0]].tests) all.tests = joined(layout.tests, subject.language);
  if (!layout.copies.empty()) {
    std::string with = with_copies(subject.own_tests() ? text : subject.tests_text, layout.copies,
                                   layout.includes, subject.language);
    if (with.empty()) return trials;
    with = numbers + with;
    if (subject.own_tests()) {
      text = std::move(with);
    } else {
      all.tests = std::move(with);
    }
  }
  auto prepared = prepare_version(subject, all);
  if (!prepared || !prepared->missing.empty()) return trials;
  auto& request = prepared->request;
  if (request.job.steps.size() != 2) return trials;
  const std::string work = sandbox::policy::work_folder;
  const std::string driver_path =
      work + "/lemma_driver" + fs::path(subject.tests).extension().string();
  make_batch_flags(request.job.steps[0], version.checks);
  for (std::string& word : request.job.steps[1].env) {
    // Nobody reads what a sanitizer says; to look up names takes it longer than most tests.
    if (word.find("SAN_OPTIONS=") != word.npos) word += ":symbolize=0:print_stacktrace=0";
  }
  if (version.headers) use_headers(request, *version.headers);
  make_compile(request.job.steps[0], driver_path);
  request.job.files.push_back({driver_path, driver});
  request.job.files.push_back({work + "/plan", concat(version.deadline_ms, "\n", layout.plan)});
  request.results = {"statuses"};
  for (size_t i = 0; i < held.size(); ++i) request.results.push_back(concat("output-", i));
  request.deadline_ms = version.batch_ms;
  request.stop = version.stop;
  const runner::Outcome outcome = sandbox.run(request);
  const std::vector<int> statuses = statuses_of(outcome);
  for (size_t i = 0; i < std::min(held.size(), statuses.size()); ++i) {
    Trial trial;
    trial.green = statuses[i] == 0;
    trial.cut_off = statuses[i] == cut_off_status;
    trial.output = result_of(outcome, concat("output-", i));
    trials[held[i]] = std::move(trial);
  }
  return trials;
}

}  // namespace lsp::features::debug
