"""The page of a run in a browser: python3 live_page_test.py LIVE_RUN FOLDER

LIVE_RUN (live_run.cpp) writes the page; check_page.py looks at it. What is text in the run must be text in the page, and every
kind of curve must be there.
"""

import pathlib
import subprocess
import sys

import check_page

CHARTS = 9  # live_page.js
EXTRA = f"""
(() => {{
  const faults = window.broken ? ["a text ran as a script"] : [];
  const charts = document.querySelectorAll(".chart").length;
  if (charts !== {CHARTS}) faults.push(`${{charts}} charts instead of {CHARTS}`);
  if (!document.querySelector("h1").textContent.includes("<img src=x")) faults.push("the title is not shown as text");
  const warnings = [...document.querySelectorAll("#warnings td.number")].map((node) => node.textContent);
  if (warnings[0] !== "900") faults.push(`the first warning is of step ${{warnings[0]}}`);
  if (warnings.length !== 3) faults.push(`${{warnings.length}} warnings instead of 3`);
  return faults;
}})()
"""


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    subprocess.run(["rm", "-rf", str(folder)], check=True)
    subprocess.run([program, str(folder)], check=True)
    faults = check_page.faults_of(folder / "live.html", folder / "pictures", extra=EXTRA)
    for fault in faults:
        print(fault)
    print(f"pictures: {folder / 'pictures'}")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
