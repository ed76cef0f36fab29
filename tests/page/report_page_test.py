"""The page of a small real run: python3 report_page_test.py AURIS FOLDER

Real sentences go through ingest, check, build, run and report; the page and that of the audit are then looked at in a browser
(check_page.py). After that the same answers are made hostile, and must stand in the page as text; and each kind of damage that
check_page.py looks for is done to the page, and must be found.
"""

import argparse
import json
import pathlib
import subprocess
import sys

import check_page

RECIPE = """
seed = 7
manifests = ["fit.jsonl"]
{}"""
RULE = """
[[items]]
task = "{}"
count = 2
max_duration_s = 8
splits = ["train", "dev", "test"]
configurations = ["text_audio", "audio"]
"""
TASKS = ("ASR", "SGC", "SSD")
HOSTILE = ["</script><script>window.broken = 1</script>", "<img src=x onerror='window.broken = 1'>", "\u2028\u2029 line \u202etxet\u202c \u2066x\u2069",
           "\" ' ` ${window.broken = 1} \\", "&lt;b&gt; &amp; <b>bold</b>", "\u0000\u0007\u200b\ufeff", "x" * 5000, "العربية 中文 🎧 é"]
# Every hostile answer is found letter by letter, with what cannot be seen shown by its code; nothing of it ran.
STANDS_AS_TEXT = """
(() => {
  const faults = window.broken ? ["an answer ran as a script"] : [];
  while (![...document.querySelectorAll("button")].every((button) => button.hidden)) document.querySelectorAll("button").forEach((button) => button.click());
  const shown = [...document.querySelectorAll(".item .text")].map((node) => node.textContent.replace(/U\\+[0-9A-F]{4,}/g, (code) => String.fromCodePoint(parseInt(code.slice(2), 16))));
  for (const text of %s) {
    if (!shown.includes(text)) faults.push("not shown as text: " + JSON.stringify(text.slice(0, 60)));
  }
  for (const node of document.querySelectorAll(".text b, .text img, .text script")) faults.push("markup in an answer: " + node.outerHTML);
  return faults;
})()
"""


def auris(program, *arguments, cwd):
    done = subprocess.run([program, *arguments, "--quiet"], cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"auris {' '.join(arguments)}: exit status {done.returncode}\n{done.stderr}")


def some_prompts(folder):
    """Short ones of each speaker, with the sentences of LibriVox."""
    counts = {}
    with open(folder / "some.jsonl", "w") as out:
        for line in (folder / "prompts.jsonl").read_text().splitlines():
            clip = json.loads(line)
            counts[clip["language"]] = counts.get(clip["language"], 0) + 1
            if counts[clip["language"]] <= 12:
                out.write(line + "\n")
        out.write((folder / "sentences.jsonl").read_text())
        out.write('{"id":"lost","audio":"</script><img src=x onerror=1>.wav","duration_s":1}\n')


def small_run(program, folder):
    auris(program, "data", "ingest", "asterisk", "-o", "prompts.jsonl", cwd=folder)
    auris(program, "data", "ingest", "pocketsphinx", "-o", "sentences.jsonl", cwd=folder)
    some_prompts(folder)
    auris(program, "data", "check", "some.jsonl", "-o", "fit.jsonl", "--report", "audit.html", cwd=folder)
    (folder / "eval.toml").write_text(RECIPE.format("".join(RULE.format(task) for task in TASKS)))
    auris(program, "data", "build", "eval", "eval.toml", "-o", "eval", cwd=folder)
    for system in ("cascade", "oracle"):
        closed = ["--constrained"] if system == "oracle" else []
        auris(program, "eval", "run", "eval", "-o", f"{system}.jsonl", "--system", system, "--max-tokens", "12", "--beam-size", "1", *closed, cwd=folder)
    auris(program, "eval", "judge", "eval", "cascade.jsonl", "-o", "grades.jsonl", "--task", "SGC", cwd=folder)
    auris(program, "eval", "report", "eval", "cascade.jsonl", "oracle.jsonl", "-o", "report", "--judgements", "grades.jsonl", cwd=folder)
    page = (folder / "report" / "report.json").read_text()
    for section in ("fleiss_kappa", "reliability"):
        assert section in page, section


def talk_report(program, folder):
    """A conversation, which nothing but a judge can score."""
    turns = [{"id": f"turn{turn}", "text": text, "language": "en", "dialogue": "talk", "turn": turn, "labels": {"dialogue": reply}}
             for turn, text, reply in ((0, "My name is Anna.", "Good morning, Anna."), (2, "What is my name?", "It is Anna."))]
    (folder / "talk.jsonl").write_text("".join(json.dumps(turn) + "\n" for turn in turns))
    auris(program, "data", "speak", "talk.jsonl", "-o", "talk", "--voices", "flite-slt", cwd=folder)
    rule = RULE.format("dialogue").replace("count = 2", "turns = 'last'")
    (folder / "talk.toml").write_text(RECIPE.format(rule).replace("fit.jsonl", "talk/clips.jsonl"))
    auris(program, "data", "build", "eval", "talk.toml", "-o", "talks", cwd=folder)
    auris(program, "eval", "run", "talks", "-o", "talk_answers.jsonl", "--system", "oracle", "--max-tokens", "12", cwd=folder)
    auris(program, "eval", "report", "talks", "talk_answers.jsonl", "-o", "talk_report", cwd=folder)
    (folder / "talk_report" / "report.html").rename(folder / "talk.html")


# Two turns of two configurations.
FOUR_PLAYERS = """
(() => {
  const players = [...document.querySelectorAll(".item dd audio")].filter((node) => node.src.startsWith("data:audio/wav"));
  return players.length === 4 ? [] : [`${players.length} players instead of 4`];
})()
"""


def hostile_report(program, folder):
    lines = [json.loads(line) for line in (folder / "oracle.jsonl").read_text().splitlines()]
    answers = [line for line in lines if "answer" in line]
    # Answers of tasks about words are shown as words of an alignment; of the others as they are.
    words = [line for line in answers if line["item"].startswith("speech_recognition")]
    others = [line for line in answers if line not in words]
    for group in (words, others):
        for number, line in enumerate(group):
            line["answer"] = line["transcript"] = HOSTILE[number % len(HOSTILE)]
    assert len(others) >= len(HOSTILE)
    (folder / "hostile.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    auris(program, "eval", "report", "eval", "hostile.jsonl", "cascade.jsonl", "-o", "hostile", cwd=folder)
    (folder / "hostile" / "report.html").rename(folder / "hostile.html")
    return HOSTILE


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("folder", type=pathlib.Path)
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    subprocess.run(["rm", "-rf", str(folder)], check=True)
    folder.mkdir(parents=True)
    small_run(arguments.program, folder)
    (folder / "report" / "report.html").rename(folder / "report.html")
    pictures = folder / "pictures"
    faults = []
    for page in ("audit.html", "report.html"):
        faults += [f"{page}: {fault}" for fault in check_page.faults_of(folder / page, pictures)]
    talk_report(arguments.program, folder)
    faults += [f"conversation: {fault}" for fault in
               check_page.faults_of(folder / "talk.html", pictures, extra=FOUR_PLAYERS, views=("phone",))]
    wanted = hostile_report(arguments.program, folder)
    faults += [f"hostile answers: {fault}" for fault in
               check_page.faults_of(folder / "hostile.html", pictures, extra=STANDS_AS_TEXT % json.dumps(wanted), views=("phone",))]
    for kind in check_page.BREAKS:
        found = check_page.faults_of(folder / "report.html", folder / "broken", break_kind=kind, views=("phone",))
        if not found:
            faults.append(f"damage of the kind {kind!r} is not found")
    for fault in faults:
        print(fault)
    print(f"pictures: {pictures}")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
