// What was heard, with times to click on, and its files.
import { shortTime } from "./clock";
import { Icon } from "./icons";
import { transcriptFile, type Transcript, type TranscriptForm } from "./transcript";

interface TranscriptViewProps {
  transcript: Transcript;
  isRunning: boolean;
  at: number; // seconds of the recording that is played
  name: string; // of the recording
  onSeek: ((seconds: number) => void) | null; // null: it cannot be played
}

const kForms: TranscriptForm[] = ["srt", "vtt", "json"];
const kTypes = { srt: "application/x-subrip", vtt: "text/vtt", json: "application/json" };

function save(transcript: Transcript, form: TranscriptForm, name: string): void {
  const url = URL.createObjectURL(new Blob([transcriptFile(transcript, form)], { type: kTypes[form] }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${name.replace(/\.[^.]*$/, "")}.${form}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

export function TranscriptView({ transcript, isRunning, at, name, onSeek }: TranscriptViewProps) {
  const { segments, task } = transcript;
  return (
    <section aria-label={task === "translate" ? "Translation" : "Transcript"} class="transcript">
      <ol aria-live="polite" aria-busy={isRunning}>
        {segments.map((segment, index) => (
          <li key={index} class={onSeek && at > 0 && at >= segment.start && at < segment.end ? "now" : ""}>
            {onSeek ? (
              <button type="button" class="time" aria-label={`Play from ${shortTime(segment.start)}`} onClick={() => onSeek(segment.start)}>
                {shortTime(segment.start)}
              </button>
            ) : (
              <span class="time quiet">{shortTime(segment.start)}</span>
            )}
            <span class="words">{segment.text.trim()}</span>
          </li>
        ))}
      </ol>
      {isRunning && <p class="quiet waiting" role="status">Listening</p>}
      {!isRunning && segments.length === 0 && <p class="quiet" role="status">No speech was heard.</p>}
      {!isRunning && segments.length > 0 && (
        <div class="downloads">
          {kForms.map((form) => (
            <button type="button" key={form} aria-label={`Download as ${form.toUpperCase()}`} onClick={() => save(transcript, form, name)}>
              <Icon name="download" /> {form}
            </button>
          ))}
        </div>
      )}
    </section>
  );
}
