#!/usr/bin/env python3
"""A server on 127.0.0.1 that speaks the OpenAI protocol, well or badly. Prints its port, then serves until GET /_quit.

Usage: chat_server.py FOLDER

  POST /KIND/chat/completions, /KIND/audio/transcriptions
    v1        answers. A chat: the text of FOLDER/reply.txt if it is there, with {system} and {text} filled in, else what was
              heard and read: "model gpt, 3244 bytes of sound, text: ..."; a recording: "transcribed 3244 bytes by NAME"
    busy      status 503 twice, then as v1; limited: 429 with Retry-After: 0, then as v1; down: always 500
    slow      waits for 5 s, trickle: a byte a second; cut: breaks off in the middle; drop: before its first byte
    html, text, empty, deep, array, nochoice, nocontent, number     status 200 with something that is no answer
    huge      a body of 3 MB
    long      finish_reason "length"; parts: content as a list; refusal: no content but a refusal
    key       needs the key "secret-key-1234", else status 401 with the key it got in its message
    refuses   status 400 with a JSON error; missing: 404; moved: 307 to v1
  GET /_log   the requests so far as JSON: path, authorization, body (JSON) or form (names -> bytes or text)
"""
import base64
import email.parser
import email.policy
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(sys.argv[1])
LOG = []
COUNTS = {}
LOCK = threading.Lock()


def chat_text(body):
    system = "".join(m["content"] for m in body["messages"] if m["role"] == "system")
    content = body["messages"][-1]["content"]
    sound, text = 0, content if isinstance(content, str) else ""
    for part in content if isinstance(content, list) else []:
        if part["type"] == "text":
            text += part["text"]
        else:
            assert part["input_audio"]["format"] == "wav"
            wav = base64.b64decode(part["input_audio"]["data"], validate=True)
            assert wav[:4] == b"RIFF" and wav[8:12] == b"WAVE"
            sound += len(wav)
    script = ROOT / "reply.txt"
    if script.is_file():
        return script.read_text().replace("{system}", system).replace("{text}", text)
    return f"model {body['model']}, {sound} bytes of sound, text: {text}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        if self.path == "/_quit":
            self.reply(200, "bye")
            threading.Thread(target=self.server.shutdown).start()
        else:
            self.reply(200, json.dumps(LOG))

    def form(self, content):
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + content)
        return {part.get_param("name", header="content-disposition"): part.get_payload(decode=True)
                for part in message.iter_parts()}

    def do_POST(self):
        content = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        entry = {"path": self.path, "authorization": self.headers.get("Authorization", "")}
        is_form = self.headers["Content-Type"].startswith("multipart/")
        if is_form:
            form = self.form(content)
            entry["form"] = {k: len(v) if k == "file" else v.decode() for k, v in form.items()}
            answer = {"text": f"transcribed {len(form['file'])} bytes by {entry['form']['model']}"}
        else:
            entry["body"] = json.loads(content)
            answer = {"choices": [{"index": 0, "finish_reason": "stop",
                                   "message": {"role": "assistant", "content": chat_text(entry["body"])}}]}
        with LOCK:
            LOG.append(entry)
            COUNTS[self.path] = COUNTS.get(self.path, 0) + 1
            count = COUNTS[self.path]
        kind = self.path.split("/")[1]
        try:
            self.answer(kind, answer, count)
        except ConnectionError:  # the client gave up
            self.close_connection = True

    def answer(self, kind, answer, count):
        choice = answer.get("choices", [{}])[0]
        bodies = {"html": "<html><body>Welcome</body></html>", "text": "hello", "empty": "", "deep": "[" * 100_000,
                  "array": "[1, 2]", "nochoice": '{"choices": []}', "nocontent": '{"choices": [{"message": {}}]}',
                  "number": '{"choices": [{"message": {"content": 7}}]}', "huge": " " * 3_000_000 + json.dumps(answer)}
        if kind in bodies:
            self.reply(200, bodies[kind])
        elif kind == "busy" and count <= 2:
            self.reply(503, "busy")
        elif kind == "limited" and count <= 1:
            self.reply(429, "slowly", [("Retry-After", "0")])
        elif kind == "down":
            self.reply(500, "broken")
        elif kind == "key" and self.headers.get("Authorization") != "Bearer secret-key-1234":
            got = self.headers.get("Authorization", "")
            self.reply(401, json.dumps({"error": {"message": f"wrong key: {got}"}}))
        elif kind == "refuses":
            self.reply(400, json.dumps({"error": {"message": "audio is not supported by this model"}}))
        elif kind == "missing":
            self.reply(404, json.dumps({"error": {"message": "no such model"}}))
        elif kind == "moved":
            self.reply(307, "", [("Location", self.path.replace("/moved/", "/v1/"))])
        elif kind in ("slow", "cut", "drop", "trickle"):
            self.unwilling(kind, json.dumps(answer).encode())
        else:
            if kind == "long":
                choice["finish_reason"] = "length"
            elif kind == "parts":
                choice["message"]["content"] = [{"type": "text", "text": "two "}, {"type": "text", "text": "parts"}]
            elif kind == "refusal":
                choice["message"] = {"role": "assistant", "content": None, "refusal": "I must not."}
            self.reply(200, json.dumps(answer))

    def unwilling(self, kind, body):
        if kind == "slow":
            time.sleep(5)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if kind == "trickle":
            for byte in body[:10]:
                self.wfile.write(bytes([byte]))
                time.sleep(1)
        self.wfile.write(body if kind == "slow" else body[: len(body) // 2] if kind == "cut" else b"")
        self.close_connection = True

    def reply(self, status, text, headers=()):
        body = text.encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):  # a client that went away
        pass


server = Server(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
