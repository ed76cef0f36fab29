// Samples as columns of a picture.

/** Lowest and highest sample of `columns` stretches of equal length: [low, high, low, high, ...]. */
export function peaksOf(samples: Float32Array, columns: number): Float32Array {
  const peaks = new Float32Array(2 * columns);
  for (let column = 0; column < columns; column++) {
    const begin = Math.floor((column * samples.length) / columns);
    const end = Math.max(begin + 1, Math.floor(((column + 1) * samples.length) / columns));
    let low = Infinity;
    let high = -Infinity;
    for (let i = begin; i < end && i < samples.length; i++) {
      const sample = samples[i]!;
      if (sample < low) low = sample;
      if (sample > high) high = sample;
    }
    peaks[2 * column] = low === Infinity ? 0 : low;
    peaks[2 * column + 1] = high === -Infinity ? 0 : high;
  }
  return peaks;
}
