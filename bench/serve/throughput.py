#!/usr/bin/env python3
"""What answering together is worth, and what caches save.

Usage: throughput.py AURIS [--rounds N] [--models SPEECH CHAT] [-- FLAGS OF auris serve]
  together: 8 conversations one after the other, then at once; the same answers in how much less time
  second turn: the time to the first token of a question about a recording, and of the next one
Medians over the rounds; the two sides of each comparison take turns. The packages are those of
tests/serve/requirements.txt.
"""

import argparse
import base64
import concurrent.futures
import os
import random
import statistics
import sys
import time

import openai

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../tests/serve"))
from served import Served  # noqa: E402

AT_ONCE = 8
TOPICS = ["ships", "bread", "clocks", "rivers", "winter", "violins", "bees", "bridges", "mountains", "letters", "gardens",
          "trains", "islands", "paper", "stars", "horses"]
RECORDING = "/usr/share/asterisk/sounds/en/demo-congrats.g722"


def chat(client, model, messages, tokens):
    return client.chat.completions.create(model=model, messages=messages, temperature=0, max_completion_tokens=tokens)


def together(client, model, tokens):
    """Seconds one after the other, seconds at once."""
    topics = random.sample(TOPICS, AT_ONCE)

    def questions():
        """Each time in other words, so that no cache helps."""
        return [[{"role": "system", "content": f"Be brief. {random.random()}"},
                 {"role": "user", "content": f"Tell me a long story about {topic}."}] for topic in topics]

    first, second = questions(), questions()
    begin = time.monotonic()
    alone = [chat(client, model, question, tokens) for question in first]
    middle = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda question: chat(client, model, question, tokens), second))
    end = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        same = list(pool.map(lambda question: chat(client, model, question, tokens), first))
    for one, other in zip(alone, same):
        assert one.choices[0].message.content == other.choices[0].message.content, "another answer than alone"
    return middle - begin, end - middle


def first_token(client, model, messages):
    begin = time.monotonic()
    text, first = "", None
    for chunk in client.chat.completions.create(model=model, messages=messages, temperature=0, max_completion_tokens=16,
                                                stream=True):
        if chunk.choices and chunk.choices[0].delta.content:
            first = first or time.monotonic()
            text += chunk.choices[0].delta.content
    return first - begin, text


def second_turn(client, model):
    """Seconds to the first token of the first and of the second turn."""
    with open(RECORDING, "rb") as file:
        sound = file.read()
    sound = sound[:-random.randint(1, 4000)]  # one that no cache knows
    messages = [{"role": "user", "content": [
        {"type": "text", "text": "What is this recording about?"},
        {"type": "input_audio", "input_audio": {"data": base64.b64encode(sound).decode(), "format": "g722"}}]}]
    first, text = first_token(client, model, messages)
    messages += [{"role": "assistant", "content": text}, {"role": "user", "content": "Say that in other words."}]
    second, _ = first_token(client, model, messages)
    return first, second


def report(name, pairs, what):
    ratios = [first / second for first, second in pairs]
    print(f"{name}: {statistics.median(first for first, _ in pairs):.3f} s against "
          f"{statistics.median(second for _, second in pairs):.3f} s, {statistics.median(ratios):.2f} times {what} "
          f"({min(ratios):.2f} to {max(ratios):.2f})")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("auris")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tokens", type=int, default=64)
    parser.add_argument("--models", nargs="+", default=["whisper-base", "smollm2-135m-instruct"])
    parser.add_argument("flags", nargs="*")
    arguments = parser.parse_args()
    model = arguments.models[-1]
    with Served(arguments.auris, *arguments.flags, models=tuple(arguments.models)) as served:
        client = openai.OpenAI(base_url=served.url + "/v1", api_key=served.key, max_retries=0)
        together(client, model, 8), second_turn(client, model)  # to warm up
        report(f"{AT_ONCE} conversations", [together(client, model, arguments.tokens) for _ in range(arguments.rounds)],
               "as fast at once")
        report("first token", [second_turn(client, model) for _ in range(arguments.rounds)], "as soon in the second turn")


main()
