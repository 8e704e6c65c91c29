"""The real thing: Helix in a terminal (tmux) with editors/helix/languages.toml, and `lemma lsp`."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

from private_home import private_environment
from debug_test import PROGRAM, TESTS, is_mended
from emacs_test import REPETITIVE
from scripted_editor import wait_for_daemons_to_leave

HERE = pathlib.Path(__file__).resolve().parent
HELIX = os.environ.get("LEMMA_HELIX", "")
WAIT_S = 90


class Terminal:
    """What a user would type and see."""

    def __init__(self, home, environment, command, cwd):
        self.home = home
        self.tmux = ["tmux", "-S", str(home / "tmux"), "-f", "/dev/null"]
        self.environment = dict(environment, TERM="screen-256color")
        subprocess.run([*self.tmux, "new-session", "-d", "-x", "140", "-y", "40", "-c", str(cwd),
                        *command], env=self.environment, check=True, timeout=WAIT_S)

    def run(self, *arguments):
        return subprocess.run([*self.tmux, *arguments], env=self.environment, capture_output=True,
                              text=True, check=True, timeout=WAIT_S).stdout

    def screen(self):
        return self.run("capture-pane", "-p")

    def type(self, text):
        self.run("send-keys", "-l", text)

    def press(self, *keys):
        self.run("send-keys", *keys)

    def command(self, line):
        """Helix' command line, once Helix shows that it is there."""
        self.press("Escape")
        time.sleep(0.2)  # else the two are Alt and a key
        self.type(":" + line)
        self.wait_for(":" + line)
        self.press("Enter")

    def wait_for(self, text, times=1, again=None):
        """Until the screen has the text so many times; does `again` until then."""
        end = time.monotonic() + WAIT_S
        while (screen := self.screen()).count(text) < times:
            if time.monotonic() > end:
                raise AssertionError(f"never saw {text!r} in\n{screen}\n{self.logs()}")
            time.sleep(0.1)
            if again:
                again()
                time.sleep(1)

    def logs(self):
        """The last that Helix, which logs its messages, and the daemon logged."""
        logs = [*self.home.glob("cache/helix/*.log"), *self.home.glob("state/lemma/*.log")]
        ends = [path.read_text(errors="replace").splitlines()[-40:] for path in logs]
        return "\n".join(line[:600] for end in ends for line in end)

    def close(self):
        subprocess.run([*self.tmux, "kill-server"], env=self.environment, check=False,
                       capture_output=True, timeout=WAIT_S)


@unittest.skipUnless(HELIX and shutil.which("tmux"), "needs Helix (LEMMA_HELIX) and tmux")
class Helix(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="lemma-helix-")
        self.addCleanup(folder.cleanup)
        self.home = pathlib.Path(folder.name)
        self.addCleanup(wait_for_daemons_to_leave, self.home)
        self.project = self.home / "project"
        (self.project / ".git").mkdir(parents=True)
        settings = self.home / "config" / "helix"
        settings.mkdir(parents=True)
        shutil.copy(HERE.parents[1] / "editors" / "helix" / "languages.toml", settings)
        programs = self.home / "bin"
        programs.mkdir()
        (programs / "lemma").symlink_to(os.environ["LEMMA_PROGRAM"])
        self.environment = dict(
            private_environment(self.home), PATH=f"{programs}:{os.environ['PATH']}",
            HELIX_RUNTIME=str(pathlib.Path(HELIX).parents[1] / "lib" / "hx" / "runtime"))

    def open(self, name, text):
        path = self.project / name
        path.write_text(text)
        terminal = Terminal(self.home, self.environment, [HELIX, "-v", name], self.project)
        self.addCleanup(terminal.close)
        terminal.wait_for(text.splitlines()[0])
        return terminal, path

    def test_an_item_of_the_completion_menu(self):
        helix, path = self.open("a.py", REPETITIVE)
        helix.type("geo")
        helix.type("    return compute")
        # The fourth one is in the menu, which Ctrl-x asks for where it does not come by itself.
        helix.wait_for("compute_total(basket, prices", times=4,
                       again=lambda: helix.press("C-x"))
        helix.press("Tab", "Enter", "Escape")
        helix.command("write")
        helix.wait_for("written")
        self.assertIn("    return compute_total(basket, prices", path.read_text()[len(REPETITIVE):])

    def test_trust_a_failure_and_its_fix(self):
        (self.project / "test_mean.py").write_text(TESTS)
        helix, path = self.open("mean.py", PROGRAM)
        # As soon as the server is there.
        helix.wait_for("nothing was run",
                       again=lambda: helix.command("lsp-workspace-command lemma.debug"))
        helix.command("lsp-workspace-command lemma.trust")
        helix.wait_for("trusted")
        helix.command("lsp-workspace-command lemma.debug")
        helix.wait_for("IndexError in mean.py, line 4; 1 change offered there as a code action")
        helix.type("4G a")
        helix.wait_for("passes 2 of 2 tests")
        helix.press("Enter")
        helix.command("write")
        helix.wait_for("written")
        self.assertTrue(is_mended(path.read_text()), path.read_text())


if __name__ == "__main__":
    unittest.main()
