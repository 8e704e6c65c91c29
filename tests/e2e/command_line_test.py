#!/usr/bin/env python3
"""`lemma` as people type it: what it does to their files, and what it says of slips.

    command_line_test.py build/dev/lemma
"""
import os
import pathlib
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
            self.assertIn(complaint, self.run_lemma("doctor").stdout)
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
        said = self.run_lemma("doctor").stdout
        self.assertIn("missing  Python in the sandbox: no Python at '/nope/python3'", said)
        self.assertIn("correct python in the section [run]", said)

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
        done = self.run_lemma("complete", f"{self.write('a.bin', b'ab' + bytes(9))}:1:1")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("a.bin' is no text file", done.stderr)
        self.assertIn("'/dev/null' is no regular file",
                      self.run_lemma("complete", "/dev/null:1:1").stderr)

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


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
