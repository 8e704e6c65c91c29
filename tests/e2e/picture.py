#!/usr/bin/env python3
"""Pictures of Neovim with lemma: the screen's cells, drawn as SVG.

    picture.py NVIM LEMMA OUT.svg            ghost text of the default model
    picture.py --debug NVIM LEMMA OUT.svg    a failure, and what was found to mend it
    picture.py --change NVIM LEMMA OUT.svg   a change that was asked for, by a scripted model

For ghost text it types lines of a real file again, as the demo does, and takes the first suggestion
that says all of how the line really went on.
"""
import argparse
import os
import pathlib
import sys
import tempfile
import unittest
from xml.sax.saxutils import escape

sys.dont_write_bytecode = True
import change_test  # noqa: E402
import debug_test  # noqa: E402
import real_files  # noqa: E402
from neovim import Neovim  # noqa: E402
from scripted_service import ScriptedService  # noqa: E402

COLUMNS, ROWS = 96, 24
CELL_WIDTH, CELL_HEIGHT, MARGIN = 8.4, 18, 10
FOREGROUND, BACKGROUND = "#e0e2ea", "#14161b"
FONT = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"

# A floating window has a grid of its own, with a number above those of the others.
CELLS = """
vim.api.nvim_set_hl(0, 'LemmaGhost', { link = 'Comment' })
vim.cmd.redraw()
local rows = {}
local function take(grid, top, left, height, width)
  for row = 0, height - 1 do
    rows[top + row + 1] = rows[top + row + 1] or {}
    for column = 0, width - 1 do
      local cell = vim.api.nvim__inspect_cell(grid, row, column)
      local style = cell[2] or {}
      local front, back = style.foreground, style.background
      if style.reverse then
        front, back = back or 0x14161b, front or 0xe0e2ea
      end
      local drawn = { cell[1] or '', front or -1, back or -1, style.bold or false }
      rows[top + row + 1][left + column + 1] = drawn
    end
  end
end
take(1, 0, 0, vim.o.lines, vim.o.columns)
for _, window in ipairs(vim.api.nvim_list_wins()) do
  local config = vim.api.nvim_win_get_config(window)
  if config.relative ~= '' then
    local border = config.border and config.border ~= 'none' and 2 or 0
    local grid = 2
    while not pcall(vim.api.nvim__inspect_cell, grid, 0, 0) do
      grid = grid + 1
      assert(grid < 5000, 'the floating window has no grid')
    end
    local place = vim.api.nvim_win_get_position(window)
    local height, width = vim.api.nvim_win_get_height(window), vim.api.nvim_win_get_width(window)
    take(grid, place[1], place[2], height + border, width + border)
  end
end
return rows
"""


def runs(row):
    """Neighbouring cells of one style: (column, text, style)."""
    start, text, style = 0, "", None
    for column, (character, *cell_style) in enumerate(row):
        if cell_style != style:
            if text:
                yield start, text, style
            start, text, style = column, "", cell_style
        text += character or " "
    yield start, text, style


def color(number, default):
    return default if number < 0 else f"#{number:06x}"


def draw(rows, cursor):
    width, height = COLUMNS * CELL_WIDTH + 2 * MARGIN, len(rows) * CELL_HEIGHT + 2 * MARGIN
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
             f'viewBox="0 0 {width:g} {height:g}" font-family="{FONT}" font-size="14">',
             f'<rect width="100%" height="100%" rx="6" fill="{BACKGROUND}"/>']
    for index, row in enumerate(rows):
        y = MARGIN + index * CELL_HEIGHT
        for column, text, (front, back, bold) in runs(row):
            x, length = MARGIN + column * CELL_WIDTH, len(text) * CELL_WIDTH
            if back >= 0:
                parts.append(f'<rect x="{x:g}" y="{y}" width="{length:g}" height="{CELL_HEIGHT}" '
                             f'fill="{color(back, BACKGROUND)}"/>')
            if text.strip():
                weight = ' font-weight="bold"' if bold else ""
                parts.append(f'<text x="{x:g}" y="{y + 14}" textLength="{length:g}" '
                             f'xml:space="preserve" fill="{color(front, FOREGROUND)}"{weight}>'
                             f'{escape(text)}</text>')
    x, y = MARGIN + cursor[1] * CELL_WIDTH, MARGIN + cursor[0] * CELL_HEIGHT
    parts.append(f'<rect x="{x:g}" y="{y}" width="2" height="{CELL_HEIGHT}" fill="{FOREGROUND}"/>')
    return "\n".join(parts) + "\n</svg>\n"


def take(nvim, path):
    """The cells and the cursor's row and column at the first suggestion that is right."""
    for index in real_files.lines_of_code(path.read_text(), 40):
        picture = []

        def look():
            nvim.lua("vim.fn.winrestview({ topline = math.max(1, vim.fn.line('.') - 11) })")
            row, column = nvim.lua("return { vim.fn.winline() - 1, vim.fn.wincol() - 1 }")
            picture[:] = [nvim.lua(CELLS), (row, column)]

        suggestion = real_files.retype(nvim, path, index, patience_s=0.4, look=look)
        if suggestion.is_the_rest() and len(suggestion.ghost[0]) >= 16:
            return picture
        nvim.mark_ghost_text()
    raise SystemExit("no suggestion was all of how a line went on; no picture")


def debugged(nvim, folder):
    """The cells and the cursor's row and column when a fix of the tests' program was found."""
    (folder / ".git").mkdir()
    (folder / "mean.py").write_text(debug_test.PROGRAM)
    (folder / "test_mean.py").write_text(debug_test.TESTS)
    real_files.open_file(nvim, folder / "mean.py")
    for command, told in ("LemmaTrust", "is trusted"), ("LemmaDebug", "as a code action"):
        nvim.command(command)
        nvim.wait(lambda: told in nvim.eval("execute('messages')"), told, debug_test.SEARCH_S)
    nvim.command("call cursor(4, 9)")
    nvim.command("set noruler noshowcmd lines=30")
    nvim.lua("vim.lsp.buf.hover()")
    nvim.wait(lambda: nvim.lua("return #vim.api.nvim_list_wins() > 1"), "the story")
    row, column = nvim.lua("return { vim.fn.winline() - 1, vim.fn.wincol() - 1 }")
    return nvim.lua(CELLS), (row, column)


def changed(nvim, folder, service):
    """The same where a model has changed a function as it was told."""
    with open(nvim.home / "config/lemma/config.toml", "a", encoding="utf-8") as file:
        file.write(f'[remote]\nurl = "{service.url}/v1"\nmodel = "scripted"\nability = "reason"\n')
    (folder / ".git").mkdir()
    (folder / "shapes.py").write_text(change_test.PROGRAM)
    (folder / "test_shapes.py").write_text(change_test.TESTS)
    real_files.open_file(nvim, folder / "shapes.py")
    nvim.command("LemmaTrust")
    nvim.wait(lambda: "is trusted" in nvim.eval("execute('messages')"), "the trust")
    nvim.command("set noruler noshowcmd lines=20")
    nvim.command("call cursor(6, 5)")
    nvim.command("LemmaChange refuse negative sides")
    nvim.wait(lambda: any("takes it" in row for row in nvim.screen()), "the change",
              debug_test.SEARCH_S)
    row, column = nvim.lua("return { vim.fn.winline() - 1, vim.fn.wincol() - 1 }")
    return nvim.lua(CELLS), (row, column)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--debug", action="store_true")
    parser.add_argument("--change", action="store_true")
    parser.add_argument("nvim")
    parser.add_argument("lemma")
    parser.add_argument("out")
    arguments = parser.parse_args()
    setup = f"vim.g.lemma = {{ cmd = {{ [[{os.path.abspath(arguments.lemma)}]], 'lsp' }} }}"
    with tempfile.TemporaryDirectory(prefix="lemma-picture-") as folder:
        with Neovim(arguments.nvim, setup, COLUMNS, ROWS) as nvim:
            nvim.command("set laststatus=2 statusline=\\ %t")
            project = pathlib.Path(folder) / "project"
            project.mkdir()
            if arguments.debug:
                picture = debugged(nvim, project)
            elif arguments.change:
                case = unittest.TestCase()
                picture = changed(nvim, project, ScriptedService(
                    case, "chat_server.py", [change_test.say(change_test.REFUSES)]))
                case.doCleanups()
            else:
                path = real_files.copy_all(folder)["Python"][0]
                real_files.open_file(nvim, path)
                picture = take(nvim, path)
            pathlib.Path(arguments.out).write_text(draw(*picture))


if __name__ == "__main__":
    main()
