// Plays a recording and shows where it is.
import { useEffect, useImperativeHandle, useRef, useState } from "preact/hooks";
import type { Ref } from "preact";
import { shortTime } from "./clock";
import { Icon } from "./icons";
import { PictureView } from "./picture_view";
import type { Recording } from "./recording";

export interface PlayerControl {
  playFrom: (seconds: number) => void;
}

interface PlayerProps {
  recording: Recording;
  control: Ref<PlayerControl>;
  onTime: (seconds: number) => void;
  onRemove: () => void;
}

export function Player({ recording, control, onTime, onRemove }: PlayerProps) {
  const audio = useRef<HTMLAudioElement>(null);
  const [at, setAt] = useState(0);
  const [seconds, setSeconds] = useState(recording.seconds);
  const [isPlaying, setIsPlaying] = useState(false);
  const show = (time: number) => {
    setAt(time);
    onTime(time);
  };
  const seek = (time: number) => {
    if (audio.current) audio.current.currentTime = time;
    show(time);
  };
  const playFrom = (time: number) => {
    seek(time);
    void audio.current?.play();
  };
  useImperativeHandle(control, () => ({ playFrom }));

  useEffect(() => {
    setAt(0);
    setSeconds(recording.seconds);
    setIsPlaying(false);
  }, [recording]);

  useEffect(() => {
    if (!isPlaying) return;
    let frame = 0;
    const tick = () => {
      if (audio.current) show(audio.current.currentTime);
      frame = requestAnimationFrame(tick);
    };
    tick();
    return () => cancelAnimationFrame(frame);
  }, [isPlaying]);

  return (
    <div class="player">
      <div class="player-line">
        {recording.url && (
          <button type="button" class="round" aria-label={isPlaying ? "Pause" : "Play"}
            onClick={() => (isPlaying ? audio.current?.pause() : void audio.current?.play())}>
            <Icon name={isPlaying ? "pause" : "play"} />
          </button>
        )}
        <div class="player-name">
          <strong title={recording.file.name}>{recording.file.name}</strong>
          <span class="quiet times">{seconds > 0 ? `${shortTime(at)} / ${shortTime(seconds)}` : size(recording.file.size)}</span>
        </div>
        <button type="button" class="plain" aria-label="Remove the recording" onClick={onRemove}>
          <Icon name="close" />
        </button>
      </div>
      {recording.picture && <PictureView picture={recording.picture} seconds={seconds} at={at} onSeek={seek} />}
      {recording.note && <p class="quiet note">{recording.note}</p>}
      {recording.url && (
        <audio ref={audio} src={recording.url} preload="auto"
          onPlay={() => setIsPlaying(true)} onPause={() => setIsPlaying(false)}
          onLoadedMetadata={({ currentTarget: { duration } }) => seconds === 0 && Number.isFinite(duration) && setSeconds(duration)} />
      )}
    </div>
  );
}

function size(bytes: number): string {
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
