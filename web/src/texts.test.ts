import assert from "node:assert/strict";
import { test } from "node:test";
import { shortTime, subtitleTime } from "./clock";
import { EventReader, eventsOf } from "./event_stream";
import { plainText, transcriptFile, type Transcript } from "./transcript";

const kTranscript: Transcript = {
  task: "transcribe",
  model: "whisper-base",
  segments: [
    { start: 0, end: 2.5, text: "Hello." },
    { start: 2.5, end: 3661.0625, text: " One --> two\nthree" },
  ],
};

test("times", () => {
  assert.equal(shortTime(75.9), "1:15");
  assert.equal(shortTime(3675), "1:01:15");
  assert.equal(subtitleTime(3675.0004, ","), "01:01:15,000");
  assert.equal(subtitleTime(59.9996, "."), "00:01:00.000");
});

test("subtitles", () => {
  assert.equal(transcriptFile(kTranscript, "srt"), "1\n00:00:00,000 --> 00:00:02,500\nHello.\n\n2\n00:00:02,500 --> 01:01:01,063\nOne -> two three\n\n");
  assert.equal(transcriptFile(kTranscript, "vtt"), "WEBVTT\n\n00:00:00.000 --> 00:00:02.500\nHello.\n\n00:00:02.500 --> 01:01:01.063\nOne -> two three\n\n");
  const json = JSON.parse(transcriptFile(kTranscript, "json"));
  assert.equal(json.text, plainText(kTranscript));
  assert.deepEqual(json.segments[1], { id: 1, start: 2.5, end: 3661.0625, text: " One --> two\nthree" });
});

test("events come whole, in whatever pieces they arrive", () => {
  const stream = 'data: {"a":1}\n\n: remark\ndata:two\r\n\r\nevent: x\ndata: 3\ndata: 4\n\ndata: [DONE]\n\n';
  for (let size = 1; size <= stream.length; size++) {
    const reader = new EventReader();
    const events: string[] = [];
    for (let at = 0; at < stream.length; at += size) events.push(...reader.push(stream.slice(at, at + size)));
    assert.deepEqual(events, ['{"a":1}', "two", "3\n4", "[DONE]"], `pieces of ${size}`);
  }
});

const bodyOf = (text: string) => {
  const bytes = new TextEncoder().encode(text);
  return new ReadableStream<Uint8Array>({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte)); // letters fall apart, too
      controller.close();
    },
  });
};

async function allOf(text: string): Promise<unknown[]> {
  const events: unknown[] = [];
  for await (const event of eventsOf(bodyOf(text))) events.push(event);
  return events;
}

test("an answer ends with [DONE]", async () => {
  assert.deepEqual(await allOf('data: {"a":"é"}\n\ndata: [DONE]\n\ndata: {}\n\n'), [{ a: "é" }]);
  await assert.rejects(allOf('data: {"a":1}\n\n'), /before it was complete/);
});
