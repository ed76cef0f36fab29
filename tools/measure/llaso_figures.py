#!/usr/bin/env python3
"""Checks what `auris eval import llaso` makes of LLaSO's released results against the figures known of them.

Usage: llaso_figures.py [--auris build/release/apps/auris] [--markdown docs/llaso_figures.md] [FOLDER]

FOLDER is a copy of LLaSO's repository, its results/ or the environment variable AURIS_LLASO_RESULTS. Every figure of
llaso_published.json is compared to its last printed digit; ends with 1 if one differs that is not explained there. Needs only Python.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
IN_UNITS = {"mae", "score_mae", "mae_of_answers", "per_fraction", "judge", "read"}  # all others are shares, shown in percent


def measured(auris, folder, mode):
    """{(test or task, metric): {system: value}}, and the abstention over all tests."""
    result = subprocess.run([auris, "eval", "import", "llaso", folder, "--mode", mode, "--json", "--quiet"],
                            capture_output=True, text=True, check=True)
    values, totals = {}, None
    for line in result.stdout.split("\n"):
        if not line:
            continue
        system = json.loads(line)
        if "system" not in system:
            totals = system
            continue
        name, tasks = system["system"], {}

        def put(key, metric, value):
            if value is not None:
                values.setdefault((key, metric), {})[name] = value

        put("mean of 19 tests", "abstained", system["abstention"])
        for test in system["tests"]:
            found = {}
            score = test.get("score", {})
            for metric in score.get("metrics", []):
                found[metric["metric"]] = metric["value"]
            found.update(score.get("details", {}))
            if "per" in found:
                found["per_fraction"] = found["per"]
            if "coverage" in found:
                found["read"] = round(found["coverage"] * score["items"])
            if "judge" in test:
                found["judge"] = test["judge"]["mean"]
            task = score.get("abbreviation")
            for metric, value in found.items():
                put(test["test"], metric, value)
                tasks.setdefault((task, metric), []).append(value)
        for (task, metric), all_values in tasks.items():
            if all(value is not None for value in all_values):
                put(task, metric, sum(all_values) / len(all_values))
    return values, totals


def shown(metric, value):
    return value if metric in IN_UNITS else 100 * value


def agrees(text, value):
    decimals = len(text.partition(".")[2])
    return value is not None and abs(value - float(text)) <= 0.5 * 10**-decimals + 1e-9


def table(title, systems, rows):
    lines = [f"| {title} | metric | " + " | ".join(systems) + " |", "|---|---|" + "--:|" * len(systems)]
    for name, metric, cells in rows:
        lines.append(f"| {name} | {metric} | " + " | ".join(cells.get(system, "-") for system in systems) + " |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", nargs="?", default=os.environ.get("AURIS_LLASO_RESULTS"))
    parser.add_argument("--auris", default=str(HERE.parents[1] / "build/release/apps/auris"))
    parser.add_argument("--markdown", type=pathlib.Path, help="where the tables are written")
    args = parser.parse_args()
    if not args.folder:
        parser.error("give the folder of LLaSO's results, or AURIS_LLASO_RESULTS")
    published = json.loads((HERE / "llaso_published.json").read_text(encoding="utf-8"))
    modes, totals = {}, {}
    for mode in ("llaso", "corrected"):
        modes[mode], totals[mode] = measured(args.auris, args.folder, mode)
    systems = list(published["figures"][0]["values"])
    for figure in published["figures"]:
        systems += [system for system in figure["values"] if system not in systems]

    checked = wrong = explained = 0
    rows = []
    for figure in published["figures"]:
        name = figure.get("test") or figure.get("task") or figure["all"]
        metric = figure["metric"]
        cells = {}
        both = {mode: modes[mode].get((name, metric), {}) for mode in modes}
        for system, text in figure["values"].items():
            values = {mode: both[mode].get(system) for mode in modes}
            value = values[figure["mode"]]
            value = None if value is None else shown(metric, value)
            if text == "0" and metric == "read" and value is None:
                value = 0.0
            checked += 1
            mark = ""
            if not agrees(text, value):
                reason = published["differs"].get(f"{name}/{metric}/{system}")
                explained += reason is not None
                wrong += reason is None
                mark = " (!)" if reason is None else " (*)"
                print(f"{name} {metric} {system}: published {text}, measured {value}: {reason or 'NOT EXPLAINED'}")
            decimals = max(2, len(text.partition(".")[2]))
            cell = [text, "-" if value is None else f"{value:.{decimals}f}"]
            if figure["mode"] == "llaso" and metric not in ("judge", "read", "per_fraction"):
                other = values["corrected"]
                cell.append("-" if other is None else f"{shown(metric, other):.{decimals}f}")
            cells[system] = " / ".join(cell) + mark
        rows.append((name, metric + (" (corrected)" if figure["mode"] == "corrected" else ""), cells))
    for mode, counts in totals.items():
        print(f"{mode}: {counts['files']} files, {counts['records']} records, {counts['taken']} taken, {counts['rejected']} rejected")
    print(f"{checked} figures: {checked - wrong - explained} equal to the printed digit, {explained} explained, {wrong} wrong")
    if args.markdown:
        notes = "".join(f"- (*) {key}: {why}\n" for key, why in published["differs"].items())
        counts = "; ".join(f"{mode}: {c['records']} records, {c['taken']} taken, {c['rejected']} rejected" for mode, c in totals.items())
        args.markdown.write_text(
            "# LLaSO's released results\n\n"
            "`tools/measure/llaso_figures.py --markdown docs/llaso_figures.md` wrote this page from the results that LLaSO released\n"
            "(arXiv 2508.15418; they are not part of this repository). Each cell: the figure known of the release / what\n"
            "`auris eval import llaso --mode llaso` gives / what it gives corrected, where that has the same metric. Rows marked\n"
            "(corrected) are recomputed figures beside ours of the corrected mode. Percent, except mean absolute errors, numbers of items\n"
            "read, judgements (1 to 5) and per_fraction. `wer_plain` folds case and punctuation alone; the `wer` of the corrected mode uses\n"
            "Whisper's normaliser. The tables of the paper were not at hand: the figures known were computed from the released predictions by a\n"
            "second implementation of the released scripts' rules, and the abstention rates are also those in the release's own files.\n\n"
            f"{checked} figures: {checked - wrong - explained} equal to the printed digit, {explained} explained, {wrong} wrong. {counts}.\n\n"
            + notes + "\n" + table("test or task", systems, rows) + "\n", encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
