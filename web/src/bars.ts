// Bars of equal width around the middle line of a canvas, as high as `heightAt` says (0 to 1).
export function drawBars(canvas: HTMLCanvasElement, heightAt: (from: number, to: number) => number): void {
  const scale = devicePixelRatio;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d");
  if (!context || width === 0) return;
  context.scale(scale, scale);
  context.fillStyle = getComputedStyle(canvas).color;
  const kBar = 2;
  const kStep = 3;
  context.beginPath();
  for (let x = 0; x + kBar <= width; x += kStep) {
    const bar = Math.max(kBar, heightAt(x / width, Math.min(1, (x + kStep) / width)) * height);
    context.roundRect(x, (height - bar) / 2, kBar, bar, 1);
  }
  context.fill();
}
