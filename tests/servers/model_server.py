#!/usr/bin/env python3
"""A small model hub on 127.0.0.1 for the download tests. Prints its port, then serves until GET /_quit.

Usage: model_server.py FOLDER

  /plain/NAME      FOLDER/NAME with ETag and ranges; /slow/NAME the same, 1 MB a second
  /cut/NAME        the same, but every reply breaks off after 100,000 bytes
  /drop/NAME       every reply breaks off before its first byte
  /norange/NAME    breaks off once, then answers every range with the whole file; no ETag
  /changing/NAME   breaks off, then has other content (reversed) under another ETag
  /lying/NAME      breaks off, then answers a range with status 206 and the wrong range
  /ORG/REPO/resolve/REV/FILE, /api/models/ORG/REPO/revision/REV
                   the hub's protocol over FOLDER/ORG/REPO. Large files (.safetensors, .gguf, .bin) are redirected to
                   another host name (/store/..., which breaks off like /cut; for REPO "slow" to /slow/...). ORG "gated"
                   needs the token "secret"; ORG "renamed" is redirected to "org"; ORG "evil" sends hostile headers.
  /_log            the requests so far as JSON: method, path, range, if_range, authorization
"""
import hashlib
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(sys.argv[1]).resolve()
COMMIT = "0123456789abcdef0123456789abcdef01234567"
CUT_BYTES = 100_000
LOG = []
SEEN = set()
LOCK = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self.answer()

    def do_GET(self):
        self.answer()

    def answer(self):
        path = self.path
        if path == "/_quit":
            self.reply(200, b"bye")
            threading.Thread(target=self.server.shutdown).start()
            return
        if path == "/_log":
            self.reply(200, json.dumps(LOG).encode())
            return
        header = self.headers.get
        LOG.append({"method": self.command, "path": path, "range": header("Range", ""),
                    "if_range": header("If-Range", ""), "authorization": header("Authorization", "")})
        parts = path.strip("/").split("/")
        if parts[0] in ("plain", "slow", "cut", "drop", "norange", "changing", "lying"):
            self.serve(parts[0], ROOT / "/".join(parts[1:]))
        elif parts[0] == "store":
            self.serve("cut", ROOT / "/".join(parts[1:]))
        elif parts[:2] == ["api", "models"]:
            self.list_repository(ROOT / parts[2] / parts[3], parts[2])
        elif len(parts) > 4 and parts[2] == "resolve":
            self.resolve(parts[0], parts[1], "/".join(parts[4:]))
        else:
            self.reply(404, b"no such page")

    def reply(self, status, body, headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def allowed(self, organisation):
        if organisation == "gated" and self.headers.get("Authorization") != "Bearer secret":
            self.reply(401, b"a token is needed")
            return False
        return True

    def list_repository(self, folder, organisation):
        if not self.allowed(organisation):
            return
        if not folder.is_dir():
            self.reply(404, b"no such repository")
            return
        names = sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())
        self.reply(200, json.dumps({"sha": COMMIT, "siblings": [{"rfilename": n} for n in names]}).encode())

    def resolve(self, organisation, repository, name):
        if not self.allowed(organisation):
            return
        if organisation == "renamed":
            self.reply(307, b"", [("Location", f"/org/{repository}/resolve/main/{name}")])
            return
        file = ROOT / organisation / repository / name
        if not file.is_file():
            self.reply(404, b"no such file")
            return
        content = file.read_bytes()
        headers = [("X-Repo-Commit", COMMIT)]
        if organisation == "evil":
            headers = [("X-Repo-Commit", "../../../evil"), ("ETag", '"../../evil"')]
            if repository == "tag":
                headers[0] = ("X-Repo-Commit", COMMIT)
            self.reply(200, content, headers)
        elif file.suffix in (".safetensors", ".gguf", ".bin"):
            digest = hashlib.sha256(content).hexdigest()
            port = self.server.server_address[1]
            store = "slow" if repository == "slow" else "store"
            headers += [("X-Linked-Etag", f'"{digest}"'), ("X-Linked-Size", str(len(content))),
                        ("Location", f"http://localhost:{port}/{store}/{organisation}/{repository}/{name}")]
            self.reply(302, b"elsewhere", headers)
        else:
            tag = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
            self.reply(200, content, headers + [("ETag", f'"{tag}"')])

    def serve(self, kind, file):
        if not file.is_file():
            self.reply(404, b"no such file")
            return
        content = file.read_bytes()
        with LOCK:
            first = self.path not in SEEN
            SEEN.add(self.path)
        if kind == "changing" and not first:
            content = content[::-1]
        tag = '"' + hashlib.md5(content).hexdigest() + '"'
        begin, status = 0, 200
        asked = self.headers.get("Range", "")
        fresh = self.headers.get("If-Range", tag) == tag
        if asked and fresh and kind != "norange":
            begin, status = int(asked.removeprefix("bytes=").removesuffix("-")), 206
            if begin >= len(content):
                self.reply(416, b"", [("Content-Range", f"bytes */{len(content)}")])
                return
        if kind == "lying" and asked:
            begin = 7
        self.send_response(status)
        if kind != "norange":
            self.send_header("ETag", tag)
        if status == 206:
            self.send_header("Content-Range", f"bytes {begin}-{len(content) - 1}/{len(content)}")
        body = content[begin:]
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        breaks = kind == "cut" or (first and kind in ("norange", "changing", "lying"))
        limit = 0 if kind == "drop" else CUT_BYTES if breaks else len(body)
        try:
            for at in range(0, min(limit, len(body)), 50_000):
                self.wfile.write(body[at : min(at + 50_000, limit)])
                if kind == "slow":
                    time.sleep(0.05)
            self.wfile.flush()
        except ConnectionError:  # the client gave up
            self.close_connection = True
        if limit < len(body):
            self.close_connection = True


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_address[1], flush=True)
server.serve_forever()
