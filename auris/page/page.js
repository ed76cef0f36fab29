"use strict";
// What the scripts of all pages share. Text that comes from data goes into the page as text only.
const auris = (() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const content = document.getElementById("content");
  content.replaceChildren();

  // Controls, invisible marks and those that turn the direction of writing: shown by their codes.
  const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/;
  const codeOf = (character) => "U+" + character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");

  // A text in a line of its own direction.
  function shown(text) {
    const span = document.createElement("span");
    span.className = "text";
    span.dir = "auto";
    let run = "";
    const flush = () => {
      if (run) span.append(run);
      run = "";
    };
    for (const character of String(text)) {
      if (!unseen.test(character)) {
        run += character;
        continue;
      }
      flush();
      const code = document.createElement("span");
      code.className = "code";
      code.textContent = codeOf(character);
      span.append(code);
    }
    flush();
    return span;
  }

  // The same for charts, which take strings.
  function plain(text, longest = 1000) {
    const characters = Array.from(String(text), (character) => (unseen.test(character) ? `[${codeOf(character)}]` : character));
    return characters.length > longest ? characters.slice(0, longest - 1).join("") + "…" : characters.join("");
  }

  // element("p", {class: "muted"}, "text", node): strings and numbers become text; null is left out.
  function element(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) throw new Error("handlers are no attributes");
      if (value !== null && value !== undefined) node.setAttribute(name, value);
    }
    for (const child of children.flat()) {
      if (child !== null && child !== undefined) node.append(child instanceof Node ? child : String(child));
    }
    return node;
  }

  // A titled part of the page.
  function section(title, ...children) {
    const id = title.toLowerCase().replace(/[^a-z]+/g, "-");
    const node = element("section", {id}, element("h2", {}, title), ...children);
    content.append(node);
    return node;
  }

  // columns: [{title, number}]; a row is a list of cells: text, a node, or {cell, class}.
  function table(columns, rows) {
    const kind = (column) => (column.number ? "number" : null);
    const head = element("tr", {}, columns.map((column) => element("th", {class: kind(column), scope: "col"}, shown(column.title))));
    const body = rows.map((row) => element("tr", {}, row.map((value, i) => {
      const plainCell = value === null || typeof value !== "object" || value instanceof Node;
      const {cell, class: extra} = plainCell ? {cell: value, class: null} : value;
      const names = [kind(columns[i]), extra].filter(Boolean).join(" ");
      return element("td", {class: names || null}, cell instanceof Node || cell === null ? cell : shown(cell));
    })));
    return element("div", {class: "scroll", tabindex: "0"}, element("table", {}, element("thead", {}, head), element("tbody", {}, body)));
  }

  const number = (value, digits = 1) => (value === null || value === undefined ? "–" : value.toFixed(digits));

  const charts = [];
  function theme() {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue("--" + name).trim();
    return {text: colour("text"), muted: colour("muted"), line: colour("line"), surface: colour("surface"), low: colour("heat-low"),
            high: colour("heat-high"), accent: colour("accent"), series: colour("series").split(/\s+/)};
  }

  // What all charts look like; `option` wins.
  function dressed(option, colours) {
    const axis = (given) => ({axisLine: {lineStyle: {color: colours.line}}, axisTick: {show: false}, splitLine: {lineStyle: {color: colours.line}},
                              nameTextStyle: {color: colours.muted}, ...given, axisLabel: {color: colours.muted, hideOverlap: true, ...given.axisLabel}});
    const axes = (given) => (given === undefined ? undefined : Array.isArray(given) ? given.map(axis) : axis(given));
    const legend = option.legend && {type: "scroll", top: 0, left: 0, right: 0, itemWidth: 12, itemHeight: 12, pageIconColor: colours.accent,
                                     pageTextStyle: {color: colours.muted}, ...option.legend, textStyle: {color: colours.text}};
    const tooltip = {confine: true, backgroundColor: colours.surface, borderColor: colours.line, textStyle: {color: colours.text, fontSize: 13}, ...option.tooltip};
    return {animation: false, color: colours.series, aria: {enabled: false}, ...option,
            textStyle: {fontFamily: getComputedStyle(document.body).fontFamily, color: colours.text}, legend, tooltip,
            xAxis: axes(option.xAxis), yAxis: axes(option.yAxis)};
  }

  function draw(entry) {
    const width = entry.box.clientWidth;
    if (width === 0) return;
    const colours = theme();
    const described = entry.describe(colours, width);
    entry.box.style.height = described.height + "px";
    if (!entry.drawn) entry.drawn = echarts.init(entry.box, null, {renderer: "svg"});
    entry.drawn.resize();
    entry.drawn.setOption(dressed(described.option, colours), {notMerge: true});
    entry.width = width;
  }

  // describe(colours, width) -> {height, option}: asked again when width or colours change. `label` says for those who
  // cannot see it what the chart shows.
  function chart(parent, label, describe) {
    const box = element("div", {class: "chart", role: "img", "aria-label": label});
    parent.append(box);
    const entry = {box, describe, drawn: null, width: 0};
    charts.push(entry);
    draw(entry);
    return box;
  }

  // Lines of a chart's tooltip: texts, as HTML that shows them.
  const lines = (...texts) => texts.filter((text) => text !== null).map((text) => echarts.format.encodeHTML(plain(text, 200))).join("<br>");

  let waiting = 0;
  new ResizeObserver(() => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => charts.filter((entry) => entry.box.clientWidth !== entry.width).forEach(draw));
  }).observe(content);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => charts.forEach(draw));

  return {data, content, shown, plain, element, section, table, number, chart, lines, theme};
})();
