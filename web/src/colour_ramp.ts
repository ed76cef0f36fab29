// Colours of levels 0 to 255 whose lightness rises or falls evenly (in OKLab, by Björn Ottosson): from the page's ground
// through its accent colour to what stands out most.

type Lch = [lightness: number, chroma: number, hue: number]; // hue in degrees

const kLight: Lch[] = [[0.985, 0.003, 265], [0.63, 0.15, 265], [0.26, 0.1, 285]];
const kDark: Lch[] = [[0.2, 0.012, 265], [0.57, 0.16, 265], [0.95, 0.06, 220]];

function srgb([lightness, chroma, hue]: Lch): [number, number, number] {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const encoded = (linear: number) =>
    Math.round(255 * Math.max(0, Math.min(1, linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055)));
  return [
    encoded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    encoded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    encoded(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** [256, 3], red first. */
export function colourRamp(isDark: boolean): Uint8Array {
  const stops = isDark ? kDark : kLight;
  // The way between two stops is as long as their lightness is apart, so that lightness is linear in the level.
  const from = stops[0]![0];
  const at = stops.map(([lightness]) => (lightness - from) / (stops.at(-1)![0] - from));
  const ramp = new Uint8Array(256 * 3);
  for (let level = 0; level < 256; level++) {
    const x = level / 255;
    const i = x < at[1]! ? 0 : 1;
    const t = (x - at[i]!) / (at[i + 1]! - at[i]!);
    const mix = (k: 0 | 1 | 2) => stops[i]![k] + t * (stops[i + 1]![k] - stops[i]![k]);
    ramp.set(srgb([mix(0), mix(1), mix(2)]), 3 * level);
  }
  return ramp;
}
