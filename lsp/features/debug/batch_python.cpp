// Python: one process runs one version after another, imported anew each time. It is forked again
// from an interpreter that waits where a version ended it, kept it from going on, or left a thread.
#include <algorithm>
#include <filesystem>

#include "lsp/features/debug/batch.h"
#include "lsp/features/debug/steps.h"

namespace lsp::features::debug {
namespace {

namespace fs = std::filesystem;

constexpr const char* python_batch_path = "/run/lemma/batch.py";
constexpr const char* python_kept_path = "/run/lemma/kept_pytest.py";
// Nine tenths of what pytest takes for a few tests is its configuration, which all versions share.
// What it does there differs from one release to the next, so that whatever goes wrong leaves a
// version to pytest's own way of running.
constexpr const char* python_kept_text = R"text("""pytest, configured once and run many times."""
import copy
import os
import sys


class Kept:
    def __init__(self, file):
        from _pytest import config
        options = ["-p", "no:cacheprovider", "-q", file]
        self.config = config._prepareconfig(options, [])
        self.plugins = self.config.pluginmanager
        self.config._do_configure()
        reporter = self.plugins.getplugin("terminalreporter")
        if reporter is not None:
            self.plugins.unregister(reporter)  # it would tell of earlier versions as well
        self.fixtures = None

    def holds_any_of(self, folders):
        """Whether a plugin is the project's own, and may hold on to an earlier version."""
        others = self.plugins.get_plugins() - self.plugins._conftest_plugins
        files = [str(getattr(each, "__file__", "")) for each in others]
        return any(each.startswith(folders) and "/site-packages/" not in each for each in files)

    def forget_conftests(self):
        """They may import the program, and each version has its own."""
        for each in list(self.plugins._conftest_plugins):
            self.plugins.unregister(each)
        self.plugins._conftest_plugins.clear()
        self.plugins._dirpath2confmods.clear()

    def load_conftests(self):
        self.plugins._set_initial_conftests(self.config.known_args_namespace, self.config.rootpath)

    def begin(self, session):
        start = self.config.hook.pytest_sessionstart
        if self.fixtures is None:
            start(session=session)
            self.fixtures = session._fixturemanager
            self.known = self.copied(vars(self.fixtures))
            return
        for name, value in self.copied(self.known).items():
            setattr(self.fixtures, name, value)
        self.fixtures.session = session
        session._fixturemanager = self.fixtures
        makes_them = self.plugins.getplugin("fixtures")
        self.plugins.subset_hook_caller("pytest_sessionstart", [makes_them])(session=session)

    def run(self, plugins):
        """Whether the session ended, and a test failed."""
        from _pytest.main import Session
        for plugin in plugins:
            self.plugins.register(plugin)
        session = Session.from_config(self.config)
        hook = self.config.hook
        ended = False
        try:
            self.forget_conftests()  # first: what they add is not known of every version
            self.begin(session)
            self.load_conftests()
            hook.pytest_collection(session=session)
            hook.pytest_runtestloop(session=session)
            ended = session.testsfailed > 0
        except (session.Interrupted, session.Failed):
            pass
        except Exception as error:
            if not is_of_conftest(error):
                raise
        finally:
            hook.pytest_sessionfinish(session=session, exitstatus=0)
            self.plugins.unregister(session)
            for plugin in plugins:
                self.plugins.unregister(plugin)
        return ended

    @staticmethod
    def copied(values):
        made = {}
        for name, value in values.items():
            if isinstance(value, dict):
                made[name] = {key: list(each) if isinstance(each, list) else each
                              for key, each in value.items()}
            elif isinstance(value, (set, list)):
                made[name] = copy.copy(value)
        return made


def is_of_conftest(error):
    """Whether it is what this version breaks, and not the next one."""
    return type(error).__name__ == "ConftestImportFailure"


# What a conftest does once for all versions, or before there is a session.
LASTING = ("pytest_addoption", "pytest_configure", "pytest_unconfigure", "pytest_plugins",
           "pytest_sessionstart", "pytest_sessionfinish", "pytest_addhooks", "pytest_cmdline",
           "pytest_load_initial_conftests", "pytest_plugin_registered")


def has_lasting_conftest(folders):
    """Whether a conftest of the project is more than fixtures and hooks of a run."""
    for folder in folders:
        while True:
            try:
                with open(os.path.join(folder, "conftest.py"), encoding="utf-8") as file:
                    text = file.read()
                if any(word in text for word in LASTING):
                    return True
            except FileNotFoundError:
                pass
            except (OSError, ValueError):
                return True
            above = os.path.dirname(folder.rstrip("/"))
            if above == folder or not above:
                break
            folder = above
    return False


def keep(known, task, folders):
    """Puts it in the place of the harness's way of running pytest."""
    by_itself = known.run_pytest
    kept = None

    def run(task, records):
        nonlocal kept
        if kept is None:
            try:
                kept = Kept(task["file"])
            except BaseException as error:
                kept = None if is_of_conftest(error) else False
        if not kept or kept.holds_any_of(folders):
            return by_itself(task, records)
        recorder = known.pytest_recorder(records, len(task["doctest"]))
        plugins = [recorder]
        if known.is_taken(task["file"]):
            plugins.append(known.pytest_importer(task["file"], records))
        try:
            failed = kept.run(plugins)
        except Exception:
            kept = False
            return by_itself(task, records)
        return recorder.good and failed

    if not has_lasting_conftest(folders):
        known.run_tests.__globals__["run_pytest"] = run
)text";
// Arguments: the harness, the program's path, the tests' path, the seconds for each, how many,
// "pytest" or "bare", where the text above lies, "impatient" or "patient", and how many rounds the
// loops of a version may go (0: as long as they take not much longer than others). Of what fails,
// nobody looks at frames and values.
constexpr const char* python_batch_text = R"text(import builtins
import gc
import os
import runpy
import select
import signal
import sys
import threading
import time
import types
import unittest  # noqa: F401

harness, program, tests = sys.argv[1:4]
seconds, count = float(sys.argv[4]), int(sys.argv[5])
kept_pytest = sys.argv[7]
impatient = sys.argv[8] == "impatient"
most_steps = int(sys.argv[9])
steps = 0
cut_off = False
limit = None  # of the processor's time, in seconds


class Endless(BaseException):
    """No program catches it by mistake."""


def step():
    global steps, cut_off
    steps += 1
    late = steps & 255 == 0 and limit is not None and time.process_time() > limit
    if late or 0 < most_steps < steps:
        cut_off = True
        raise Endless


builtins._lemma_step = step
if sys.argv[6] == "bare":
    sys.modules["pytest"] = None
else:
    try:
        import pytest  # noqa: F401
    except ImportError:
        pass  # then the harness does without
sys.argv = [harness]
harness_main = runpy.run_path(harness, run_name="lemma_harness")["main"]
known = types.SimpleNamespace(**harness_main.__globals__)
for name in ("write_failure", "print_failure"):
    harness_main.__globals__[name] = lambda *ignored: None
known.warm_up("pytest")
keep = runpy.run_path(kept_pytest)["keep"]
told = os.open("/sandbox/message", os.O_RDONLY)
os.dup2(told, 3)
task = known.receive()
folders = tuple({os.path.dirname(each) + "/" for each in (program, tests, task["folder"] + "/")})


def put(at, path):
    if os.path.exists(at):
        with open(at, "rb") as file:
            text = file.read()
        with open(path, "wb") as file:
            file.write(text)


def forget():
    """What is the project's own: other modules of it may hold on to an earlier version."""
    for name, module in list(sys.modules.items()):
        path = str(getattr(module, "__file__", None) or "")
        if path.startswith(folders) and path.endswith(".py") and "/site-packages/" not in path:
            del sys.modules[name]


def one(number):
    global steps, cut_off
    steps, cut_off = 0, False
    forget()
    put(f"/sandbox/version-{number}", program)
    put(f"/sandbox/tests-{number}", tests)
    output = os.open(f"/sandbox/output-{number}", os.O_WRONLY | os.O_CREAT, 0o600)
    os.dup2(output, 1)
    os.close(output)
    sys.stdout = open(1, "w", closefd=False)
    sys.argv = [task["file"], *task["argument"]]
    records = known.Records(f"/sandbox/records-{number}")
    status = 0
    try:
        (known.run_tests if task["mode"] == "tests" else known.run_program)(task, records)
    except SystemExit as end:
        status = 0 if end.code is None else end.code if isinstance(end.code, int) else 1
    except BaseException:
        status = 1
    os.close(records.descriptor)
    os.unlink(records.reserve)
    try:
        sys.stdout.flush()
    except BaseException:
        pass
    return -1 if cut_off else status & 0xff


def run_from(number, done):
    global limit
    os.setpgid(0, 0)
    nothing = os.open("/dev/null", os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 2)
    sys.stderr = open(2, "w", closefd=False)
    os.environ.clear()
    for pair in task["env"]:
        name, _, value = pair.partition("=")
        os.environ[name] = value
    # What tests print is told. Its summary names the time that it took: no two runs would print
    # the same.
    os.environ["PYTEST_ADDOPTS"] = "-qqqq -s --tb=native --assert=plain"
    os.chdir(task["folder"])
    known.set_path(task)
    keep(known, task, folders)
    longest_here = None  # in this process, but for the first, which pays for what is loaded
    while number < count:
        begin = time.process_time()
        if longest_here is not None:
            limit = begin + max(seconds / 6, 10 * longest_here)
        status = one(number)
        if longest_here is None:
            longest_here = 0
        elif status != -1:
            longest_here = max(longest_here, time.process_time() - begin)
        os.write(done, b"%d\n" % status)
        if threading.active_count() > 1:
            os._exit(0)
        number += 1
    os._exit(0)


gc.freeze()
number = 0
longest = None  # of the versions that came to an end at once
while number < count:
    reading, done = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            run_from(number, done)
        finally:
            os._exit(1)
    os.close(done)
    status = b"0"
    first = number
    while status and number < count:
        # The first one pays for what is loaded on first use, and is the likeliest of all.
        patience = seconds * (4 if number == 0 else 1)
        if impatient and longest is not None and number > first:
            patience = min(patience, max(seconds / 3, 10 * longest))
        begin = time.monotonic()
        ready = select.select([reading], [], [], patience)[0]
        status = os.read(reading, 4096) if ready else b""
        if ready and not status and number > first:
            break  # ended by this version, or by what is left of the one before: it begins anew
        lines = status.decode().split() or ["1" if ready else "-1"]
        with open("/sandbox/statuses", "a") as file:
            file.write("".join(line + "\n" for line in lines))
        if status and number > first:
            longest = max(longest or 0, time.monotonic() - begin)
        number += len(lines)
    try:
        os.killpg(child, signal.SIGKILL)
    except OSError:
        pass
    os.waitpid(child, 0)
    os.close(reading)
)text";

Trial trial_of(const Subject& subject, const languages::Prepared& prepared,
               const runner::Outcome& outcome, size_t number, int status) {
  Trial trial;
  trial.output = result_of(outcome, "output-" + std::to_string(number));
  const std::string records = result_of(outcome, "records-" + std::to_string(number));
  languages::Findings& findings = trial.run.findings;
  findings = languages::read_records(records);
  languages::judge(prepared.doctests, prepared.at, findings);
  for (const auto& [name, result, message] : findings.tests) trial.tests[name] = result;
  const bool ended = prepared.mode != languages::Mode::tests || findings.token == prepared.token;
  trial.cut_off = status == cut_off_status;
  const bool good = status == 0 || (status == 1 && !subject.wanted.empty());
  trial.green = good && ended && wanted_passed(subject, findings);
  return trial;
}

}  // namespace

Trials try_python(runner::Runner& sandbox, const Subject& subject,
                  const std::vector<Attempt>& attempts, const Version& version) {
  Trials trials = none_ran(attempts.size());
  auto prepared = prepare_version(subject, version);
  if (!prepared || !prepared->missing.empty()) return trials;
  auto& request = prepared->request;
  const runner::Step warm = *request.plan.warm;
  request.plan.warm.reset();
  request.nudge.reset();
  request.plan.policy.files.push_back({python_batch_path, python_batch_text});
  request.plan.policy.files.push_back({python_kept_path, python_kept_text});
  const std::string work = sandbox::policy::work_folder;
  const std::string program = program_path(subject, prepared->at);
  // python -I -B HARNESS …: the batch runs in place of the harness, and runs it.
  const auto harness =
      std::find_if(warm.argv.begin(), warm.argv.end(),
                   [](const std::string& each) { return each.starts_with("/run/lemma/"); });
  if (harness == warm.argv.end()) return trials;
  runner::Step step = warm;
  step.argv.erase(step.argv.begin() + (harness - warm.argv.begin()), step.argv.end());
  step.argv.insert(
      step.argv.end(),
      {python_batch_path, *harness, program, prepared->at,
       std::to_string(version.deadline_ms / 1000.0), std::to_string(attempts.size()),
       needs_pytest(subject) ? "pytest" : "bare", python_kept_path,
       version.impatient ? "impatient" : "patient", std::to_string(version.most_steps)});
  request.job.files.push_back({work + "/message", request.job.steps.back().message});
  std::vector<Attempt> written = attempts;
  for (Attempt& each : written) {
    if (version.stepped) each.text = with_steps(each.text, subject.language);
  }
  if (!prepared->doctests.empty()) {
    const std::string module = fs::path(subject.question.file).stem();
    for (Attempt& each : written) each.text = languages::find_doctests(each.text, module).text;
  }
  const runner::Outcome outcome = run_attempts(sandbox, request, step, written, version);
  const std::vector<int> statuses = statuses_of(outcome);
  for (size_t i = 0; i < std::min(attempts.size(), statuses.size()); ++i) {
    trials[i] = trial_of(subject, *prepared, outcome, i, statuses[i]);
  }
  return trials;
}

}  // namespace lsp::features::debug
