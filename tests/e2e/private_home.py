"""Folders of a test's own, in place of the user's: settings, sockets, logs.

A daemon that is started there leaves within a second of its last editor.
"""
import json
import os
import pathlib
import subprocess


def private_environment(home):
    """The environment for programs that shall live in `home`, an existing folder with a short path
    (a socket's name has 107 bytes at most)."""
    home = pathlib.Path(home)
    environment = dict(os.environ, HOME=str(home), XDG_RUNTIME_DIR=str(home))
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        environment[f"XDG_{name}_HOME"] = str(home / name.lower())
    settings = home / "config" / "lemma"
    settings.mkdir(parents=True, exist_ok=True)
    (settings / "config.toml").write_text("[daemon]\nleave_after_s = 1\n", encoding="utf-8")
    return environment


def doctor_checks(program, environment):
    """What `lemma doctor` finds, by what it looked at."""
    done = subprocess.run([program, "doctor", "--json"], env=environment, text=True,
                          capture_output=True, timeout=120)
    return {check["what"]: check for check in json.loads(done.stdout)["checks"]}
