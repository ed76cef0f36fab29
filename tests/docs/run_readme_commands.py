#!/usr/bin/env python3
"""Runs every `auris ...` and `curl ...` command of README.md, on a real recording under the names that the README uses.

Usage: run_readme_commands.py AURIS README.md
"""

import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

RECORDING = "/usr/share/pocketsphinx/test/data/librivox/sense_and_sensibility_01_austen_64kb-0880.wav"


def commands_of(readme):
    for block in re.findall(r"```\w*\n(.*?)```", readme, re.S):
        for line in block.splitlines():
            if line.startswith(("auris ", "curl ")):
                yield shlex.split(line, comments=True)


def started(command, folder):
    """A server that says where it listens, for the commands behind it."""
    server = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    line = server.stdout.readline()
    if not line.startswith("listening on "):
        sys.exit(f"expected a server that listens, got {line!r}")
    return server


def ended(server):
    server.terminate()
    if server.wait(timeout=60) != 0:
        sys.exit(f"expected a server that ends with 0, got {server.returncode}")


def main():
    program, readme = sys.argv[1], pathlib.Path(sys.argv[2]).read_text(encoding="utf-8")
    commands = list(commands_of(readme))
    if len(commands) < 5:
        sys.exit(f"expected at least 5 commands in the README, got {len(commands)}")
    servers = []
    with tempfile.TemporaryDirectory() as folder:
        for command in commands:
            for word in command[1:]:  # content decides about the format, not the name
                named = re.fullmatch(r"(?:file=@)?([\w-]+\.(?:wav|opus|m4a|mp3|flac))", word)
                if named:
                    shutil.copy(RECORDING, os.path.join(folder, named[1]))
            print("$", shlex.join(command), flush=True)
            if command[0] == "auris":
                command[0] = program
            if command[-1] == "&":
                servers.append(started(command[:-1], folder))
            else:
                subprocess.run(command, cwd=folder, check=True, stdin=subprocess.DEVNULL)
        for server in servers:
            ended(server)
        if not os.path.exists(os.path.join(folder, "talk.opus.srt")):
            sys.exit("expected talk.opus.srt, got nothing")


if __name__ == "__main__":
    main()
