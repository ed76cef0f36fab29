#!/usr/bin/env python3
"""Many clients at once against `auris serve`: chats, chats with recordings, streams, transcriptions and realtime
conversations, among them some that go away, read slowly or ask nonsense. Every whole answer must be the one that the same request gets alone; every request
must be answered, or refused with a reason.

Needs flite and the Python packages of tests/serve/requirements.txt.

Usage: load.py AURIS [--seconds 600] [--clients 64] [--json FILE]

Prints what was asked and answered, and the server's memory over the second half. Ends with 1 if anything was wrong or lost.
"""

import argparse
import asyncio
import base64
import collections
import json
import os
import random
import re
import subprocess
import sys
import time

import websockets.asyncio.client
import websockets.exceptions

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../tests/serve"))
from voice import spoken  # noqa: E402

SOUNDS = "/usr/share/asterisk/sounds/en"
RECORDINGS = ["demo-congrats", "vm-goodbye", "vm-intro", "demo-thanks", "pbx-invalid", "vm-options"]
QUESTIONS = ["What is the capital of France?", "Name three colours.", "Why is the sky blue?", "Say hello in French.",
             "What is two plus two?", "Who wrote Hamlet?"]
NONSENSE = [b"{", b"[]", b'{"messages": 3}', b'{"messages": [{"role": "user", "content": [{"type": "input_audio"}]}]}',
            b'{"messages": [{"role": "user", "content": "x"}], "temperature": -1}', b"\xff" * 100]
REALTIME_NONSENSE = ["{", "[]", '{"type": 3}', '{"type": "response.cancel", "response_id": "nobody"}',
                     '{"type": "conversation.item.delete", "item_id": "nobody"}']
BUSY = (429, 503)


class Lost(Exception):
    """An answer that did not come, or that was another one."""


def recording(name):
    with open(f"{SOUNDS}/{name}.g722", "rb") as file:
        return file.read()


def chat_body(content, stream=False, tokens=24):
    return json.dumps({"model": "any", "messages": [{"role": "user", "content": content}], "temperature": 0,
                       "max_completion_tokens": tokens, "stream": stream}).encode()


def heard(question, name):
    data = base64.b64encode(recording(name)).decode()
    return [{"type": "text", "text": question}, {"type": "input_audio", "input_audio": {"data": data, "format": "g722"}}]


def form(name):
    boundary = "load-generator"
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="response_format"\r\n\r\ntext\r\n'.encode(),
             f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}.g722"\r\n\r\n'.encode(),
             recording(name), f"\r\n--{boundary}--\r\n".encode()]
    return b"".join(parts), f"multipart/form-data; boundary={boundary}"


class Request:
    """A request by name; `text_of` is what its answer says."""

    def __init__(self, name, path, body, content_type="application/json", stream=False):
        self.name, self.path, self.body, self.content_type, self.stream = name, path, body, content_type, stream

    def text_of(self, answer):
        if self.path != "/v1/chat/completions":
            return answer.decode()
        if not self.stream:
            return json.loads(answer)["choices"][0]["message"]["content"]
        events = [line[6:] for line in answer.decode().splitlines() if line.startswith("data: ")]
        if not events or events[-1] != "[DONE]":
            raise Lost("a stream without its end")
        return "".join(json.loads(event)["choices"][0]["delta"].get("content") or "" for event in events[:-1])


class Realtime:
    """A spoken question over /v1/realtime, answered, or only written down as soon as silence follows."""

    def __init__(self, name, sound, writes):
        self.name, self.sound, self.writes = name, sound + bytes(32000), writes

    def settings(self):
        audio = {"input": {"format": {"type": "audio/pcm", "rate": 16000}}}
        if self.writes:
            return {"type": "transcription", "audio": audio}
        audio["input"]["turn_detection"] = None
        return {"type": "realtime", "max_output_tokens": 24, "audio": audio}

    def events(self):
        yield {"type": "session.update", "session": self.settings()}
        for begin in range(0, len(self.sound), 9600):
            yield {"type": "input_audio_buffer.append",
                   "audio": base64.b64encode(self.sound[begin:begin + 9600]).decode()}
        if not self.writes:
            yield {"type": "input_audio_buffer.commit"}
            yield {"type": "response.create"}

    async def ask(self, port, nonsense=False, leave=False):
        """What was said or answered; None for who leaves, and where the server is too busy."""
        query = "intent=transcription" if self.writes else "model=any"
        async with websockets.asyncio.client.connect(f"ws://127.0.0.1:{port}/v1/realtime?{query}",
                                                     open_timeout=60) as socket:
            for event in self.events():
                await socket.send(json.dumps(event))
                if nonsense:
                    await socket.send(random.choice(REALTIME_NONSENSE))
            if leave:
                await asyncio.sleep(random.random())
                return None
            async for message in socket:
                event = json.loads(message)
                if event["type"] == "error" and not nonsense:
                    raise Lost(event["error"]["message"])
                if event["type"] == "conversation.item.input_audio_transcription.completed":
                    return event["transcript"]
                if event["type"] == "conversation.item.input_audio_transcription.failed":
                    return self.busy(event["error"])
                if event["type"] == "response.done":
                    response = event["response"]
                    if response["status"] == "failed":
                        return self.busy(response["status_details"]["error"])
                    if response["status"] == "cancelled" or not response["output"]:
                        raise Lost(f"the answer was {response['status']}")
                    return response["output"][0]["content"][0]["text"]
            raise Lost("closed before the answer")

    @staticmethod
    def busy(error):
        if error["code"] != "overloaded":
            raise Lost(error["message"])


def conversations():
    sounds = [spoken(question, 16000) for question in QUESTIONS]
    return [Realtime(f"{'dictation' if writes else 'realtime'} {i}", sound, writes)
            for i, sound in enumerate(sounds) for writes in (False, True)]


def requests():
    chat = "/v1/chat/completions"
    made = []
    for i, question in enumerate(QUESTIONS):
        made.append(Request(f"chat {i}", chat, chat_body(question)))
        made.append(Request(f"stream {i}", chat, chat_body(question, stream=True), stream=True))
    for i, name in enumerate(RECORDINGS):
        made.append(Request(f"heard {i}", chat, chat_body(heard("What is said?", name)), stream=False))
        body, content_type = form(name)
        made.append(Request(f"transcript {i}", "/v1/audio/transcriptions", body, content_type))
    return made


async def exchange(port, request, pause=0.0, leave_after=None):
    """Status and body. `pause`: seconds between reads; `leave_after`: bytes of the answer after which the client goes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 24)
    try:
        head = (f"POST {request.path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {request.content_type}\r\n"
                f"Content-Length: {len(request.body)}\r\nConnection: close\r\n\r\n")
        writer.write(head.encode() + request.body)
        await writer.drain()
        if leave_after == 0:
            await asyncio.sleep(random.random() * 0.5)
            return None, b""
        received = b""
        while True:
            piece = await reader.read(512 if pause else 1 << 16)
            if not piece:
                break
            received += piece
            if leave_after is not None and len(received) >= leave_after:
                return None, b""
            if pause:
                await asyncio.sleep(pause)
    finally:
        writer.close()
    head, _, body = received.partition(b"\r\n\r\n")
    found = re.match(rb"HTTP/1.1 (\d+)", head)
    if not found:
        raise Lost("no answer at all")
    if b"transfer-encoding: chunked" in head.lower():
        body = unchunked(body)
    return int(found[1]), body


def unchunked(body):
    whole = b""
    while True:
        size, _, rest = body.partition(b"\r\n")
        count = int(size, 16)
        if count == 0:
            return whole
        whole += rest[:count]
        body = rest[count + 2:]


async def talk(port, conversation, wanted, dice, counts):
    kind = conversation.name.split()[0]
    leave = dice < 0.2
    said = await conversation.ask(port, nonsense=dice > 0.8, leave=leave)
    if leave:
        counts["left"] += 1
    elif said is None:
        counts[f"{kind} refused"] += 1
        await asyncio.sleep(1)
    elif said != wanted[conversation.name]:
        raise Lost(f"said {said!r}, alone {wanted[conversation.name]!r}")
    else:
        counts[f"{kind} right"] += 1


async def client(port, all_requests, all_conversations, wanted, until, counts, wrong, seed):
    draw = random.Random(seed)
    while time.monotonic() < until:
        if draw.random() < 0.2:
            conversation = draw.choice(all_conversations)
            try:
                await talk(port, conversation, wanted, draw.random(), counts)
            except (Lost, OSError, ValueError, KeyError, websockets.exceptions.WebSocketException) as error:
                wrong.append(f"{conversation.name}: {type(error).__name__}: {error}")
            continue
        dice = draw.random()
        request = draw.choice(all_requests)
        kind = request.name.split()[0]
        try:
            if dice < 0.08:
                nonsense = Request("nonsense", draw.choice(["/v1/chat/completions", "/v1/audio/transcriptions"]),
                                   draw.choice(NONSENSE))
                status, body = await exchange(port, nonsense)
                if status not in (400, 415, *BUSY) or "error" not in json.loads(body):
                    raise Lost(f"nonsense was answered with {status}")
                counts["nonsense refused"] += 1
                continue
            if dice < 0.16:
                await exchange(port, request, leave_after=draw.choice([0, 200, 600]))
                counts["left"] += 1
                continue
            status, body = await exchange(port, request, pause=0.05 if dice < 0.24 else 0.0)
            if status in BUSY:
                counts[f"{kind} {status}"] += 1
                await asyncio.sleep(1)
                continue
            if status != 200:
                raise Lost(f"{request.name}: status {status}: {body[:200]!r}")
            if request.text_of(body) != wanted[request.name]:
                raise Lost(f"{request.name}: said {request.text_of(body)!r}, alone {wanted[request.name]!r}")
            counts[f"{kind} right"] += 1
        except (Lost, OSError, ValueError, KeyError) as error:
            wrong.append(f"{request.name}: {error}")


def resident_mib(pid):
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


async def watch(pid, until, memory):
    while time.monotonic() < until:
        memory.append(resident_mib(pid))
        await asyncio.sleep(1)


async def run(port, pid, options):
    all_requests = requests()
    wanted = {}
    for request in all_requests:
        status, body = await exchange(port, request)
        if status != 200:
            sys.exit(f"error: {request.name} alone: status {status}: {body[:300]!r}")
        wanted[request.name] = request.text_of(body)
    all_conversations = conversations()
    for conversation in all_conversations:
        wanted[conversation.name] = await conversation.ask(port)
    counts, wrong, memory = collections.Counter(), [], []
    until = time.monotonic() + options.seconds
    clients = [client(port, all_requests, all_conversations, wanted, until, counts, wrong, seed)
               for seed in range(options.clients)]
    await asyncio.gather(watch(pid, until, memory), *clients)
    half = memory[len(memory) // 2:]
    return {"seconds": options.seconds, "clients": options.clients, "answers": dict(sorted(counts.items())),
            "wrong_or_lost": wrong[:20], "wrong_or_lost_count": len(wrong),
            "memory_mib": {"first": round(memory[0], 1), "half": round(half[0], 1), "last": round(half[-1], 1),
                           "by_minute": [round(mib) for mib in memory[::60]],
                           "largest_of_second_half": round(max(half), 1),
                           "growth_of_second_half": round(max(half) / half[0] - 1, 4)}}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("auris")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--model", action="append", default=None)
    parser.add_argument("--json")
    options = parser.parse_args()
    command = [options.auris, "serve", "--port", "0", "--quiet"]
    for model in options.model or ["whisper-tiny.en", "smollm2-135m-instruct"]:
        command += ["--model", model]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    port = int(re.search(r":(\d+)\s*$", server.stdout.readline())[1])
    result = asyncio.run(run(port, server.pid, options))
    server.terminate()
    result["exit_code"] = server.wait(timeout=120)
    print(json.dumps(result, indent=2))
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(result, file, indent=2)
    sys.exit(1 if result["wrong_or_lost_count"] or result["exit_code"] else 0)


if __name__ == "__main__":
    main()
