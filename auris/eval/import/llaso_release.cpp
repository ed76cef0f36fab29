#include "auris/eval/import/llaso_release.h"

#include <algorithm>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/base/mapped_file.h"
#include "auris/data/items/answers.h"
#include "auris/eval/metrics/label_match.h"

namespace auris::eval {
namespace {

namespace fs = std::filesystem;

constexpr const char* kJudgedFolder = "gpt_result";

[[noreturn]] void fail(const fs::path& folder, std::string got) {
  throw Error(ErrorCode::kInput, {.where = "import",
                                  .expected = "LLaSO's released results in " + quoted(folder.string()),
                                  .got = std::move(got),
                                  .hint = "give the repository, its results/ or the folder of one system"});
}

// Sorted by name.
std::vector<fs::path> entries_of(const fs::path& folder) {
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  if (error) fail(folder, error.message());
  std::vector<fs::path> paths;
  for (const fs::directory_entry& entry : entries) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

bool is_test_file(const fs::path& path) {
  return fs::is_regular_file(path) && llaso_test_of(path.filename().string()) != nullptr;
}

bool has_tests(const fs::path& folder) {
  const std::vector<fs::path> paths = entries_of(folder);
  return std::any_of(paths.begin(), paths.end(), is_test_file);
}

std::string_view text_of(const MappedFile& file) {
  const auto bytes = file.bytes();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

AnsweredItem item_of(const LlasoTest& test, const LlasoEntry& entry, const std::string& file) {
  AnsweredItem answered{.item = {}, .answer = entry.answer};
  data::Item& item = answered.item;
  item.id = fmt::format("{}:{}", file, entry.line);
  item.task = test.task;
  item.variant = test.variant;
  item.configuration = test.configuration;
  item.prompt = entry.prompt;
  item.answer = entry.truth;
  item.clip = entry.audio;
  item.source = entry.audio.substr(0, entry.audio.find('/'));
  item.speaker = entry.speaker;
  item.language = "en";
  return answered;
}

LlasoAnswers read_answers(const fs::path& path, const LlasoTest& test) {
  const auto mapped = MappedFile::open(path, ErrorCode::kInput);
  LlasoFile file = parse_llaso_file(text_of(*mapped));
  LlasoAnswers answers{.test = &test,
                       .file = path.filename().string(),
                       .records = file.records,
                       .items = {},
                       .rejected = std::move(file.rejected)};
  for (const LlasoEntry& entry : file.entries) answers.items.push_back(item_of(test, entry, answers.file));
  return answers;
}

// The line that item_of() put into the id.
std::string line_of(const AnsweredItem& answered) {
  return "line " + answered.item.id.substr(answered.item.id.rfind(':') + 1);
}

}  // namespace

void reject_unknown_references(LlasoSystem& system) {
  for (LlasoAnswers& answers : system.answers) {
    const data::TaskVariant& variant = data::task_named(answers.test->task).variant(answers.test->variant);
    const bool labels = variant.answer == data::AnswerKind::kLabel;
    if (!labels && variant.answer != data::AnswerKind::kNumber) continue;
    const LabelMatcher matcher(variant.labels);
    std::erase_if(answers.items, [&](const AnsweredItem& answered) {
      const std::string& truth = answered.item.answer;
      const bool known =
          labels ? matcher.label_of(truth).has_value() : data::answer_problem(truth, variant).empty();
      if (!known) {
        answers.rejected.push_back({line_of(answered), labels ? "unknown_label" : "no_number",
                                    fmt::format("the reference is {}", quoted(truth))});
      }
      return !known;
    });
  }
}

std::vector<fs::path> llaso_system_folders(const fs::path& folder) {
  if (has_tests(folder)) return {folder};
  const fs::path results = folder / "results";
  const fs::path parent = fs::is_directory(results) ? results : folder;
  std::vector<fs::path> folders;
  for (const fs::path& path : entries_of(parent)) {
    if (fs::is_directory(path) && has_tests(path)) folders.push_back(path);
  }
  if (folders.empty()) fail(folder, "no file such as ASR_test.json");
  return folders;
}

LlasoSystem read_llaso_system(const fs::path& folder) {
  LlasoSystem system{.name = fs::weakly_canonical(folder).filename().string(),
                     .answers = {},
                     .judged = {},
                     .other_files = {}};
  for (const fs::path& path : entries_of(folder)) {
    if (!fs::is_regular_file(path)) continue;
    const LlasoTest* test = llaso_test_of(path.filename().string());
    if (test == nullptr) {
      system.other_files.push_back(path.filename().string());
    } else {
      system.answers.push_back(read_answers(path, *test));
    }
  }
  if (!fs::is_directory(folder / kJudgedFolder)) return system;
  for (const fs::path& path : entries_of(folder / kJudgedFolder)) {
    const std::string name = fmt::format("{}/{}", kJudgedFolder, path.filename().string());
    const LlasoTest* test = is_test_file(path) ? llaso_test_of(name) : nullptr;
    if (test == nullptr) {
      system.other_files.push_back(name);
      continue;
    }
    const auto mapped = MappedFile::open(path, ErrorCode::kInput);
    system.judged.push_back(
        {.test = test, .file = name, .judgements = parse_llaso_judgements(text_of(*mapped))});
  }
  return system;
}

}  // namespace auris::eval
