"use strict";
// Fills the page of a run; live_page.h says what the data are.
(() => {
  const {data, content, shown, plain, element, section, table, chart, lines} = auris;
  if (!data.finished) setTimeout(() => location.reload(), 1000 * data.reload_s);

  const figure = (value) => (Math.abs(value) >= 1e-2 && Math.abs(value) < 1e4 ? Number(value.toPrecision(4)).toString() : value === 0 ? "0" : value.toExponential(2));
  const names = Object.keys(data.curves);
  const below = (prefix) => names.filter((name) => name.startsWith(prefix));

  content.append(
    element("h1", {}, "Training: ", shown(data.title)),
    element("p", {class: "muted"}, shown(data.progress)),
    element("p", {class: "muted"}, data.finished ? "The run has ended." : `The page loads itself again every ${data.reload_s} seconds.`));
  const last = (name) => (data.curves[name] && data.curves[name].length ? data.curves[name][data.curves[name].length - 1][1] : null);
  const card = (name, value, note) => (value === null ? null : element("div", {class: "card"},
    element("div", {class: "name"}, name), element("div", {class: "figure"}, value), element("div", {class: "note"}, note)));
  const percent = (value) => (value === null ? null : `${(100 * value).toFixed(1)} %`);
  content.append(element("div", {class: "cards"}, [
    card("Steps", `${data.step}`, `of ${data.steps}`),
    card("Loss", last("loss") === null ? null : figure(last("loss")), "of the last steps"),
    card("Held-out loss", last("evaluation/loss") === null ? null : figure(last("evaluation/loss")), "of the last evaluation"),
    card("Token accuracy", percent(last("token_accuracy")), "of answers"),
    card("Waiting", percent(last("waiting_share")), "for data")]));

  if (data.warnings.length) {
    section("Warnings", table([{title: "Step", number: true}, {title: "What"}], data.warnings.map(([step, text]) => [String(step), text])));
  }

  // One chart for curves of a kind; those without figures are left out.
  function curves(parent, title, list, {log = false, share = false} = {}) {
    const drawn = list.filter(([name]) => (data.curves[name] ?? []).some(([, value]) => !log || value > 0));
    if (drawn.length === 0) return;
    const box = element("div", {}, element("h3", {}, title));
    parent.append(box);
    const value = (number) => (share ? `${(100 * number).toFixed(1)} %` : figure(number));
    chart(box, title, () => ({
      height: 240,
      option: {
        legend: drawn.length > 1 ? {data: drawn.map(([, label]) => plain(label, 40))} : undefined,
        grid: {left: 62, right: 18, top: drawn.length > 1 ? 34 : 12, bottom: 34},
        tooltip: {trigger: "item", formatter: (point) => lines(point.seriesName, `step ${Math.round(point.value[0])}: ${value(point.value[1])}`)},
        xAxis: {type: "value", min: 0, max: Math.max(data.step, 1), name: ""},
        yAxis: {type: log ? "log" : "value", scale: true, axisLabel: {formatter: value}},
        series: drawn.map(([name, label]) => {
          const points = data.curves[name].filter(([, number]) => !log || number > 0);
          return {name: plain(label, 40), type: "line", showSymbol: points.length < 60, symbolSize: 5, lineStyle: {width: 1.5}, data: points};
        })}}));
  }

  const named = (prefix) => below(prefix).map((name) => [name, name.slice(prefix.length)]);
  const part = section("Curves");
  const columns = element("div", {class: "columns"});
  part.append(columns);
  curves(columns, "Loss", [["loss", "training"], ["evaluation/loss", "held out"]]);
  curves(columns, "Token accuracy", [["token_accuracy", "training"], ["evaluation/token_accuracy", "held out"]], {share: true});
  curves(columns, "Loss by objective", named("loss/"));
  curves(columns, "Held-out loss by set", named("evaluation/loss/"));
  curves(columns, "Learning rate", named("learning_rate/"));
  curves(columns, "Gradient norm", [["gradient_norm", "before clipping"]], {log: true});
  curves(columns, "Seconds of sound a second", [["audio_s_per_s", "sound"]]);
  curves(columns, "Waiting for data", [["waiting_share", "share of time"]], {share: true});
  curves(columns, "Strength of sound over text", [["projector_over_embedding_rms", "RMS ratio"]], {log: true});
  if (!columns.hasChildNodes()) part.append(element("p", {}, "No step is done yet."));

  if (data.facts.length) section("The run", table([{title: "What"}, {title: ""}], data.facts));
})();
