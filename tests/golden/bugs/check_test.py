"""What check.py reports, on a corpus of one program."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

LABEL = "tune/double.python: "
CHECK = pathlib.Path(__file__).with_name("check.py")
RIGHT = "def double(n):\n    return n * 2\n"
WRONG = "def double(n):\n    return n + 2\n"
VISIBLE = "from double import double\n\n\ndef test_three():\n    assert double(3) == 6\n"
HIDDEN = VISIBLE + "\n\ndef test_five():\n    assert double(5) == 10\n"


class Check(unittest.TestCase):
    def check(self, half="tune", **changes):
        files = {"double.py": WRONG, "test_double.py": VISIBLE, "hidden/fixed.py": RIGHT,
                 "hidden/test_double.py": HIDDEN, "hidden/kind": "wrong operator, 1 line\n"}
        files.update({name.replace("__", "/") + ".py": text for name, text in changes.items()})
        with tempfile.TemporaryDirectory() as corpus:
            folder = pathlib.Path(corpus) / half / "double.python"
            (folder / "hidden").mkdir(parents=True)
            for name, text in files.items():
                if text is not None:
                    (folder / name).write_text(text)
            done = subprocess.run([sys.executable, "-B", CHECK, "--corpus", corpus],
                                  capture_output=True, text=True)
        return done.returncode, done.stdout.splitlines()

    def test_a_right_program_has_no_violation(self):
        self.assertEqual(self.check(), (0, ["1 programs, 0 violations"]))

    def test_a_program_without_a_bug(self):
        code, lines = self.check(double=RIGHT)
        self.assertEqual(code, 1)
        self.assertEqual(lines[0], LABEL + "the visible tests pass on the buggy program")
        self.assertEqual(lines[1], LABEL + "the hidden tests pass on the buggy program")

    def test_a_fix_that_is_none(self):
        code, lines = self.check(hidden__fixed=WRONG)
        self.assertEqual(code, 1)
        self.assertEqual(lines[0], LABEL + "the visible tests fail on the fixed program")
        self.assertEqual(lines[1], LABEL + "the hidden tests fail on the fixed program")

    def test_a_test_file_without_tests_is_red(self):
        code, lines = self.check(test_double="")
        self.assertEqual(lines[0], LABEL + "the visible tests fail on the fixed program")
        self.assertEqual(code, 1)

    def test_a_file_that_is_missing(self):
        code, lines = self.check(hidden__fixed=None)
        self.assertEqual((code, lines[0]), (1, LABEL + "no file fixed.py"))

    def test_a_tempting_fix_must_be_green_and_wrong(self):
        special = "def double(n):\n    return 6\n"
        for half in ("misleading", "tempting"):
            label = f"{half}/double.python: "
            code, lines = self.check(half, hidden__tempting=RIGHT)
            self.assertEqual(code, 1)
            self.assertEqual(lines[0], label +
                             "the hidden tests pass on the temptingly fixed program")
            self.assertEqual(self.check(half, hidden__tempting=special)[0], 0)
            self.assertEqual(self.check(half)[1][0], label + "no file tempting.py")


if __name__ == "__main__":
    unittest.main()
