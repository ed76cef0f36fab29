#!/usr/bin/env python3
"""Writes what published implementations make of random votes and probabilities.

tests/golden/statistics/agreement.json: votes of three raters on ordered categories; Fleiss' kappa (statsmodels), Cohen's kappa of the
first two, plain, linear and quadratic (scikit-learn).
tests/golden/metrics/calibration.json: probabilities and true labels; expected calibration error over 15 bins (torchmetrics), Brier score
over all labels (scikit-learn).

Needs: pip install statsmodels (0.15) scikit-learn (1.9) torchmetrics (1.9) torch.
"""
import json
import pathlib

import numpy
import torch
from sklearn.metrics import brier_score_loss, cohen_kappa_score
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa
from torchmetrics.functional.classification import multiclass_calibration_error

GOLDEN = pathlib.Path(__file__).resolve().parents[2] / "tests" / "golden"


def number(value):
    return None if numpy.isnan(value) else float(value)


def agreement(rng):
    cases = []
    for items, categories, noise in [(2, 2, 0.5), (40, 2, 0.2), (60, 3, 0.6), (80, 5, 0.3), (30, 5, 0.9), (25, 4, 0.0)]:
        truth = rng.integers(0, categories, items)
        votes = numpy.where(rng.random((3, items)) < noise, rng.integers(0, categories, (3, items)), truth)
        table, _ = aggregate_raters(votes.T, n_cat=categories)
        labels = list(range(categories))
        cases.append({
            "categories": categories, "votes": votes.T.tolist(), "fleiss": number(fleiss_kappa(table)),
            **{name: number(cohen_kappa_score(votes[0], votes[1], labels=labels, weights=weights))
               for name, weights in [("cohen", None), ("linear", "linear"), ("quadratic", "quadratic")]}})
    return cases


def calibration(rng):
    cases = []
    for items, labels, sharpness in [(1, 2, 1.0), (50, 2, 2.0), (120, 4, 3.0), (80, 11, 5.0)]:
        logits = rng.normal(size=(items, labels)) * sharpness
        probabilities = numpy.exp(logits - logits.max(1, keepdims=True))
        probabilities /= probabilities.sum(1, keepdims=True)
        truth = numpy.array([rng.choice(labels, p=p) if rng.random() < 0.6 else rng.integers(labels)
                             for p in probabilities])
        ece = multiclass_calibration_error(torch.tensor(probabilities), torch.tensor(truth), labels, n_bins=15, norm="l1")
        brier = brier_score_loss(truth, probabilities, labels=list(range(labels)), scale_by_half=False)
        cases.append({"probabilities": probabilities.tolist(), "truth": truth.tolist(), "ece": float(ece), "brier": float(brier)})
    return cases


def write(path, cases):
    path.write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")


rng = numpy.random.default_rng(4)
write(GOLDEN / "statistics" / "agreement.json", agreement(rng))
write(GOLDEN / "metrics" / "calibration.json", calibration(rng))
