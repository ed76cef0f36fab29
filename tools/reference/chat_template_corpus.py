#!/usr/bin/env python3
"""Writes tests/fuzz/corpus/chat_template: the golden templates and bundles of snippets as seeds for the fuzzer.

Usage: chat_template_corpus.py [REPOSITORY]
Needs nothing but Python.
"""

import pathlib
import sys

from chat_template_data import SNIPPETS

root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2])
corpus = root / "tests/fuzz/corpus/chat_template"
corpus.mkdir(parents=True, exist_ok=True)
for path in (root / "tests/golden/chat_template").glob("*.jinja"):
    (corpus / path.stem).write_bytes(path.read_bytes() + b"\xff Hi <|im_end|>\n")
names = {"words": "['b', 'A']", "list": "[3, 1, 2]", "objs": "messages", "d": "messages[1]", "s": "messages[1].content", "n": "7", "x": "2.5"}
prelude = "".join(f"{{% set {name} = {value} %}}" for name, value in names.items())
for i in range(0, len(SNIPPETS), 16):
    body = "\n".join(SNIPPETS[i : i + 16])
    (corpus / f"snippets_{i:03}").write_bytes((prelude + body).encode() + b"\xff a,b \xc3\x9f\n")
for i, snippet in enumerate(SNIPPETS[-60:]):
    (corpus / f"statement_{i:03}").write_bytes(snippet.encode() + b"\xff x")
