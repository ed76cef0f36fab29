#!/usr/bin/env python3
"""Trains the same model on the same clips with `auris train` and with a plain loop of transformers, in turn, and prints clips a
second (medians over the steps of all rounds) and the most memory of each.

    compare.py AURIS SHARDS [--rounds 2] [--threads 2] [--json OUT]

Of Auris' steps those behind the first epoch count, when what the frozen encoder heard is known, as in all later epochs; the first
epoch is shown too."""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
EPOCH, STEPS = 8, 16  # 64 clips, 8 a step
PLAIN_STEPS = 5  # the first one warms up
LEAST = 1.5


def run(command, environment):
    """Standard output, and the most memory the process held."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{command[0]} ended with {os.waitstatus_to_exitcode(status)}")
    return output, usage.ru_maxrss * 1024


def auris_steps(arguments, environment):
    output = pathlib.Path("build/bench-train/run")
    shutil.rmtree(output, ignore_errors=True)
    _, memory = run([arguments.auris, "train", str(HERE / "recipe.toml"), "--quiet"], environment)
    records = [json.loads(line) for line in (output / "steps.jsonl").read_text().splitlines()]
    return [(record["examples"], record["step_s"]) for record in records if "step_s" in record], memory


def plain_steps(arguments, environment):
    output, memory = run([sys.executable, str(HERE / "transformers_loop.py"), arguments.shards, str(PLAIN_STEPS), str(arguments.threads)],
                         environment)
    records = [json.loads(line) for line in output.splitlines()]
    return [(record["clips"], record["seconds"]) for record in records if "clips" in record], memory


def rate(steps):
    return statistics.median(clips / seconds for clips, seconds in steps)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("auris")
    parser.add_argument("shards")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--json", type=pathlib.Path)
    arguments = parser.parse_args()
    environment = os.environ | {"OMP_NUM_THREADS": str(arguments.threads), "OMP_WAIT_POLICY": "passive"}
    first, later, plain, memory = [], [], [], {"auris": 0, "transformers": 0}
    for _ in range(arguments.rounds):
        steps, held = plain_steps(arguments, environment)
        plain += steps[1:]
        memory["transformers"] = max(memory["transformers"], held)
        steps, held = auris_steps(arguments, environment)
        first, later = first + steps[1:EPOCH], later + steps[EPOCH:]
        memory["auris"] = max(memory["auris"], held)
    result = {"transformers_clips_per_s": rate(plain), "auris_clips_per_s": rate(later), "auris_first_epoch_clips_per_s": rate(first),
              "transformers_memory_bytes": memory["transformers"], "auris_memory_bytes": memory["auris"]}
    print("| loop | clips a second | memory |\n|---|---|---|")
    print(f"| transformers | {result['transformers_clips_per_s']:.2f} | {memory['transformers'] / 2**30:.2f} GiB |")
    print(f"| Auris, first epoch | {result['auris_first_epoch_clips_per_s']:.2f} | |")
    print(f"| Auris, later epochs | {result['auris_clips_per_s']:.2f} | {memory['auris'] / 2**30:.2f} GiB |")
    ratio = result["auris_clips_per_s"] / result["transformers_clips_per_s"]
    print(f"\n{ratio:.2f} times the clips a second")
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1) + "\n")
    if ratio < LEAST or memory["auris"] > memory["transformers"]:
        sys.exit(f"expected {LEAST} times the clips a second in no more memory")


if __name__ == "__main__":
    main()
