"""The real thing: Emacs with Eglot and editors/emacs/lemma.el, `lemma lsp`, and the sandbox."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from private_home import private_environment
from debug_test import PROGRAM, TESTS, is_mended
from scripted_editor import wait_for_daemons_to_leave
from scripted_service import ScriptedService

HERE = pathlib.Path(__file__).resolve().parent
EGLOT = list(pathlib.Path("/usr/share/emacs/site-lisp/elpa").glob("eglot-*"))
# What comes a fourth time is no secret to a model that has seen it three times.
REPETITIVE = "".join(f"""def total_of_{name}(basket, prices):
    return compute_total(basket, prices, discount=0.25)

""" for name in ("apples", "pears", "plums")) + "def total_of_melons(basket, prices):\n"
ZERO = {"say": "```python\ndef mean(values):\n    return 0\n```"}


@unittest.skipUnless(shutil.which("emacs") and EGLOT, "needs the packages emacs-nox and elpa-eglot")
class Emacs(unittest.TestCase):
    def test_a_completion_and_a_code_action(self):
        folder = tempfile.TemporaryDirectory(prefix="lemma-emacs-")
        self.addCleanup(folder.cleanup)
        home = pathlib.Path(folder.name)
        self.addCleanup(wait_for_daemons_to_leave, home)
        project = home / "project"
        (project / ".git").mkdir(parents=True)
        for name, text in (("mean.py", PROGRAM), ("test_mean.py", TESTS), ("a.py", REPETITIVE)):
            (project / name).write_text(text)
        environment = dict(
            private_environment(home), LEMMA_PROGRAM=os.environ["LEMMA_PROGRAM"],
            LEMMA_EL=str(HERE.parents[1] / "editors" / "emacs" / "lemma.el"),
            LEMMA_COMPLETED=str(project / "a.py"), LEMMA_FAILING=str(project / "mean.py"))
        service = ScriptedService(self, "chat_server.py", [ZERO])
        with open(home / "config/lemma/config.toml", "a", encoding="utf-8") as file:
            file.write(f'[remote]\nurl = "{service.url}/v1"\nmodel = "big"\nability = "reason"\n')
        run = subprocess.run(["emacs", "-Q", "--batch", "-l", str(HERE / "emacs_test.el")],
                             env=environment, cwd=project, capture_output=True, text=True,
                             timeout=300, check=False)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("SERVED lemma--contact", run.stderr)
        self.assertIn("TOLD No server runs for this buffer; M-x eglot starts it", run.stderr)
        self.assertIn("TOLD lemma: say what is to be changed\n", run.stderr)
        self.assertIn("COMPLETED     return compute_total(basket, prices", run.stderr)
        self.assertIn("nothing was run", run.stderr)
        self.assertIn("REFUSED 0", run.stderr)
        self.assertIn("DIAGNOSTIC lemma: IndexError: list index", run.stderr)
        fixed, _, changed = run.stderr.partition("FIXED ")[2].partition("CHANGED ")
        self.assertTrue(is_mended(fixed.partition("\n\n")[0]), run.stderr)
        self.assertTrue(changed.startswith("def mean(values):\n    return 0\n"), run.stderr)


if __name__ == "__main__":
    unittest.main()
