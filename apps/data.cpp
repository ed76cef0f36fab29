// auris data ...: building training and evaluation data.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <optional>

#include "apps/data_commands.h"
#include "apps/progress_bar.h"
#include "apps/work_rate.h"
#include "auris/base/json_text.h"
#include "auris/base/log.h"
#include "auris/base/share.h"
#include "auris/data/build/build.h"
#include "auris/data/shards/shard_merge.h"
#include "auris/data/shards/shard_reader.h"
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
  const WorkRate rate;
  const data::ManifestCounts counts = data::ingest_source(
      layout, path,
      [&](const data::Clip& clip) {
        seconds += clip.duration_s;
        clips.add(clip);
      },
      [&](const data::Rejection& rejection) {
        ++reasons[rejection.reason];
        if (!rejections) return;
        write_json_line(*rejections, data::to_json(rejection));
      });
  clips.commit();
  if (rejections) rejections->commit();
  rate.print(counts.clips, "clips", program.common.quiet);
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

struct BuildFlags {
  std::string kind, recipe, output, share = "0/1";
  double shard_mb = 1000;
};

int build(const Program& program, const BuildFlags& flags) {
  const data::Recipe recipe = data::read_recipe(flags.recipe, data::data_kind_named(flags.kind));
  ProgressBar bar(program.common);
  const Share share = share_of(flags.share, "data build");
  data::BuildOptions options{.share = share};
  options.shards.shard_bytes = static_cast<uint64_t>(flags.shard_mb * 1e6);
  options.progress = [&](int64_t done, int64_t all) {
    bar.update(static_cast<double>(done) / static_cast<double>(std::max<int64_t>(all, 1)),
               fmt::format("{} of {} clips", done, all));
    return !interrupted();
  };
  const WorkRate rate;
  const data::BuildReport report = data::build_data(recipe, flags.output, options);
  bar.clear();
  const double seconds = rate.seconds();
  rate.print(report.written - report.resumed, "items", program.common.quiet);
  if (program.common.json) {
    print_json_line({{"folder", flags.output},
                     {"clips", report.clips},
                     {"questions", report.questions},
                     {"planned", report.planned},
                     {"written", report.written},
                     {"resumed", report.resumed},
                     {"rejected_lines", report.rejected_lines},
                     {"rejected", report.rejected},
                     {"seconds", seconds}});
    return 0;
  }
  print_line(fmt::format("{}: {} items of {} planned from {} clips, {:.1f} s", flags.output, report.written,
                         report.planned, report.clips, seconds));
  if (report.rejected_lines > 0)
    print_line(fmt::format("  {:16} {}", "manifest lines", report.rejected_lines));
  for (const auto& [reason, count] : report.rejected) print_line(fmt::format("  {:16} {}", reason, count));
  return 0;
}

void add_build(Program& program, CLI::App* group) {
  auto flags = std::make_shared<BuildFlags>();
  CLI::App* command = program.add_command(
      "build", "Build a data set from a recipe", [&program, flags] { return build(program, *flags); }, group);
  command->add_option("kind", flags->kind, "align, instruct or eval")
      ->required()
      ->check(CLI::IsMember({"align", "instruct", "eval"}));
  command->add_option("recipe", flags->recipe, "Recipe, TOML")->required()->type_name("FILE");
  command->add_option("-o,--output", flags->output, "Folder for shards, index and rejections")
      ->required()
      ->type_name("FOLDER");
  command->add_option("--shard", flags->share, "Only part i of n, for several processes; merge joins them")
      ->type_name("i/n")
      ->capture_default_str();
  command->add_option("--shard-mb", flags->shard_mb, "Size of a tar file")
      ->check(CLI::Range(0.001, 1e6))
      ->capture_default_str();
  command->footer(
      "What was interrupted goes on with the same command. Example: auris data build eval eval.toml -o eval");
}

void add_merge(Program& program, CLI::App* group) {
  struct Flags {
    std::vector<std::string> parts;
    std::string output;
  };
  auto flags = std::make_shared<Flags>();
  CLI::App* command = program.add_command(
      "merge", "Join the parts that several processes built",
      [&program, flags] {
        data::merge_shards({flags->parts.begin(), flags->parts.end()}, flags->output);
        const uint64_t items = data::ShardReader(flags->output).size();
        if (program.common.json) {
          print_json_line({{"folder", flags->output}, {"items", items}});
        } else {
          print_line(fmt::format("{}: {} items", flags->output, items));
        }
        return 0;
      },
      group);
  command->add_option("parts", flags->parts, "Folders in order")->required()->type_name("FOLDER...");
  command->add_option("-o,--output", flags->output, "New folder")->required()->type_name("FOLDER");
}

}  // namespace

void write_json_line(AtomicFile& file, const nlohmann::ordered_json& value) {
  const std::string line = json_line(value) + "\n";
  file.write(std::as_bytes(std::span(line)));
}

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
  add_data_check(program, group);
  add_data_respond(program, group);
  add_data_speak(program, group);
  add_build(program, group);
  add_merge(program, group);
  add_data_croissant(program, group);
  add_data_export(program, group);
}

}  // namespace auris::apps
