#!/usr/bin/env python3
"""What `cmake --install` puts somewhere runs from there, and says of itself what the program says.

    install_test.py BUILD
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

from private_home import doctor_checks, private_environment

BUILD = ""
HERE = pathlib.Path(__file__).resolve().parent


def commands_of(help_text):
    """The commands that a help lists: name and what it does."""
    listed = help_text.split("Subcommands:\n", 1)[1]
    return re.findall(r"^  (\S+) +\S", listed, re.MULTILINE)


class InstallTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="lemma-")
        home = pathlib.Path(cls.folder.name)
        cls.prefix = home / "usr"
        subprocess.run(["cmake", "--install", BUILD, "--prefix", cls.prefix], check=True,
                       capture_output=True)
        cls.environment = private_environment(home)
        cls.environment["PATH"] = f"{cls.prefix}/bin:{os.environ['PATH']}"

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def run_lemma(self, *arguments):
        done = subprocess.run(["lemma", *arguments], env=self.environment, capture_output=True,
                              text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_it_completes_with_the_installed_model(self):
        models = json.loads(self.run_lemma("model", "list", "--json"))["models"]
        model = str(self.prefix / "share/lemma/models/lemma-default.gguf")
        self.assertEqual([each["path"] for each in models], [model])
        file = pathlib.Path(self.folder.name) / "a.py"
        file.write_text("alpha_one = 1\nbeta = alpha_o")
        found = json.loads(self.run_lemma("complete", f"{file}:2:15", "--json"))
        self.assertIn("alpha_one", found["text"])

    def test_the_man_page_knows_every_command_and_option(self):
        page = (self.prefix / "share/man/man1/lemma.1").read_text().replace("\\-", "-")
        for command in commands_of(self.run_lemma("help")):
            self.assertIn(f".SS lemma {command}", page)
        for option in set(re.findall(r"--[a-z-]+", self.run_lemma("daemon", "--help"))):
            self.assertIn(option, page)
        if subprocess.run(["which", "groff"], capture_output=True).returncode == 0:
            done = subprocess.run(
                ["groff", "-man", "-ww", "-Tutf8", "-z", self.prefix / "share/man/man1/lemma.1"],
                capture_output=True, text=True)
            self.assertEqual(done.stderr, "")

    def test_the_plugin_has_its_help(self):
        tags = (self.prefix / "share/lemma/neovim/doc/tags").read_text()
        self.assertIn(":LemmaWhy\tlemma.txt\t", tags)

    def complete_in_bash(self, *words):
        file = self.prefix / "share/bash-completion/completions/lemma"
        script = (f"source {file}; COMP_WORDS=({' '.join(repr(word) for word in words)}); "
                  f"COMP_CWORD={len(words) - 1}; _lemma; printf '%s\\n' \"${{COMPREPLY[@]}}\"")
        done = subprocess.run(["bash", "--norc", "-c", script], capture_output=True, text=True)
        self.assertEqual(done.stderr, "")
        return done.stdout.split()

    def test_bash_offers_what_the_help_lists(self):
        offered = self.complete_in_bash("lemma", "")
        for command in commands_of(self.run_lemma("help")):
            self.assertIn(command, offered)
        self.assertEqual(self.complete_in_bash("lemma", "dae"), ["daemon"])
        self.assertIn("info", self.complete_in_bash("lemma", "model", ""))
        self.assertEqual(self.complete_in_bash("lemma", "daemon", "--http-k"), ["--http-key"])
        self.assertEqual(self.complete_in_bash("lemma", "daemon", "--model", "x", "--htt"),
                         ["--http", "--http-certificate", "--http-key"])

    def test_zsh_and_fish_take_their_files(self):
        for shell, path in (("zsh", "zsh/vendor-completions/_lemma"),
                            ("fish", "fish/vendor_completions.d/lemma.fish")):
            file = self.prefix / "share" / path
            for command in commands_of(self.run_lemma("help")):
                self.assertIn(command, file.read_text())
            if subprocess.run(["which", shell], capture_output=True).returncode == 0:
                done = subprocess.run([shell, "-n", file], capture_output=True, text=True)
                self.assertEqual(done.stderr, "")

    def test_doctor_finds_the_installation_whole(self):
        checks = doctor_checks("lemma", self.environment)
        self.assertTrue(checks["installation"]["works"], checks["installation"])
        if not os.path.exists("/proc/driver/nvidia/version"):
            self.assertEqual((checks["gpu"]["works"], checks["gpu"]["found"]),
                             (True, "no NVIDIA driver: the CPU computes"))
        (self.prefix / "bin/lemma-sandbox").rename(self.prefix / "bin/away")
        try:
            checks = doctor_checks("lemma", self.environment)
        finally:
            (self.prefix / "bin/away").rename(self.prefix / "bin/lemma-sandbox")
        self.assertFalse(checks["installation"]["works"])
        self.assertIn("lemma-sandbox", checks["installation"]["found"])


if __name__ == "__main__":
    BUILD = os.path.abspath(sys.argv.pop(1))
    unittest.main()
