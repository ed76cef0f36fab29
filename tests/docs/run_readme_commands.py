#!/usr/bin/env python3
"""Runs every `auris ...` command of README.md, on a real recording under the names that the README uses.

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
            if line.startswith("auris "):
                yield shlex.split(line, comments=True)


def main():
    program, readme = sys.argv[1], pathlib.Path(sys.argv[2]).read_text(encoding="utf-8")
    commands = list(commands_of(readme))
    if len(commands) < 5:
        sys.exit(f"expected at least 5 commands in the README, got {len(commands)}")
    with tempfile.TemporaryDirectory() as folder:
        for command in commands:
            for word in command[1:]:  # content decides about the format, not the name
                if re.fullmatch(r"[\w-]+\.(wav|opus|m4a|mp3|flac)", word):
                    shutil.copy(RECORDING, os.path.join(folder, word))
            print("$", shlex.join(command), flush=True)
            subprocess.run([program, *command[1:]], cwd=folder, check=True, stdin=subprocess.DEVNULL)
        if not os.path.exists(os.path.join(folder, "talk.opus.srt")):
            sys.exit("expected talk.opus.srt, got nothing")


if __name__ == "__main__":
    main()
