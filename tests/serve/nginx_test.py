"""deploy/nginx.conf before two replicas of `auris serve`: pieces come as they are written, a session stays at its replica,
and where one is gone the other answers."""

import base64
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

from served import Served

AURIS, CONFIGURATION = sys.argv[1:3]
CHAT = "/v1/chat/completions"
NGINX = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")  # where an ordinary user does not look


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class Nginx:
    """nginx with the configuration as it is, but for addresses and the folder it may write in."""

    def __init__(self, replicas):
        self.folder = tempfile.TemporaryDirectory()
        self.port = free_port()
        with open(CONFIGURATION) as file:
            text = file.read()
        for old, new in [("127.0.0.1:8080", f"127.0.0.1:{self.port}"), ("/run/nginx.pid", f"{self.folder.name}/pid"),
                         ("user www-data;", "user root;" if os.geteuid() == 0 else "")] + [
                (f"127.0.0.1:{8081 + i}", replica.url.removeprefix("http://")) for i, replica in enumerate(replicas)]:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        # Its own folders belong to the system's nginx.
        folders = "".join(f"  {kind}_temp_path {self.folder.name}/{kind};\n"
                          for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        text = text.replace("http {\n", "http {\n" + folders, 1)
        path = os.path.join(self.folder.name, "nginx.conf")
        with open(path, "w") as file:
            file.write(text)
        self.process = subprocess.Popen([NGINX, "-e", "stderr", "-p", self.folder.name, "-c", path, "-g", "daemon off;"])
        self.url = f"http://127.0.0.1:{self.port}"
        until = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                assert self.process.poll() is None and time.monotonic() < until, "nginx does not listen"
                time.sleep(0.02)

    def stop(self):
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(timeout=20)
        self.folder.cleanup()


class Replicas(unittest.TestCase):
    def setUp(self):
        self.replicas = [Served(AURIS, key="", models=("smollm2-135m-instruct", "whisper-tiny.en")) for _ in range(2)]
        self.nginx = Nginx(self.replicas)

    def tearDown(self):
        self.nginx.stop()
        for replica in self.replicas:
            replica.stop()

    def ask(self, headers=None, path=CHAT, **fields):
        body = {"messages": [{"role": "user", "content": "Count from one to twenty."}], "max_completion_tokens": 2,
                "temperature": 0, **fields}
        request = urllib.request.Request(self.nginx.url + path, json.dumps(body).encode(), headers or {})
        return urllib.request.urlopen(request, timeout=60)

    def answered(self, replica):
        """How many chats a replica has answered."""
        counts = re.findall(r'^auris_requests_total\{[^}]*route="/v1/chat/completions"[^}]*\} (\S+)$',
                            replica.request("/metrics")[2], re.M)
        return sum(map(float, counts))

    def place_of(self, headers):
        """Which replica answers a session, by what both have counted."""
        before = [self.answered(replica) for replica in self.replicas]
        self.assertEqual(self.ask(headers).status, 200)
        until, more = time.monotonic() + 5, [0, 0]
        while sum(more) == 0 and time.monotonic() < until:  # it is counted when it has been sent
            more = [self.answered(replica) - count for replica, count in zip(self.replicas, before)]
        self.assertEqual(sorted(more), [0, 1])
        return more.index(1)

    def test_pieces_come_as_they_are_written(self):
        times, text = [], ""
        with self.ask(stream=True, max_completion_tokens=40) as answer:
            self.assertTrue(answer.headers["Content-Type"].startswith("text/event-stream"))
            for line in answer:
                if line.startswith(b"data: {"):
                    times.append(time.monotonic())
                    text += json.loads(line[6:])["choices"][0]["delta"].get("content") or ""
        self.assertGreater(len(times), 10)
        self.assertGreater(times[-1] - times[0], 0.1, "it came all at once")
        gaps = [late - early for early, late in zip(times, times[1:])]
        self.assertLess(max(gaps), 0.7 * (times[-1] - times[0]), "it came in one lump")
        with self.ask(max_completion_tokens=40) as whole:
            self.assertEqual(json.load(whole)["choices"][0]["message"]["content"], text)

    def test_a_session_stays_at_its_replica(self):
        places = {name: self.place_of({"x-session-id": name}) for name in map(str, range(12))}
        self.assertEqual(set(places.values()), {0, 1}, "all sessions at one replica")
        for name, place in places.items():
            self.assertEqual(self.place_of({"x-session-id": name}), place)
        # Without a session the key counts, without a key the address.
        for headers in ({"Authorization": "Bearer a"}, {"Authorization": "Bearer b"}, {}):
            self.assertEqual(self.place_of(headers), self.place_of(headers))
        # The second turn finds the first in the cache, which is what all this is for.
        first = [{"role": "user", "content": "Tell me about Paris. " * 20}]
        with self.ask({"x-session-id": "c"}, messages=first) as answer:
            said = json.load(answer)
        turns = first + [said["choices"][0]["message"], {"role": "user", "content": "And?"}]
        with self.ask({"x-session-id": "c"}, messages=turns) as answer:
            cached = json.load(answer)["usage"]["prompt_tokens_details"]["cached_tokens"]
        self.assertGreaterEqual(cached, said["usage"]["prompt_tokens"] - 2)

    def test_where_one_is_gone_the_other_answers(self):
        names = list(map(str, range(8)))
        places = {name: self.place_of({"x-session-id": name}) for name in names}
        self.assertEqual(set(places.values()), {0, 1})
        self.assertEqual(self.replicas[0].stop(), 0)
        for name in names * 2:
            self.assertEqual(self.ask({"x-session-id": name}).status, 200, name)

    def test_sockets_go_through(self):
        key = base64.b64encode(os.urandom(16)).decode()
        with socket.create_connection(("127.0.0.1", self.nginx.port), timeout=20) as client:
            client.sendall(f"GET /v1/realtime HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                           f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode())
            answer = b""
            while b"session.created" not in answer:
                piece = client.recv(4096)
                self.assertTrue(piece, answer)
                answer += piece
        self.assertTrue(answer.startswith(b"HTTP/1.1 101"), answer)
        accepted = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest())
        self.assertIn(accepted, answer)

    def test_what_nginx_keeps_to_itself(self):
        for path, status in (("/metrics", 404), ("/nginx-health", 200), ("/ready", 200)):
            try:
                got = urllib.request.urlopen(self.nginx.url + path, timeout=20).status
            except urllib.error.HTTPError as error:
                got = error.code
            self.assertEqual(got, status, path)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v"])
