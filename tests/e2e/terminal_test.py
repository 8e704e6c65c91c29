"""Attack 36: what a program prints, names or throws must not steer the terminal of who runs it.
`terminal_test.py build/dev/lemma`."""

import json
import os
import subprocess
import sys
import tempfile

from in_terminal import shown_in_terminal

# Controls of ASCII, C1 controls as UTF-8 and as bare bytes, a broken character before one, and
# characters whose bytes look like C1 controls.
PRINTED = (b"\x1b]0;stolen\x07\x1b[2J\xc2\x9b31m \x9b32m \xff\x9b33m \xe2\x9b34m \xf0\x9f\x9b safe "
           b"\r\x08\x7f text \xe2\x9b\x94\xc3\xa9\xc2\xa9 \xc2")

PRINTS = f"""
import os
for descriptor in 1, 2: os.write(descriptor, {PRINTED!r} + b"\\n")
"""
# In pieces that end within a character, and one that never ends.
PIECES = (b"\xe2", b"\x9b\x94 whole \xc2", b"\x9b31m \xf0\x9f", b"\x98\x80 \xe2", b"\x9b34m\n\xe2")
TEARS = f"""
import os, time
for piece in {PIECES!r}:
    for descriptor in 1, 2: os.write(descriptor, piece)
    time.sleep(0.1)
"""
# Its test fails and yet it ends well, so that the reason names the test.
NAMES = r"""
require('node:test')('a \x1b]0;stolen\x07\x9b31m', () => { require('node:assert').equal(1, 2); });
process.on('exit', () => { process.exitCode = 0; });
"""


THROWS = f'''def half(n):
    """
    >>> half(4)
    2
    """
    raise ValueError({(PRINTED[:-1] + b"done").decode("utf-8", "surrogateescape")!r})
'''


def shown_by(lemma, *arguments, command="run"):
    shown, _ = shown_in_terminal(lemma, command, *arguments)
    return shown.replace(b"\r\n", b"\n").decode()  # well-formed, or this throws


def check_harmless(shown):
    controls = [c for c in shown if c != "\n" and (ord(c) < 32 or 127 <= ord(c) < 160)]
    assert not controls, shown


def main():
    lemma = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        prints, names = os.path.join(folder, "a.py"), os.path.join(folder, "a.js")
        for path, text in (prints, PRINTS), (names, NAMES):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        shown = shown_by(lemma, prints)
        check_harmless(shown)
        assert "safe" in shown and "text ⛔é©" in shown, shown
        tears = os.path.join(folder, "tears.py")
        with open(tears, "w", encoding="utf-8") as file:
            file.write(TEARS)
        shown = shown_by(lemma, tears)
        check_harmless(shown)
        # Of each stream, which come in turn.
        assert all(shown.count(part) == 2 for part in ("⛔ whole ", "?31m ", "😀 ", "??34m")), shown
        shown = shown_by(lemma, "--tests", names)
        check_harmless(shown)
        assert "failed, and yet" in shown and "a ?]0;stolen" in shown, shown
        for arguments in ["--json", prints], ["--json", "--tests", names]:
            shown = shown_by(lemma, *arguments)
            check_harmless(shown)
            assert json.loads(shown)["verdict"], shown
        throws = os.path.join(folder, "throws.py")
        with open(throws, "w", encoding="utf-8") as file:
            file.write(THROWS)
        for arguments in [throws], ["--json", throws]:
            shown = shown_by(lemma, *arguments, "--budget", "2000", command="debug")
            check_harmless(shown)
            assert "text ⛔é©" in shown, shown
        # Its positive control: into a pipe it goes as it is.
        piped = subprocess.run([lemma, "run", prints], capture_output=True, check=True).stdout
        assert piped == PRINTED + b"\n", piped


main()
