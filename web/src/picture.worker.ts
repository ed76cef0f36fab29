// Makes the pictures of a recording beside the page's own thread.
import { spectrogramOf, type Spectrogram } from "./spectrogram";
import { peaksOf } from "./waveform";

export interface PictureRequest {
  samples: Float32Array;
  sampleRateHz: number;
}

export interface Picture {
  peaks: Float32Array; // of kColumns stretches
  spectrogram: Spectrogram;
}

const kColumns = 1600; // as many as a wide window has pixels for
const kBands = 80; // as Whisper hears

self.onmessage = ({ data }: MessageEvent<PictureRequest>) => {
  const loudest = data.samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 1e-4);
  const picture: Picture = {
    peaks: peaksOf(data.samples, kColumns).map((peak) => peak / loudest),
    spectrogram: spectrogramOf(data.samples, data.sampleRateHz, kColumns, kBands),
  };
  self.postMessage(picture);
};
