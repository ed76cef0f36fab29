// Times as people and subtitles write them.

/** 75.4 -> "1:15", 3675 -> "1:01:15". */
export function shortTime(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const tail = String(whole % 60).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${tail}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${tail}`;
}

/** 75.4 -> "00:01:15,400", as clock_time of auris/engine/transcript_format.h. */
export function subtitleTime(seconds: number, decimal: "," | "."): string {
  const ms = Math.round(Math.max(0, seconds) * 1000);
  const two = (n: number) => String(n).padStart(2, "0");
  const rest = String(ms % 1000).padStart(3, "0");
  return `${two(Math.floor(ms / 3600000))}:${two(Math.floor(ms / 60000) % 60)}:${two(Math.floor(ms / 1000) % 60)}${decimal}${rest}`;
}
