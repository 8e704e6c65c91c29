// Attacks whose answer is what comes out of a run, or stays in: on each backend.
#include <algorithm>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>

#include "sandbox/policy/host_view.h"
#include "sandbox/policy/workspace.h"
#include "sandbox/runner/run.h"
#include "tests/sandbox/attacks/attack.h"
#include "tests/sandbox/attacks/planted.h"
#include "tests/sandbox/landlock.h"
#include "tests/support/catch.h"

namespace {

using sandbox::runner::Backend;
using sandbox::runner::Outcome;
using sandbox::runner::Request;
using sandbox::runner::Runner;
using sandbox::runner::Verdict;
using sandbox::runner::verdict_name;

Request python(const std::string& program) {
  Request request;
  request.plan.policy = sandbox::policy::host_view();
  request.job.files = {{"/sandbox/main.py", program, 0644}};
  request.job.steps = {{.argv = {"/usr/bin/python3", "/sandbox/main.py"},
                        .env = {"PATH=/usr/bin:/bin", "HOME=/home/user", "TMPDIR=/tmp"}}};
  request.deadline_ms = 60'000;
  return request;
}

void on_each_backend(const std::function<void(Runner&)>& check) {
  for (const Backend backend : {Backend::native, Backend::bubblewrap, Backend::reduced}) {
    if (backend == Backend::reduced && !landlock_suffices()) continue;
    INFO("backend " << static_cast<int>(backend));
    Runner runner({.ready = 1, .backends = {backend}});
    check(runner);
  }
}

}  // namespace

TEST_CASE("attack 28: nothing of a run is there in the next") {
  on_each_backend([](Runner& runner) {
    const Request request = python(R"(
import os, tempfile
folders = [tempfile.gettempdir(), os.getcwd(), os.path.expanduser("~")]
try: os.listdir("/dev/shm"); folders.append("/dev/shm")
except OSError: pass  # in the reduced sandbox, which has none
print(len(folders), [n for f in folders for n in os.listdir(f) if n.startswith("left")])
for f in folders: open(f + "/left", "w").close()
print(len(folders), [n for f in folders for n in os.listdir(f) if n.startswith("left")])
)");
    for (int i = 0; i < 3; ++i) {
      const Outcome outcome = runner.run(request);
      INFO(outcome.reason << outcome.errors.text());
      std::istringstream told(outcome.output.text());
      std::string before, after;
      std::getline(told, before);
      std::getline(told, after);
      CHECK(before.find("left") == std::string::npos);
      CHECK(after.find("left") != std::string::npos);  // the positive control
      CHECK(std::stoi(before) >= 3);
    }
  });
}

TEST_CASE("attack 49: of a flood of output head and tail are kept, and the rest is counted") {
  on_each_backend([](Runner& runner) {
    Request request = python(R"(
import sys
for stream in sys.stdout, sys.stderr:
    stream.write("first\n" + "x" * (8 << 20) + "\nlast\n")
)");
    Outcome outcome = runner.run(request);
    CHECK(outcome.verdict == Verdict::passed);
    for (const auto* stream : {&outcome.output, &outcome.errors}) {
      CHECK(stream->bytes() == (8 << 20) + 12);
      CHECK(stream->dropped() == stream->bytes() - 2 * request.plan.policy.limits.kept_bytes);
      CHECK(stream->text().starts_with("first\n"));
      CHECK(stream->text().ends_with("last\n"));
    }
    request.plan.policy.limits.output_bytes = 4 << 20;
    outcome = runner.run(request);
    CHECK(std::string(verdict_name(outcome.verdict)) == "output_limit");
  });
}

TEST_CASE("attack 50: bytes that are no text arrive as they are") {
  on_each_backend([](Runner& runner) {
    const Outcome outcome = runner.run(python(R"(
import os
os.write(1, bytes(range(256)) + b"\xed\xa0\x80\xff\xfe" + b"\0" * 8)
)"));
    std::string all;
    for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
    CHECK(outcome.output.text() == all + "\xed\xa0\x80\xff\xfe" + std::string(8, '\0'));
  });
}

TEST_CASE("attacks 53 and 54: a result that is no plain file of a sane size is not read") {
  const attacks::Planted planted;
  on_each_backend([&](Runner& runner) {
    Request request = python(planted.definitions() + R"(
import os, socket
os.symlink(KEY, "link"); os.symlink("/", "up"); os.mkdir("folder"); os.mkfifo("pipe")
open("one", "w").write("x"); os.link("one", "two")
try: os.link(WORKSPACE + "/notes.txt", "other")
except OSError: pass
try: socket.socket(socket.AF_UNIX).bind("socket")
except OSError: pass
with open("hole", "w") as f:
    try: os.ftruncate(f.fileno(), 1 << 40)
    except OSError: os.ftruncate(f.fileno(), 100 << 20)
open("good", "w").write("good")
)");
    request.plan.policy.trees.push_back(sandbox::policy::workspace_tree(planted.workspace()));
    request.results = {"link",  "up" + planted.folder() + "/home/.ssh/id_rsa",
                       "one",   "two",
                       "other", "socket",
                       "hole",  "pipe",
                       "good",  "../" + planted.folder() + "/home/.ssh/id_rsa"};
    const Outcome outcome = runner.run(request);
    INFO(outcome.reason << outcome.errors.text());
    CHECK(outcome.verdict == Verdict::passed);
    for (const auto& [path, result] : outcome.results) {
      INFO(path << " " << (result.ok() ? *result : ""));
      CHECK(result.ok() == (path == "good"));
    }
  });
  CHECK(planted.intact());
}

TEST_CASE("attack 55: a result that is renamed for ever is its own or none") {
  on_each_backend([](Runner& runner) {
    Request request = python(R"(
import os
open("a", "w").write("a"); open("r", "w").write("a")
if os.fork() == 0:
    while True:
        os.rename("a", "r"); os.symlink("/etc/passwd", "b"); os.rename("b", "r")
        open("a", "w").write("a")
)");
    request.results = {"r"};
    for (int i = 0; i < 5; ++i) {
      const Outcome outcome = runner.run(request);
      INFO(outcome.reason << outcome.errors.text());
      CHECK(outcome.verdict == Verdict::passed);
      const auto& result = outcome.results.at("r");
      CHECK((!result.ok() || *result == "a"));
    }
  });
}

// Those that are no program of the lists here: where each is tried.
TEST_CASE("each of the 61 attacks is tried", "[once]") {
  std::set<int> tried;
  for (const auto* list : {&attacks::reaching_out(), &attacks::resources()}) {
    for (const attacks::Attack& attack : *list) tried.insert(attack.number);
  }
  const struct {
    std::vector<int> numbers;
    const char* file;
    const char* named;
  } elsewhere[] = {
      {{28}, "sandbox/attacks/results_test.cpp", "\"attack 28:"},
      {{49}, "sandbox/attacks/results_test.cpp", "\"attack 49:"},
      {{50}, "sandbox/attacks/results_test.cpp", "\"attack 50:"},
      {{53, 54}, "sandbox/attacks/results_test.cpp", "\"attacks 53 and 54:"},
      {{55}, "sandbox/attacks/results_test.cpp", "\"attack 55:"},
      {{29}, "sandbox/runner/run_test.cpp", "\"attack 29:"},
      {{51}, "sandbox/runner/kill_test.cpp", "\"attack 51:"},
      {{58, 59}, "sandbox/languages/language_test.cpp", "\"attacks 58 and 59:"},
      {{60}, "sandbox/languages/language_test.cpp", "\"attack 60:"},
      {{36}, "e2e/terminal_test.py", "\"\"\"Attack 36:"},
  };
  for (const auto& [numbers, file, named] : elsewhere) {
    std::ostringstream text;
    text << std::ifstream(LEMMA_SOURCE_DIR "/tests/" + std::string(file)).rdbuf();
    INFO(file << " " << named);
    CHECK(text.str().find(named) != std::string::npos);
    tried.insert(numbers.begin(), numbers.end());
  }
  constexpr int last = 61;
  for (int number = 1; number <= last; ++number) {
    INFO(number);
    CHECK(tried.contains(number));
  }
}
