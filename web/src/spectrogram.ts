// A log-mel spectrogram for the eye.

const kWindow = 512; // samples of the FFT: 32 ms at 16 kHz
const kLeastHop = 160; // 10 ms at 16 kHz
const kRangeDb = 70; // below the loudest

/** In place, radix 2 (Cooley and Tukey). The length is a power of two. */
export function fft(real: Float64Array, imaginary: Float64Array): void {
  const n = real.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [real[i], real[j]] = [real[j]!, real[i]!];
      [imaginary[i], imaginary[j]] = [imaginary[j]!, imaginary[i]!];
    }
  }
  for (let length = 2; length <= n; length <<= 1) {
    const angle = (-2 * Math.PI) / length;
    for (let k = 0; k < length / 2; k++) {
      const c = Math.cos(angle * k);
      const s = Math.sin(angle * k);
      for (let i = k; i < n; i += length) {
        const j = i + length / 2;
        const re = real[j]! * c - imaginary[j]! * s;
        const im = real[j]! * s + imaginary[j]! * c;
        real[j] = real[i]! - re;
        imaginary[j] = imaginary[i]! - im;
        real[i]! += re;
        imaginary[i]! += im;
      }
    }
  }
}

const mel = (hz: number) => 2595 * Math.log10(1 + hz / 700);
const hertz = (mels: number) => 700 * (10 ** (mels / 2595) - 1);

/** First and last bin of every band; bands are as wide as a bin at least. */
function bandEdges(bands: number, sampleRateHz: number): [number, number][] {
  const top = mel(sampleRateHz / 2);
  const bin = (edge: number) => (hertz((edge / bands) * top) * kWindow) / sampleRateHz;
  return Array.from({ length: bands }, (_, band) => {
    const first = Math.min(kWindow / 2 - 1, Math.floor(bin(band)));
    return [first, Math.min(kWindow / 2, Math.max(first + 1, Math.ceil(bin(band + 1))))];
  });
}

export interface Spectrogram {
  columns: number;
  bands: number;
  levels: Uint8Array; // [columns, bands], lowest band first; 0 = kRangeDb below the loudest, 255 = the loudest
}

/** At most `mostColumns`: where there is more to show than that, windows lie apart. */
export function spectrogramOf(samples: Float32Array, sampleRateHz: number, mostColumns: number, bands: number): Spectrogram {
  const hop = Math.max(kLeastHop, samples.length / mostColumns);
  const columns = Math.max(1, Math.floor(samples.length / hop));
  const window = Float64Array.from({ length: kWindow }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / kWindow));
  const edges = bandEdges(bands, sampleRateHz);
  const decibels = new Float32Array(columns * bands);
  const real = new Float64Array(kWindow);
  const imaginary = new Float64Array(kWindow);
  let loudest = -Infinity;
  for (let column = 0; column < columns; column++) {
    const begin = Math.round((column + 0.5) * hop - kWindow / 2);
    for (let i = 0; i < kWindow; i++) real[i] = (samples[begin + i] ?? 0) * window[i]!;
    imaginary.fill(0);
    fft(real, imaginary);
    for (let band = 0; band < bands; band++) {
      const [first, last] = edges[band]!;
      let power = 0;
      for (let bin = first; bin < last; bin++) power += real[bin]! ** 2 + imaginary[bin]! ** 2;
      const level = 10 * Math.log10(power / (last - first) + 1e-12);
      decibels[column * bands + band] = level;
      if (level > loudest) loudest = level;
    }
  }
  const levels = Uint8Array.from(decibels, (level) => Math.round(255 * Math.max(0, 1 + (level - loudest) / kRangeDb)));
  return { columns, bands, levels };
}
