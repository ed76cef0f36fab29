// auris data check: measuring and hearing the clips of a manifest.

#include <fmt/format.h>

#include <optional>
#include <span>

#include "apps/data_commands.h"
#include "apps/device_flag.h"
#include "apps/progress_bar.h"
#include "apps/work_rate.h"
#include "auris/data/audit/audit_page.h"
#include "auris/data/recognition/engine_recognizer.h"

namespace auris::apps {
namespace {

struct CheckFlags {
  std::string manifest, output, rejected, report, thresholds, heard, cache;
  std::string model = engine::EngineOptions().speech_model;
  std::string device = "cpu";
  bool recognize = false;
};

void print_audit(const data::AuditReport& report, double seconds) {
  if (report.recognition) {
    int64_t texts = 0;
    for (int64_t count : report.recognition->character_error_rate.counts) texts += count;
    print_line(fmt::format("{} clips listened to, {} texts compared", report.recognition->clips, texts));
  }
  print_line(fmt::format("{} of {} clips kept, {:.2f} hours; {:.0f} clips a second", report.kept,
                         report.clips, report.kept_s / 3600, static_cast<double>(report.clips) / seconds));
  if (report.rejected_lines > 0)
    print_line(fmt::format("  {:16} {}", "manifest lines", report.rejected_lines));
  for (const auto& [reason, count] : report.rejected) print_line(fmt::format("  {:16} {}", reason, count));
  print_line(
      fmt::format("{} languages, {} speakers, {} splits; {} texts and {} speakers in more than one split",
                  report.languages.size(), report.speakers.size(), report.splits.size(),
                  report.leaked_texts.size(), report.leaked_speakers.size()));
}

std::unique_ptr<data::Recognizer> recognizer_of(const CheckFlags& flags) {
  if (!flags.recognize) return nullptr;
  std::filesystem::path cache = flags.cache;
  if (cache.empty()) cache = flags.manifest + ".heard";
  return data::make_engine_recognizer(
      engine::Engine::load({.speech_model = flags.model, .device = flags.device}), {.cache = cache});
}

nlohmann::ordered_json heard_json(const data::Clip& clip, const data::Recognition& recognition) {
  nlohmann::ordered_json json = {{"id", clip.id}, {"text", clip.text}, {"heard", recognition.text}};
  if (recognition.character_error_rate) json["character_error_rate"] = *recognition.character_error_rate;
  if (!recognition.language.empty()) {
    json["language"] = recognition.language;
    json["language_probability"] = recognition.language_probability;
  }
  return json;
}

void write_report(const CheckFlags& flags, const data::AuditReport& report,
                  const data::AuditThresholds& thresholds, const data::RejectionSample& sample) {
  if (flags.report.empty()) return;
  AtomicFile file(flags.report, ErrorCode::kInput);
  const std::string extension = std::filesystem::path(flags.report).extension().string();
  if (extension == ".html" || extension == ".htm") {
    const std::string name = std::filesystem::path(flags.manifest).filename().string();
    const std::string page = data::audit_page(name, report, thresholds, sample);
    file.write(std::as_bytes(std::span(page)));
  } else {
    write_json_line(file, data::to_json(report));
  }
  file.commit();
}

std::string absolute_path(const std::filesystem::path& path) {
  return std::filesystem::absolute(path).lexically_normal().generic_string();
}

int check(const Program& program, const CheckFlags& flags) {
  const data::AuditThresholds thresholds =
      flags.thresholds.empty() ? data::AuditThresholds() : data::read_thresholds(flags.thresholds);
  std::optional<data::ManifestWriter> kept;
  if (!flags.output.empty()) kept.emplace(flags.output);
  std::optional<AtomicFile> rejections;
  if (!flags.rejected.empty()) rejections.emplace(flags.rejected, ErrorCode::kInput);
  std::optional<AtomicFile> heard;
  if (!flags.heard.empty()) heard.emplace(flags.heard, ErrorCode::kInput);
  const std::unique_ptr<data::Recognizer> recognizer = recognizer_of(flags);
  data::RejectionSample sample;  // for the page
  ProgressBar bar(program.common);
  const WorkRate rate;
  const data::AuditReport report = data::audit(
      flags.manifest, thresholds,
      {.kept =
           [&](const data::Clip& clip, const data::ClipMeasures&) {
             if (!kept) return;
             data::Clip written = clip;
             const auto folder = std::filesystem::path(flags.manifest).parent_path();
             written.audio = absolute_path(data::audio_path(clip, folder));
             if (clip.second)
               written.second->audio = absolute_path(data::audio_path(data::second_of(clip), folder));
             kept->add(written);
           },
       .rejected =
           [&](const data::Rejection& rejection) {
             sample.add(rejection);
             if (rejections) write_json_line(*rejections, data::to_json(rejection));
           },
       .recognized =
           [&](const data::Clip& clip, const data::Recognition& recognition) {
             if (heard) write_json_line(*heard, heard_json(clip, recognition));
           },
       .progress =
           [&](int64_t done) {
             bar.update(-1, fmt::format("{} clips", done));
             return !interrupted();
           }},
      recognizer.get());
  bar.clear();
  const double seconds = rate.seconds();
  rate.print(report.clips, "clips", program.common.quiet);
  if (heard) heard->commit();
  if (kept) kept->commit();
  if (rejections) rejections->commit();
  write_report(flags, report, thresholds, sample);
  if (program.common.json) {
    print_json_line(data::to_json(report));
  } else {
    print_audit(report, seconds);
  }
  return 0;
}

}  // namespace

void add_data_check(Program& program, CLI::App* group) {
  auto flags = std::make_shared<CheckFlags>();
  CLI::App* command = program.add_command(
      "check", "Measure the clips of a manifest and reject what is not fit",
      [&program, flags] { return check(program, *flags); }, group);
  command->add_option("manifest", flags->manifest, "Manifest, JSON lines")->required()->type_name("FILE");
  command->add_option("-o,--output", flags->output, "Manifest of what is fit")->type_name("FILE");
  command->add_option("--rejected", flags->rejected, "What is not, with reasons and figures")
      ->type_name("FILE");
  command
      ->add_option("--report", flags->report,
                   "Counts and histograms: X.html is a page with charts, any other name JSON")
      ->type_name("FILE");
  command
      ->add_option("--thresholds", flags->thresholds,
                   "Limits, TOML: min_snr_db, max_silence_share, near_duplicates, ...")
      ->type_name("FILE");
  command->add_flag("--recognize", flags->recognize,
                    "Also listen: reject texts and languages that are not those heard");
  command->add_option("--model", flags->model, "Who listens")->capture_default_str();
  add_device_flag(*command, flags->device);
  command
      ->add_option("--recognitions", flags->cache,
                   "Cache of what was heard, so that a run goes on; default: beside the manifest")
      ->type_name("FILE");
  command->add_option("--heard", flags->heard, "What was heard in each clip, JSON lines")->type_name("FILE");
  command->footer(
      "Example: auris data check prompts.jsonl -o fit.jsonl --rejected unfit.jsonl --report report.html");
}

}  // namespace auris::apps
