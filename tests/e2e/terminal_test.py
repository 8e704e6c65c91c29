"""Attack 36: what a program prints must not steer the terminal of who runs it.
`terminal_test.py build/dev/lemma`."""

import os
import pty
import subprocess
import sys
import tempfile

PRINTED = "\x1b]0;stolen\x07\x1b[2J\x9b31m safe \r\x08 text\n"


def shown_in_terminal(lemma, path):
    ours, theirs = pty.openpty()
    process = subprocess.Popen([lemma, "run", path], stdin=subprocess.DEVNULL, stdout=theirs,
                               stderr=theirs)
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 4096):
            shown += piece
    except OSError:  # how a terminal says that its other end is closed
        pass
    process.wait()
    return shown


def main():
    lemma = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"import sys\nfor s in sys.stdout, sys.stderr: s.write({PRINTED!r})\n")
        shown = shown_in_terminal(lemma, path)
        assert b"safe" in shown and b"text" in shown, shown
        controls = [byte for byte in shown.replace(b"\r\n", b"\n") if byte < 32 and byte != 10]
        assert not controls and b"\xc2\x9b" not in shown, shown
        # Its positive control: into a pipe it goes as it is.
        piped = subprocess.run([lemma, "run", path], capture_output=True, check=True).stdout
        assert piped == PRINTED.encode(), piped


main()
