"""A server of auris that runs while a test does."""

import json
import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request


class Served:
    """`auris serve` on a free port; `key` opens it."""

    def __init__(self, auris, *flags, key="test-key", models=("whisper-tiny.en", "smollm2-135m-instruct")):
        command = [auris, "serve", "--port", "0", "--quiet", *flags]
        for model in models:
            command += ["--model", model]
        environment = dict(os.environ)
        if key:
            environment["AURIS_API_KEY"] = key
        self.key = key
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        line = self.process.stdout.readline()
        found = re.search(r"https?://\S+", line)
        assert found, f"the server said {line!r}"
        self.url = found.group()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Asks it to end as a service manager does; returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.wait()

    def wait(self):
        """Its exit code, once it has ended."""
        self.process.stdout.close()
        return self.process.wait(timeout=60)

    def request(self, path, body=None, headers=None, method=None):
        """Status, headers and text of an answer, whatever its status."""
        data = json.dumps(body).encode() if isinstance(body, (dict, list)) else body
        request = urllib.request.Request(self.url + path, data=data, headers=headers or {}, method=method)
        if self.key and "Authorization" not in (headers or {}):
            request.add_header("Authorization", f"Bearer {self.key}")
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return answer.status, dict(answer.headers), answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, dict(error.headers), error.read().decode()

    def metric(self, name):
        """The sum of a metric over its labels."""
        values = re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", self.request("/metrics")[2], re.MULTILINE)
        assert values, f"there is no metric {name}"
        return sum(map(float, values))

    def wait_until_idle(self, most_s=20):
        """Until no request runs or waits."""
        until = time.monotonic() + most_s
        while counts := self.metric("auris_requests_running") + self.metric("auris_requests_waiting"):
            assert time.monotonic() < until, f"{counts:.0f} requests still run or wait"
            time.sleep(0.02)
