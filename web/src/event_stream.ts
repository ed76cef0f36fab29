// Server-sent events, as OpenAI's API sends them: lines "data: JSON", an empty line behind each event, "data: [DONE]" last.

/** Takes text in pieces of any size, gives the data of whole events. */
export class EventReader {
  private rest = "";
  private data: string[] = [];

  push(text: string): string[] {
    const events: string[] = [];
    // The \n of a \r\n may come with the next piece: it would end an event then.
    const lines = (this.rest + text).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "") {
        if (this.data.length > 0) events.push(this.data.join("\n"));
        this.data = [];
      } else if (line.startsWith("data:")) {
        this.data.push(line.slice(line[5] === " " ? 6 : 5));
      }
    }
    return events;
  }
}

/** The events of an answer, parsed, until "[DONE]". Throws if the answer ends before that. */
export async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<unknown> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const events = new EventReader();
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) break;
      for (const data of events.push(decoder.decode(value, { stream: true }))) {
        if (data === "[DONE]") return;
        yield JSON.parse(data);
      }
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
  throw new Error("The server ended its answer before it was complete.");
}
