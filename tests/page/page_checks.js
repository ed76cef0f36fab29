// What a page that can be lived with has: every chart drawn, nothing wider than its place. Returns a list of faults.
(async () => {
  const faults = [];
  const name = (node) => `<${node.tagName.toLowerCase()}${node.className && typeof node.className === "string" ? " class=" + node.className : ""}> "${(node.textContent || "").trim().slice(0, 40)}"`;
  const visible = (box) => box.width > 0 && box.height > 0;

  // Coloured pixels that an SVG paints, by drawing it once more.
  const painted = (svg) => new Promise((resolve) => {
    const {width, height} = svg.getBoundingClientRect();
    const copy = svg.cloneNode(true);
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    const image = new Image();
    image.onload = () => {
      const canvas = document.createElement("canvas");
      canvas.width = Math.ceil(width);
      canvas.height = Math.ceil(height);
      const context = canvas.getContext("2d");
      context.drawImage(image, 0, 0);
      const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
      // Axes and texts are grey; below the legend only data have colours.
      const legend = svg.getBoundingClientRect().height > 200 ? 28 : 0;
      let coloured = 0;
      for (let i = 4 * canvas.width * legend; i < pixels.length; i += 4) {
        const spread = Math.max(pixels[i], pixels[i + 1], pixels[i + 2]) - Math.min(pixels[i], pixels[i + 1], pixels[i + 2]);
        if (pixels[i + 3] >= 128 && spread > 40) coloured += 1;
      }
      resolve(coloured);
    };
    image.onerror = () => resolve(0);
    image.src = "data:image/svg+xml;base64," + btoa(unescape(encodeURIComponent(new XMLSerializer().serializeToString(copy))));
  });

  const charts = [...document.querySelectorAll(".chart")];
  if (charts.length === 0) faults.push("the page has no chart");
  for (const chart of charts) {
    const label = chart.getAttribute("aria-label");
    const svg = chart.querySelector("svg");
    if (!svg || !visible(svg.getBoundingClientRect())) {
      faults.push(`chart "${label}" is not there`);
      continue;
    }
    const coloured = await painted(svg);
    if (coloured < 12) faults.push(`chart "${label}" is empty: ${coloured} coloured pixels`);
    const drawn = echarts.getInstanceByDom(chart);
    const figures = (drawn ? drawn.getOption().series : []).flatMap((series) => series.data ?? []).flatMap((one) => one?.value ?? one).filter(Number.isFinite);
    if (figures.length === 0) faults.push(`chart "${label}" has no figures`);
    const outer = svg.getBoundingClientRect();
    for (const text of svg.querySelectorAll("text")) {
      const box = text.getBoundingClientRect();
      if (visible(box) && (box.left < outer.left - 2 || box.right > outer.right + 2 || box.top < outer.top - 2 || box.bottom > outer.bottom + 2)) {
        faults.push(`chart "${label}": text leaves the chart: ${text.textContent}`);
      }
    }
  }

  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width + 1) faults.push(`the page is ${document.documentElement.scrollWidth} wide, the window ${width}`);
  for (const node of document.body.querySelectorAll("*")) {
    if (node.closest(".chart") || node.closest("script, style")) continue;
    const box = node.getBoundingClientRect();
    if (!visible(box)) continue;
    const scrolled = node.parentElement && node.parentElement.closest(".scroll");
    if (!scrolled && (box.right > width + 1 || box.left < -1)) faults.push(`leaves the window: ${name(node)}`);
    const style = getComputedStyle(node);
    const letters = node.children.length === 0 ? node.textContent.trim().length : 0;
    if (letters > 3 && box.height > 3 * parseFloat(style.fontSize) && box.width < 2 * parseFloat(style.fontSize)) faults.push(`squeezed letter by letter: ${name(node)}`);
    if (!["inline", "contents"].includes(style.display) && !node.matches(".scroll, audio, select, input") && node.scrollWidth > node.clientWidth + 1 && node.clientWidth > 0) {
      faults.push(`text overflows: ${name(node)}`);
    }
  }
  return [...new Set(faults)].slice(0, 20);
})()
