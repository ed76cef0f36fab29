// What was heard, and its files. They are written as the server writes them (auris/engine/transcript_format.cpp): the events
// of a stream hold all that the files do, so that no recording is heard twice.
import { subtitleTime } from "./clock";

export interface Segment {
  start: number; // seconds
  end: number;
  text: string;
}

export interface Transcript {
  task: "transcribe" | "translate";
  model: string;
  segments: Segment[];
}

export type TranscriptForm = "srt" | "vtt" | "json";

// A blank line would end a subtitle, "-->" would forge one.
const subtitleLine = (text: string) => text.trim().replaceAll("\n", " ").replaceAll(/--+>/g, "->");

export const plainText = (transcript: Transcript) =>
  transcript.segments
    .map((segment) => segment.text)
    .join("")
    .trim();

export function transcriptFile(transcript: Transcript, form: TranscriptForm): string {
  const { segments } = transcript;
  if (form === "json") {
    const clean = segments.map(({ start, end, text }, id) => ({ id, start, end, text }));
    return JSON.stringify({ ...transcript, text: plainText(transcript), segments: clean }, null, 2) + "\n";
  }
  const decimal = form === "srt" ? "," : ".";
  const cue = ({ start, end, text }: Segment, index: number) =>
    `${form === "srt" ? `${index + 1}\n` : ""}${subtitleTime(start, decimal)} --> ${subtitleTime(end, decimal)}\n${subtitleLine(text)}\n\n`;
  return (form === "vtt" ? "WEBVTT\n\n" : "") + segments.map(cue).join("");
}
