#!/usr/bin/env python3
"""What a token costs against the length of the context: the records of engine.py as an SVG.

    context_picture.py RECORDS.jsonl OUT.svg
"""
import json
import math
import statistics
import sys
from pathlib import Path
from xml.sax.saxutils import escape

# key of a record, title, tokens that share the time
PANELS = [("decode_median_ms", "a generated token", lambda record: 1),
          ("prefill_ms", "a token of the prompt (64 at once)", lambda record: record["prompt"])]
COLORS = {"lemma": "#1f6feb", "llama.cpp": "#b35900"}
WIDTH, HEIGHT = 380, 260  # of a panel's plot
LEFT, TOP, BELOW = 52, 58, 44
FONT = "system-ui, 'DejaVu Sans', Helvetica, Arial, sans-serif"


def series(records, key, tokens_of):
    """{(engine, layout): [(context, least, median, most), …]} in milliseconds a token."""
    lines = {}
    for record in records:
        layout = record["model"].rsplit("-", 1)[1]
        for engine, rounds in record[key].items():
            values = [value / tokens_of(record) for value in rounds]
            point = record["context"], min(values), statistics.median(values), max(values)
            lines.setdefault((engine, layout), []).append(point)
    return {name: sorted(points) for name, points in lines.items()}


def nice_step(most):
    """A step of 1, 2 or 5 times a power of ten, of which `most` has about five."""
    power = 10.0 ** math.floor(math.log10(most / 5))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= most / 5)


def context_text(context):
    return f"{context // 1024}k" if context >= 1024 else str(context)


class Panel:
    def __init__(self, lines, x):
        self.lines = lines
        self.contexts = sorted({point[0] for points in lines.values() for point in points})
        self.most = 1.05 * max(point[3] for points in lines.values() for point in points)
        self.x = x

    def across(self, context):
        first, last = math.log2(self.contexts[0]), math.log2(self.contexts[-1])
        share = (math.log2(context) - first) / (last - first) if last > first else 0.5
        return self.x + share * WIDTH

    def up(self, value):
        return TOP + HEIGHT * (1 - value / self.most)

    def axes(self, title):
        yield text(self.x, TOP - 10, f"milliseconds for {title}")
        step = nice_step(self.most)
        for i in range(int(self.most / step) + 1):
            y = self.up(i * step)
            yield (f'<path d="M{self.x:.1f} {y:.1f}h{WIDTH}" stroke="#d0d7de"/>')
            yield text(self.x - 6, y + 4, f"{i * step:g}", "end")
        for context in self.contexts:
            yield text(self.across(context), TOP + HEIGHT + 18, context_text(context), "middle")
        yield text(self.x + WIDTH / 2, TOP + HEIGHT + 36, "tokens of context", "middle")

    def curves(self):
        for (engine, layout), points in self.lines.items():
            style = f'stroke="{COLORS[engine]}" fill="none" stroke-width="2"'
            dashes = ' stroke-dasharray="6 4"' if layout == "split" else ""
            path = "L".join(f"{self.across(c):.1f} {self.up(median):.1f}"
                            for c, _, median, _ in points)
            yield f'<path d="M{path}" {style}{dashes}/>'
            for context, least, median, most in points:
                x = self.across(context)
                yield (f'<path d="M{x:.1f} {self.up(least):.1f}V{self.up(most):.1f}" {style}/>'
                       f'<circle cx="{x:.1f}" cy="{self.up(median):.1f}" r="3" '
                       f'fill="{COLORS[engine]}"/>')


def text(x, y, words, anchor="start"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="#1f2328">'
            f"{escape(words)}</text>")


def legend(names):
    x = LEFT
    for engine, layout in names:
        dashes = ' stroke-dasharray="6 4"' if layout == "split" else ""
        yield (f'<path d="M{x} 20h28" stroke="{COLORS[engine]}" stroke-width="2"{dashes}/>')
        yield text(x + 34, 24, f"{engine}, {layout} layout")
        x += 200


def draw(records):
    width = len(PANELS) * (LEFT + WIDTH + 16)
    height = TOP + HEIGHT + BELOW
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
             f'viewBox="0 0 {width} {height}" font-family="{FONT}" font-size="12">',
             '<rect width="100%" height="100%" fill="#ffffff"/>']
    for index, (key, title, tokens_of) in enumerate(PANELS):
        lines = series(records, key, tokens_of)
        panel = Panel(lines, LEFT + index * (LEFT + WIDTH + 16))
        if index == 0:
            parts += legend(lines)
        parts += [*panel.axes(title), *panel.curves()]
    return "\n".join(parts) + "\n</svg>\n"


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__.strip())
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    Path(sys.argv[2]).write_text(draw([json.loads(line) for line in lines]), encoding="utf-8")


if __name__ == "__main__":
    main()
