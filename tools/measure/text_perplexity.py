#!/usr/bin/env python3
"""What training did to a language model's text: perplexity of plain text before and after.

    text_perplexity.py AURIS TEXT --model TRAINED [--language-model BEFORE] [--most 0.01] [--json OUT]

TEXT: paragraphs, one a line, which neither saw. They are scored in pieces of about a thousand tokens, by both models alike. Ends with
status 1 if the perplexity has grown by more than the share --most."""

import argparse
import json
import math
import pathlib
import subprocess
import sys

PIECE_CHARACTERS = 4000


def pieces_of(text):
    piece = []
    for line in text.splitlines():
        if piece and sum(map(len, piece)) + len(line) > PIECE_CHARACTERS:
            yield "\n".join(piece)
            piece = []
        piece.append(line)
    if piece:
        yield "\n".join(piece)


def score(auris, model, text):
    result = subprocess.run([auris, "score", "--model", model, "--continuation", text, "--json", "--quiet"], stdout=subprocess.PIPE,
                            check=True, text=True)
    scored = json.loads(result.stdout)
    return scored["sum"], len(scored["tokens"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("auris")
    parser.add_argument("text", type=pathlib.Path)
    parser.add_argument("--model", required=True)
    parser.add_argument("--language-model", default="smollm2-135m-instruct")
    parser.add_argument("--most", type=float, default=0.01)
    parser.add_argument("--json", type=pathlib.Path)
    arguments = parser.parse_args()
    sums, tokens = {"before": 0.0, "after": 0.0}, 0
    for piece in pieces_of(arguments.text.read_text()):
        for name, model in (("before", arguments.language_model), ("after", arguments.model)):
            total, count = score(arguments.auris, model, piece)
            sums[name] += total
        tokens += count
    result = {name: math.exp(-total / tokens) for name, total in sums.items()} | {"tokens": tokens}
    result["growth"] = result["after"] / result["before"] - 1
    result["format"], result["title"] = "auris-figures-1", f"Plain text it did not learn from, {tokens} tokens: perplexity"
    result["figures"] = [{"name": "the language model as published", "value": f"{result['before']:.3f}"},
                         {"name": "this model", "value": f"{result['after']:.3f} ({100 * result['growth']:+.2f} %)"}]
    print(f"{tokens} tokens: perplexity {result['before']:.3f} before, {result['after']:.3f} after, {100 * result['growth']:+.2f} %")
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1) + "\n")
    if result["growth"] > arguments.most:
        sys.exit(f"expected at most {100 * arguments.most:.1f} % more")


if __name__ == "__main__":
    main()
