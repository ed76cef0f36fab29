#!/usr/bin/env python3
"""How well a model that hears expects what its language model answers to the words: the measure of AudioChatLlama (arXiv 2311.06753).

    answer_perplexity.py AURIS MANIFEST RESPONSES --model HEARS [--language-model READS] [--speech-model S] [--limit N] [--json OUT]

MANIFEST, RESPONSES: clips, and what `auris data respond` wrote for their texts. For each clip the log-probability of that answer is
taken three times: of the model that hears given the recording, of the language model given what the recognizer writes down, and of the
language model given the true words. Prints the three perplexities (over all tokens) and, for the first less the second, the mean
difference of nats a token with the 95 % interval of a paired bootstrap over clips."""

import argparse
import json
import math
import pathlib
import random
import subprocess

RESAMPLES = 10_000


def auris(program, *arguments):
    result = subprocess.run([program, *arguments, "--json", "--quiet"], stdout=subprocess.PIPE, check=True, text=True)
    return [json.loads(line) for line in result.stdout.splitlines()]


def score(arguments, model, prompt, answer, audio=()):
    command = ["score", "--model", model, "--template", "--prompt", prompt, "--continuation", answer]
    result = auris(arguments.auris, *command, *(["--audio", *audio] if audio else []))[0]
    return result["sum"], len(result["tokens"])


def clips_of(manifest):
    """Clips by id, with the paths of their recordings."""
    for line in manifest.read_text().splitlines():
        clip = json.loads(line)
        if "id" in clip:
            yield clip["id"], clip


def interval(differences, tokens):
    """Of the mean difference of nats a token; differences and tokens belong to clips."""
    rng, means = random.Random(1), []
    places = range(len(differences))
    for _ in range(RESAMPLES):
        drawn = rng.choices(places, k=len(differences))
        means.append(sum(differences[i] for i in drawn) / sum(tokens[i] for i in drawn))
    means.sort()
    return means[int(0.025 * RESAMPLES)], means[int(0.975 * RESAMPLES)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("auris")
    parser.add_argument("manifest", type=pathlib.Path)
    parser.add_argument("responses", type=pathlib.Path)
    parser.add_argument("--model", required=True)
    parser.add_argument("--language-model", default="smollm2-135m-instruct")
    parser.add_argument("--speech-model", default="whisper-base")
    parser.add_argument("--limit", type=int, default=10**9)
    parser.add_argument("--json", type=pathlib.Path)
    arguments = parser.parse_args()
    clips = dict(clips_of(arguments.manifest))
    lines = [json.loads(line) for line in (arguments.responses / "responses.jsonl").read_text().splitlines()]
    answered = [line for line in lines if line.get("answer") and line["clip"] in clips][:arguments.limit]
    cases = []
    for line in answered:
        clip, answer = clips[line["clip"]], line["answer"]
        path = str(arguments.manifest.parent / clip["audio"])
        heard = auris(arguments.auris, "transcribe", path, "--model", arguments.speech_model)[0]["text"].strip()
        given_sound, tokens = score(arguments, arguments.model, "<audio>", answer, [path])
        given_heard, _ = score(arguments, arguments.language_model, heard, answer)
        given_words, _ = score(arguments, arguments.language_model, line["text"], answer)
        cases.append({"clip": line["clip"], "heard": heard, "text": line["text"], "tokens": tokens, "hears": given_sound,
                      "cascade": given_heard, "oracle": given_words})
    tokens = [case["tokens"] for case in cases]
    result = {"clips": len(cases), "tokens": sum(tokens)}
    for system in ("hears", "cascade", "oracle"):
        result[system] = math.exp(-sum(case[system] for case in cases) / sum(tokens))
    differences = [case["cascade"] - case["hears"] for case in cases]
    result["nats_a_token"] = sum(differences) / sum(tokens)
    result["interval"] = interval(differences, tokens)
    print(f"{result['clips']} clips, {result['tokens']} tokens of answers")
    print(f"perplexity given the recording {result['hears']:.3f}, what was written down {result['cascade']:.3f}, the true words {result['oracle']:.3f}")
    low, high = result["interval"]
    print(f"recording less cascade: {result['nats_a_token']:+.4f} nats a token, 95 % interval {low:+.4f} to {high:+.4f} (below 0 is better)")
    result["format"] = "auris-figures-1"
    result["title"] = f"Answers of the language model to what is said in {result['clips']} recordings, {result['tokens']} tokens: perplexity"
    result["figures"] = [{"name": "this model, given the recording", "value": f"{result['hears']:.3f}"},
                         {"name": "cascade, given what is written down", "value": f"{result['cascade']:.3f}"},
                         {"name": "language model, given the true words", "value": f"{result['oracle']:.3f}"},
                         {"name": "recording less cascade, nats a token (95 % interval)",
                          "value": f"{result['nats_a_token']:+.4f} [{low:+.4f}, {high:+.4f}]"}]
    if arguments.json:
        arguments.json.write_text(json.dumps(result | {"cases": cases}, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
