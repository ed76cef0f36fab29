// auris data ...: building training and evaluation data.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <optional>

#include "apps/program.h"
#include "auris/base/log.h"
#include "auris/data/sources/source.h"
#include "auris/data/tasks/task.h"

namespace auris::apps {
namespace {

struct IngestOptions {
  std::string layout, path, output, rejected;
};

int list_sources(const Program& program) {
  for (const data::SourceLayout& layout : data::source_layouts()) {
    if (program.common.json) {
      print_json_line(
          {{"name", layout.name}, {"description", layout.description}, {"usual_path", layout.usual_path}});
    } else {
      print_line(fmt::format("{:14} {}", layout.name, layout.description));
    }
  }
  return 0;
}

void print_task(const data::Task& task) {
  print_line(fmt::format("{} ({}): {}", task.id, task.abbreviation, task.summary));
  for (const data::TaskVariant& variant : task.variants) {
    std::vector<std::string_view> metrics, labels;
    for (data::Metric metric : variant.metrics) metrics.push_back(data::name_of(metric));
    for (const data::Label& label : variant.labels) labels.push_back(label.name);
    print_line(fmt::format("  {}: {}, scored by {}{}{}", variant.id, data::name_of(variant.answer),
                           fmt::join(metrics, ", "), labels.empty() ? "" : "; ", fmt::join(labels, ", ")));
  }
  for (const std::string& instruction : task.instructions) print_line("  - " + instruction);
}

int list_tasks(const Program& program, const std::string& name) {
  if (!name.empty() && !program.common.json) {
    print_task(data::task_named(name));
    return 0;
  }
  const std::vector<data::Task> tasks =
      name.empty() ? data::all_tasks() : std::vector<data::Task>{data::task_named(name)};
  for (const data::Task& task : tasks) {
    if (program.common.json) {
      print_json_line({{"id", task.id},
                       {"abbreviation", task.abbreviation},
                       {"title", task.title},
                       {"summary", task.summary},
                       {"group", data::name_of(task.group)},
                       {"version", task.version}});
    } else {
      print_line(fmt::format("{:5} {:32} {}", task.abbreviation, task.id, task.summary));
    }
  }
  return 0;
}

int ingest(const Program& program, const IngestOptions& options) {
  const data::SourceLayout& layout = data::source_named(options.layout);
  const std::string path = options.path.empty() ? std::string(layout.usual_path) : options.path;
  if (path.empty()) {
    throw Error(ErrorCode::kUsage, {.where = "data ingest",
                                    .expected = fmt::format("the folder that holds {}", layout.name),
                                    .got = "none",
                                    .hint = "auris data ingest LAYOUT PATH -o FILE"});
  }
  data::ManifestWriter clips(options.output);
  std::optional<AtomicFile> rejections;
  if (!options.rejected.empty()) rejections.emplace(options.rejected, ErrorCode::kInput);
  std::map<std::string, int64_t> reasons;
  double seconds = 0;
  const data::ManifestCounts counts = data::ingest_source(
      layout, path,
      [&](const data::Clip& clip) {
        seconds += clip.duration_s;
        clips.add(clip);
      },
      [&](const data::Rejection& rejection) {
        ++reasons[rejection.reason];
        if (!rejections) return;
        const nlohmann::ordered_json line = {
            {"id", rejection.what}, {"reason", rejection.reason}, {"detail", rejection.detail}};
        const std::string text =
            line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
        rejections->write(std::as_bytes(std::span(text)));
      });
  clips.commit();
  if (rejections) rejections->commit();
  if (program.common.json) {
    print_json_line({{"manifest", options.output},
                     {"clips", counts.clips},
                     {"rejected", counts.rejected},
                     {"hours", seconds / 3600},
                     {"reasons", reasons}});
    return 0;
  }
  print_line(fmt::format("{}: {} clips, {:.2f} hours; {} rejected", options.output, counts.clips,
                         seconds / 3600, counts.rejected));
  for (const auto& [reason, count] : reasons) print_line(fmt::format("  {:16} {}", reason, count));
  return 0;
}

}  // namespace

void add_data(Program& program) {
  CLI::App* group = program.add_group("data", "Build training and evaluation data");
  program.add_command(
      "sources", "List the layouts of data sets that can be read",
      [&program] { return list_sources(program); }, group);

  auto task = std::make_shared<std::string>();
  CLI::App* tasks = program.add_command(
      "tasks", "List the tasks, or show one with its instructions and labels",
      [&program, task] { return list_tasks(program, *task); }, group);
  tasks->add_option("task", *task, "Id or abbreviation")->type_name("TASK");

  auto options = std::make_shared<IngestOptions>();
  CLI::App* command = program.add_command(
      "ingest", "Read a data set into a manifest of clips",
      [&program, options] { return ingest(program, *options); }, group);
  command->add_option("layout", options->layout, "Layout of the data set (auris data sources lists them)")
      ->required()
      ->type_name("LAYOUT");
  command->add_option("path", options->path, "Its folder; without one, where its Debian package puts it")
      ->type_name("PATH");
  command->add_option("-o,--output", options->output, "Manifest to write, JSON lines")
      ->required()
      ->type_name("FILE");
  command->add_option("--rejected", options->rejected, "Also write what was rejected, with reasons")
      ->type_name("FILE");
  command->footer("Example: auris data ingest asterisk -o prompts.jsonl --rejected rejected.jsonl");
}

}  // namespace auris::apps
