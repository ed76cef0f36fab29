"""Checks format (clang-format) and defects (clang-tidy) of the sources: python3 tools/lint.py BUILD [--all] [FILE...]

BUILD is a configured build folder without precompiled headers and with sources compiled one by one. clang-tidy takes 5 to
10 s a file, so that a file that was clean is checked again only when it, a header of ours that it includes, or .clang-tidy
has changed since; --all forgets that. Files may be named to check only those. Exit status 1 if anything is found.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]


def sources():
    listed = subprocess.run(["git", "ls-files", "*.cpp", "*.h"], cwd=ROOT, check=True, capture_output=True, text=True)
    return [pathlib.Path(name) for name in listed.stdout.split()]


def inclusions(build):
    """Source that the build compiles -> itself and the headers of this repository that it includes, directly or not."""
    direct = {}

    def included(path):
        if path not in direct:
            names = re.findall(r'^#include "(.+)"', (ROOT / path).read_text(), re.MULTILINE)
            direct[path] = [pathlib.Path(name) for name in names if (ROOT / name).exists()]
        return direct[path]

    result = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        source = pathlib.Path(entry["file"])
        if not source.is_relative_to(ROOT) or source.is_relative_to(build):
            continue
        found, waiting = {}, [source.relative_to(ROOT)]
        while waiting:
            path = waiting.pop()
            if path not in found:
                found[path] = True
                waiting += included(path)
        result[source.relative_to(ROOT)] = list(found)
    return result


def misformatted(files):
    command = ["clang-format-14", "--dry-run", "--Werror", *map(str, files)]
    return subprocess.run(command, cwd=ROOT).returncode != 0


def tidy(build, source):
    command = ["clang-tidy-14", "-p", str(build), "--quiet", str(source)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        print(done.stdout or done.stderr, flush=True)
    return done.returncode == 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("files", type=pathlib.Path, nargs="*")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    arguments = parser.parse_intermixed_args()
    for program in ("clang-format-14", "clang-tidy-14"):
        if shutil.which(program) is None:
            sys.exit(f"{program} is missing: install the Debian package of that name")
    build = arguments.build.resolve()
    files = arguments.files or sources()
    headers = inclusions(build)
    stamps = build / "clean"

    def stamp(source):
        return stamps / f"{source}.clean"

    def is_clean(source):
        if arguments.all or not stamp(source).exists():
            return False
        checked = stamp(source).stat().st_mtime
        return all((ROOT / path).stat().st_mtime < checked for path in [*headers[source], pathlib.Path(".clang-tidy")])

    def check(source):
        clean = tidy(build, source)
        if clean:
            stamp(source).parent.mkdir(parents=True, exist_ok=True)
            stamp(source).touch()
        return clean

    bad = misformatted(files)
    todo = [source for source in files if source in headers and not is_clean(source)]
    print(f"{len(todo)} of {len(headers)} sources to check", flush=True)
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        found = [source for source, clean in zip(todo, pool.map(check, todo)) if not clean]
    if bad or found:
        sys.exit(f"{'badly formatted files (make format); ' if bad else ''}{len(found)} sources with findings")


if __name__ == "__main__":
    main()
