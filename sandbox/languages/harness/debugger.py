"""Runs inside gdb, inside the sandbox: starts the program that gdb was given and writes down where
it stops, with the values of locals, as records like python.py's.

gdb runs it again from the beginning, so a program that crashes by chance may not crash here.
"""

import glob
import os
import sys

import gdb

MAX_FRAMES = 40
MAX_LOCALS = 30
MAX_TEXT = 400


def escape(text):
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def write(descriptor, *fields):
    line = "\t".join(escape(str(field)) for field in fields) + "\n"
    os.write(descriptor, line.encode("utf-8", "backslashreplace"))


def use_printers():
    """libstdc++'s own, where they are installed: without them a vector is its base classes."""
    sys.path += glob.glob("/usr/share/gcc*/python")
    try:
        from libstdcxx.v6.printers import register_libstdcxx_printers
        register_libstdcxx_printers(None)
    except Exception:  # others' code, of whatever version
        pass


def locals_of(frame):
    """Innermost block first; a name that hides another is shown alone, and what is declared further
    down holds nothing yet."""
    seen = {}
    line = frame.find_sal().line
    try:
        block = frame.block()
    except RuntimeError:  # no debug information
        return seen
    while block is not None and not block.is_global and not block.is_static:
        for symbol in block:
            ours = symbol.is_argument or (symbol.is_variable and symbol.line <= line)
            if ours and symbol.name not in seen and not symbol.name.startswith("__"):
                try:
                    text = symbol.value(frame).format_string(max_elements=20, max_depth=3)
                except Exception as error:  # of gdb, or of a printer
                    text = f"<{error}>"
                seen[symbol.name] = text[:MAX_TEXT]
        if block.function is not None:
            break
        block = block.superblock
    return seen


def write_frames(descriptor, frame):
    frames = []
    while frame is not None and len(frames) < MAX_FRAMES:
        place = frame.find_sal()
        if place.symtab is not None and os.path.exists(place.symtab.fullname()):
            frames.append((frame, place.symtab.fullname(), place.line))
        frame = frame.older()
    for each, file, line in reversed(frames):
        write(descriptor, "frame", file, line, each.name() or "?")
        for name, value in list(locals_of(each).items())[:MAX_LOCALS]:
            write(descriptor, "local", name, value)


def main():
    stops = []  # the names of signals; "stop" for a breakpoint
    gdb.events.stop.connect(lambda event: stops.append(getattr(event, "stop_signal", "stop")))
    use_printers()
    for setting in ("pagination off", "confirm off", "startup-with-shell off",
                    "debuginfod enabled off", "print frame-arguments none"):
        gdb.execute("set " + setting)
    if "LEMMA_BREAK" in os.environ:
        gdb.execute("set breakpoint pending on")
        gdb.Breakpoint(os.environ["LEMMA_BREAK"])
    gdb.execute("run", to_string=True)
    if not stops:
        return
    descriptor = os.open(os.environ["LEMMA_RECORDS"], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    if stops[-1] == "SIGINT":
        write(descriptor, "failure", "Timeout", "still running here when time was up")
    else:
        write(descriptor, "failure", stops[-1], "stopped by " + stops[-1])
    write_frames(descriptor, gdb.newest_frame())


main()
