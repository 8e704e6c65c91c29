"""Runs one Python file or its tests inside lemma's sandbox, and writes down what happened.

Started before there is anything to run, it waits on descriptor 3 for records (one a line, fields
separated by tabs, as in sandbox/languages/records.h) that name the file, and answers in the same
form in the file named by `records`. Every byte of the program runs after that, in this process,
so a program can forge what is written here; the reader checks what a forger would have to know.
"""

import os
import signal
import sys

MAX_FRAMES = 40
MAX_LOCALS = 30
MAX_TEXT = 400
MAX_OUTPUT = 100_000  # of a line of a doctest
RESERVED_BYTES = 1 << 16
THIS_FILE = __file__


def escape(text):
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def unescape(text):
    pieces = text.split("\\\\")
    return "\\".join(
        piece.replace("\\t", "\t").replace("\\n", "\n").replace("\\r", "\r") for piece in pieces)


class Records:
    """The answer; each record is written at once, since the next line may never be reached."""

    def __init__(self, path):
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        self.descriptor = os.open(path, flags, 0o600)
        # Given back when the program has filled everything else: that is worth telling.
        self.reserve = path + "-reserve"
        with open(self.reserve, "wb") as reserve:
            reserve.write(bytes(RESERVED_BYTES))

    def write(self, *fields):
        line = "\t".join(escape(str(field)) for field in fields) + "\n"
        data = line.encode("utf-8", "backslashreplace")
        try:
            os.write(self.descriptor, data)
        except OSError:
            try:
                os.unlink(self.reserve)
                os.write(self.descriptor, data)
            except OSError:
                pass  # the program's own end must not become ours


def short_repr(value):
    try:
        if isinstance(value, (str, bytes)) and len(value) > MAX_TEXT:
            return repr(value[:MAX_TEXT]) + "..."
        if isinstance(value, (list, tuple, set, frozenset, dict)) and len(value) > 200:
            return f"<{type(value).__name__} of {len(value)} items>"
        if isinstance(value, int) and value.bit_length() > 4096:
            return f"<int of {value.bit_length()} bits>"
        text = repr(value)
    except BaseException as error:  # a program's own __repr__ may do anything
        return f"<repr failed: {type(error).__name__}>"
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "..."


def says_its_type_alone(value):
    case = getattr(sys.modules.get("unittest"), "TestCase", None)
    return type(value).__repr__ is object.__repr__ or (case and isinstance(value, case))


def is_shown(name, value):
    # A name that begins with @ is pytest's own.
    kinds = ("module", "function", "type")
    return (not name.startswith(("__", "@")) and type(value).__name__ not in kinds and
            not (name == "self" and says_its_type_alone(value)))


def runs_tests(frame):
    """Whether it is of what runs tests, and not of anything that is tested."""
    runners = ("unittest", "pytest", "_pytest", "pluggy", "importlib")
    return str(frame.f_globals.get("__name__", "")).partition(".")[0] in runners


def write_frames(records, frames):
    """frames: (frame, line) from the outermost; the harness's own are left out."""
    shown = [(f, line) for f, line in frames
             if f.f_code.co_filename != THIS_FILE and "<frozen" not in f.f_code.co_filename
             and not runs_tests(f)]
    if len(shown) > MAX_FRAMES:
        shown = shown[:MAX_FRAMES // 2] + shown[-MAX_FRAMES // 2:]
    for frame, line in shown:
        records.write("frame", frame.f_code.co_filename, line or 0, frame.f_code.co_name)
        shown_locals = [(n, v) for n, v in list(frame.f_locals.items()) if is_shown(n, v)]
        for name, value in shown_locals[:MAX_LOCALS]:
            records.write("local", name, short_repr(value))


def write_failure(records, error):
    import traceback
    message = "".join(traceback.format_exception_only(type(error), error)).strip()
    records.write("failure", type(error).__name__, message)
    write_frames(records, list(traceback.walk_tb(error.__traceback__)))
    if isinstance(error, SyntaxError) and error.filename:
        records.write("frame", error.filename, error.lineno or 0, "<module>")


def not_collected(error):
    """What kept pytest from reading a file: it wraps what Python said into words of its own."""
    while type(error).__name__ == "CollectError" and error.__cause__ is not None:
        error = error.__cause__
    return error


def print_failure(error):
    """As Python itself would have, without our own frames."""
    import traceback
    trace = error.__traceback__
    while trace is not None and (trace.tb_frame.f_code.co_filename == THIS_FILE or
                                 "<frozen" in trace.tb_frame.f_code.co_filename):
        trace = trace.tb_next
    traceback.print_exception(type(error), error, trace)


def on_nudge(records):
    def handler(_signal, frame):
        records.write("failure", "Timeout", "still running here when time was up")
        frames = []
        while frame is not None:
            frames.append((frame, frame.f_lineno))
            frame = frame.f_back
        write_frames(records, frames[::-1])
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except BaseException:
                pass
    return handler


def compile_file(path):
    with open(path, "rb") as file:
        return compile(file.read(), path, "exec", dont_inherit=True)


def run_program(task, records):
    import types
    module = types.ModuleType("__main__")
    module.__file__ = task["file"]
    module.__builtins__ = __builtins__
    sys.modules["__main__"] = module
    try:
        exec(compile_file(task["file"]), module.__dict__)
    except SystemExit:
        raise
    except BaseException as error:
        print_failure(error)
        write_failure(records, error)
        sys.exit(1)


def end(status):
    """As Python ends, but for taking apart what was imported, which costs more than most runs."""
    import atexit
    import threading
    code = 0 if status is None else status if isinstance(status, int) else 1
    if status is not None and not isinstance(status, int):
        print(status, file=sys.stderr)
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None and not stream.closed:
                stream.flush()
        except (OSError, ValueError):
            code = code or 120  # as Python itself reports lost output
    os._exit(code & 0xff)


# --- tests ----------------------------------------------------------------------------------------


def canary():
    """Must fail. A program that has disarmed assertions, unittest's or the runner makes it pass."""
    import unittest
    case = unittest.TestCase()
    failing = [lambda: case.assertEqual(1, 2), lambda: case.assertTrue(False),
               lambda: case.assertIs(1, 2), lambda: case.fail("canary")]
    for check in failing:
        try:
            check()
        except AssertionError:
            continue
        return
    if sys.flags.optimize == 0:
        raise AssertionError("canary")


def one_test(records, name, function):
    import traceback
    import unittest
    try:
        function()
    except unittest.SkipTest as skipped:
        records.write("test", name, "skipped", str(skipped))
        return True
    except BaseException as error:
        if name != "canary":
            print(f"--- {name}", file=sys.stderr)
            print_failure(error)
        outcome = "failed" if isinstance(error, AssertionError) else "error"
        message = "".join(traceback.format_exception_only(type(error), error)).strip()
        records.write("test", name, outcome, message)
        if name != "canary":
            write_failure(records, error)
        return False
    records.write("test", name, "passed", "")
    return True


def unittest_cases(module):
    import unittest
    found = []

    def flatten(suite):
        for item in suite:
            if isinstance(item, unittest.TestSuite):
                flatten(item)
            else:
                found.append((item.id().removeprefix(module.__name__ + "."), item.debug))
    flatten(unittest.defaultTestLoader.loadTestsFromModule(module))
    return found


def bare_cases(module):
    return [(name, value) for name, value in list(vars(module).items())
            if name.startswith("test") and callable(value) and not isinstance(value, type)
            and getattr(value, "__module__", None) == module.__name__]


def is_taken(path):
    """Whether another module has the file's name, such as Python's own numbers."""
    module = sys.modules.get(os.path.splitext(os.path.basename(path))[0])
    return module is not None and getattr(module, "__file__", None) != path


def import_file(path, records):
    import importlib.util
    for module in list(sys.modules.values()):
        if getattr(module, "__file__", None) == path and module.__name__ != "__main__":
            return module
    name = os.path.splitext(os.path.basename(path))[0] + ("_" if is_taken(path) else "")
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException as error:
        print_failure(error)
        write_failure(records, error)
        sys.exit(1)
    return module


def pytest_recorder(records, examples):
    """A plugin that writes down what pytest collects and reports, the canary among it."""
    import pytest

    class Canary(pytest.Item):
        def runtest(self):
            canary()

        def repr_failure(self, excinfo):
            return ""  # pytest would parse this file for it, which takes longer than most tests

    class Recorder:
        def __init__(self):
            self.canary = None
            self.good = True
            self.planned = 0
            self.examples = examples  # that are run after it

        def pytest_configure(self, config):
            config.option.doctestmodules = False  # they are run_doctest's

        @pytest.hookimpl(tryfirst=True)
        def pytest_sessionfinish(self, session):
            if self.examples and not self.planned:
                session.config.option.verbose = -2  # without "no tests ran", as some still do

        @pytest.hookimpl(trylast=True)  # what others leave out is not planned
        def pytest_collection_modifyitems(self, session, items):
            self.planned = len(items)
            for item in items:
                records.write("planned", item.nodeid)
            planted = Canary.from_parent(session, name="canary")
            self.canary = planted.nodeid
            items.append(planted)

        def pytest_runtest_logreport(self, report):
            if report.when != "call" and report.outcome == "passed":
                return
            failed = "failed" if report.when == "call" else "error"
            outcome = failed if report.outcome == "failed" else report.outcome
            if report.nodeid == self.canary:
                records.write("test", "canary", outcome, "")
                return
            records.write("test", report.nodeid, outcome, report.longreprtext[-2000:])
            self.good = self.good and outcome != failed

        @pytest.hookimpl(tryfirst=True)
        def pytest_report_teststatus(self, report):
            return ("", "", "") if report.nodeid == self.canary else None  # not shown

        def pytest_exception_interact(self, call, report):
            if report.nodeid == self.canary:
                return
            if call.excinfo is not None:
                write_failure(records, not_collected(call.excinfo.value))
            self.good = self.good and not report.failed

    return Recorder()


def pytest_importer(path, records):
    """A plugin for a file whose name is taken: pytest would take the other module for it."""
    import pytest

    class Apart(pytest.Module):
        def _getobj(self):
            return import_file(path, records)

    class Importer:
        def pytest_pycollect_makemodule(self, module_path, parent):
            same = str(module_path) == path
            return Apart.from_parent(parent, path=module_path) if same else None

    return Importer()


def run_pytest(task, records):
    import pytest
    recorder = pytest_recorder(records, len(task["doctest"]))
    plugins = [recorder]
    if is_taken(task["file"]):
        plugins.append(pytest_importer(task["file"], records))
    code = pytest.main(["-p", "no:cacheprovider", "-q", task["file"]], plugins=plugins)
    # The canary is a test that failed.
    return recorder.good and code == pytest.ExitCode.TESTS_FAILED


def run_doctest(records, name, examples, module):
    """Writes down what an interactive Python would print. What it should is not known here."""
    import ast
    import contextlib
    import io
    import traceback
    scope = dict(vars(module))
    for line, source in examples:
        printed, exception = io.StringIO(), ""
        try:
            with contextlib.redirect_stdout(printed):
                tree = ast.parse(source, module.__file__, "single")
                ast.increment_lineno(tree, line - 1)
                exec(compile(tree, module.__file__, "single", dont_inherit=True), scope)
        except BaseException as error:
            exception = traceback.format_exception_only(type(error), error)[-1]
            write_failure(records, error)
        text = printed.getvalue()
        if text and not text.endswith("\n"):
            text += "\n"
        records.write("example", name, line, text[:MAX_OUTPUT], exception)


def run_tests(task, records):
    try:
        import pytest  # noqa: F401
        good = run_pytest(task, records)
    except ImportError:
        module = import_file(task["file"], records)
        cases = unittest_cases(module) + bare_cases(module)
        for name, _ in cases:
            records.write("planned", name)
        good = all([one_test(records, name, function) for name, function in cases])
        good = not one_test(records, "canary", canary) and good
    for name, examples in task["doctest"]:
        run_doctest(records, name, examples, import_file(task["file"], records))
    records.write("end", task.get("token", ""))
    sys.exit(0 if good else 1)


# --- beginning ------------------------------------------------------------------------------------


def receive():
    task = {"argument": [], "env": [], "doctest": []}
    with open(3, "rb") as message:
        for line in message.read().decode("utf-8", "surrogateescape").split("\n"):
            key, _, value = line.partition("\t")
            if key in ("argument", "env"):
                task[key].append(unescape(value))
            elif key == "doctest":
                task[key].append((unescape(value), []))
            elif key == "example":
                number, _, source = value.partition("\t")
                task["doctest"][-1][1].append((int(number), unescape(source)))
            else:
                task[key] = unescape(value)
    return task


def set_path(task):
    """As `python FILE` does, and for tests as `python -m pytest` and `python -m unittest` do."""
    own = os.path.dirname(task["file"])
    if task["mode"] == "tests" and task["folder"] != own:
        sys.path.insert(0, task["folder"])
    sys.path.insert(0, own)


def collapse_memory():
    """Into huge pages (Linux 6.1): the end of a run takes them apart faster."""
    import ctypes
    madvise = ctypes.CDLL(None).madvise
    advice, huge = 25, 2 << 20  # MADV_COLLAPSE
    try:
        with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
            fields = [line.split() for line in maps]
    except OSError:
        return
    for place, *_, last in fields:
        begin, end = (int(address, 16) for address in place.split("-"))
        if last not in ("0", "[heap]"):  # files are shared
            continue
        for at in range(-(-begin // huge) * huge, end - huge + 1, huge):
            madvise(ctypes.c_void_p(at), ctypes.c_size_t(huge), advice)


def warm_up(what="", package="", use=""):
    import atexit  # noqa: F401
    import threading  # noqa: F401
    import traceback  # noqa: F401  what a failure would need
    import types  # noqa: F401
    compile("pass", "warm-up", "exec")  # the first one makes a type for each kind of syntax
    if what == "sympy":
        import sympy
        x = sympy.symbols("x")
        # Exercised, since much of it is imported and cached on first use.
        sympy.simplify(sympy.integrate(sympy.sin(x) ** 2, x) - sympy.diff(x ** 3, x))
        sympy.solve(x ** 2 - 2, x)
        sympy.latex(sympy.sqrt(x) / 2)
        sympy.sympify("2*x + 1").factor()
        if package:
            import importlib
            sys.path.insert(0, os.path.dirname(THIS_FILE))
            imported = importlib.import_module(package)
            if use == "waits":
                imported.warm_up()
        collapse_memory()
    elif what == "pytest":
        try:
            import pytest  # noqa: F401
        except ImportError:
            import unittest  # noqa: F401
            return
        try:
            # What it loads only when it starts.
            import importlib
            from _pytest.config import default_plugins
            for plugin in default_plugins:
                importlib.import_module("_pytest." + plugin)
        except (ImportError, TypeError):
            pass  # another version of it


def main():
    warm_up(*sys.argv[1:])
    task = receive()
    os.environ.clear()
    for pair in task["env"]:
        name, _, value = pair.partition("=")
        os.environ[name] = value
    os.chdir(task["folder"])
    records = Records(task["records"])
    signal.signal(signal.SIGXCPU, on_nudge(records))
    sys.argv = [task["file"], *task["argument"]]
    if "buffered" in task:
        sys.stdout.reconfigure(line_buffering=True)
    set_path(task)
    status = None
    try:
        (run_tests if task["mode"] == "tests" else run_program)(task, records)
    except SystemExit as leaving:
        status = leaving.code
    end(status)


if __name__ == "__main__":
    main()
