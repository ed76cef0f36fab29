"use strict";
// Fills the page of `auris data check --report X.html`; audit_page.cpp says what the data are.
(() => {
  const {data, content, shown, plain, element, section, table, number, chart, lines} = auris;
  const {report, limits} = data;
  const rejected = Object.entries(report.rejected).sort((a, b) => b[1] - a[1]);
  const sum = (counts) => counts.reduce((all, count) => all + count, 0);
  const named = (name) => (name === "" ? "not known" : name);
  const longest = 24;  // bars of a chart

  function summary() {
    content.append(element("h1", {}, "Audit: ", shown(data.name)));
    const card = (name, figure, note) => element("div", {class: "card"}, element("div", {class: "name"}, name), element("div", {class: "figure"}, figure), element("div", {class: "note"}, note));
    const lost = sum(rejected.map(([, count]) => count));
    content.append(element("div", {class: "cards"},
      card("Kept", String(report.kept), `of ${report.clips} clips, ${number(report.kept_hours, 2)} hours`),
      card("Rejected", String(lost), `${number(report.clips ? (100 * lost) / report.clips : 0)} % of the clips`),
      card("Lines rejected", String(report.rejected_lines), "of the manifest, which are no clips"),
      card("In two splits", String(Object.keys(report.leaked_texts).length + Object.keys(report.leaked_speakers).length), "texts and speakers that an evaluation would have met in training")));
  }

  // Counts of a histogram as bars; limits as lines.
  function histogram(part, title, axis, given, factor, marks) {
    const used = given.counts.map((count, i) => (count > 0 ? i : -1)).filter((i) => i >= 0);
    if (used.length === 0) return;
    const first = Math.max(0, used[0] - 1), last = Math.min(given.counts.length - 1, used.at(-1) + 1);
    const places = given.counts.slice(first, last + 1);
    const from = (i) => factor * (given.low + (first + i) * given.step);
    const digits = factor * given.step < 1 ? 1 : 0;
    const range = (i) => `${number(from(i), digits)} to ${number(from(i + 1), digits)}`;
    const end = (i) => (first + i === given.counts.length - 1 ? `${number(from(i), digits)} and more` : range(i));
    const box = element("div", {}, element("h3", {}, title));
    part.append(box);
    const seen = marks.map((mark) => (factor * mark) / (factor * given.step) - given.low / given.step - first).filter((place) => place >= 0 && place <= places.length);
    chart(box, title, (colours, width) => ({
      height: 240,
      option: {grid: {left: 52, right: 16, top: 24, bottom: 46},
               tooltip: {trigger: "item", formatter: (point) => (point.componentType === "series" ? lines(`${end(point.dataIndex)} ${axis}`, `${places[point.dataIndex]} clips`) : "")},
               xAxis: [{type: "category", data: places.map((count, i) => i), show: false},
                       {type: "value", position: "bottom", min: 0, max: places.length, interval: Math.ceil(places.length / (width < 330 ? 6 : 10)), splitLine: {show: false},
                        name: axis, nameLocation: "middle", nameGap: 28, axisLabel: {formatter: (place) => number(from(place), digits)}}],
               yAxis: {type: "value", name: "clips", minInterval: 1, nameGap: 8},
               series: [{type: "bar", barCategoryGap: "8%", data: places},
                        {type: "line", xAxisIndex: 1, data: [], silent: true, markLine: {symbol: "none", silent: true, animation: false, label: {show: false}, lineStyle: {color: colours.high, type: "dashed"}, data: seen.map((place) => ({xAxis: place}))}}]}}));
  }

  function measures() {
    const part = section("Measures", element("p", {class: "muted"}, "Of all clips that could be read. Dashed lines are limits."));
    const columns = element("div", {class: "columns"});
    part.append(columns);
    histogram(columns, "Durations", "seconds", report.durations_s, 1, [limits.min_duration_s, limits.max_duration_s]);
    histogram(columns, "Signal-to-noise ratio", "dB", report.snr_db, 1, [limits.min_snr_db]);
    histogram(columns, "Silence", "% of the clip", report.silence_share, 100, [limits.max_silence_share]);
    const heard = report.recognition;
    if (!heard) return;
    histogram(columns, "Text against what is heard", "% of characters wrong", heard.character_error_rate, 100, [limits.max_character_error_rate]);
    histogram(columns, "Certainty of the language heard", "%", heard.language_probability, 100, []);
  }

  function bars(parent, title, counts) {
    const sorted = [...counts].sort((a, b) => b[1] - a[1]);
    const drawn = sorted.slice(0, longest);
    const rest = sorted.slice(longest);
    if (rest.length) drawn.push([`${rest.length} others`, sum(rest.map(([, count]) => count))]);
    const box = element("div", {}, element("h3", {}, title));
    parent.append(box);
    chart(box, title, (colours) => ({
      height: 40 + drawn.length * 24,
      option: {grid: {left: 132, right: 56, top: 6, bottom: 28},
               tooltip: {trigger: "item", formatter: (point) => lines(named(drawn[point.dataIndex][0]), `${drawn[point.dataIndex][1]} clips`)},
               xAxis: {type: "value", minInterval: 1}, yAxis: {type: "category", inverse: true, data: drawn.map(([name]) => plain(named(name), 60)), axisLabel: {width: 122, overflow: "truncate", interval: 0, hideOverlap: false}},
               series: [{type: "bar", barMaxWidth: 16, data: drawn.map(([, count]) => count), label: {show: true, position: "right", color: colours.muted, textBorderWidth: 0, formatter: (point) => String(point.value)}}]}}));
  }

  function rejections() {
    const reasons = Object.keys(data.rejections);
    if (reasons.length === 0) {
      section("Rejected", element("p", {}, "Nothing was rejected."));
      return;
    }
    const part = section("Rejected", element("p", {class: "muted"}, `Each with its figure; the first ${data.sample_of_each_reason} of each reason.`));
    if (rejected.length) bars(part, "Clips by reason", rejected);
    const counts = report.rejected;
    for (const reason of reasons) {
      const sample = data.rejections[reason];
      const count = Math.max(counts[reason] ?? 0, sample.length);
      part.append(element("details", {}, element("summary", {}, shown(reason), ` (${count})`),
        table([{title: "Clip"}, {title: "Why"}], sample.map((one) => [one.id, one.detail]))));
    }
  }

  function balance() {
    const part = section("Balance of what is kept", element("p", {class: "muted"}, "Clips by language, speaker, split and label."));
    const columns = element("div", {class: "columns"});
    part.append(columns);
    for (const [title, counts] of [["Languages", report.languages], ["Speakers", report.speakers], ["Splits", report.splits], ...Object.entries(report.labels)]) {
      if (Object.keys(counts).length) bars(columns, plain(title.replaceAll("_", " "), 60), Object.entries(counts));
    }
  }

  function leaks() {
    const rows = [["text", report.leaked_texts], ["speaker", report.leaked_speakers]].flatMap(([kind, leaked]) => Object.entries(leaked).map(([what, splits]) => [kind, what, splits.join(", ")]));
    if (rows.length === 0) return;
    const most = 200;
    section("In more than one split", element("p", {class: "muted"}, rows.length > most ? `The first ${most} of ${rows.length}.` : `${rows.length} in all.`),
      table([{title: "Kind"}, {title: "What"}, {title: "Splits"}], rows.slice(0, most)));
  }

  summary();
  measures();
  rejections();
  balance();
  leaks();
})();
