#!/usr/bin/env python3
"""lemma in Neovim on copies of three real files.

    demo.py NVIM LEMMA          opens them, for you to type in
    demo.py --auto NVIM LEMMA   types by itself; fails if one of the files gets no suggestion
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import real_files  # noqa: E402
from neovim import PLUGIN, Neovim  # noqa: E402

LINES_A_FILE = 8
HINT = ("  i: write, anywhere    Tab: take the suggestion    Alt-Right: a word"
        "    Ctrl-]: hide it    :next, :prev: other files    :qa!: leave")


def show_by_itself(nvim_binary, program, files):
    setup = f"vim.g.lemma = {{ cmd = {{ [[{program}]], 'lsp' }} }}"
    without = []
    with Neovim(nvim_binary, setup, columns=200) as nvim:
        for language, path in files.items():
            real_files.open_file(nvim, path)
            print(f"\n{language}: {path.name}, lines deleted and typed again", flush=True)
            shown = 0
            for index in real_files.lines_of_code(path.read_text(), LINES_A_FILE):
                suggestion = real_files.retype(nvim, path, index)
                shown += bool(suggestion.ghost)
                describe(suggestion)
            if not shown:
                without.append(language)
    if without:
        print(f"\nno ghost text in: {', '.join(without)}", file=sys.stderr)
        return 1
    print("\nghost text in all three files; [...] is what was on the screen as ghost text")
    return 0


def describe(suggestion):
    if not suggestion.ghost:
        print(f"  {suggestion.line:5}  {suggestion.typed}  (silent)", flush=True)
        return
    rows = ["[" + row + "]" for row in suggestion.ghost]
    note = "" if suggestion.matches() else f"    (it was: {suggestion.original})"
    print(f"  {suggestion.line:5}  {suggestion.typed}{rows[0]}{note}")
    for row in rows[1:]:
        print(f"         {row}", flush=True)


def open_for_typing(nvim_binary, program, files):
    setup = (f"lua vim.opt.runtimepath:prepend([[{PLUGIN}]])"
             f" vim.g.lemma = {{ cmd = {{ [[{program}]], 'lsp' }} }}"
             f" vim.o.winbar = [[{HINT}]]")
    home = pathlib.Path(next(iter(files.values()))).parent
    environment = private_environment(home)
    command = [nvim_binary, "--clean", "-n", "-i", "NONE", "--cmd", setup]
    return subprocess.run(command + [str(path) for path in files.values()], env=environment,
                          check=False).returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--auto", action="store_true")
    parser.add_argument("nvim")
    parser.add_argument("lemma")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lemma-demo-") as folder:
        copies = real_files.copy_all(folder)
        files = {language: paths[0] for language, paths in copies.items()}
        run = show_by_itself if arguments.auto else open_for_typing
        return run(arguments.nvim, os.path.abspath(arguments.lemma), files)


if __name__ == "__main__":
    sys.exit(main())
