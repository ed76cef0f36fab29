#!/usr/bin/env python3
"""Word error rate with alignments of the same generated pairs by Auris and by jiwer, in one run: equal, and how much faster.

Usage: compare.py --program build/release/bench/metrics/auris_bench_error_rate [--pairs 1000000] [--json OUT]

Both hold the texts in memory before the clock starts and keep every alignment of a batch; jiwer gets batches of 50,000 pairs,
which is faster for it than all at once. Rounds are interleaved: Auris with one thread, jiwer, Auris with all threads. All counts,
the rate and every single alignment must be the same, or it ends with 1. Needs: pip install -r requirements.txt.
"""
import argparse
import array
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version

import jiwer

KINDS = {"equal": 0, "substitute": 1, "delete": 2, "insert": 3}
BATCH = 50_000


def generated(pairs, seed=1):
    """Sentences of 5 to 35 words of a vocabulary with few frequent and many rare ones; hypotheses with about a tenth of the words
    replaced, lost or invented."""
    rng = random.Random(seed)
    letters = "etaoinshrdlucmfwypvbgk"
    words = sorted({"".join(rng.choices(letters, k=rng.randint(1, 10))) for _ in range(20_000)})
    rng.shuffle(words)
    weights = [1 / (rank + 10) for rank in range(len(words))]
    total, cumulative = 0.0, []
    for weight in weights:
        total += weight
        cumulative.append(total)
    stock = rng.choices(words, cum_weights=cumulative, k=1_000_000)
    references, hypotheses = [], []
    for _ in range(pairs):
        begin = rng.randrange(len(stock) - 40)
        reference = stock[begin:begin + rng.randint(5, 35)]
        hypothesis = []
        for word in reference:
            u = rng.random()
            if u > 0.03:
                hypothesis.append(stock[rng.randrange(len(stock))] if u < 0.09 else word)
            if u > 0.98:
                hypothesis.append(stock[rng.randrange(len(stock))])
        references.append(" ".join(reference))
        hypotheses.append(" ".join(hypothesis) or "nothing")
    return references, hypotheses


def auris(program, folder, threads, alignments=None):
    command = [program, str(folder / "references.txt"), str(folder / "hypotheses.txt"), "--threads", str(threads)]
    if alignments:
        command += ["--alignments", str(alignments)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def by_jiwer(references, hypotheses, alignments):
    """Times jiwer batch by batch and, off the clock, compares its alignments with those in the file."""
    seconds, cpu_seconds = 0.0, 0.0
    counts, equal = dict.fromkeys(("hits", "substitutions", "deletions", "insertions"), 0), True
    with open(alignments, "rb") as file:
        for at in range(0, len(references), BATCH):
            batch = references[at:at + BATCH], hypotheses[at:at + BATCH]
            begin, cpu_begin = time.perf_counter(), time.process_time()
            output = jiwer.process_words(*batch)
            seconds += time.perf_counter() - begin
            cpu_seconds += time.process_time() - cpu_begin
            for name in counts:
                counts[name] += getattr(output, name)
            numbers = array.array("I")
            for chunks in output.alignments:
                for chunk in chunks:
                    numbers.extend((KINDS[chunk.type], chunk.ref_start_idx, chunk.ref_end_idx, chunk.hyp_start_idx, chunk.hyp_end_idx))
            equal = equal and file.read(4 * len(numbers)) == numbers.tobytes()
        equal = equal and not file.read(1)
    errors = counts["substitutions"] + counts["deletions"] + counts["insertions"]
    counts["wer"] = errors / (counts["hits"] + counts["substitutions"] + counts["deletions"])
    return {"seconds": seconds, "cpu_seconds": cpu_seconds}, counts, equal


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--pairs", type=int, default=1_000_000)
    parser.add_argument("--json", type=pathlib.Path)
    args = parser.parse_args()
    references, hypotheses = generated(args.pairs)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "references.txt").write_text("".join(line + "\n" for line in references))
        (folder / "hypotheses.txt").write_text("".join(line + "\n" for line in hypotheses))
        one = auris(args.program, folder, 1, folder / "alignments")
        theirs, counts, equal = by_jiwer(references, hypotheses, folder / "alignments")
        every = auris(args.program, folder, 0)
    same = equal and all(run[key] == counts[key] for run in (one, every) for key in counts)
    words = sum(line.count(" ") + 1 for line in references)
    rows = [{"engine": f"jiwer {version('jiwer')}", "threads": 1, **theirs}]
    rows += [{"engine": "auris", **{key: run[key] for key in ("threads", "seconds", "cpu_seconds")}} for run in (one, every)]
    print(f"{args.pairs} pairs, {words} reference words, WER {counts['wer']!r}; counts and alignments {'equal' if same else 'DIFFER'}")
    print("| engine | threads | seconds | CPU seconds | pairs per second | times as fast | times less CPU |\n|---|--:|--:|--:|--:|--:|--:|")
    for row in rows:
        row["times_as_fast"] = theirs["seconds"] / row["seconds"]
        row["times_less_cpu"] = theirs["cpu_seconds"] / row["cpu_seconds"]
        print(f"| {row['engine']} | {row['threads']} | {row['seconds']:.2f} | {row['cpu_seconds']:.2f} | {args.pairs / row['seconds']:,.0f} |"
              f" {row['times_as_fast']:.1f} | {row['times_less_cpu']:.1f} |")
    if args.json:
        result = {"pairs": args.pairs, "reference_words": words, "counts": counts, "equal": same, "rows": rows}
        args.json.write_text(json.dumps(result, indent=1) + "\n")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
