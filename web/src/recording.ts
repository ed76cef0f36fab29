// A recording as the page holds it: the file goes to the server as it is, the browser shows and plays it if it can.
import type { Picture, PictureRequest } from "./picture.worker";
import { wavOf } from "./wav";

export interface Recording {
  id: number;
  file: File;
  url: string; // what is played; "" if the browser cannot
  seconds: number; // 0 if it is not known
  picture: Picture | null;
  note: string; // why there is no picture
}

const kRateHz = 16000; // what the models hear
const kMostBytes = 200 << 20; // a picture of more would take gigabytes

let lastId = 0;

function picture(request: PictureRequest): Promise<Picture> {
  const worker = new Worker(new URL("./picture.worker.ts", import.meta.url), { type: "module" });
  return new Promise<Picture>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Picture>) => resolve(data);
    worker.onerror = () => reject(new Error("no picture"));
    worker.postMessage(request);
  }).finally(() => worker.terminate());
}

function mono(buffer: AudioBuffer): Float32Array<ArrayBuffer> {
  const sum = new Float32Array(buffer.length);
  for (let channel = 0; channel < buffer.numberOfChannels; channel++) {
    const samples = buffer.getChannelData(channel);
    for (let i = 0; i < sum.length; i++) sum[i]! += samples[i]! / buffer.numberOfChannels;
  }
  return sum;
}

/** `isCaptured`: by the microphone; browsers write such files without an index, in which nobody can seek. */
export async function openRecording(file: File, isCaptured = false): Promise<Recording> {
  const recording: Recording = { id: ++lastId, file, url: "", seconds: 0, picture: null, note: "" };
  if (file.size > kMostBytes) {
    return { ...recording, url: URL.createObjectURL(file), note: "Too large for a picture here. The server hears all of it." };
  }
  let samples: Float32Array<ArrayBuffer>;
  try {
    const context = new OfflineAudioContext(1, 1, kRateHz);
    samples = mono(await context.decodeAudioData(await file.arrayBuffer()));
  } catch {
    return { ...recording, note: "This browser cannot show or play this file. The server may well read it." };
  }
  const url = URL.createObjectURL(isCaptured ? wavOf(samples, kRateHz) : file);
  return { ...recording, url, seconds: samples.length / kRateHz, picture: await picture({ samples, sampleRateHz: kRateHz }) };
}

export function closeRecording(recording: Recording): void {
  if (recording.url) URL.revokeObjectURL(recording.url);
}
