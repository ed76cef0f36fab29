#!/usr/bin/env python3
"""Runs commands and draws what they really print as an SVG of a terminal window.

Usage: terminal_picture.py OUTPUT.svg 'COMMAND' ['COMMAND' ...]
The shown text of a command may differ from the one that runs: 'SHOWN => RUN'.
"""

import html
import subprocess
import sys
import textwrap

COLUMNS = 96
LINE_HEIGHT, CHARACTER_WIDTH, MARGIN = 20, 8.43, 20
FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"


def lines_of(commands):
    for command in commands:
        shown, _, run = command.partition(" => ")
        output = subprocess.run(run or shown, shell=True, check=True, capture_output=True, text=True).stdout
        yield "prompt", "$ " + shown
        for line in output.rstrip("\n").split("\n"):
            for piece in textwrap.wrap(line, COLUMNS, subsequent_indent="    ") or [""]:
                yield "output", piece
        yield "output", ""


def svg_of(lines):
    width = int(COLUMNS * CHARACTER_WIDTH + 2 * MARGIN)
    height = int((len(lines) + 1) * LINE_HEIGHT + 2 * MARGIN)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">',
        f'<rect width="{width}" height="{height}" rx="10" fill="#14171c"/>',
        *(f'<circle cx="{MARGIN + 18 * i}" cy="18" r="6" fill="{c}"/>' for i, c in enumerate(("#ff5f56", "#ffbd2e", "#27c93f"))),
        f'<g font-family="{FONT}" font-size="14" xml:space="preserve">',
    ]
    for row, (kind, text) in enumerate(lines):
        y = 2 * MARGIN + (row + 1) * LINE_HEIGHT - 6
        color = "#7ee787" if kind == "prompt" else "#e6edf3"
        parts.append(f'<text x="{MARGIN}" y="{y}" fill="{color}">{html.escape(text)}</text>')
    return "\n".join([*parts, "</g>", "</svg>", ""])


def main():
    output, *commands = sys.argv[1:]
    with open(output, "w", encoding="utf-8") as file:
        file.write(svg_of(list(lines_of(commands))))


if __name__ == "__main__":
    main()
