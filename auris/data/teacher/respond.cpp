#include <optional>
#include <vector>

#include <fmt/format.h>

#include "auris/base/atomic_file.h"
#include "auris/base/json_text.h"
#include "auris/base/line_file.h"
#include "auris/data/manifest/manifest.h"
#include "auris/data/teacher/teacher.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRejectedName = "rejected.jsonl";

[[noreturn]] void fail(ErrorCode code, std::string expected, std::string got, std::string hint) {
  throw Error(code, {.where = "data respond",
                     .expected = std::move(expected),
                     .got = std::move(got),
                     .hint = std::move(hint)});
}

// What stands in responses.jsonl.part.
class Log {
 public:
  Log(const fs::path& path, const nlohmann::ordered_json& settings)
      : file_(path, "responses", ErrorCode::kInput, [this](std::string_view line) { take(line); }) {
    if (settings_.is_null()) {
      file_.add(json_line({{"settings", settings}}));
    } else if (settings_ != settings) {
      fail(ErrorCode::kInput, fmt::format("a folder begun with {}", json_line(settings)),
           json_line(settings_), "choose another folder");
    }
  }

  const std::vector<ResponseLine>& lines() const { return lines_; }
  std::vector<uint32_t> record_bytes() const {
    std::vector<uint32_t> bytes;
    for (const ResponseLine& line : lines_) {
      if (line.response) bytes.push_back(line.response->bytes);
    }
    return bytes;
  }

  void add(const nlohmann::ordered_json& line) { file_.add(json_line(line)); }

 private:
  void take(std::string_view text) {
    const nlohmann::json value = parse_json(text, "responses", ErrorCode::kInput, {.max_depth = 8});
    if (settings_.is_null()) {
      settings_ = nlohmann::ordered_json::parse(text).value("settings", nlohmann::ordered_json());
    } else {
      lines_.push_back(response_line_from(value, "responses"));
    }
  }

  nlohmann::ordered_json settings_;
  std::vector<ResponseLine> lines_;
  LineFile file_;  // read into the members above while it is opened
};

class Responding {
 public:
  Responding(const fs::path& folder, const Teacher& teacher, const RespondOptions& options)
      : folder_(folder),
        teacher_(teacher),
        options_(options),
        log_(part_path(), teacher.settings()),
        logits_(folder / ResponseSet::kLogitsName, teacher.vocab_size(), log_.record_bytes()) {}

  void offer(const Clip& clip) {
    const int64_t number = number_++;
    if (!options_.share.holds(number)) return;
    const auto line = static_cast<size_t>(report.clips++);
    if (line < log_.lines().size()) {
      resume(clip, log_.lines()[line]);
      ++report.resumed;
    } else {
      make(clip);
    }
    if (options_.progress && !options_.progress(report.clips)) {
      fail(ErrorCode::kCancelled, "to finish", "a request to stop", "the same command goes on");
    }
  }

  void reject_line(const Rejection& rejection) {
    ++report.rejected_lines;
    rejections_.push_back(rejection);
  }

  void finish() {
    if (static_cast<size_t>(report.clips) < log_.lines().size()) other_manifest("more answers than clips");
    logits_.finish();
    AtomicFile file(folder_ / kRejectedName, ErrorCode::kInput);
    for (const Rejection& rejection : rejections_) {
      const std::string line = json_line(to_json(rejection)) + "\n";
      file.write(std::as_bytes(std::span(line)));
    }
    file.commit();
    replace_file(part_path(), folder_ / ResponseSet::kLinesName, ErrorCode::kInput);
  }

  RespondReport report;

 private:
  fs::path part_path() const { return folder_ / (std::string(ResponseSet::kLinesName) + ".part"); }

  [[noreturn]] static void other_manifest(const std::string& got) {
    fail(ErrorCode::kInput, "the manifest and the part that the folder was begun with", got,
         "choose another folder");
  }

  void resume(const Clip& clip, const ResponseLine& line) {
    const std::string& id = line.response ? line.response->clip : line.rejection.what;
    if (id != clip.id || (line.response && line.response->text != clip.text)) other_manifest(quoted(clip.id));
    if (line.response) {
      count(*line.response);
    } else {
      count(line.rejection);
    }
  }

  void count(const Response& response) {
    ++report.answers;
    if (response.finish == "max_tokens") ++report.truncated;
  }
  void count(const Rejection& rejection) {
    ++report.rejected[rejection.reason];
    rejections_.push_back(rejection);
  }

  void reject(const Clip& clip, std::string reason, std::string detail) {
    log_.add({{"clip", clip.id}, {"rejected", reason}, {"detail", detail}});
    count(Rejection{.what = clip.id, .reason = std::move(reason), .detail = std::move(detail)});
  }

  void make(const Clip& clip) {
    if (clip.text.empty()) return reject(clip, "no_text", "the manifest does not tell what is said");
    TeacherAnswer answer;
    try {
      answer = teacher_.answer(clip.id, clip.text);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kUsage) throw;
      return reject(clip, "too_long", error.what());
    }
    if (answer.finish == "repetition") return reject(clip, "repetition", answer.text);
    if (answer.text.find_first_not_of(" \t\r\n") == std::string::npos)
      return reject(clip, "no_answer", "the model ended its turn at once");
    // The logits first: a line without them would be believed.
    Response response{.clip = clip.id,
                      .text = clip.text,
                      .answer = answer.text,
                      .finish = answer.finish,
                      .bytes = logits_.add(answer.logits)};
    log_.add(to_json(response));
    report.tokens += std::ssize(answer.logits.tokens);
    count(response);
  }

  const fs::path& folder_;
  const Teacher& teacher_;
  const RespondOptions& options_;
  Log log_;
  LogitsWriter logits_;
  int64_t number_ = 0;
  std::vector<Rejection> rejections_;
};

}  // namespace

RespondReport respond(const fs::path& manifest, const fs::path& folder, const Teacher& teacher,
                      const RespondOptions& options) {
  check_share(options.share, "data respond");
  if (fs::exists(folder / ResponseSet::kLinesName)) {
    fail(ErrorCode::kInput, "a folder without finished responses", quoted(folder.string()),
         "choose another folder");
  }
  Responding responding(folder, teacher, options);
  read_manifest(
      manifest, [&](const Clip& clip) { responding.offer(clip); },
      [&](const Rejection& rejection) { responding.reject_line(rejection); });
  responding.finish();
  return responding.report;
}

}  // namespace auris::data
