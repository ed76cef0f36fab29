// The server's API (docs/serving.md). Nothing is sent to anybody else.
import { eventsOf } from "./event_stream";
import type { Segment } from "./transcript";

export interface Model {
  id: string;
  input_modalities: string[];
  output_modalities: string[];
}

export type ChatPart =
  | { type: "text"; text: string }
  | { type: "input_audio"; input_audio: { data: string; format: string } };

export interface ChatMessage {
  role: "user" | "assistant";
  content: string | ChatPart[];
}

/** What the server says went wrong, in its words. */
export class ApiProblem extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly retryAfterS = 0,
  ) {
    super(message);
  }
}

const kKey = "auris.key";
export const apiKey = () => sessionStorage.getItem(kKey) ?? "";
export const setApiKey = (key: string) => sessionStorage.setItem(kKey, key);

interface ErrorBody {
  error?: { message?: string };
}

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (apiKey()) headers.set("Authorization", `Bearer ${apiKey()}`);
  let response: Response;
  try {
    response = await fetch(path, { ...init, headers });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiProblem("The server cannot be reached.", 0);
  }
  if (response.ok) return response;
  const body = (await response.json().catch(() => ({}))) as ErrorBody;
  const message = body.error?.message ?? `The server answered with status ${response.status}.`;
  throw new ApiProblem(message, response.status, Number(response.headers.get("retry-after") ?? 0));
}

async function* streamOf(response: Response): AsyncGenerator<unknown> {
  if (!response.body) throw new ApiProblem("The server's answer is empty.", response.status);
  for await (const event of eventsOf(response.body)) {
    const message = (event as ErrorBody).error?.message;
    if (message) throw new ApiProblem(message, response.status);
    yield event;
  }
}

export async function listModels(signal?: AbortSignal): Promise<Model[]> {
  const response = await ask("/v1/models", { signal: signal ?? null });
  return ((await response.json()) as { data: Model[] }).data;
}

export interface Hearing {
  task: "transcribe" | "translate";
  model: string;
  file: File;
  signal: AbortSignal;
}

/** What is heard, as it is heard. */
export async function* hear({ task, model, file, signal }: Hearing): AsyncGenerator<Segment> {
  const form = new FormData();
  form.set("model", model);
  form.set("stream", "true");
  form.set("file", file);
  const path = task === "translate" ? "/v1/audio/translations" : "/v1/audio/transcriptions";
  const response = await ask(path, { method: "POST", body: form, signal });
  for await (const event of streamOf(response)) {
    const { type, delta, start, end } = event as { type: string; delta: string; start: number; end: number };
    if (type === "transcript.text.delta") yield { start, end, text: delta };
  }
}

/** The pieces of an answer. */
export async function* converse(model: string, messages: ChatMessage[], signal: AbortSignal): AsyncGenerator<string> {
  const response = await ask("/v1/chat/completions", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ model, messages, stream: true }),
    signal,
  });
  for await (const event of streamOf(response)) {
    const text = (event as { choices?: { delta?: { content?: string } }[] }).choices?.[0]?.delta?.content;
    if (text) yield text;
  }
}

/** A recording as part of a message. */
export async function audioPart(file: File): Promise<ChatPart> {
  const url = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(new Error(`${file.name} cannot be read.`));
    reader.readAsDataURL(file);
  });
  // Raw G.722 is known by its name alone, the rest by its bytes.
  const format = file.name.toLowerCase().endsWith(".g722") ? "g722" : "wav";
  return { type: "input_audio", input_audio: { data: url.slice(url.indexOf(",") + 1), format } };
}
