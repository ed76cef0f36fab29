#include "auris/train/card/card_results.h"

#include <cmath>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include "auris/base/json_fields.h"
#include "auris/base/json_text.h"
#include "auris/text/markdown_text.h"

namespace auris::train {
namespace {

using nlohmann::json;
using text::markdown_text;

constexpr double kMost = 1e9;

double figure_in(const JsonFields& fields, std::string_view key) {
  return fields.number(key, {-kMost, kMost}, std::numeric_limits<double>::quiet_NaN());
}

std::string interval(double points, double low, double high) {
  if (!std::isfinite(points)) return "–";
  if (!std::isfinite(low) || !std::isfinite(high)) return fmt::format("{:.1f}", points);
  return fmt::format("{:.1f} [{:.1f}, {:.1f}]", points, low, high);
}

// The figure of system `index` in one of a task's lists.
double at(const JsonFields& task, std::string_view key, size_t index, size_t systems) {
  const json& list = task.list(key);
  if (list.size() != systems)
    task.fail(key, fmt::format("a figure for each of {} systems", systems), std::to_string(list.size()));
  return list[index].is_number() ? list[index].get<double>() : std::numeric_limits<double>::quiet_NaN();
}

std::string of_report(const JsonFields& fields, const std::string& where) {
  const JsonFields data = fields.object("data_set");
  std::string out = fmt::format("{} questions of {}, {:.2f} hours. Points of 100 with their intervals:\n\n",
                                data.integer("items", {0, INT64_MAX}), markdown_text(data.text("name", "")),
                                figure_in(data, "hours"));
  std::string names, dashes, totals;
  const json& systems = fields.list("systems");
  for (const json& entry : systems) {
    const JsonFields system(entry, where, ErrorCode::kInput);
    names += " " + markdown_text(system.text("name")) + " |";
    dashes += "--:|";
    totals += " " +
              interval(figure_in(system, "points"), figure_in(system, "low"), figure_in(system, "high")) +
              " |";
  }
  out += "| task | questions |" + names + "\n|---|--:|" + dashes + "\n";
  for (const json& entry : fields.list("tasks")) {
    const JsonFields task(entry, where, ErrorCode::kInput);
    out +=
        fmt::format("| {} | {} |", markdown_text(task.text("title")), task.integer("items", {0, INT64_MAX}));
    for (size_t i = 0; i < systems.size(); ++i) {
      out += " " +
             interval(at(task, "points", i, systems.size()), at(task, "low", i, systems.size()),
                      at(task, "high", i, systems.size())) +
             " |";
    }
    out += "\n";
  }
  return out + fmt::format("| **all tasks** | {} |{}\n", data.integer("items", {0, INT64_MAX}), totals);
}

std::string of_figures(const JsonFields& fields, const std::string& where) {
  std::string out = markdown_text(fields.text("title")) + "\n\n| | |\n|---|--:|\n";
  for (const json& entry : fields.list("figures")) {
    const JsonFields figure(entry, where, ErrorCode::kInput);
    out +=
        fmt::format("| {} | {} |\n", markdown_text(figure.text("name")), markdown_text(figure.text("value")));
  }
  return out;
}

}  // namespace

std::string card_results(const json& results, const std::string& where) {
  const JsonFields fields(results, where, ErrorCode::kInput);
  const std::string format = fields.text("format");
  if (format == "auris-report-1") return of_report(fields, where);
  if (format == "auris-figures-1") return of_figures(fields, where);
  fields.fail("format", "auris-report-1 or auris-figures-1", quoted(format),
              "`auris eval report` and the scripts of tools/measure write such files");
}

std::string read_card_results(const std::filesystem::path& path) {
  return card_results(read_json_file(path, ErrorCode::kInput), path.filename().string());
}

}  // namespace auris::train
