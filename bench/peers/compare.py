"""Measures Auris and its peers in one run, interleaved, and checks what they say before it times them.

Usage: compare.py --auris-bench PROGRAM --models FOLDER [--rounds 5] [--threads 2] [--json OUT] [--only speech|language]

Speech: the same Whisper weights, recordings and beam (5; whisper.cpp and Auris also greedy) as faster-whisper (int8, f32) and
whisper.cpp (f16). Language: the same GGUF file as llama.cpp. Every engine keeps its model loaded; each round runs every
engine once, in turn; the table shows medians of the rounds.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import jiwer
import recordings
from whisper_normalizer.english import EnglishTextNormalizer

MAX_WORD_ERROR_RATE = 0.35  # a transcript worse than this is not worth timing
LENGTHS_S = (2, 8, 30, 300)


class AurisProcess:
    """The program auris_bench_models: one JSON command a line in, one JSON answer a line out."""

    def __init__(self, program, threads):
        self.process = subprocess.Popen(
            [program, "--threads", str(threads)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )

    def ask(self, **command):
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("auris_bench_models ended early")
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


words = EnglishTextNormalizer()  # "one" and "1" are the same word


def speech_engines(arguments, folder, auris):
    """name -> function(samples, wav path) -> text"""
    from faster_whisper import WhisperModel
    from pywhispercpp.model import Model

    base = arguments.models / "whisper-base"
    ggml = folder / "whisper-base.bin"
    converter = pathlib.Path(__file__).with_name("ctranslate2_to_ggml.py")
    subprocess.run([sys.executable, converter, base, ggml], check=True)
    threads = arguments.threads
    engines = {}

    def add_auris(name, **options):
        engines[name] = lambda samples, path: auris.ask(command="transcribe", model="whisper-base", file=str(path), **options)["text"]

    def add_faster_whisper(name, compute_type):
        model = WhisperModel(str(base), device="cpu", compute_type=compute_type, cpu_threads=threads)

        def run(samples, path):
            segments, _ = model.transcribe(samples, language="en", beam_size=5)
            return "".join(segment.text for segment in segments)

        engines[name] = run

    def add_whisper_cpp(name, **options):
        model = Model(str(ggml), n_threads=threads, print_progress=False, print_realtime=False, redirect_whispercpp_logs_to=None, **options)
        engines[name] = lambda samples, path: " ".join(segment.text for segment in model.transcribe(samples, language="en"))

    add_auris("auris, beam 5", beam=5)
    add_faster_whisper("faster-whisper int8, beam 5", "int8")
    add_faster_whisper("faster-whisper f32, beam 5", "float32")
    add_whisper_cpp("whisper.cpp f16, beam 5", params_sampling_strategy=1, beam_search={"beam_size": 5, "patience": -1.0})
    add_auris("auris, greedy", beam=1)
    add_whisper_cpp("whisper.cpp f16, greedy")
    return engines


def measure_speech(arguments, folder, auris):
    engines = speech_engines(arguments, folder, auris)
    engines = {name: run for name, run in engines.items() if not arguments.engines or name in arguments.engines}
    rows = []
    for seconds in arguments.lengths:
        samples, transcript = recordings.build(seconds)
        path = folder / f"{seconds}.wav"
        recordings.write_wav(path, samples)
        rates = {}
        for name, run in engines.items():  # correctness first; also the warm-up
            rates[name] = jiwer.wer(words(transcript), words(run(samples, path)))
            if rates[name] > MAX_WORD_ERROR_RATE:
                raise SystemExit(f"{name}: word error rate {rates[name]:.2f} at {seconds} s; not timed")
        times = {name: [] for name in engines}
        rounds = arguments.rounds if seconds < 100 else max(1, arguments.rounds // 2)
        for _ in range(rounds):
            for name, run in engines.items():
                begin = time.perf_counter()
                run(samples, path)
                times[name].append(time.perf_counter() - begin)
        for name in engines:
            rows.append({"what": f"transcribe {seconds} s", "seconds_of_audio": len(samples) / recordings.RATE_HZ, "engine": name,
                         "median_s": statistics.median(times[name]), "min_s": min(times[name]), "wer": rates[name]})
            print_row(rows[-1], f"{rows[-1]['median_s']:8.3f} s   WER {100 * rates[name]:5.1f} %")
    return rows


def language_engines(arguments, auris):
    import llama_cpp

    gguf = next((arguments.models / "smollm2-135m-instruct").glob("*.gguf"))
    llama = llama_cpp.Llama(str(gguf), n_ctx=2048, n_threads=arguments.threads, n_threads_batch=arguments.threads, n_batch=512, verbose=False)

    def llama_prompt(tokens):
        llama.reset()
        begin = time.perf_counter()
        llama.eval(tokens)
        return time.perf_counter() - begin

    def llama_decode(prompt, count):
        llama.reset()
        llama.eval(prompt)
        produced, begin = [], time.perf_counter()
        token = llama.sample(temp=0.0, repeat_penalty=1.0)
        for _ in range(count):
            produced.append(token)
            llama.eval([token])
            token = llama.sample(temp=0.0, repeat_penalty=1.0)
        return time.perf_counter() - begin, produced

    def auris_prompt(tokens):
        return auris.ask(command="prompt", model="smollm2-135m-instruct", tokens=tokens)["seconds"]

    def auris_decode(prompt, count):
        answer = auris.ask(command="decode", model="smollm2-135m-instruct", tokens=prompt, count=count)
        return answer["seconds"], answer["tokens"]

    text = " ".join(transcript for _, transcript, _ in recordings.prompts())
    tokens = llama.tokenize(text.encode())[:512]
    return {"auris": (auris_prompt, auris_decode), "llama.cpp": (llama_prompt, llama_decode)}, tokens


def measure_language(arguments, auris):
    engines, tokens = language_engines(arguments, auris)
    count = 128
    texts = {name: decode(tokens[:64], count)[1] for name, (_, decode) in engines.items()}
    agree = next((i for i, (a, b) in enumerate(zip(*texts.values())) if a != b), count)
    print(f"greedy tokens that agree before the first difference (f32 against int8 activations): {agree} of {count}")
    prompt_times, decode_times = {n: [] for n in engines}, {n: [] for n in engines}
    for _ in range(arguments.rounds):
        for name, (prompt, decode) in engines.items():
            prompt_times[name].append(prompt(tokens))
            decode_times[name].append(decode(tokens[:64], count)[0])
    rows = []
    for what, times, amount in (("prompt 512", prompt_times, len(tokens)), ("decode 128", decode_times, count)):
        for name in engines:
            median = statistics.median(times[name])
            rows.append({"what": what, "engine": name, "median_s": median, "tokens_per_s": amount / median})
            print_row(rows[-1], f"{amount / median:8.1f} tokens/s")
    return rows


def print_row(row, figures):
    print(f"{row['what']:18} {row['engine']:30} {figures}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--auris-bench", required=True)
    parser.add_argument("--models", required=True, type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--lengths", type=int, nargs="*", default=LENGTHS_S)
    parser.add_argument("--engines", nargs="*", help="speech engines by name; all if left out")
    parser.add_argument("--only", choices=("speech", "language"))
    parser.add_argument("--json", type=pathlib.Path)
    arguments = parser.parse_args()
    auris = AurisProcess(arguments.auris_bench, arguments.threads)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        if arguments.only != "speech":
            rows += measure_language(arguments, auris)
        if arguments.only != "language":
            rows += measure_speech(arguments, pathlib.Path(folder), auris)
    auris.close()
    if arguments.json:
        arguments.json.write_text(json.dumps({"threads": arguments.threads, "rounds": arguments.rounds, "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
