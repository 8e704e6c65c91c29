"""Real source files, and a typist who deletes lines of them and writes them again.

The files come with the packages that lemma is built and tested with, and belong to projects that
the default model was not trained on. The lines are not chosen by what the model says there: they
are the lines of code that stand at even distances.
"""
import dataclasses
import pathlib
import shutil
import sys
import time

from neovim import ROOT

TEXTDOCUMENT = ROOT / "tests/node_modules/vscode-languageserver-textdocument/lib/esm/main.js"

# The first of each is shown by the demo.
FILES = {
    "Python": ["/usr/lib/python3.11/statistics.py", "/usr/lib/python3.11/shlex.py",
               "/usr/lib/python3.11/textwrap.py"],
    "C++": ["/usr/include/boost/asio/ip/address_v4.hpp",
            "/usr/include/boost/algorithm/string/find_iterator.hpp",
            "/usr/include/boost/asio/ip/basic_resolver_results.hpp"],
    "JavaScript": [str(TEXTDOCUMENT)],
}


def copy_all(folder):
    """Copies the files into `folder`; their new paths, by language."""
    copies = {}
    for language, paths in FILES.items():
        for path in paths:
            copy = pathlib.Path(folder) / pathlib.Path(path).name
            shutil.copy(path, copy)
            copies.setdefault(language, []).append(copy)
    return copies


def open_file(nvim, path):
    """Opens it and waits until the server has loaded its model."""
    nvim.command(f"edit {path}")
    nvim.wait(lambda: nvim.lua("""
        local answers = vim.lsp.buf_request_sync(0, 'lemma/status', vim.empty_dict(), 1000)
        return vim.iter(pairs(answers or {})):any(function(_, answer)
          return answer.result and answer.result.state == 'ready'
        end)"""), "the model to be loaded", timeout_s=60)


def lines_of_code(text, count):
    """Indices of `count` lines of code, evenly spread over the text."""
    candidates, in_docstring = [], False
    for index, line in enumerate(text.splitlines()):
        stripped = line.strip()
        quotes = stripped.count('"""') + stripped.count("'''")
        comment = stripped.startswith(("#", "//", "/*", "*", ">>>", "..."))
        if not (in_docstring or quotes or comment) and len(stripped) >= 20:
            candidates.append(index)
        in_docstring ^= quotes % 2 == 1
    step = len(candidates) / (count + 1)
    return [candidates[round(step * (i + 1))] for i in range(count)]


@dataclasses.dataclass
class Suggestion:
    file: str
    line: int           # from 1
    original: str       # the line as it was, without its indentation
    typed: str          # as much of it as had been typed when the suggestion came
    ghost: list         # rows on the screen; empty: none came
    accepted: list      # the lines in the buffer after Tab
    latencies_ms: list  # from a key that changed what is suggested to ghost text on the screen

    def is_the_rest(self):
        """Whether the first row is all of how the line went on."""
        return bool(self.ghost) and self.original == self.typed + self.ghost[0]

    def matches(self):
        """Whether the first row is how the line went on, as far as the row goes."""
        return bool(self.ghost) and self.original.startswith(self.typed + self.ghost[0])


def _press(nvim, key, patience_s):
    """Types one key; milliseconds until there is new ghost text, or None."""
    before = nvim.eval("b:changedtick")
    start = time.monotonic()
    nvim.input("<lt>" if key == "<" else key)
    nvim.wait(lambda: nvim.eval("b:changedtick") > before, f"'{key}' to be typed")
    if nvim.ghost():
        return None  # typed through: it was there before
    while time.monotonic() - start < patience_s:
        if nvim.ghost():
            return (time.monotonic() - start) * 1000
    return None


def retype(nvim, path, index, patience_s=0.3, share=0.7, look=None):
    """Rewrites the line at `index` until a suggestion comes, accepts it, and undoes everything.

    Types at most `share` of the line, and at least its first word. `look` is called while the
    suggestion is on the screen.
    """
    before = nvim.eval("undotree().seq_cur")
    nvim.input(f"<Esc>{index + 1}G^C")
    nvim.wait(lambda: nvim.call("nvim_get_mode")["mode"] == "i", "insert mode")
    original = pathlib.Path(path).read_text().splitlines()[index].strip()
    first_word = len(original.split()[0])
    typed, latencies = "", []
    for key in original[:max(first_word + 1, int(len(original) * share))]:
        latency = _press(nvim, key, patience_s)
        typed += key
        if latency is not None:
            latencies.append(latency)
        if nvim.ghost() and len(typed) > first_word:
            break
    ghost, accepted = nvim.ghost(), []
    if ghost:
        if look:
            look()
        tick = nvim.eval("b:changedtick")
        nvim.input("<Tab>")
        nvim.wait(lambda: nvim.eval("b:changedtick") > tick, "the suggestion to be accepted")
        accepted = nvim.lines()[index:index + len(ghost)]
    nvim.input(f"<Esc>:silent undo {before}<CR>")
    nvim.wait(lambda: nvim.lines()[index].strip() == original, "everything to be undone")
    name = pathlib.Path(path).name
    return Suggestion(name, index + 1, original, typed, ghost, accepted, latencies)


if __name__ == "__main__":
    copy_all(sys.argv[1])
