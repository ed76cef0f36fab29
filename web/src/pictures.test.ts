import assert from "node:assert/strict";
import { test } from "node:test";
import { colourRamp } from "./colour_ramp";
import { fft, spectrogramOf } from "./spectrogram";
import { wavOf } from "./wav";
import { peaksOf } from "./waveform";

const tone = (hz: number, seconds: number) => Float32Array.from({ length: 16000 * seconds }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hz * i) / 16000));

test("peaks are the extremes of each stretch", () => {
  assert.deepEqual([...peaksOf(Float32Array.of(0, 1, -1, 0.5, 0.25, -0.5), 3)], [0, 1, -1, 0.5, -0.5, 0.25]);
  assert.deepEqual([...peaksOf(Float32Array.of(0.5), 3)], [0.5, 0.5, 0.5, 0.5, 0.5, 0.5]);
  assert.deepEqual([...peaksOf(new Float32Array(), 2)], [0, 0, 0, 0]);
});

test("the FFT is the Fourier sum", () => {
  const n = 16;
  const input = Array.from({ length: n }, (_, i) => Math.sin(i * i));
  const real = Float64Array.from(input);
  const imaginary = new Float64Array(n);
  fft(real, imaginary);
  for (let k = 0; k < n; k++) {
    const sum = (wave: (x: number) => number) => input.reduce((total, x, i) => total + x * wave((2 * Math.PI * k * i) / n), 0);
    assert.ok(Math.abs(real[k]! - sum(Math.cos)) < 1e-9);
    assert.ok(Math.abs(imaginary[k]! + sum(Math.sin)) < 1e-9);
  }
});

test("a higher tone stands higher", () => {
  const loudestBand = (hz: number) => {
    const { bands, columns, levels } = spectrogramOf(tone(hz, 1), 16000, 50, 80);
    assert.equal(columns, 50);
    const column = levels.subarray(25 * bands, 26 * bands);
    return column.indexOf(Math.max(...column));
  };
  // Band b reaches from b to b + 1 eightieths of the mel scale, which ends at 2840 mel (8 kHz).
  assert.ok(Math.abs(loudestBand(1000) - (1000 / 2840) * 80) <= 1);
  assert.ok(Math.abs(loudestBand(4000) - (2146 / 2840) * 80) <= 1);
});

test("silence is empty beside sound", () => {
  const samples = new Float32Array(32000);
  samples.set(tone(1000, 1));
  const { bands, columns, levels } = spectrogramOf(samples, 16000, 100, 40);
  assert.equal(Math.max(...levels.subarray(0, bands * columns / 2)), 255);
  assert.equal(Math.max(...levels.subarray(bands * (columns / 2 + 3))), 0);
});

test("colours grow evenly darker on light ground, lighter on dark", () => {
  for (const isDark of [false, true]) {
    const ramp = colourRamp(isDark);
    const light = Array.from({ length: 256 }, (_, i) => 0.2126 * ramp[3 * i]! + 0.7152 * ramp[3 * i + 1]! + 0.0722 * ramp[3 * i + 2]!);
    for (let i = 1; i < 256; i++) assert.ok(isDark ? light[i]! >= light[i - 1]! - 0.8 : light[i]! <= light[i - 1]! + 0.8, `level ${i}`);
    assert.ok(Math.abs(light[255]! - light[0]!) > 150);
  }
});

test("WAV holds the samples", async () => {
  const view = new DataView(await wavOf(Float32Array.of(0, 1, -1, 2), 16000).arrayBuffer());
  assert.equal(view.byteLength, 52);
  assert.equal(view.getUint32(24, true), 16000);
  assert.deepEqual([44, 46, 48, 50].map((at) => view.getInt16(at, true)), [0, 32767, -32767, 32767]);
});
