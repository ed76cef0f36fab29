"""Looks at a page of auris in headless Chromium: python3 check_page.py PAGE.html PICTURES

Opens it in the width of a desktop and of a phone, light and dark, and fails if there is a JavaScript error, a message on the
console, a request for anything outside the page, an empty chart, or text that leaves its place. Writes a PNG of each into the
folder PICTURES. With --break KIND the page is damaged first, so that a test can see that the check finds it.
"""

import argparse
import base64
import pathlib
import sys
import time

from browser import Browser

VIEWS = {"desktop": (1280, 900, False), "phone": (390, 844, True)}
LONGEST_PICTURE = 12000  # pixels high
BREAKS = {
    "script": "setTimeout(() => { throw new Error('broken on purpose'); }, 0)",
    "console": "console.error('broken on purpose')",
    "chart": "document.querySelector('.chart svg').replaceChildren()",
    "figures": "(() => { const chart = echarts.getInstanceByDom(document.querySelectorAll('.chart')[1]); "
               "const {series} = chart.getOption(); series.forEach((one) => { one.data = []; }); chart.setOption({series}); })()",
    "squeezed": "document.querySelector('section p').style.cssText = 'width: 1ch; overflow-wrap: anywhere'",
    "wide": "document.querySelector('section p').style.cssText = 'white-space: nowrap; max-width: none'",
    "request": "void fetch('http://127.0.0.1:9/').catch(() => {})",
}


def open_page(browser, page, view, scheme):
    width, height, mobile = VIEWS[view]
    for domain in ("Page", "Runtime", "Log", "Network"):
        browser.command(domain + ".enable")
    browser.command("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)
    browser.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    browser.events.clear()
    browser.command("Page.navigate", url=page.resolve().as_uri())
    for _ in range(600):
        if browser.evaluate("document.readyState === 'complete'"):
            break
        time.sleep(0.05)
    else:
        raise TimeoutError("the page does not load")
    settle(browser)


def settle(browser):
    browser.evaluate("document.fonts.ready.then(() => new Promise((done) => setTimeout(() => requestAnimationFrame(() => "
                     "requestAnimationFrame(done)), 200))).then(() => true)")


def messages(browser, page):
    """What went wrong while the page was open."""
    faults = []
    for event in browser.events:
        parameters = event.get("params", {})
        if event["method"] == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            faults.append("JavaScript error: " + details.get("exception", {}).get("description", details["text"]))
        elif event["method"] == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning", "assert"):
            faults.append("console: " + " ".join(str(value.get("value", value.get("description"))) for value in parameters["args"]))
        elif event["method"] == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
            faults.append("log: " + parameters["entry"]["text"])
        elif event["method"] == "Network.requestWillBeSent":
            url = parameters["request"]["url"]
            if url != page.resolve().as_uri() and not url.startswith(("data:", "blob:")):
                faults.append("asks for " + url[:200])
    return faults


def picture(browser, path):
    size = browser.command("Page.getLayoutMetrics")["cssContentSize"]
    clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], LONGEST_PICTURE), "scale": 1}
    shot = browser.command("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(base64.b64decode(shot["data"]))


def faults_of(page, pictures, break_kind=None, extra=None, views=tuple(VIEWS)):
    """`extra` is JavaScript that returns further faults."""
    checks = (pathlib.Path(__file__).parent / "page_checks.js").read_text()
    faults = []
    with Browser() as browser:
        for view in views:
            for scheme in ("light", "dark"):
                open_page(browser, page, view, scheme)
                if break_kind:
                    browser.evaluate(BREAKS[break_kind])
                    settle(browser)
                found = browser.evaluate(checks) + (browser.evaluate(extra) if extra else [])
                picture(browser, pictures / f"{page.stem}-{view}-{scheme}.png")
                faults += [f"{view}, {scheme}: {fault}" for fault in messages(browser, page) + found]
    return faults


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("page", type=pathlib.Path)
    parser.add_argument("pictures", type=pathlib.Path)
    parser.add_argument("--break", dest="break_kind", choices=BREAKS)
    arguments = parser.parse_args()
    faults = faults_of(arguments.page, arguments.pictures, arguments.break_kind)
    for fault in faults:
        print(fault)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
