// auris eval import: results that others released, scored here.

#include <fmt/format.h>

#include "apps/eval_commands.h"
#include "apps/program.h"
#include "auris/base/atomic_file.h"
#include "auris/base/json_text.h"
#include "auris/base/log.h"
#include "auris/eval/import/llaso_scores.h"

namespace auris::apps {
namespace {

struct ImportFlags {
  std::string layout, folder, output, rejected, mode = "corrected";
};

struct Counts {
  int64_t files = 0, records = 0, taken = 0, rejected = 0;
};

// Lines of JSON in a file that appears when it is whole; nothing without a path.
class Lines {
 public:
  explicit Lines(const std::string& path) {
    if (!path.empty()) file_.emplace(path, ErrorCode::kInput);
  }
  void add(const nlohmann::ordered_json& value) {
    if (!file_) return;
    const std::string line = json_line(value) + "\n";
    file_->write(std::as_bytes(std::span(line)));
  }
  void commit() {
    if (file_) file_->commit();
  }

 private:
  std::optional<AtomicFile> file_;
};

class Import {
 public:
  explicit Import(const ImportFlags& flags) : answers_(flags.output), rejected_(flags.rejected) {}

  void add(const eval::LlasoSystem& system) {
    for (const eval::LlasoAnswers& answers : system.answers) {
      count(system.name, answers.file, answers.records, std::ssize(answers.items), answers.rejected);
      for (const eval::AnsweredItem& answered : answers.items) {
        answers_.add({{"system", system.name},
                      {"item", data::to_json(answered.item)},
                      {"answer", answered.answer.value_or("")}});
      }
    }
    for (const eval::LlasoJudged& judged : system.judged) {
      const eval::LlasoJudgements& judgements = judged.judgements;
      count(system.name, judged.file, judgements.records, std::ssize(judgements.scores), judgements.rejected);
    }
    for (const std::string& file : system.other_files) {
      log(LogLevel::kInfo, "{}/{} is none of LLaSO's tests", system.name, file);
    }
  }

  Counts commit() {
    answers_.commit();
    rejected_.commit();
    return counts_;
  }

 private:
  void count(const std::string& system, const std::string& file, int64_t records, int64_t taken,
             const std::vector<data::Rejection>& rejected) {
    ++counts_.files;
    counts_.records += records;
    counts_.taken += taken;
    counts_.rejected += std::ssize(rejected);
    for (const data::Rejection& rejection : rejected) {
      const std::string where = fmt::format("{}/{}, {}", system, file, rejection.what);
      log(LogLevel::kWarning, "{}: {}: {}", where, rejection.reason, rejection.detail);
      rejected_.add(to_json(data::Rejection{where, rejection.reason, rejection.detail}));
    }
  }

  Lines answers_, rejected_;
  Counts counts_;
};

int import(const Program& program, const ImportFlags& flags) {
  const eval::ScoreOptions options{.mode = eval::score_mode_named(flags.mode)};
  Import import(flags);
  std::vector<eval::LlasoSystemScore> scores;
  for (const auto& folder : eval::llaso_system_folders(flags.folder)) {
    eval::LlasoSystem system = eval::read_llaso_system(folder);
    if (options.mode == eval::ScoreMode::kCorrected) reject_unknown_references(system);
    import.add(system);
    scores.push_back(eval::score_llaso_system(system, options));
    if (program.common.json) print_json_line(to_json(scores.back()));
  }
  const Counts counts = import.commit();
  if (program.common.json) {
    print_json_line({{"mode", flags.mode},
                     {"systems", scores.size()},
                     {"files", counts.files},
                     {"records", counts.records},
                     {"taken", counts.taken},
                     {"rejected", counts.rejected}});
    return 0;
  }
  print_line(to_markdown(scores));
  print_line(fmt::format("{} systems, {} files: {} records, {} taken, {} rejected; scored in the mode {}",
                         scores.size(), counts.files, counts.records, counts.taken, counts.rejected,
                         flags.mode));
  return 0;
}

}  // namespace

void add_eval_import(Program& program, CLI::App* group) {
  auto flags = std::make_shared<ImportFlags>();
  CLI::App* command = program.add_command(
      "import", "Read results that others released and score them",
      [&program, flags] { return import(program, *flags); }, group);
  command->add_option("layout", flags->layout, "Whose files: llaso (arXiv 2508.15418)")
      ->required()
      ->check(CLI::IsMember({"llaso"}));
  command->add_option("folder", flags->folder, "The repository, its results/ or the folder of one system")
      ->required()
      ->type_name("FOLDER");
  command->add_option("-o,--output", flags->output, "The answers as items of Auris' tasks, JSON lines")
      ->type_name("FILE");
  command->add_option("--rejected", flags->rejected, "What could not be used, line by line, JSON lines")
      ->type_name("FILE");
  add_score_mode(command, flags->mode);
  command->footer("Rates are in percent. Example: auris eval import llaso LLaSO/results --mode llaso");
}

}  // namespace auris::apps
