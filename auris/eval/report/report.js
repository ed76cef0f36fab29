"use strict";
// Fills the page of `auris eval report`; report.h says what the data are.
(() => {
  const {data, content, shown, plain, element, section, table, number, chart, lines} = auris;
  const systems = data.systems;
  const names = systems.map((system) => plain(system.name, 40));
  const configurationTitles = {text_audio: "question read, sound heard", audio_text: "question heard, text read", audio: "all heard"};
  const configurationShort = {text_audio: "text + audio", audio_text: "audio + text", audio: "audio only"};
  const percentMetrics = new Set(["wer", "cer", "per", "accuracy", "tag_f1", "slot_f1", "rouge_l", "judge", "ece"]);
  const lessIsBetter = new Set(["wer", "cer", "per", "mae", "score_mae", "ece", "brier"]);
  const confidence = Math.round(100 * data.confidence);
  const many = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

  function swatch(i) {
    const colours = auris.theme().series;
    const mark = element("span", {class: "swatch"});
    mark.style.background = colours[i % colours.length];
    return mark;
  }

  const sourceOf = (group) => (group.variant === "any" ? "" : plain(group.variant, 24));

  // In one line; and in two, for the axis of a chart.
  const groupName = (group) => [plain(group.title, 60), sourceOf(group), configurationShort[group.configuration]].filter(Boolean).join(", ");
  const groupCell = (group) => element("span", {class: "whole", title: group.title}, `${group.abbreviation} ${sourceOf(group)}`.trim(), element("small", {}, configurationShort[group.configuration]));
  const metricCell = (name) => element("span", {class: "whole"}, name + (lessIsBetter.has(name) ? " ↓" : " ↑"));
  const groupAxis = (groups, width) => ({
    type: "category", inverse: true,
    data: groups.map((group) => (width < 560
      ? `${`${group.abbreviation} ${sourceOf(group)}`.trim()}\n${configurationShort[group.configuration]}`
      : `${plain(group.title, 60)}\n${[sourceOf(group), configurationShort[group.configuration]].filter(Boolean).join(", ")}`)),
    axisLabel: {lineHeight: 14, interval: 0, hideOverlap: false, width: width < 560 ? 88 : 222, overflow: "truncate"}});

  // Top: one card a system.
  function summary() {
    const set = data.data_set;
    const damaged = (set.damaged ? `; ${many(set.damaged, "damaged item")} left out` : "") + (set.damaged_lines ? `; ${many(set.damaged_lines, "damaged line")} of predictions` : "");
    content.append(
      element("h1", {}, "Evaluation: ", shown(set.name)),
      element("p", {class: "muted"}, `${many(set.items, "item")}, ${set.hours.toFixed(2)} hours of sound, ${many(set.speakers, "known speaker")}, ${many(data.tasks.length, "task")}${damaged}.`));
    const cards = systems.map((system, i) => element("div", {class: "card"},
      element("div", {class: "name"}, swatch(i), shown(system.name)),
      element("div", {class: "figure"}, number(system.points)),
      element("div", {class: "note"}, system.low === null ? "points of 100" : `points of 100, ${confidence} % interval ${number(system.low)} to ${number(system.high)}`),
      element("div", {class: "note"}, `covers ${number(100 * system.coverage, 0)} % of tasks, abstains in ${number(100 * system.abstention, 0)} %`),
      element("div", {class: "note"}, system.missing ? `${system.missing} of ${set.items} without an answer` : "every item has an answer"),
      system.min_max === null ? null : element("div", {class: "note"}, `${number(system.min_max, 2)} by min-max among these systems`)));
    content.append(element("div", {class: "cards"}, cards));
    content.append(element("details", {class: "muted"}, element("summary", {}, `How points are made (formula ${data.formula.version}, intervals ${data.formula.interval})`), element("p", {}, `${data.formula.text} ${data.formula.interval_text} ` +
      "A task is covered in a configuration if at least half of its items got an answer that can be used. " +
      "Min-max gives each task 0 for the worst and 1 for the best of the systems shown, as LLaSO describes its score; it changes with the company.")));
  }

  function radar() {
    const scored = data.tasks.filter((task) => task.points.some((points) => points !== null));
    const part = section("Tasks", element("p", {class: "muted"}, "Points of each task, over its sources and configurations."));
    if (scored.length === 0) {
      part.append(element("p", {}, "No task has a metric that can be computed; a judge's grades may give one."));
      return;
    }
    if (scored.length < 3) {  // no area to see
      taskBars(part, scored);
      return;
    }
    chart(part, "Radar of points by task", (colours, width) => ({
      height: Math.min(460, Math.max(300, width * 0.9)),
      option: {
        legend: {data: names},
        tooltip: {trigger: "item", formatter: (point) => lines(point.name, ...scored.map((task, k) => `${task.title}: ${number(point.value[k])}`))},
        radar: {
          indicator: scored.map((task) => ({name: width < 560 ? task.abbreviation : task.title, max: 100, min: 0})), center: ["50%", "55%"], radius: width < 560 ? "66%" : "78%",
          axisName: {color: colours.muted}, splitLine: {lineStyle: {color: colours.line}}, axisLine: {lineStyle: {color: colours.line}}, splitArea: {show: false}},
        series: [{type: "radar", symbolSize: 5, data: systems.map((system, i) => ({name: names[i], value: scored.map((task) => task.points[i] ?? 0), lineStyle: {width: 2}, areaStyle: {opacity: 0.08}}))}]}}));
  }

  function taskBars(part, tasks) {
    chart(part, "Bars of points by task", (colours, width) => ({
      height: 70 + tasks.length * (systems.length * 16 + 18),
      option: {legend: {data: names}, grid: {left: width < 560 ? 60 : 200, right: 20, top: 36, bottom: 30},
               tooltip: {trigger: "item", formatter: (point) => lines(point.seriesName, `${tasks[point.dataIndex].title}: ${number(point.value)} points`)},
               xAxis: {type: "value", min: 0, max: 100}, yAxis: {type: "category", inverse: true, data: tasks.map((task) => (width < 560 ? task.abbreviation : task.title))},
               series: systems.map((system, i) => ({name: names[i], type: "bar", data: tasks.map((task) => task.points[i])}))}}));
  }

  // The interval of bar `i` of `count` beside each other in a category, as a line with ends.
  const whisker = (count, i, colour) => (parameters, api) => {
    const [category, low, high] = [api.value(0), api.value(1), api.value(2)];
    if (!Number.isFinite(low) || !Number.isFinite(high)) return null;
    const layout = api.barLayout({count, barGap: "20%", barCategoryGap: "26%"})[i];
    const [left, y] = api.coord([low, category]), [right] = api.coord([high, category]);
    const middle = y + layout.offsetCenter;
    const line = (x1, y1, x2, y2) => ({type: "line", shape: {x1, y1, x2, y2}, style: {stroke: colour, lineWidth: 1.5}});
    return {type: "group", children: [line(left, middle, right, middle), line(left, middle - 3, left, middle + 3), line(right, middle - 3, right, middle + 3)]};
  };

  function bars() {
    const groups = data.groups.filter((group) => group.systems.some((system) => system.points !== null));
    const part = section("Scores with intervals", element("p", {class: "muted"},
      `Points of each task, source and configuration; lines are ${confidence} % intervals by bootstrap over speakers. Where fewer than two speakers or items are known there is no interval.`));
    if (groups.length === 0) {
      part.append(element("p", {}, "No group has a metric that can be computed."));
      return;
    }
    chart(part, "Bars of points with intervals by task and configuration", (colours, width) => {
      const series = systems.flatMap((system, i) => [
        {name: names[i], type: "bar", barGap: "20%", barCategoryGap: "26%", itemStyle: {color: colours.series[i % colours.series.length]}, data: groups.map((group) => group.systems[i].points)},
        {name: names[i], type: "custom", renderItem: whisker(systems.length, i, colours.text), encode: {x: [1, 2], y: 0}, z: 5, silent: true, tooltip: {show: false},
         data: groups.map((group, k) => [k, group.systems[i].low, group.systems[i].high])}]);
      return {
        height: 64 + groups.length * (systems.length * 14 + 22),
        option: {legend: {data: names}, grid: {left: width < 560 ? 96 : 230, right: 18, top: 36, bottom: 26},
                 tooltip: {trigger: "item", formatter: (point) => {
                   const group = groups[point.dataIndex], own = group.systems[point.seriesIndex / 2 | 0];
                   return lines(point.seriesName, groupName(group), `${number(own.points)} points${own.low === null ? "" : ` [${number(own.low)}, ${number(own.high)}]`}, ${many(group.items, "item")}`);
                 }},
                 xAxis: {type: "value", min: 0, max: 100},
                 yAxis: groupAxis(groups, width),
                 series}};
    });
  }

  function modalities() {
    const configurations = data.configurations.filter((entry) => entry.points.some((points) => points !== null));
    if (configurations.length < 2) return;
    const part = section("Configurations", element("p", {class: "muted"},
      `Mean points of the ${many(configurations[0].tasks.length, "task")} that have all configurations: how well what is learned in one way of asking carries over to another.`));
    chart(part, "Bars of points by configuration", (colours, width) => ({
      height: 280,
      option: {legend: {data: names}, grid: {left: 40, right: 12, top: 40, bottom: 46},
               tooltip: {trigger: "item", formatter: (point) => lines(point.seriesName, configurationTitles[configurations[point.dataIndex].configuration], `${number(point.value)} points`)},
               xAxis: {type: "category", data: configurations.map((entry) => configurationShort[entry.configuration]), axisLabel: {interval: 0}},
               yAxis: {type: "value", min: 0, max: 100},
               series: systems.map((system, i) => ({name: names[i], type: "bar", barMaxWidth: 46, data: configurations.map((entry) => entry.points[i]),
                                                    label: {show: true, position: "top", color: colours.muted, textBorderWidth: 0, fontSize: 11, formatter: (point) => number(point.value, 0)}}))}}));
    const first = configurations[0];
    part.append(table([{title: "System"}, ...configurations.map((entry) => ({title: configurationShort[entry.configuration], number: true}))],
      systems.map((system, i) => [system.name, ...configurations.map((entry) => entry === first || entry.points[i] === null || first.points[i] === null
        ? number(entry.points[i])
        : `${number(entry.points[i])} (${entry.points[i] >= first.points[i] ? "+" : "−"}${number(Math.abs(entry.points[i] - first.points[i]))})`)])));
  }

  function scatter(parent, label, xTitle, yTitle, points) {
    const box = element("div");
    parent.append(box);
    chart(box, label, () => ({
      height: 280,
      option: {legend: {data: names}, grid: {left: 46, right: 24, top: 56, bottom: 46},
               tooltip: {trigger: "item", formatter: (point) => lines(point.seriesName, `${xTitle}: ${number(point.value[0])}`, `${yTitle}: ${number(point.value[1])}`)},
               xAxis: {type: "value", min: 0, max: 100, name: xTitle, nameLocation: "middle", nameGap: 28},
               yAxis: {type: "value", min: 0, max: 100, name: yTitle, nameGap: 12, nameTextStyle: {align: "left", padding: [0, 0, 0, -30]}},
               series: systems.map((system, i) => ({name: names[i], type: "scatter", symbolSize: 16, data: [points(system)]}))}}));
  }

  function coverage() {
    const part = section("Coverage", element("p", {class: "muted"}, "Task coverage against score, and against abstention: a high score on few tasks and few answers is another thing than a high score on all."));
    const columns = element("div", {class: "columns"});
    part.append(columns);
    if (systems.some((system) => system.points !== null))
      scatter(columns, "Task coverage against points", "task coverage, %", "points", (system) => [100 * system.coverage, system.points]);
    scatter(columns, "Task coverage against abstention", "task coverage, %", "abstention, %", (system) => [100 * system.coverage, 100 * system.abstention]);
  }

  function abstention() {
    const part = section("Abstention", element("p", {class: "muted"}, "Share of items without an answer that can be used: none, an empty one, or one that names no label or number, or several labels."));
    const cells = data.groups.flatMap((group, k) => group.systems.map((system, i) => [i, k, 100 * system.abstention]));
    chart(part, "Heat map of abstention by task, configuration and system", (colours, width) => ({
      height: 70 + data.groups.length * 34,
      option: {grid: {left: width < 560 ? 96 : 230, right: 12, top: 8, bottom: 62},
               tooltip: {formatter: (point) => lines(names[point.value[0]], groupName(data.groups[point.value[1]]), `${number(point.value[2])} % abstained`)},
               xAxis: {type: "category", data: names, axisLabel: {interval: 0, hideOverlap: false, width: Math.max(40, (width - (width < 560 ? 110 : 250)) / systems.length - 6), overflow: "truncate"}},
               yAxis: groupAxis(data.groups, width),
               visualMap: {min: 0, max: 100, orient: "horizontal", left: "center", bottom: 0, itemHeight: 110, itemWidth: 12, text: ["100 %", "0 %"], textStyle: {color: colours.muted}, inRange: {color: [colours.low, colours.high]}},
               series: [{type: "heatmap", data: cells.map((value) => ({value, label: {color: value[2] > 60 ? "#ffffff" : colours.text, textBorderWidth: 0}})), itemStyle: {borderColor: colours.surface, borderWidth: 2}, label: {show: true, fontSize: 12, formatter: (point) => number(point.value[2], 0)}}]}}));
  }

  function metricText(metric) {
    const factor = percentMetrics.has(metric.metric) ? 100 : 1;
    return [metric.value === null ? "–" : number(factor * metric.value), metric.low === null ? null : `[${number(factor * metric.low)}, ${number(factor * metric.high)}]`];
  }

  function figures() {
    const part = section("All figures", element("p", {class: "muted"}, `Rates in percent, below them the ${confidence} % interval. The best of each line is bold; differences within the intervals may be chance.`));
    const rows = data.groups.flatMap((group) => group.systems[0].score.metrics.map((first, m) => {
      const metrics = group.systems.map((system) => system.score.metrics[m]);
      const values = metrics.map((metric) => metric.value).filter((value) => value !== null);
      const best = lessIsBetter.has(first.metric) ? Math.min(...values) : Math.max(...values);
      return [
        groupCell(group), metricCell(first.metric), group.items,
        ...metrics.map((metric) => {
          const [value, interval] = metricText(metric);
          return {cell: element("span", {}, value, interval && element("small", {}, interval)), class: metric.value === best && values.some((other) => other !== best) ? "best" : null};
        })];
    }));
    part.append(table([{title: "Task"}, {title: "Metric"}, {title: "Items", number: true},
                       ...systems.map((system) => ({title: system.name, number: true}))], rows));
  }

  function comparisons() {
    if (data.comparisons.length === 0) return;
    const part = section("Differences", element("p", {class: "muted"},
      `Paired over the same speakers (items where those are not known): second minus first with its ${confidence} % interval. Of 20 comparisons of equal systems about one seems different.`));
    for (const comparison of data.comparisons) {
      part.append(element("h3", {}, shown(comparison.second), " against ", shown(comparison.first)));
      const points = (value) => (value === null ? "–" : (value < 0 ? "−" : "+") + number(Math.abs(value)));
      part.append(element("p", {}, `Overall ${points(comparison.overall.difference)} points [${points(comparison.overall.low)}, ${points(comparison.overall.high)}].`));
      const rows = comparison.groups.flatMap((group) => group.metrics.map((metric) => {
        const factor = percentMetrics.has(metric.metric) ? 100 : 1;
        const signed = (value) => {
          if (value === null) return "–";
          const digits = number(Math.abs(factor * value));
          return Number(digits) === 0 ? digits : (value > 0 ? "+" : "−") + digits;
        };
        const found = metric.better > 0 ? comparison.second : metric.better < 0 ? comparison.first : null;
        const interval = metric.low === null ? null : element("small", {}, `[${signed(metric.low)}, ${signed(metric.high)}]`);
        return [groupCell(group), metricCell(metric.metric), element("span", {}, signed(metric.difference), interval),
                found === null ? element("span", {class: "muted"}, "none found") : element("span", {}, shown(found), " is better")];
      }));
      part.append(table([{title: "Task"}, {title: "Metric"}, {title: "Difference", number: true}, {title: "Verdict"}], rows));
    }
  }

  function judge() {
    const judged = systems.filter((system) => system.judge !== null);
    if (judged.length === 0) return;
    const kappa = (value) => (value === null ? "–" : number(value, 3));
    const part = section("Judge", element("p", {class: "muted"},
      "A language model graded answers from 1 to 5, several times each. Kappa tells how far its votes agree beyond chance: 1 always, 0 not at all; the quadratic one counts near misses as half right. Mean grades, from 0 to 100, stand among all figures."));
    part.append(table([{title: "System"}, {title: "Answers", number: true}, {title: "Votes each", number: true}, {title: "Votes without a verdict", number: true}, {title: "Fleiss’ kappa", number: true}, {title: "Quadratic kappa", number: true}],
      judged.map(({name, judge: {answers, votes, no_verdict: without, fleiss_kappa: fleiss, quadratic_kappa: quadratic}}) => [name, answers, votes, without, kappa(fleiss), kappa(quadratic)])));
  }

  function calibration() {
    if (systems.every((system) => system.calibration === null)) return;
    const part = section("Calibration", element("p", {class: "muted"},
      "Where answers were chosen from labels, how often the likeliest label was right, by the probability that it had. On the diagonal 80 % of what was given 80 % is right; below it a system is too sure."));
    chart(part, "Reliability: accuracy by confidence", (colours) => ({
      height: 340,
      option: {legend: {data: names}, grid: {left: 46, right: 24, top: 56, bottom: 46},
               tooltip: {trigger: "item", formatter: (point) => (point.data.items === undefined ? "" : lines(point.seriesName, `probability ${number(point.value[0])} %, right ${number(point.value[1])} %`, many(point.data.items, "item")))},
               xAxis: {type: "value", min: 0, max: 100, name: "probability, %", nameLocation: "middle", nameGap: 28},
               yAxis: {type: "value", min: 0, max: 100, name: "right, %", nameGap: 12},
               series: [
                 {type: "line", silent: true, symbol: "none", lineStyle: {type: "dashed", width: 1, color: colours.muted}, data: [[0, 0], [100, 100]]},
                 ...systems.map((system, i) => ({
                   name: names[i], type: "line", symbolSize: 9, itemStyle: {color: colours.series[i % colours.series.length]}, lineStyle: {color: colours.series[i % colours.series.length]},
                   data: (system.calibration?.reliability ?? []).map((bin) => ({value: [100 * bin.confidence, 100 * bin.accuracy], items: bin.items}))}))]}}));
    const rows = data.groups.filter((group) => group.systems.some((system) => system.score.calibration)).flatMap((group) => [0, 1].map((k) => {
      const name = group.systems.find((system) => system.score.calibration).score.calibration[k].metric;
      return [groupCell(group), metricCell(name), ...group.systems.map((system) => {
        if (!system.score.calibration) return "–";
        const [value, interval] = metricText(system.score.calibration[k]);
        return element("span", {}, value, interval && element("small", {}, interval));
      })];
    }));
    part.append(table([{title: "Task"}, {title: "Error"}, ...systems.map((system) => ({title: system.name, number: true}))], rows));
    part.append(element("p", {class: "muted"}, systems.filter((system) => system.calibration !== null).map((system) =>
      `${plain(system.name, 40)}: expected calibration error ${number(100 * system.calibration.ece)} % over 15 bins and Brier score ${number(system.calibration.brier, 2)} of ${many(system.calibration.items, "item")}. `).join("")));
  }

  function breakdowns() {
    const all = data.groups.flatMap((group) => (group.systems[0].score.breakdowns ?? []).map((breakdown, b) => ({group, breakdown, b})));
    if (all.length === 0) return;
    const part = section("Where the errors are");
    const kinds = [...new Set(all.map((one) => one.breakdown.by))];
    const kind = element("select", {}, kinds.map((by) => element("option", {value: by}, by)));
    const group = element("select");
    const box = element("div");
    part.append(element("div", {class: "filters"}, element("label", {}, "by", kind), element("label", {}, "task", group)), box);
    const fill = () => {
      const chosen = all.filter((one) => one.breakdown.by === kind.value);
      group.replaceChildren(...chosen.map((one, k) => element("option", {value: k}, groupName(one.group))));
      show();
    };
    const show = () => {
      const one = all.filter((candidate) => candidate.breakdown.by === kind.value)[group.value | 0];
      const factor = percentMetrics.has(one.breakdown.metric) ? 100 : 1;
      const own = one.group.systems.map((system) => system.score.breakdowns[one.b]);
      box.replaceChildren(table([{title: one.breakdown.by}, {title: "Items", number: true}, ...systems.map((system) => ({title: `${system.name}: ${one.breakdown.metric}`, number: true}))],
        one.breakdown.parts.map((partOf, k) => [partOf.name, partOf.items, ...own.map((breakdown) => number(breakdown.parts[k].value === null ? null : factor * breakdown.parts[k].value))])));
    };
    kind.addEventListener("change", fill);
    group.addEventListener("change", show);
    fill();
  }

  function aligned(spans) {
    const line = element("span", {class: "text", dir: "auto"});
    spans.forEach(([kind, first, second], i) => {
      if (i > 0) line.append(" ");
      if (kind === "=") line.append(shown(first));
      else if (kind === "d") line.append(element("del", {title: "left out"}, shown(first)));
      else if (kind === "i") line.append(element("ins", {title: "added"}, shown(first)));
      else line.append(element("span", {class: "substituted", title: "put in place of another"}, element("del", {}, shown(first)), " ", element("ins", {}, shown(second))));
    });
    return line;
  }

  function itemNode(item) {
    const facts = [configurationTitles[item.configuration], item.language, item.speaker && `speaker ${item.speaker}`, item.source, `${number(item.duration_s)} s`].filter(Boolean);
    const node = element("article", {class: "item"}, element("div", {class: "head"}, element("b", {}, item.abbreviation), facts.map((fact) => shown(fact))));
    const player = (sound) => sound && element("audio", {controls: "", preload: "none", src: sound});
    const list = element("dl");
    const row = (title, ...value) => list.append(element("dt", {}, title), element("dd", {}, ...value));
    for (const turn of item.history) row(turn.role === "user" ? "before, asked" : "before, replied", shown(turn.text), turn.words ? element("span", {class: "muted"}, " said: ", shown(turn.words)) : null, player(turn.sound));
    row("asked", shown(item.prompt), player(item.sound));
    if (item.instruction) row("spoken question", shown(item.instruction));
    if (item.transcript && item.transcript !== item.reference) row("said", shown(item.transcript));
    row("wanted", shown(item.reference), item.references.length ? element("span", {class: "muted"}, " or ", item.references.map((other, i) => [i ? " or " : null, shown(other)])) : null);
    item.answers.forEach((answer, i) => {
      const text = answer.answer === null ? element("span", {class: "muted"}, shown(answer.error || "no answer")) : answer.alignment ? aligned(answer.alignment) : shown(answer.answer);
      const heard = answer.heard && answer.heard !== answer.answer
        ? element("div", {class: "muted"}, "heard: ", answer.heard_alignment ? aligned(answer.heard_alignment) : shown(answer.heard)) : null;
      row(element("span", {}, swatch(i), shown(systems[i].name)), element("span", {class: `verdict ${answer.verdict.kind}`}, answer.verdict.text), text, heard,
        answer.grade === undefined ? null : element("div", {class: "muted"}, `grade ${number(answer.grade)} of 5`));
    });
    node.append(list);
    return node;
  }

  function browser() {
    const told = data.shown;
    const megabytes = (bytes) => `${number(bytes / 1048576)} MB`;
    const part = section("Answers one by one", element("p", {class: "muted"},
      `${told.items} of ${many(told.of, "item")}, the worst of each task first. ${told.sounds} of them with their recordings, ${megabytes(told.sound_bytes)} in all ` +
      `(limits: ${megabytes(told.max_sound_bytes)} a page, ${number(told.max_sound_s, 0)} s a recording). `,
      "In answers that are words: ", element("del", {}, "left out"), " ", element("ins", {}, "added"), " ",
      element("span", {class: "substituted"}, element("del", {}, "wanted"), " ", element("ins", {}, "said")), " instead."));
    const choice = (title, values) => {
      const select = element("select", {}, values.map(([value, text]) => element("option", {value}, text)));
      select.addEventListener("change", () => show(true));
      filters.append(element("label", {}, title, select));
      return select;
    };
    const filters = element("div", {class: "filters"});
    const tasks = [...new Map(data.items.map((item) => [item.task, item.abbreviation]))];
    const configurations = [...new Set(data.items.map((item) => item.configuration))];
    const task = choice("task", [["", "all"], ...tasks]);
    const configuration = choice("configuration", [["", "all"], ...configurations.map((name) => [name, configurationShort[name]])]);
    const verdict = choice("answers", [["", "all"], ["some", "with an error"], ["all", "wrong by all"], ...systems.map((system, i) => [String(i), `wrong by ${plain(system.name, 30)}`])]);
    const words = element("input", {type: "search", placeholder: "text", size: "14"});
    words.addEventListener("input", () => show(true));
    filters.append(element("label", {}, "with the text", words));
    const count = element("p", {class: "muted"}), list = element("div"), more = element("button", {type: "button"}, "More");
    more.addEventListener("click", () => show(false));
    part.append(filters, count, list, more);
    const step = 10;
    let found = [], drawn = 0;
    const fits = (item) => {
      const wrong = item.answers.map((answer) => answer.verdict.kind !== "right");
      const judged = verdict.value === "" || (verdict.value === "some" ? wrong.some(Boolean) : verdict.value === "all" ? wrong.every(Boolean) : wrong[Number(verdict.value)]);
      const text = [item.id, item.prompt, item.reference, item.transcript, item.speaker, ...item.answers.flatMap((answer) => [answer.answer, answer.heard])].join("\n").toLowerCase();
      return (!task.value || item.task === task.value) && (!configuration.value || item.configuration === configuration.value) && judged && text.includes(words.value.toLowerCase());
    };
    function show(afresh) {
      if (afresh) {
        found = data.items.filter(fits);
        drawn = 0;
        list.replaceChildren();
      }
      list.append(...found.slice(drawn, drawn + step).map(itemNode));
      drawn = Math.min(drawn + step, found.length);
      count.textContent = `${drawn} of ${many(found.length, "item")} shown`;
      more.hidden = drawn >= found.length;
    }
    show(true);
  }

  function settings() {
    const part = section("Systems");
    for (const [i, system] of systems.entries()) {
      part.append(element("h3", {}, swatch(i), shown(system.name)),
        table([{title: "Setting"}, {title: "Value"}], Object.entries(system.settings ?? {}).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)])));
    }
  }

  summary();
  radar();
  bars();
  modalities();
  coverage();
  abstention();
  figures();
  comparisons();
  judge();
  calibration();
  breakdowns();
  browser();
  settings();
})();
