import { useEffect, useRef, useState } from "preact/hooks";
import { apiKey, ApiProblem, hear, listModels, type Model } from "./api";
import { Conversation } from "./conversation";
import { Icon } from "./icons";
import { KeyForm } from "./key_form";
import { Player, type PlayerControl } from "./player";
import { closeRecording, openRecording, type Recording } from "./recording";
import { changeScheme, useIsDark } from "./scheme";
import { SourcePanel } from "./source_panel";
import type { Transcript } from "./transcript";
import { TranscriptView } from "./transcript_view";

type Task = "transcribe" | "translate" | "ask";
const kTasks: { task: Task; name: string }[] = [
  { task: "transcribe", name: "Transcribe" },
  { task: "translate", name: "Translate" },
  { task: "ask", name: "Ask" },
];

/** Speech models hear and do not read; the others answer. */
const doesTask = (model: Model, task: Task) => model.input_modalities.includes("text") === (task === "ask");

type ServerState = "loading" | "ready" | "locked" | "failed";

export function App() {
  const [server, setServer] = useState<ServerState>("loading");
  const [models, setModels] = useState<Model[]>([]);
  const [task, setTask] = useState<Task>("transcribe");
  const [chosen, setChosen] = useState<Partial<Record<"hear" | "ask", string>>>({});
  const [recording, setRecording] = useState<Recording | null>(null);
  const [transcript, setTranscript] = useState<Transcript | null>(null);
  const [isRunning, setIsRunning] = useState(false);
  const [isDropping, setIsDropping] = useState(false);
  const [problem, setProblem] = useState("");
  const [at, setAt] = useState(0);
  const player = useRef<PlayerControl>(null);
  const abort = useRef<AbortController | null>(null);
  const isDark = useIsDark();

  const fitting = models.filter((model) => doesTask(model, task));
  const kind = task === "ask" ? "ask" : "hear";
  const model = fitting.find(({ id }) => id === chosen[kind])?.id ?? fitting[0]?.id ?? "";

  const loadModels = async () => {
    setServer("loading");
    setProblem("");
    while (true) {
      try {
        setModels(await listModels());
        return setServer("ready");
      } catch (error) {
        const { status, message, retryAfterS } = error as ApiProblem;
        if (status === 401) return setServer("locked");
        if (status !== 503) {
          setProblem(message);
          return setServer("failed");
        }
        await new Promise((resolve) => setTimeout(resolve, 1000 * Math.max(1, retryAfterS)));
      }
    }
  };
  useEffect(() => void loadModels(), []);

  const showProblem = (error: unknown) => {
    if (error instanceof ApiProblem && error.status === 401) setServer("locked");
    setProblem(error instanceof Error ? error.message : "");
  };

  const takeFile = async (file: File, isCaptured: boolean) => {
    abort.current?.abort();
    setProblem("");
    const opened = await openRecording(file, isCaptured);
    setTranscript(null);
    setAt(0);
    setRecording((before) => {
      if (before) closeRecording(before);
      return opened;
    });
  };
  const removeRecording = () => {
    abort.current?.abort();
    if (recording) closeRecording(recording);
    setRecording(null);
    setTranscript(null);
    setProblem("");
  };

  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const over = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setIsDropping(true);
    };
    const leave = (event: DragEvent) => event.relatedTarget === null && setIsDropping(false);
    const drop = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setIsDropping(false);
      const file = event.dataTransfer?.files[0];
      if (file) void takeFile(file, false);
    };
    addEventListener("dragover", over);
    addEventListener("dragleave", leave);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("dragleave", leave);
      removeEventListener("drop", drop);
    };
  }, []);

  const run = async () => {
    if (!recording || task === "ask") return;
    const controller = new AbortController();
    abort.current = controller;
    let heard: Transcript = { task, model, segments: [] };
    setProblem("");
    setTranscript(heard);
    setIsRunning(true);
    try {
      for await (const segment of hear({ task, model, file: recording.file, signal: controller.signal })) {
        heard = { ...heard, segments: [...heard.segments, segment] };
        setTranscript(heard);
      }
    } catch (error) {
      if (!controller.signal.aborted) showProblem(error);
      if (heard.segments.length === 0) setTranscript(null);
    }
    setIsRunning(false);
  };

  const verb = kTasks.find((one) => one.task === task)!.name;
  return (
    <div class={isDropping ? "app dropping" : "app"}>
      <header>
        <h1><Icon name="mark" /> Auris</h1>
        <button type="button" class="plain" aria-label={isDark ? "Light colours" : "Dark colours"} onClick={changeScheme}>
          <Icon name={isDark ? "sun" : "moon"} />
        </button>
      </header>
      <main>
        {server === "locked" && <KeyForm isWrong={apiKey() !== ""} onKey={() => void loadModels()} />}
        {server === "loading" && <p class="quiet waiting" role="status">The models are being loaded</p>}
        {server === "failed" && <button type="button" onClick={() => void loadModels()}>Try again</button>}

        <section class="panel" aria-label="Recording">
          {recording && <Player key={recording.id} recording={recording} control={player} onTime={setAt} onRemove={removeRecording} />}
          <SourcePanel isSmall={recording !== null} onFile={(file, isCaptured) => void takeFile(file, isCaptured)} onProblem={setProblem} />
        </section>

        <div class="task-line">
          <fieldset class="tasks">
            <legend class="hidden">Task</legend>
            {kTasks.map((one) => (
              <label key={one.task}>
                <input type="radio" name="task" value={one.task} checked={task === one.task} disabled={isRunning} onChange={() => setTask(one.task)} />
                <span>{one.name}</span>
              </label>
            ))}
          </fieldset>
          <label class="model">
            <span class="hidden">Model</span>
            <select value={model} disabled={isRunning || fitting.length === 0}
              onChange={({ currentTarget }) => setChosen({ ...chosen, [kind]: currentTarget.value })}>
              {fitting.length === 0 && <option value="">no model</option>}
              {fitting.map(({ id }) => <option key={id} value={id}>{id}</option>)}
            </select>
          </label>
          {task !== "ask" && (isRunning ? (
            <button type="button" class="primary" onClick={() => abort.current?.abort()}><Icon name="stop" /> Stop</button>
          ) : (
            <button type="button" class="primary" disabled={!recording || model === ""} onClick={() => void run()}>{verb}</button>
          ))}
        </div>

        {problem && <p class="problem" role="alert">{problem}</p>}
        {server === "ready" && fitting.length === 0 && (
          <p class="quiet">{task === "ask" ? "This server has no model that answers." : "This server has no model that transcribes."}</p>
        )}

        {task !== "ask" && transcript?.task === task && (
          <TranscriptView transcript={transcript} isRunning={isRunning} at={at} name={recording?.file.name ?? "transcript"}
            onSeek={recording?.url ? (seconds) => player.current?.playFrom(seconds) : null} />
        )}
        <div hidden={task !== "ask"}>
          <Conversation model={task === "ask" ? model : ""} recording={recording} onProblem={showProblem} />
        </div>
      </main>
    </div>
  );
}
