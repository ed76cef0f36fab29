#!/usr/bin/env python3
"""Writes tests/golden/chat_template/{cases,snippets}.json with the reference implementation.

Usage: chat_template_golden.py [REPOSITORY]
Needs: transformers 5.x (its render_jinja_template is the reference), jinja2 3.1.6.

cases.json: every template (tests/golden/chat_template/*.jinja and the built-in ones) over many conversations.
snippets.json: small templates, one construct or filter each, over the fixed data in DATA.
A result of null means that the reference raises, or that Auris refuses on purpose (REFUSED, printed addresses).
"""

import datetime
import json
import pathlib
import sys

import transformers.utils.chat_template_utils as reference

from chat_template_data import CONVERSATIONS, DATA, OPTIONS, REFUSED, SNIPPETS

NOW = datetime.datetime(2026, 3, 7, 15, 4, 9)


class FixedDatetime(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return NOW


reference.datetime = FixedDatetime


def render(source: str, messages, **options):
    try:
        return reference.render_jinja_template([messages], chat_template=source, **options)[0][0]
    except Exception:
        return None


def main() -> None:
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2])
    golden = root / "tests/golden/chat_template"
    templates = sorted(golden.glob("*.jinja")) + sorted((root / "auris/text/chat_template/builtin").glob("*.jinja"))
    cases = []
    for path in templates:
        source = path.read_text()
        for conversation, messages in CONVERSATIONS.items():
            for name, options in OPTIONS.items():
                text = render(source, messages, **options)
                cases.append([str(path.relative_to(root)), conversation, name, text])
    with open(golden / "cases.json", "w") as file:
        header = {"conversations": CONVERSATIONS, "options": OPTIONS}
        file.write(json.dumps(header, ensure_ascii=False)[:-1] + ', "cases": [\n')
        file.write(",\n".join(json.dumps(case, ensure_ascii=False) for case in cases) + "\n]}\n")

    snippets = []
    for source in SNIPPETS:
        text = render(source, DATA["messages"], **DATA["variables"])
        is_refused = source in REFUSED or (text and " at 0x" in text)  # an address is no text to rely on
        snippets.append([source, None if is_refused else text])
    with open(golden / "snippets.json", "w") as file:
        file.write(json.dumps(DATA, ensure_ascii=False)[:-1] + ', "snippets": [\n')
        file.write(",\n".join(json.dumps(snippet, ensure_ascii=False) for snippet in snippets) + "\n]}\n")
    failed = sum(case[3] is None for case in cases), sum(snippet[1] is None for snippet in snippets)
    print(f"{len(cases)} cases ({failed[0]} errors), {len(snippets)} snippets ({failed[1]} errors)")


if __name__ == "__main__":
    main()
