#!/usr/bin/env python3
"""Writes tests/golden/train/schedules.json: learning rates of transformers' get_scheduler, as shares of their peak, at every step.

    python3 tools/reference/dump_schedules.py     (from the repository's root)

Needs torch and transformers (5.x). "linear" with a minimum is their polynomial of power 1.
"""

import json
import pathlib

import torch
from transformers import get_scheduler

FOLDER = pathlib.Path("tests/golden/train")
PEAK = 1e-3
CASES = [(shape, steps, warmup, share)
         for steps, warmup in ((1, 0), (7, 0), (40, 10), (40, 40), (101, 1))
         for shape, share in (("constant", 0.0), ("linear", 0.0), ("linear", 0.1), ("cosine", 0.0), ("cosine", 0.25))]


def scheduler(optimizer, shape, steps, warmup, share):
    if shape == "constant":
        return get_scheduler("constant_with_warmup", optimizer, num_warmup_steps=warmup)
    sizes = {"num_warmup_steps": warmup, "num_training_steps": steps}
    if shape == "linear":
        if share == 0:
            return get_scheduler("linear", optimizer, **sizes)
        return get_scheduler("polynomial", optimizer, **sizes, scheduler_specific_kwargs={"lr_end": share * PEAK, "power": 1.0})
    if share == 0:
        return get_scheduler("cosine", optimizer, **sizes)
    return get_scheduler("cosine_with_min_lr", optimizer, **sizes, scheduler_specific_kwargs={"min_lr": share * PEAK})


def shares(shape, steps, warmup, share):
    optimizer = torch.optim.AdamW([torch.nn.Parameter(torch.zeros(1))], lr=PEAK)
    schedule = scheduler(optimizer, shape, steps, warmup, share)
    values = []
    for step in range(steps):
        if step > 0:
            optimizer.step()
            schedule.step()
        values.append(schedule.get_last_lr()[0] / PEAK)
    return values


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    cases = [{"shape": shape, "steps": steps, "warmup_steps": warmup, "min_share": share, "shares": shares(shape, steps, warmup, share)}
             for shape, steps, warmup, share in CASES]
    (FOLDER / "schedules.json").write_text(json.dumps(cases, indent=None) + "\n")


if __name__ == "__main__":
    main()
