#!/usr/bin/env python3
"""How soon a spoken question is answered over /v1/realtime: questions of about three seconds arrive as fast as
they are spoken, and the first text of the answer is waited for.

Usage: realtime.py AURIS [--rounds N] [--silence MS] [-- FLAGS OF auris serve]
The Python packages are those of tests/serve/requirements.txt; flite speaks. All times are in milliseconds, their
median and their worst: from the last sample of speech, and from the end of the turn (its silence included).
"""

import argparse
import array
import audioop
import base64
import os
import random
import statistics
import sys
import threading
import time

import openai

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../tests/serve"))
from served import Served  # noqa: E402
from voice import loud_part, spoken  # noqa: E402

RATE = 24000
PIECE_S = 0.04
QUESTIONS = [
    "Can you tell me what the capital of France is?",
    "How many days are there in the month of July?",
    "What is the name of the largest ocean on earth?",
    "Which language do people speak in the city of Rome?",
    "Who was the first man to walk on the moon?",
]


def question(text):
    """Without the silence around it."""
    sound = spoken(text, RATE)
    begin, end = loud_part(sound)
    return sound[begin:end]


def unlike_any(sound):
    """The same with a breath of noise, so that no cache knows it."""
    noise = array.array("h", [random.randint(-12, 12) for _ in range(len(sound) // 2)])
    return audioop.add(sound, noise.tobytes(), 2)


class Microphone(threading.Thread):
    """Speech, then silence until somebody answers, in time."""

    def __init__(self, connection, sound):
        super().__init__(daemon=True)
        self.connection, self.sound = connection, bytes(int(0.5 * RATE) * 2) + sound
        self.speech_end = None
        self.answered = threading.Event()

    def run(self):
        step = int(PIECE_S * RATE) * 2
        begin = time.monotonic()
        self.speech_end = begin + len(self.sound) / 2 / RATE
        sent = 0
        while not self.answered.is_set():
            piece = self.sound[sent:sent + step].ljust(step, b"\0")
            time.sleep(max(0, begin + (sent + step) / 2 / RATE - time.monotonic()))
            self.connection.input_audio_buffer.append(audio=base64.b64encode(piece).decode())
            sent += step


def ask(connection, sound):
    microphone = Microphone(connection, sound)
    microphone.start()
    stopped = None
    for event in connection:
        now = time.monotonic()
        if event.type == "input_audio_buffer.speech_stopped":
            stopped = now
        elif event.type == "response.output_text.delta" and not microphone.answered.is_set():
            microphone.answered.set()
            first = now
        elif event.type == "response.done":
            assert event.response.status in ("completed", "incomplete"), event.response
            break
        elif event.type == "error":
            raise RuntimeError(event.error.message)
    microphone.join()
    return 1000 * (first - microphone.speech_end), 1000 * (first - stopped)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("auris")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--silence", type=int, default=200, help="silence_duration_ms of the session")
    parser.add_argument("--models", nargs="+", default=["whisper-base", "smollm2-135m-instruct"])
    parser.add_argument("flags", nargs="*")
    arguments = parser.parse_args()
    questions = [question(text) for text in QUESTIONS]
    times = []
    with Served(arguments.auris, *arguments.flags, models=tuple(arguments.models)) as served:
        client = openai.OpenAI(base_url=served.url + "/v1", api_key=served.key, max_retries=0)
        for turn in range(arguments.rounds):
            for sound in questions:
                with client.realtime.connect(model=arguments.models[-1]) as connection:
                    connection.session.update(session={
                        "type": "realtime", "max_output_tokens": 16,
                        "audio": {"input": {"turn_detection": {"type": "server_vad",
                                                               "silence_duration_ms": arguments.silence}}}})
                    measured = ask(connection, unlike_any(sound))
                if turn > 0:  # the first round warms up
                    times.append(measured)
    lengths = [len(sound) / 2 / RATE for sound in questions]
    print(f"{len(times)} questions of {min(lengths):.1f} to {max(lengths):.1f} s, silence of {arguments.silence} ms")
    for name, column in (("from the last sample of speech", 0), ("from the end of the turn", 1)):
        values = [row[column] for row in times]
        print(f"{name:32} median {statistics.median(values):5.0f} ms, worst {max(values):5.0f} ms")


main()
