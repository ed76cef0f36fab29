"""How soon Auris starts and how much memory it takes.

    python3 tools/measure/start_and_memory.py --auris build/release/apps/auris [--runs 5] [--json FILE]

The recording: the first 30 s of Asterisk prompts one after the other (Debian package asterisk-core-sounds-en-g722).
For each command, the fastest of --runs:
- start: until the first byte of output, with what follows it for `transcribe`, which is given a recording without a
  single sample to show everything that is not the model's own work: starting, opening the model, ending; and the
  processor time of the same, which a busy machine does not lengthen as much;
- other: what the 30 s take beside features_s, encode_s and decode_s of --json, so with decoding the sound;
- peak memory: the largest resident set, which has the pages of the mapped model file, and what is left of it when the
  size of that file is taken off.
Exit status 1 if starting takes 0.15 s or more, or memory beyond the weights is more than 200 MB.
Needs only Python and the model folder (AURIS_CACHE or ~/.cache/auris).
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import wave

SOUNDS = pathlib.Path("/usr/share/asterisk/sounds/en")
G722_BYTES_PER_S = 8000
MOST_START_S = 0.15
MOST_MEMORY_MB = 200


def recording(seconds, path):
    content = b"".join(prompt.read_bytes() for prompt in sorted(SOUNDS.glob("demo-*.g722")))
    path.write_bytes(content[:seconds * G722_BYTES_PER_S])
    return path


def empty_recording(path):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
    return path


def run_once(command):
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    output = os.read(process.stdout.fileno(), 65536)
    first = time.perf_counter() - begin
    while chunk := os.read(process.stdout.fileno(), 65536):
        output += chunk
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    if process.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: exit code {process.returncode}")
    return {"first_s": first, "wall_s": wall, "cpu_s": usage.ru_utime + usage.ru_stime, "peak_mb": usage.ru_maxrss * 1024 / 1e6, "output": output}


def measure_plain(auris, argument, runs):
    results = [run_once([auris, argument]) for _ in range(3 * runs)]
    return {"command": argument, "start_s": min(result["first_s"] for result in results), "other_s": 0.0,
            "start_cpu_s": min(result["cpu_s"] for result in results),
            "wall_s": min(result["wall_s"] for result in results), "weights_mb": 0.0,
            "peak_mb": max(result["peak_mb"] for result in results)}


def measure_transcribe(auris, model, flags, sounds, runs):
    weights = cache_folder() / "models" / model / "model.bin"
    commands = {name: [auris, "transcribe", sounds[name], "--json", "--model", model, *flags] for name in sounds}
    # With the language given: finding it is the model's work, even in silence.
    starts = [run_once([*commands["empty"], "--language", "en"]) for _ in range(3 * runs)]
    results = [run_once(commands["30 s"]) for _ in range(runs)]
    for result in results:
        timings = json.loads(result["output"])["timings"]
        result["other_s"] = result["wall_s"] - sum(timings[part] for part in ("features_s", "encode_s", "decode_s"))
    return {"command": " ".join(["transcribe", model, *flags]), "start_s": min(start["wall_s"] for start in starts),
            "start_cpu_s": min(start["cpu_s"] for start in starts),
            "other_s": min(result["other_s"] for result in results),
            "wall_s": min(result["wall_s"] for result in results), "weights_mb": weights.stat().st_size / 1e6,
            "peak_mb": max(result["peak_mb"] for result in results)}


def cache_folder():
    return pathlib.Path(os.environ.get("AURIS_CACHE", pathlib.Path.home() / ".cache" / "auris"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--auris", type=pathlib.Path, required=True)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=pathlib.Path)
    arguments = parser.parse_args()
    rows = [measure_plain(arguments.auris, argument, arguments.runs) for argument in ("version", "--help")]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        sounds = {"30 s": recording(30, folder / "30s.g722"), "empty": empty_recording(folder / "empty.wav")}
        for model in ("whisper-tiny.en", "whisper-base"):
            for flags in ([], ["--words"]):
                rows.append(measure_transcribe(arguments.auris, model, flags, sounds, arguments.runs))
    for row in rows:
        row["beyond_weights_mb"] = row["peak_mb"] - row["weights_mb"]
    print(f"{'command':<34} {'start s':>8} {'cpu s':>8} {'other s':>8} {'wall s':>8} {'peak MB':>8} {'weights':>8} {'beyond':>8}")
    for row in rows:
        print(f"{row['command']:<34} {row['start_s']:8.3f} {row['start_cpu_s']:8.3f} {row['other_s']:8.3f} "
              f"{row['wall_s']:8.3f} {row['peak_mb']:8.0f} {row['weights_mb']:8.0f} {row['beyond_weights_mb']:8.0f}")
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=2) + "\n")
    failed = [row["command"] for row in rows
              if row["start_s"] >= MOST_START_S or row["beyond_weights_mb"] > MOST_MEMORY_MB]
    if failed:
        sys.exit(f"more than {MOST_START_S} s to start or {MOST_MEMORY_MB} MB beyond the weights: {', '.join(failed)}")


if __name__ == "__main__":
    main()
