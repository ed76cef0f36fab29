// Waveform and spectrogram of a recording, in which one seeks by mouse, finger or arrow keys.
import { useEffect, useRef } from "preact/hooks";
import { drawBars } from "./bars";
import { shortTime } from "./clock";
import { colourRamp } from "./colour_ramp";
import type { Picture } from "./picture.worker";
import { useIsDark } from "./scheme";
import type { Spectrogram } from "./spectrogram";

function drawWaveform(canvas: HTMLCanvasElement, peaks: Float32Array): void {
  const columns = peaks.length / 2;
  drawBars(canvas, (from, to) => {
    let most = 0;
    for (let i = Math.floor(from * columns); i < Math.ceil(to * columns); i++) {
      most = Math.max(most, -peaks[2 * i]!, peaks[2 * i + 1]!);
    }
    return most;
  });
}

function drawSpectrogram(canvas: HTMLCanvasElement, { columns, bands, levels }: Spectrogram, isDark: boolean): void {
  const ramp = colourRamp(isDark);
  canvas.width = columns;
  canvas.height = bands;
  const context = canvas.getContext("2d");
  if (!context) return;
  const image = context.createImageData(columns, bands);
  for (let column = 0; column < columns; column++) {
    for (let band = 0; band < bands; band++) {
      const pixel = 4 * ((bands - 1 - band) * columns + column);
      const colour = 3 * levels[column * bands + band]!;
      image.data.set(ramp.subarray(colour, colour + 3), pixel);
      image.data[pixel + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
}

interface PictureViewProps {
  picture: Picture;
  seconds: number;
  at: number; // seconds
  onSeek: (seconds: number) => void;
}

export function PictureView({ picture, seconds, at, onSeek }: PictureViewProps) {
  const frame = useRef<HTMLDivElement>(null);
  const wave = useRef<HTMLCanvasElement>(null);
  const spectrogram = useRef<HTMLCanvasElement>(null);
  const isDark = useIsDark();

  useEffect(() => {
    const canvas = wave.current!;
    drawSpectrogram(spectrogram.current!, picture.spectrogram, isDark);
    const observer = new ResizeObserver(() => drawWaveform(canvas, picture.peaks));
    observer.observe(canvas);
    drawWaveform(canvas, picture.peaks);
    return () => observer.disconnect();
  }, [picture, isDark]);

  const seekTo = (clientX: number) => {
    const box = frame.current!.getBoundingClientRect();
    onSeek(Math.max(0, Math.min(1, (clientX - box.left) / box.width)) * seconds);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1,
      PageDown: at - 10, PageUp: at + 10, Home: 0, End: seconds,
    };
    const target = steps[event.key];
    if (target === undefined) return;
    event.preventDefault();
    onSeek(Math.max(0, Math.min(seconds, target)));
  };
  const share = `${(100 * Math.min(at, seconds)) / Math.max(seconds, 1e-3)}%`;
  return (
    <div
      ref={frame} class="picture" role="slider" tabIndex={0} aria-label="Position in the recording" aria-valuemin={0}
      aria-valuemax={Math.round(seconds)} aria-valuenow={Math.round(at)} aria-valuetext={`${shortTime(at)} of ${shortTime(seconds)}`}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        frame.current!.setPointerCapture(event.pointerId);
        seekTo(event.clientX);
      }}
      onPointerMove={(event) => event.buttons & 1 && seekTo(event.clientX)}
    >
      <canvas ref={wave} class="waveform" />
      <canvas ref={spectrogram} class="spectrogram" />
      <div class="playhead" style={{ left: share }} />
    </div>
  );
}
