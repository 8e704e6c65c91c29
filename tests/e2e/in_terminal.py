"""What a program shows in a terminal."""
import os
import pty
import subprocess


def shown_in_terminal(*command, output=None, **options):
    """The bytes on its terminal, which is its standard error, and its standard output unless that
    goes elsewhere; and its exit code."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                               stdout=theirs if output is None else output, stderr=theirs,
                               **options)
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 4096):
            shown += piece
    except OSError:  # how a terminal says that its other end is closed
        pass
    os.close(ours)
    return shown, process.wait()
