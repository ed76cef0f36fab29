#!/usr/bin/env python3
"""Writes tests/golden/statistics/: what sctk, scipy and statsmodels make of random systems.

mapsswe.json: alignments by sclite of two systems with one reference (C, S, D, I for each step), and what sc_stats says of them.
bootstrap.json: sums of blocks and percentile intervals of their ratio, alone and paired (scipy.stats.bootstrap).
normal.json: the normal distribution (scipy), and detectable effects (statsmodels).

Needs: apt install sctk; pip install scipy (1.16) statsmodels (0.14).
"""
import json
import pathlib
import random
import re
import subprocess
import tempfile

import numpy
from scipy import stats
from statsmodels.stats.power import NormalIndPower

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "tests" / "golden" / "statistics"
WORDS = [f"w{i}" for i in range(40)]


def damaged(rng, words, share):
    out = []
    for word in words:
        u = rng.random()
        if u >= share:
            out.append(word)
        elif u < 0.5 * share:
            out.append(rng.choice(WORDS))
        elif u < 0.75 * share:
            out += [word, rng.choice(WORDS)]
    return out


def sctk(folder, name, *arguments, stdin=None):
    return subprocess.run(["sctk", name, *arguments], cwd=folder, input=stdin, check=True, capture_output=True,
                          text=True).stdout


def paths(sgml):
    """The alignment of each utterance, by its id."""
    found = re.findall(r'<PATH id="\((\S+)\)"[^>]*>\n(.*?)\n?</PATH>', sgml, re.S)
    return {name: "".join(step[0] for step in path.split(":") if step) for name, path in found}


def matched_pairs(rng, utterances, shares):
    references = {f"s{i % 7}_{i}": [rng.choice(WORDS) for _ in range(rng.choice([1, 2, 3, 6, 12, 25]))]
                  for i in range(utterances)}
    with tempfile.TemporaryDirectory() as folder:
        def write(name, texts):
            lines = [f"{' '.join(words)} ({key})\n" for key, words in texts.items()]
            (pathlib.Path(folder) / name).write_text("".join(lines))
        write("ref", references)
        sgml = []
        for name, share in zip("ab", shares):
            write(name, {key: damaged(rng, words, share) for key, words in references.items()})
            sgml.append(sctk(folder, "sclite", "-r", "ref", "-h", name, "-i", "rm", "-o", "sgml", "stdout"))
        sctk(folder, "sc_stats", "-p", "-t", "mapsswe", "-v", "-r", "sum", "-n", "out", stdin="".join(sgml))
        report = (pathlib.Path(folder) / "out.stats.mapsswe").read_text("latin-1")
    totals = re.search(r"Totals\s+\d+\s+(\d+)\s+(\d+)", report)
    result = re.search(r"# segs: (\d+).*mean:\s+(\S+)\) \(std dev:\s+(\S+)\) \(Z Stat:\s+(\S+)\)", report)
    first, second = map(paths, sgml)
    return {"alignments": [[first[key], second[key]] for key in references], "segments": int(result[1]),
            "first_errors": int(totals[1]), "second_errors": int(totals[2]), "mean": float(result[2]),
            "deviation": float(result[3]), "z": float(result[4])}


def bootstraps(generator, blocks):
    words = generator.integers(5, 200, blocks).astype(float)
    difficulty = generator.beta(2, 12, blocks)
    first = generator.binomial(words.astype(int), difficulty).astype(float)
    second = generator.binomial(words.astype(int), 0.9 * difficulty).astype(float)

    def interval(data, statistic):
        result = stats.bootstrap(data, statistic, paired=True, vectorized=True, n_resamples=100_000, batch=10_000,
                                 method="percentile", rng=generator)
        return [result.confidence_interval.low, result.confidence_interval.high]

    def rate(errors, total, axis=-1):
        return errors.sum(axis=axis) / total.sum(axis=axis)

    def difference(errors, others, total, axis=-1):
        return rate(others, total, axis) - rate(errors, total, axis)

    return {"words": words.tolist(), "first": first.tolist(), "second": second.tolist(),
            "rate": rate(first, words), "interval": interval((first, words), rate),
            "difference": difference(first, second, words),
            "difference_interval": interval((first, second, words), difference)}


def normal():
    z = [-8, -3.3, -1.96, -1, -0.1, 0, 0.5, 1.2815515655446004, 2.5, 6]
    shares = [1e-12, 1e-4, 0.025, 0.2, 0.5, 0.8, 0.95, 0.975, 0.9999]
    powers = [[100, 0.05, 0.8], [1000, 0.01, 0.9], [37, 0.1, 0.5 + 0.25]]
    return {"cdf": [[x, stats.norm.cdf(x)] for x in z], "quantile": [[p, stats.norm.ppf(p)] for p in shares],
            "effects": [[n, a, p, float(NormalIndPower(ddof=0).solve_power(None, n, a, p, ratio=0))]
                        for n, a, p in powers]}


def main():
    rng = random.Random(11)
    FOLDER.mkdir(parents=True, exist_ok=True)
    golden = {
        "mapsswe": [matched_pairs(rng, *case) for case in [(60, (0.1, 0.15)), (150, (0.3, 0.3)), (80, (0.02, 0.6))]],
        "bootstrap": [bootstraps(numpy.random.default_rng(seed), blocks) for seed, blocks in [(3, 12), (4, 150)]],
        "normal": normal(),
    }
    for name, value in golden.items():
        (FOLDER / f"{name}.json").write_text(json.dumps(value, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
