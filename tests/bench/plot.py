#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""plot.py OUT.svg RESULT.json...: MB/s over blob size of us and the peers, as an SVG.

RESULT.json is what `wald_bench --json` wrote. Both sides of every figure whose part is a size
("16 MiB") are drawn, the median of their slices; sides of one name are one line. Both axes are
logarithmic. No background and one grey for all words, so that it reads on white and on dark.
"""
import json
import math
import re
import statistics
import sys
from xml.sax.saxutils import escape

FIGURES = ("B16", "B26")  # encoding, against peers of ours
UNIT = "MB/s"
COLOURS = ["#e8590c", "#1c7ed6", "#2f9e44", "#ae3ec9", "#e03131", "#0c8599"]
MARKS = ["circle", "square", "diamond"]
GREY = "#868e96"  # 3.3 to 1 on white, 5.7 to 1 on #0d1117
WIDTH, HEIGHT = 760, 440
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 40, 52  # of the plot's own area; the legend comes below
ROW = 20  # of the legend


def series_of(results):
    """{name: {MiB: MB/s}}, the names in the order met; later results win."""
    out = {}
    for result in results:
        for figure in result["figures"]:
            size = re.fullmatch(r"(\d+) MiB", figure["part"])
            if figure["id"] not in FIGURES or not size or "skipped" in figure:
                continue
            if figure["unit"] != UNIT:
                raise SystemExit(f"plot: {figure['id']} is told in {figure['unit']}")
            for side in ("numerator", "denominator"):
                rates = figure[side + "s"]
                line = out.setdefault(figure[side], {})
                line[int(size.group(1))] = statistics.median(rates)
    return out


def powers(low, high, base):
    """Ticks: powers of base that enclose low to high."""
    first = math.floor(math.log(low, base) + 1e-9)
    last = max(math.ceil(math.log(high, base) - 1e-9), first + 1)
    return [base ** i for i in range(first, last + 1)]


def plain(number):
    return f"{number:.0f}" if number >= 1 else f"{number:g}"


def rate_text(rate):
    return f"{rate:.0f}" if rate >= 100 else f"{rate:.3g}"


class Axis:
    """A logarithmic axis from the first to the last tick, onto pixels."""

    def __init__(self, ticks, start, end):
        self.ticks, self.start, self.end = ticks, start, end

    def at(self, value):
        low, high = math.log(self.ticks[0]), math.log(self.ticks[-1])
        part = (math.log(value) - low) / (high - low)
        return self.start + part * (self.end - self.start)


def text(x, y, words, anchor="middle", colour=GREY, more=""):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"{more}>'
            f"{escape(words)}</text>")


def line(x1, y1, x2, y2, width):
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{GREY}" '
            f'stroke-width="{width}"/>')


def mark(kind, x, y, colour):
    if kind == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>'
    turn = f' transform="rotate(45 {x:.1f} {y:.1f})"' if kind == "diamond" else ""
    return (f'<rect x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7" fill="{colour}"'
            f"{turn}/>")


def frame(x, y):
    out = []
    for tick in x.ticks:
        out.append(line(x.at(tick), y.start, x.at(tick), y.end, 0.3))
        out.append(text(x.at(tick), y.start + 18, plain(tick)))
    for tick in y.ticks:
        out.append(line(x.start, y.at(tick), x.end, y.at(tick), 0.3))
        out.append(text(x.start - 8, y.at(tick) + 4, plain(tick), "end"))
    out.append(line(x.start, y.start, x.end, y.start, 1))
    out.append(line(x.start, y.start, x.start, y.end, 1))
    out.append(text((x.start + x.end) / 2, y.start + 38, "size of the blob, MiB"))
    middle = (y.start + y.end) / 2
    out.append(text(16, middle, "encoded, " + UNIT,
                    more=f' transform="rotate(-90 16 {middle:.1f})"'))
    return out


def curve(points, x, y, colour, kind, above):
    """A line with its marks; what stands at them goes above the first line, below the others."""
    out = []
    places = [(x.at(size), y.at(rate)) for size, rate in sorted(points.items())]
    if len(places) > 1:
        path = " ".join(f"{a:.1f},{b:.1f}" for a, b in places)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
    for (a, b), (_, rate) in zip(places, sorted(points.items())):
        out.append(mark(kind, a, b, colour))
        at_edge = a < x.start + 1
        out.append(text(a + 8 * at_edge, b + (-9 if above else 19), rate_text(rate),
                        "start" if at_edge else "middle", colour))
    return out


def draw(series, title):
    sizes = [size for points in series.values() for size in points]
    rates = [rate for points in series.values() for rate in points.values()]
    x = Axis(powers(min(sizes), max(sizes), 2), LEFT, WIDTH - RIGHT)
    y = Axis(powers(min(rates), max(rates), 10), HEIGHT - BOTTOM, TOP)
    height = HEIGHT + ROW * len(series)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
           f'width="{WIDTH}" height="{height}" font-family="sans-serif" font-size="12" '
           f'role="img">', f"<title>{escape(title)}</title>",
           text(LEFT, 22, title, "start", more=' font-size="14"')]
    out += frame(x, y)
    for i, (name, points) in enumerate(series.items()):
        colour, kind = COLOURS[i % len(COLOURS)], MARKS[i % len(MARKS)]
        out += curve(points, x, y, colour, kind, i == 0)
        row = HEIGHT + ROW * i + 6
        out.append(mark(kind, LEFT + 4, row - 4, colour))
        out.append(text(LEFT + 18, row, name, "start"))
    return "\n".join(out + ["</svg>"]) + "\n"


def main(out, *files):
    results = []
    for name in files:
        with open(name, encoding="utf-8") as file:
            results.append(json.load(file))
    series = series_of(results)
    if not series:
        raise SystemExit("plot: no figure of a size in these results")
    with open(out, "w", encoding="utf-8") as file:
        file.write(draw(series, "Encoding with blob id, 1,000 shards"))
    print(f"plot: {sum(map(len, series.values()))} points in {len(series)} lines")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        raise SystemExit("usage: plot.py OUT.svg RESULT.json...")
    main(*sys.argv[1:])
