#!/usr/bin/env python3
"""`lemma` as people type it: what it does to their files, and what it says of slips.

    command_line_test.py build/dev/lemma
"""
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from private_home import private_environment

PROGRAM = ""
PATIENCE = 8 if os.environ.get("LEMMA_SANITIZER") else 1
CLAMP = '''def clamp(x, low, high):
    """
    >>> clamp(5, 0, 3)
    3
    >>> clamp(-5, 0, 3)
    0
    >>> clamp(1, 0, 3)
    1
    >>> clamp(9, 2, 4)
    4
    """
    if x > high:
        return low
    if x < low:
        return low
    return x
'''
RIGHT = CLAMP.replace("return low", "return high", 1)
MARK = b"\xef\xbb\xbf"


class CommandLineTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="lemma-e2e-")
        self.addCleanup(folder.cleanup)
        self.home = pathlib.Path(folder.name)
        self.environment = private_environment(self.home)
        self.folder = self.home / "work"
        self.folder.mkdir()

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def configure(self, text):
        (self.home / "config/lemma/config.toml").write_text(text)

    def run_lemma(self, *arguments, **others):
        return subprocess.run([PROGRAM, *map(str, arguments)], cwd=self.folder, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                              env=self.environment, timeout=60 * PATIENCE,
                              stdin=others.pop("stdin", subprocess.DEVNULL), **others)

    def apply(self, path):
        return self.run_lemma("debug", path, "--apply", "--budget", 15_000 * PATIENCE)

    # --- what happens to files

    def test_what_somebody_writes_while_fixes_are_looked_for_stays(self):
        path = self.write("clamp.py", CLAMP)

        def edit():
            time.sleep(0.2)
            with open(path, "a", encoding="utf-8") as file:
                file.write("# mine\n")

        editor = threading.Thread(target=edit)
        editor.start()
        done = self.apply(path)
        editor.join()
        self.assertEqual(done.returncode, 1)
        self.assertEqual(path.read_text(), CLAMP + "# mine\n")
        self.assertIn("has been changed since it was read", done.stderr)
        self.assertIn("+        return high", done.stdout)  # the work is not lost

    def test_a_link_stays_a_link_and_another_name_the_same_file(self):
        path = self.write("clamp.py", CLAMP)
        path.chmod(0o640)
        (self.folder / "link.py").symlink_to("clamp.py")
        (self.folder / "name.py").hardlink_to(path)
        self.assertEqual(self.apply("link.py").returncode, 0)
        self.assertTrue((self.folder / "link.py").is_symlink())
        self.assertEqual(path.read_text(), RIGHT)
        self.assertEqual((self.folder / "name.py").read_text(), RIGHT)
        self.assertEqual(path.stat().st_mode & 0o777, 0o640)

    def test_a_link_that_lies_in_wait_beside_the_program_is_not_followed(self):
        path = self.write("clamp.py", CLAMP)
        victim = self.write("victim", "precious")
        for name in ("clamp.py.lemma-new", "clamp.py.new", "clamp.py~", ".clamp.py.swp"):
            (self.folder / name).symlink_to("victim")
        self.assertEqual(self.apply(path).returncode, 0)
        self.assertEqual(victim.read_text(), "precious")
        self.assertEqual((path.is_symlink(), path.read_text()), (False, RIGHT))

    def test_tests_beside_the_programs_folder_are_found_by_their_name(self):
        for folder in ("app", "tests"):
            (self.folder / folder).mkdir()
        path = self.write("app/clamp.py", RIGHT)
        tests = self.write("tests/test_clamp.py", "from app.clamp import clamp\n\n\n"
                           "def test_high():\n    assert clamp(9, 1, 3) == 3\n")
        done = self.run_lemma("debug", path, "--tests", tests)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        (self.folder / "app/.git").mkdir()
        self.assertIn("lies outside of the project",
                      self.run_lemma("debug", path, "--tests", tests).stderr)

    def test_tests_in_a_folder_beside_the_programs_own_are_found_unnamed(self):
        for folder in ("src", "tests"):
            (self.folder / folder).mkdir()
        path = self.write("src/clamp.py", CLAMP)
        self.write("tests/test_clamp.py", "import sys\n\nsys.path.insert(0, 'src')\n"
                   "from clamp import clamp\n\n\ndef test_low():\n    assert clamp(1, 2, 3) == 2\n")
        done = self.run_lemma("debug", path)
        self.assertEqual((done.returncode, done.stdout), (0, "no failure: its one test passes\n"))

    def test_a_file_of_tests_is_debugged_with_the_program_that_it_tests(self):
        for folder in ("app/tests", "geo"):
            (self.folder / folder).mkdir(parents=True)
        path = self.write("app/clamp.py", CLAMP)
        tests = self.write("app/tests/test_clamp.py", "import sys\n\nsys.path.insert(0, '.')\n"
                           "from clamp import clamp\n\n\n"
                           "def test_high():\n    assert clamp(9, 1, 3) == 3\n"
                           "    assert clamp(7, 0, 5) == 5\n    assert clamp(0, 1, 3) == 1\n"
                           "    assert clamp(2, 1, 3) == 2\n")
        done = self.apply(tests)
        self.assertEqual(path.read_text(), RIGHT, done.stdout + done.stderr)
        self.write("geo/geo.h", "int area(int w, int h);\n")
        self.write("geo/geo.cpp", '#include "geo.h"\n\nint area(int w, int h) {\n'
                   "  return w + h;\n}\n")
        tests = self.write("geo/test_geo.cpp", '#include "geo.h"\n#include <cassert>\n\n'
                           "int main() {\n  assert(area(2, 3) == 6);\n  assert(area(4, 1) == 4);\n"
                           "  assert(area(0, 7) == 0);\n}\n")
        self.assertIn("+  return w * h;", self.run_lemma("debug", tests).stdout)

    def test_what_a_sandbox_never_has_is_said_below_the_traceback(self):
        path = self.write("ask.py", "print('hello ' + input())\n")
        told = self.run_lemma("run", path).stderr
        self.assertIn("its standard input is empty; --stdin FILE", told)
        path = self.write("get.py", "import urllib.request as r\nr.urlopen('http://a.example')\n")
        self.assertIn("lemma run: a sandbox has no network", self.run_lemma("run", path).stderr)

    def test_examples_that_pass_are_counted(self):
        path = self.write("clamp.py", RIGHT)
        done = self.run_lemma("run", "--tests", path)
        self.assertEqual((done.returncode, done.stderr), (0, "1 doctest passed\n"))
        self.assertNotIn("no tests ran", done.stdout)

    def test_a_byte_order_mark_is_in_nobodys_way_and_stays(self):
        path = self.write("clamp.py", MARK + CLAMP.encode())
        self.assertEqual(self.apply(path).returncode, 0)
        self.assertEqual(path.read_bytes(), MARK + RIGHT.encode())
        path = self.write("twice.py", MARK + b'def twice(n):\n    """\n    >>> twice(4)\n    8\n'
                          b'    >>> twice(7)\n    14\n    """\n')
        filled = self.run_lemma("fill", path)
        self.assertIn("+    return", filled.stdout)

    # --- what cannot be used leaves the rest

    def test_completion_goes_on_without_a_chat_model_or_an_adapter_that_cannot_be_loaded(self):
        path = self.write("sum.py", "def area(width, height):\n    return width * \n")
        place = f"{path}:2:20"
        expected = self.run_lemma("complete", place)
        self.assertEqual((expected.returncode, expected.stderr), (0, ""))
        for settings, complaint in (('[chat]\nmodel = "/nope"\n', "no chat model at '/nope'"),
                                    ('adapter = "~/nope"\n', f"no adapter at '{self.home}/nope'")):
            self.configure(settings)
            done = self.run_lemma("complete", place)
            self.assertEqual((done.returncode, done.stdout), (0, expected.stdout), settings)
            self.assertIn(complaint, done.stderr)
            self.assertNotIn("default model ships", done.stderr)
            asked = self.run_lemma("doctor")
            self.assertIn(complaint, asked.stdout)
            self.assertEqual(asked.returncode, 1)
        self.configure("")
        done = self.run_lemma("complete", place, "--adapter", "/nope")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("no adapter at '/nope'", done.stderr)

    def test_a_path_of_home_is_one_in_the_settings_of_runs_too(self):
        self.configure('[run]\npython = "~/nope"\n')
        said = self.run_lemma("run", self.write("a.py", "print(1)\n")).stderr
        self.assertIn(f"no Python at '{self.home}/nope'", said)

    def test_a_wrong_setting_is_told_with_its_file(self):
        self.configure('threads = "many"\ncompletion = 3\n')
        said = self.run_lemma("complete", f"{self.write('a.py', 'x = ')}:1:5").stderr
        self.assertIn(f"{self.home}/config/lemma/config.toml: the setting 'threads' must be", said)
        self.assertIn("'completion' is a section", said)

    def test_a_python_that_is_not_there_is_told_by_the_doctor(self):
        self.configure('[run]\npython = "/nope/python3"\n')
        asked = self.run_lemma("doctor")
        self.assertEqual(asked.returncode, 1)
        self.assertIn("fault    Python in the sandbox: no Python at '/nope/python3'", asked.stdout)
        self.assertIn("correct python in the section [run]", asked.stdout)

    def test_the_doctor_tells_a_fault_from_what_is_missing(self):
        asked = self.run_lemma("doctor")
        self.assertEqual(asked.returncode, 0, asked.stdout)
        found = json.loads(self.run_lemma("doctor", "--json").stdout)
        self.assertFalse(found["fault"])
        self.assertEqual([each for each in found["checks"] if each["fault"]], [])
        self.configure('colour = "red"\n')
        asked = self.run_lemma("doctor")
        self.assertEqual(asked.returncode, 1)
        self.assertIn("fault    settings: ", asked.stdout)
        asked = self.run_lemma("doctor", "--json")
        self.assertEqual(asked.returncode, 1)
        faults = [each["what"] for each in json.loads(asked.stdout)["checks"] if each["fault"]]
        self.assertEqual(faults, ["settings"])

    def test_a_body_is_found_for_what_a_range_could_be_cut_for(self):
        head = CLAMP[:CLAMP.index("    >>> clamp(9")]
        path = self.write("clamp.py", head + '    """\n    pass\n')
        done = self.run_lemma("fill", path)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("+    return min(", done.stdout)

    # --- slips

    def test_help_is_given_for_each_command(self):
        for words in (("complete",), ("model", "pull"), ("model", "info"), ("bench", "complete")):
            asked = self.run_lemma("help", *words)
            self.assertEqual(asked.returncode, 0, words)
            self.assertEqual(asked.stdout, self.run_lemma(*words, "--help").stdout)

    def test_what_is_not_there_is_named(self):
        for arguments, complaint in (
                (("frob",), "lemma: there is no command 'frob'; `lemma --help` lists them"),
                (("model", "frob"), "lemma model: there is no command 'frob'; `lemma model --h"),
                (("help", "frob"), "lemma: there is no command 'frob'"),
                (("--frob",), "lemma: there is no option '--frob'"),
                (("daemon", "--http-key", "k.pem"), "--http-key requires --http")):
            done = self.run_lemma(*arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""), arguments)
            self.assertIn(complaint, done.stderr)
        self.assertIn("is a folder", self.run_lemma("debug", ".").stderr)
        self.assertIn("no file at", self.run_lemma("run", "frob").stderr)
        self.assertIn("it runs .py", self.run_lemma("run", self.write("frob", "")).stderr)
        done = self.run_lemma("complete", f"{self.write('a.bin', b'ab' + bytes(9))}:1:1")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("a.bin' is no text file", done.stderr)
        self.assertIn("File name too long", self.run_lemma("run", "x" * 300 + ".py").stderr)
        self.assertIn("'/dev/null' is no regular file",
                      self.run_lemma("complete", "/dev/null:1:1").stderr)

    def test_what_else_might_stand_there_is_told_where_it_is_asked_for(self):
        path = self.write("paths.py", "import os\n\ndef kind(path):\n    if os.path.\n")
        place = f"{path}:4:16"
        alone = json.loads(self.run_lemma("complete", place, "--json").stdout)
        self.assertNotIn("others", alone)
        done = self.run_lemma("complete", place, "--others", "--json")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        told = json.loads(done.stdout)
        texts = [told["text"], *(other["text"] for other in told["others"])]
        self.assertGreater(len(texts), 1)
        self.assertEqual(len(set(texts)), len(texts))
        for other in told["others"]:
            self.assertTrue(other["text"].startswith("    if os.path."), other)
            self.assertTrue(0 < other["probability"] < 1, other)
            self.assertEqual(other["range"]["start"], told["range"]["start"])
        shown = self.run_lemma("complete", place, "--others").stdout
        self.assertEqual(shown, "\nor\n".join(texts) + "\n")

    def test_a_completion_knows_the_other_files_and_tells_no_probability_of_nothing(self):
        self.write("shapes.py", "class Circle:\n    def circumference_in_miles(self):\n"
                                "        return 3\n\n    def tell(self):\n"
                                "        return self.circumference_in_miles()\n")
        self.write("report.py", "from shapes import Circle\n\ncircle = Circle()\n"
                                "print(circle.circumference_")
        done = self.run_lemma("complete", "report.py:4:28")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertTrue(done.stdout.startswith("print(circle.circumference_in_miles"), done.stdout)
        self.write(".env", "KEY=")
        done = self.run_lemma("complete", ".env:1:5", "--why")
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        self.assertIn("this is a file of secrets", done.stderr)
        self.assertNotIn("right with", done.stderr)

    def test_a_daemon_that_cannot_begin_says_why(self):
        folder = self.home / ("x" * 120)
        folder.mkdir(mode=0o700)
        self.environment["XDG_RUNTIME_DIR"] = str(folder)
        done = self.run_lemma("daemon", "--http", "127.0.0.1:18745")
        self.assertEqual(done.returncode, 1)
        self.assertIn("too long", done.stderr)

    def test_a_formula_in_several_arguments_or_a_file_without_a_line_is_told_from_a_formula(self):
        done = self.run_lemma("solve", "2", "+", "2")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn('between quotes, as in lemma solve "2 + 2"', done.stderr)
        self.assertIn("--step", self.run_lemma("solve", "2", "--step").stderr)
        self.write("notes.md", "$2 + 2$\n")
        done = self.run_lemma("solve", "notes.md")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("'notes.md' is a file; one of its lines", done.stderr)

    def test_a_function_that_nothing_fills_in_is_told_by_the_exit_status(self):
        path = self.write("odd.py", 'def odd(n):\n    """\n    >>> odd(1)\n    7013\n'
                                    '    >>> odd(2)\n    19\n    >>> odd(3)\n    880\n    """\n')
        done = self.run_lemma("fill", path)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("lemma fill: no small expression passes the 3 examples", done.stderr)

    def test_a_language_that_there_is_none_of_is_told(self):
        for arguments in (("solve", "x^2 = 4", "--steps"), ("debug", self.write("a.py", "1 / 0"))):
            done = self.run_lemma(*arguments, "--language", "xx")
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn("there is no 'xx'; there are en, zh, fr and de", done.stderr)
        done = self.run_lemma("solve", "x^2 = 4", "--steps", "--language", "de_AT.UTF-8")
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_a_line_of_a_file_that_is_not_there_is_no_formula(self):
        done = self.run_lemma("solve", "notes.md:1")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("no file at 'notes.md'", done.stderr)

    def test_an_index_that_nobody_has_opened_for_long_is_removed(self):
        folder = self.home / "cache/lemma/index"
        folder.mkdir(parents=True)
        gone, recent = folder / "0123456789abcdef.sqlite", folder / "fedcba9876543210.sqlite"
        for path, days in ((gone, 100), (recent, 10)):
            path.touch()
            os.utime(path, (time.time() - days * 86_400,) * 2)
        self.run_lemma("complete", f"{self.write('a.py', 'x = ')}:1:5")
        self.assertFalse(gone.exists())
        self.assertTrue(recent.exists())

    def test_a_benchmark_says_how_long_it_takes_and_what_it_has_not_measured(self):
        self.write("a.py", RIGHT * 8)
        done = self.run_lemma("bench", "complete", ".", "--places", 5, "--passages", 0,
                              "--backend", "none")
        self.assertRegex(done.stderr, r"^about \d+ s in all\n")
        self.assertRegex(done.stdout, r"memory .* - / +- +- / -")  # keys saved, and their time
        self.write("a.py", RIGHT * 8)
        done = self.run_lemma("bench", "complete", ".", "--places", 5, "--passages", 0,
                              "--backend", "none", "--json")
        for score in json.loads(done.stdout)["languages"]["python"]["scores"]:
            self.assertIsNone(score["saved_whole"])
            self.assertIsNotNone(score["exact"])

    @unittest.skipIf(os.path.exists("/dev/nvidia0"), "there is a GPU")
    def test_a_benchmark_does_not_measure_the_cpu_in_place_of_a_gpu(self):
        self.write("a.py", RIGHT * 8)
        done = self.run_lemma("bench", "complete", ".", "--places", 5, "--backend", "cuda")
        self.assertEqual((done.returncode, done.stdout), (1, ""))

    def test_a_hint_as_json_holds_its_steps_and_no_answer(self):
        done = self.run_lemma("solve", "derivative of x^3 * sin x", "--hint", 1, "--json")
        told = json.loads(done.stdout)
        self.assertEqual((done.returncode, list(told), len(told["steps"])), (0, ["steps"], 1))
        self.assertTrue(told["steps"][0]["rule"])

    def test_a_formula_that_never_ends_is_refused(self):
        with open("/dev/zero", "rb") as zero:
            done = self.run_lemma("solve", "-", stdin=zero)
        self.assertEqual(done.returncode, 1)
        self.assertIn("too long", done.stderr)

    def test_a_run_reads_what_is_piped_to_it_where_it_is_told_to(self):
        path = self.write("echo.py", "print(input() * 2)\n")
        with open(self.write("in.txt", "ab\n"), "rb") as piped:
            done = self.run_lemma("run", path, "--stdin", "-", stdin=piped)
        self.assertEqual((done.returncode, done.stdout), (0, "abab\n"))

    def test_a_run_reads_a_socket_and_what_is_left_of_a_file(self):
        path = self.write("echo.py", "print(input() * 2)\n")
        here, there = socket.socketpair()
        with here, there:
            here.sendall(b"ab\n")
            here.shutdown(socket.SHUT_WR)
            done = self.run_lemma("run", path, "--stdin", "-", stdin=there)
        self.assertEqual((done.returncode, done.stdout), (0, "abab\n"))
        with open(self.write("in.txt", "ab\ncd\n"), "rb") as piped:
            os.lseek(piped.fileno(), 3, os.SEEK_SET)
            done = self.run_lemma("run", path, "--stdin", "-", stdin=piped)
        self.assertEqual((done.returncode, done.stdout), (0, "cdcd\n"))

    # --- what a run prints

    def start(self, *arguments, **others):
        process = subprocess.Popen([PROGRAM, *map(str, arguments)], cwd=self.folder,
                                   env=self.environment, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, **others)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        return process

    def test_what_a_program_prints_comes_at_once_and_ctrl_c_ends_it(self):
        for name, text in (("slow.py", "import time\nprint('one')\ntime.sleep(600)\n"),
                           ("slow.c", "#include <stdio.h>\n#include <unistd.h>\n"
                                      "int main(void) { puts(\"one\"); sleep(600); }\n"),
                           ("slow.lua", "print('one')\nos.execute('sleep 600')\n")):
            process = self.start("run", self.write(name, text), "--deadline", 600_000)
            self.assertEqual(process.stdout.readline(), b"one\n", name)
            self.assertIsNone(process.poll())
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(20), -signal.SIGINT)

    def test_a_folder_that_is_gone_is_no_reason_not_to_run(self):
        path = self.write("a.py", "print(1)\n")
        gone = self.home / "gone"
        gone.mkdir()
        done = subprocess.run(["/bin/sh", "-c", 'rmdir "$0" && exec "$1" run "$2"', gone, PROGRAM,
                               path], cwd=gone, env=self.environment, capture_output=True,
                              check=False)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"1\n", b""))

    def test_a_run_ends_when_nobody_reads_it_any_more(self):
        path = self.write("on.py", "while True:\n    print('y')\n")
        process = self.start("run", path, "--deadline", 600_000)
        self.assertEqual(process.stdout.readline(), b"y\n")
        process.stdout.close()
        self.assertEqual(process.wait(20), -signal.SIGPIPE)

    def test_all_that_a_program_prints_is_there_though_its_reader_is_slow(self):
        path = self.write("much.py", "import time\nprint('x' * 1_000_000)\ntime.sleep(600)\n")
        process = self.start("run", path, "--deadline", 1_000)
        time.sleep(2)
        self.assertIsNone(process.poll())
        output, errors = process.communicate(timeout=20)
        self.assertEqual(len(output), 1_000_001)
        self.assertIn(b"timed out", errors)

    def test_a_file_of_no_project_has_its_own_name_in_what_is_said_of_it(self):
        for name, text in (("home.py", "print(__file__)\n1 / 0\n"),
                           ("home.c", "int main(void) { return y; }\n"),
                           ("home.js", "null.x;\n")):
            path = self.home / name
            path.write_text(text)
            done = self.run_lemma("run", path)
            self.assertEqual(done.returncode, 1)
            self.assertIn(str(path), done.stderr)
            self.assertNotIn("/sandbox", done.stderr)
            told = json.loads(self.run_lemma("run", path, "--json").stdout)
            said = told["stderr"] + told["compiler_output"]
            self.assertIn(str(path), said)
            self.assertNotIn("/sandbox", said)
            if name == "home.py":  # what it prints is data, and stays as it is
                self.assertEqual((done.stdout, told["stdout"]), ("/sandbox/home.py\n",) * 2)

    def test_a_run_that_crashes_tells_where_and_with_which_values(self):
        done = self.run_lemma("run", self.write("seg.c", "int main() {\n  int n = 3, *p = 0;\n"
                                                         "  *p = n;\n  return 0;\n}\n"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("seg.c:3, main: n = 3, p = 0x0", done.stderr)
        done = self.run_lemma("run", self.write("half.py", "def half(n):\n    return n / 0\n\n\n"
                                                           "half(7)\n"))
        self.assertIn("half.py:2, half: n = 7", done.stderr)
        self.assertIn("\n  ZeroDivisionError: division by zero\n", done.stderr)
        done = self.run_lemma("run", self.write("load.py", "import json\njson.loads('{')\n"))
        self.assertIn("\n  json.decoder.JSONDecodeError: Expecting", done.stderr)
        done = self.run_lemma("run", self.write("on.py", "while True:\n    pass\n"),
                              "--deadline", 500)
        self.assertIn("lemma run: timed out: still running after 500 ms", done.stderr)

    def test_a_doctest_that_fails_is_told_without_an_exit_code(self):
        path = self.write("half.py", 'def half(n):\n    """\n    >>> half(4)\n    2\n    """\n'
                                     "    return n\n")
        done = self.run_lemma("run", path, "--tests")
        self.assertEqual(done.returncode, 1)
        self.assertIn("lemma run: failed: a doctest got something else", done.stderr)
        self.assertIn("\n  doctest: expected 2\n  and got 4\n    ", done.stderr)


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
