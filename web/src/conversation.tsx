// A conversation: turns of text, of recordings, or of both.
import { useEffect, useRef, useState } from "preact/hooks";
import { audioPart, converse, type ChatMessage, type ChatPart } from "./api";
import { Icon } from "./icons";
import type { Recording } from "./recording";

interface Turn {
  message: ChatMessage;
  text: string;
  recordingName?: string;
  isStopped?: boolean;
}

interface ConversationProps {
  model: string;
  recording: Recording | null;
  onProblem: (problem: unknown) => void;
}

export function Conversation({ model, recording, onProblem }: ConversationProps) {
  const [turns, setTurns] = useState<Turn[]>([]);
  const [answer, setAnswer] = useState<string | null>(null); // that is being given
  const [text, setText] = useState("");
  const [sentId, setSentId] = useState(0); // of the last recording that was sent
  const [takesRecording, setTakesRecording] = useState(true);
  const abort = useRef<AbortController | null>(null);
  const box = useRef<HTMLTextAreaElement>(null);
  const end = useRef<HTMLDivElement>(null);

  useEffect(() => setTakesRecording(recording !== null && recording.id !== sentId), [recording, sentId]);
  useEffect(() => () => abort.current?.abort(), []);
  useEffect(() => end.current?.scrollIntoView({ block: "nearest" }), [turns, answer]);

  const recordingToSend = takesRecording ? recording : null;
  const canSend = answer === null && model !== "" && (text.trim() !== "" || recordingToSend !== null);

  const send = async () => {
    if (!canSend) return;
    const controller = new AbortController();
    abort.current = controller;
    const question = text.trim();
    let said = "";
    let asked: Turn | null = null;
    let isAnswered = false;
    setAnswer("");
    setText("");
    onProblem(null);
    try {
      const parts: ChatPart[] = question ? [{ type: "text", text: question }] : [];
      if (recordingToSend) parts.push(await audioPart(recordingToSend.file));
      const message: ChatMessage = { role: "user", content: recordingToSend ? parts : question };
      asked = { message, text: question, ...(recordingToSend && { recordingName: recordingToSend.file.name }) };
      setTurns([...turns, asked]);
      for await (const piece of converse(model, [...turns, asked].map((turn) => turn.message), controller.signal)) {
        said += piece;
        setAnswer(said);
      }
      isAnswered = true;
    } catch (error) {
      isAnswered = said !== ""; // in part
      if (!controller.signal.aborted) onProblem(error);
    }
    setAnswer(null);
    if (asked && isAnswered) {
      if (recordingToSend) setSentId(recordingToSend.id);
      const reply: Turn = { message: { role: "assistant", content: said }, text: said, isStopped: controller.signal.aborted };
      setTurns([...turns, asked, reply]);
    } else {
      // Nothing came back: the question may be asked again.
      setTurns(turns);
      setText(question);
    }
    box.current?.focus();
  };

  const startAnew = () => {
    setTurns([]);
    setSentId(0);
    setTakesRecording(recording !== null);
    box.current?.focus();
  };

  return (
    <section class="conversation" aria-label="Conversation">
      <div role="log" aria-live="polite" aria-busy={answer !== null}>
        {turns.map((turn, index) => (
          <div key={index} class={`turn ${turn.message.role}`}>
            <span class="hidden">{turn.message.role === "user" ? "You: " : "Answer: "}</span>
            {turn.recordingName && <span class="clip"><Icon name="microphone" /> {turn.recordingName}</span>}
            {turn.text && <p>{turn.text}</p>}
            {turn.isStopped && <span class="quiet">stopped</span>}
          </div>
        ))}
        {answer !== null && (
          <div class="turn assistant answering">
            <p class={answer ? "" : "quiet waiting"}>{answer || "Thinking"}</p>
          </div>
        )}
        <div ref={end} />
      </div>
      <form class="composer" onSubmit={(event) => { event.preventDefault(); void send(); }}>
        <textarea ref={box} rows={2} aria-label="Question" value={text}
          placeholder={turns.length ? "Go on" : recording ? "What would you like to know?" : "Ask, or record a question"}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            void send();
          }} />
        <div class="composer-line">
          {recording ? (
            <label class="check">
              <input type="checkbox" checked={takesRecording} onChange={({ currentTarget }) => setTakesRecording(currentTarget.checked)} />
              <span>with recording</span>
            </label>
          ) : <span class="quiet">text alone</span>}
          {turns.length > 0 && answer === null && <button type="button" class="plain wordy" onClick={startAnew}>Start anew</button>}
          {answer !== null ? (
            <button type="button" class="round" aria-label="Stop" onClick={() => abort.current?.abort()}><Icon name="stop" /></button>
          ) : (
            <button type="submit" class="round filled" aria-label="Send" disabled={!canSend}><Icon name="send" /></button>
          )}
        </div>
      </form>
    </section>
  );
}
