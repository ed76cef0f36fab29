// The page of `auris serve` as somebody uses it: node page_test.mjs AURIS FOLDER
//
// Headless Chromium, whose microphone plays a real recording; a real server with real models. Fails by the first thing that
// is not as it should be, and by any error on the console, any request to another host, any serious fault of accessibility.
// Leaves pictures in FOLDER.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join, resolve } from "node:path";
import { serve } from "./served.mjs";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const kSentence = "/usr/share/pocketsphinx/test/data/librivox/sense_and_sensibility_01_austen_64kb-0870.wav";
const kSentenceWords = ["dashwood", "leisure", "consider", "power"];
const kPrompt = "/usr/share/asterisk/sounds/en/demo-congrats.g722"; // which browsers do not know
const kFrench = "/usr/share/asterisk/sounds/fr/vm-intro.g722";
const kModels = ["whisper-tiny.en", "whisper-base", "smollm2-135m-instruct"];

const auris = resolve(process.argv[2]);
const folder = resolve(process.argv[3]);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

let faults = [];
let foreseen = []; // statuses that a step provokes
const begun = Date.now();
const say = (what) => console.log(`${((Date.now() - begun) / 1000).toFixed(1)} s  ${what}`);

async function open(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, colorScheme: "light", reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(60000);
  page.on("pageerror", (error) => faults.push(`error: ${error}`));
  page.on("console", (message) => {
    const isForeseen = foreseen.some((status) => message.text().includes(`status of ${status} `));
    if (message.type() === "error" && !isForeseen) faults.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(url) && !/^(blob|data):/.test(request.url())) faults.push(`request to ${request.url()}`);
  });
  await page.goto(url);
  return page;
}

async function look(page, name) {
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true, animations: "disabled" });
  const { width, wanted } = await page.evaluate(() => ({ width: document.documentElement.clientWidth, wanted: document.documentElement.scrollWidth }));
  assert.ok(wanted <= width, `${name}: ${wanted} wide in a window of ${width}`);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => axe.run());
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  assert.deepEqual(serious.map(({ id, nodes }) => `${name}: ${id} ${nodes[0].html} ${nodes[0].failureSummary}`), []);
}

async function drop(page, path) {
  const data = await page.evaluateHandle(([name, base64]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
    return transfer;
  }, [basename(path), readFileSync(path).toString("base64")]);
  await page.dispatchEvent("main", "drop", { dataTransfer: data });
  await page.getByText(basename(path), { exact: true }).waitFor();
}

const button = (page, name) => page.getByRole("button", { name, exact: true });
const choose = (page, task) => page.getByRole("radio", { name: task }).check();
const heard = async (page) => (await page.locator(".words").allTextContents()).join(" ");

async function transcribe(page, verb = "Transcribe") {
  await button(page, verb).click();
  await button(page, "Download as SRT").waitFor();
  return heard(page);
}

function hasWords(text, words) {
  for (const word of words) assert.ok(text.toLowerCase().includes(word), `no "${word}" in "${text}"`);
}

async function coloursOf(page, canvas) {
  return page.locator(canvas).evaluate((node) => {
    const { data } = node.getContext("2d").getImageData(0, 0, node.width, node.height);
    return new Set(new Uint32Array(data.buffer)).size;
  });
}

async function savedAs(page, form) {
  const [download] = await Promise.all([page.waitForEvent("download"), button(page, `Download as ${form.toUpperCase()}`).click()]);
  return readFileSync(await download.path(), "utf8");
}

async function fromServer(url, path, form, model) {
  const body = new FormData();
  body.set("model", model);
  body.set("response_format", form);
  body.set("file", new File([readFileSync(path)], basename(path)));
  return (await fetch(`${url}/v1/audio/transcriptions`, { method: "POST", body })).text();
}

const playedTo = (page) => page.locator("audio").evaluate((audio) => audio.currentTime);

async function files(browser, { url }) {
  const page = await open(browser, url);
  await button(page, "Record").waitFor();
  await page.getByRole("combobox", { name: "Model" }).selectOption("whisper-tiny.en");
  await look(page, "empty");
  const headers = (await page.request.get(url)).headers();
  assert.match(headers["content-security-policy"], /default-src 'none'; script-src 'self'/);
  assert.equal((await page.request.get(url, { headers: { "If-None-Match": headers["etag"] } })).status(), 304);
  assert.equal((await page.request.get(`${url}/assets/none.js`)).status(), 404);

  await drop(page, kSentence);
  assert.ok((await coloursOf(page, ".spectrogram")) > 100, "the spectrogram is empty");
  assert.ok((await coloursOf(page, ".waveform")) > 1, "the waveform is empty");
  hasWords(await transcribe(page), kSentenceWords);
  await look(page, "transcript");
  for (const form of ["srt", "vtt"]) assert.equal(await savedAs(page, form), await fromServer(url, kSentence, form, "whisper-tiny.en"));
  hasWords(JSON.parse(await savedAs(page, "json")).text, kSentenceWords);
  say("a dropped file, its transcript and its downloads");

  const slider = page.getByRole("slider");
  await slider.press("End");
  await slider.press("ArrowLeft");
  assert.ok((await playedTo(page)) > 5);
  await page.getByRole("button", { name: "Play from 0:00" }).first().click();
  await page.waitForFunction(() => { const { paused, currentTime } = document.querySelector("audio"); return !paused && currentTime > 0.2 && currentTime < 3; });
  await page.locator("li.now").first().waitFor();
  await button(page, "Pause").click();
  say("times seek");

  await button(page, "Dark colours").click();
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).colorScheme), "dark");
  await look(page, "transcript_dark");
  await page.reload();
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).colorScheme), "dark");
  await button(page, "Light colours").click();
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).colorScheme), "light");
  say("dark and light");

  await drop(page, kPrompt);
  await page.getByText("cannot show or play").waitFor();
  hasWords(await transcribe(page), ["congratulations", "asterisk"]);
  await look(page, "unplayable");
  await drop(page, kFrench);
  await choose(page, "Translate");
  await page.getByRole("combobox", { name: "Model" }).selectOption("whisper-base");
  hasWords(await transcribe(page, "Translate"), ["message"]);
  say("a format that the browser does not know; French into English");

  const letter = join(folder, "letter.mp3");
  writeFileSync(letter, "This is a letter and no recording. ".repeat(20));
  await drop(page, letter);
  await choose(page, "Transcribe");
  foreseen = [400, 415];
  await button(page, "Transcribe").click();
  const alert = await page.getByRole("alert").textContent();
  assert.ok(alert.length > 20 && !/\{|undefined|object/.test(alert), alert);
  say(`a file that is none: ${alert}`);
  foreseen = [];
  await look(page, "no_recording");
  await page.context().close();
}

async function microphone(browser, { url }) {
  const page = await open(browser, url);
  await button(page, "Record").click();
  await page.getByRole("img", { name: "Level of the microphone" }).waitFor();
  await page.waitForTimeout(4000);
  assert.ok((await coloursOf(page, ".listening canvas")) > 1, "the level is not shown");
  await look(page, "recording");
  await page.waitForTimeout(4500);
  await button(page, "Stop recording").click();
  await page.getByText(/^recording\.webm$/).waitFor();
  hasWords(await transcribe(page), kSentenceWords);
  await page.getByRole("slider").press("End");
  assert.ok((await playedTo(page)) > 6, "captured recordings can be sought in");
  say("a recording from the microphone");
  await page.context().close();
}

async function conversation(browser, { url }) {
  const page = await open(browser, url);
  await drop(page, kSentence);
  await choose(page, "Ask");
  const question = page.getByRole("textbox", { name: "Question" });
  const kQuestion = "Who is spoken about?";
  await question.fill(kQuestion);
  await page.evaluate(() => {
    window.lengths = new Set();
    new MutationObserver(() => {
      const node = document.querySelector('.answering p:not(.quiet)');
      if (node) window.lengths.add(node.textContent.length);
    }).observe(document.querySelector('[role="log"]'), { childList: true, subtree: true, characterData: true });
  });
  await question.press("Enter");
  await button(page, "Start anew").waitFor();
  assert.ok((await page.evaluate(() => window.lengths.size)) > 1, "the answer came at once");
  const answer = await page.locator(".assistant p").textContent();
  const reply = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model: "smollm2-135m-instruct", messages: [{ role: "user", content: [
      { type: "text", text: kQuestion },
      { type: "input_audio", input_audio: { data: readFileSync(kSentence).toString("base64"), format: "wav" } }] }] }),
  });
  assert.equal(answer, (await reply.json()).choices[0].message.content);
  assert.equal(await page.getByRole("checkbox").isChecked(), false, "what was sent is not sent again");

  const requested = page.waitForRequest(/completions/);
  await question.fill("Say it in other words.");
  await button(page, "Send").click();
  const { messages } = (await requested).postDataJSON();
  assert.deepEqual(messages.map(({ role }) => role), ["user", "assistant", "user"]);
  assert.equal(messages[2].content, "Say it in other words.");
  assert.equal(messages[1].content, answer);
  await button(page, "Start anew").waitFor();
  assert.equal(await page.locator(".assistant").count(), 2);
  await look(page, "conversation");
  await button(page, "Dark colours").click();
  await look(page, "conversation_dark");
  await page.setViewportSize({ width: 375, height: 740 });
  await look(page, "conversation_phone_dark");
  say("a question about a recording, and a second turn");

  await question.fill("Write a long story about a dog, a cat, a horse and the sea.");
  await question.press("Enter");
  await page.waitForFunction(() => document.querySelector('.answering p:not(.quiet)')?.textContent.length > 20);
  await button(page, "Stop").click();
  await page.getByText("stopped", { exact: true }).waitFor();
  say("an answer is stopped");
  await page.context().close();
}

// All of it by keys alone.
async function keyboard(browser, { url }) {
  const page = await open(browser, url, { viewport: { width: 375, height: 740 }, hasTouch: true });
  page.on("filechooser", () => {}); // who only begins to listen as the key is pressed may come too late
  await button(page, "Record").waitFor();
  await look(page, "phone_empty");
  const tabTo = async (name) => {
    for (let i = 0; i < 30; i++) {
      await page.keyboard.press("Tab");
      const focused = await page.evaluate(() => {
        const node = document.activeElement;
        return node.getAttribute("aria-label") ?? (node.value && node.type === "radio" ? node.value : node.textContent.trim());
      });
      const ring = await page.evaluate(() => {
        const node = document.activeElement;
        const ringed = node.type === "radio" ? node.nextElementSibling : node.closest(".model") ?? node;
        return ringed === document.body ? "2px" : getComputedStyle(ringed).outlineWidth;
      });
      if (focused !== "Question") assert.notEqual(ring, "0px", `no ring around ${focused}`);
      if (focused === name) return;
    }
    assert.fail(`Tab does not lead to ${name}`);
  };
  await tabTo("Choose a file");
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.keyboard.press("Enter")]);
  await chooser.setFiles(kSentence);
  await page.getByRole("slider").waitFor();
  await tabTo("Position in the recording");
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.getByRole("slider").getAttribute("aria-valuetext"), "0:01 of 0:07");
  await tabTo("transcribe");
  await page.keyboard.press("ArrowRight");
  assert.ok(await page.getByRole("radio", { name: "Translate" }).isChecked());
  await page.keyboard.press("ArrowLeft");
  await tabTo("Transcribe");
  await page.keyboard.press("Enter");
  await button(page, "Download as SRT").waitFor();
  hasWords(await heard(page), kSentenceWords);
  await tabTo("Play from 0:00");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => !document.querySelector("audio").paused);
  await look(page, "phone_transcript");
  say("by keys alone, on a phone's width");
  await page.context().close();
}

async function locked(browser, { url }) {
  foreseen = [401];
  const page = await open(browser, url);
  const key = page.getByLabel("This server asks for a key");
  await key.fill("wrong");
  await button(page, "Open").click();
  await page.getByText("not known here").waitFor();
  await look(page, "key");
  await key.fill("right-key");
  await button(page, "Open").click();
  await key.waitFor({ state: "detached" });
  foreseen = [];
  await page.reload();
  await drop(page, kSentence);
  hasWords(await transcribe(page), kSentenceWords);
  assert.equal(await page.evaluate(() => JSON.stringify({ ...localStorage }).includes("right-key")), false);
  say("a server with a key");
  await page.context().close();
}

const launched = chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-dev-shm-usage", "--mute-audio", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
    `--use-file-for-fake-audio-capture=${kSentence}%noloop`],
});
const steps = process.argv.slice(4);
const servers = [];
try {
  const browser = await launched;
  servers.push(await serve(auris, kModels), await serve(auris, ["whisper-tiny.en"], { AURIS_API_KEY: "right-key" }));
  for (const step of [files, microphone, conversation, keyboard, locked]) {
    if (steps.length === 0 || steps.includes(step.name)) await step(browser, servers[step === locked ? 1 : 0]);
  }
  assert.deepEqual(faults, []);
} finally {
  servers.forEach((server) => server.stop());
  await (await launched).close();
}
say(`pictures: ${folder}`);
