// Where recordings come from: the microphone or a file.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { drawBars } from "./bars";
import { shortTime } from "./clock";
import { Icon } from "./icons";
import { Recorder } from "./recorder";

interface SourcePanelProps {
  isSmall: boolean; // beside a recording that is there
  onFile: (file: File, isCaptured: boolean) => void;
  onProblem: (problem: string) => void;
}

const kLevels = 400; // of the last seconds, one a frame

function Listening({ recorder, onStop }: { recorder: Recorder; onStop: () => void }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [seconds, setSeconds] = useState(0);
  useLayoutEffect(() => {
    const begin = performance.now();
    const levels: number[] = [];
    let frame = 0;
    const tick = () => {
      levels.push(recorder.level());
      if (levels.length > kLevels) levels.shift();
      setSeconds(Math.floor((performance.now() - begin) / 1000));
      // The newest at the right.
      if (canvas.current) drawBars(canvas.current, (from) => levels[levels.length - kLevels + Math.floor(from * kLevels)] ?? 0);
      frame = requestAnimationFrame(tick);
    };
    tick();
    return () => cancelAnimationFrame(frame);
  }, [recorder]);
  return (
    <div class="listening">
      <button type="button" class="primary danger" onClick={onStop}>
        <Icon name="stop" /> Stop recording
      </button>
      <canvas ref={canvas} role="img" aria-label="Level of the microphone" />
      <span class="quiet times" aria-hidden="true">{shortTime(seconds)}</span>
    </div>
  );
}

export function SourcePanel({ isSmall, onFile, onProblem }: SourcePanelProps) {
  const [recorder, setRecorder] = useState<Recorder | null>(null);
  const input = useRef<HTMLInputElement>(null);

  const begin = async () => {
    try {
      setRecorder(await Recorder.start());
    } catch (error) {
      onProblem((error as Error).message);
    }
  };
  const end = async (recording: Recorder) => {
    setRecorder(null);
    onFile(await recording.stop(), true);
  };

  if (recorder) return <Listening recorder={recorder} onStop={() => void end(recorder)} />;
  return (
    <div class={isSmall ? "source small" : "source"}>
      <div class="source-buttons">
        <button type="button" class={isSmall ? "" : "primary"} onClick={() => void begin()}>
          <Icon name="microphone" /> Record
        </button>
        <button type="button" onClick={() => input.current!.click()}>
          <Icon name="file" /> Choose a file
        </button>
      </div>
      {!isSmall && <p class="quiet">or drop one anywhere on this page. It goes to this server and nowhere else.</p>}
      <input ref={input} type="file" hidden aria-label="Recording" accept="audio/*,video/webm,video/mp4,.g722,.aiff,.opus"
        onChange={({ currentTarget }) => {
          const file = currentTarget.files?.[0];
          currentTarget.value = "";
          if (file) onFile(file, false);
        }} />
    </div>
  );
}
