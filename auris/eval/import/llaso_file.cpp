#include "auris/eval/import/llaso_file.h"

#include <algorithm>
#include <array>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "auris/base/error.h"
#include "auris/data/items/item.h"
#include "auris/data/manifest/records.h"
#include "auris/text/text_rules.h"

namespace auris::eval {
namespace {

using nlohmann::json;

constexpr data::RecordLimits kLimits{.max_bytes = 16u << 20, .max_depth = 16, .lists = true};

struct Rejected {
  std::string reason, detail;
};

const json* field(const json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

const std::string* text_field(const json& object, const char* key) {
  const json* value = field(object, key);
  return value != nullptr && value->is_string() ? value->get_ptr<const std::string*>() : nullptr;
}

size_t marks_in(const std::string& prompt) {
  size_t count = 0;
  for (size_t at = prompt.find(data::kAudioMark); at != std::string::npos;
       at = prompt.find(data::kAudioMark, at + 1))
    ++count;
  return count;
}

void take_conversation(const json& record, LlasoEntry& entry) {
  const json* turns = field(record, "conversations");
  if (turns == nullptr || !turns->is_array() || turns->size() != 2) {
    throw Rejected{"no_conversation", "conversations: expected a question and a reference"};
  }
  const std::string* prompt = text_field((*turns)[0], "value");
  const std::string* truth = text_field((*turns)[1], "value");
  if (prompt == nullptr || truth == nullptr) {
    throw Rejected{"no_conversation", "conversations: expected a text as the value of both"};
  }
  if (text::words_of(*truth).empty()) throw Rejected{"empty_reference", "the reference is blank"};
  if (const size_t marks = marks_in(*prompt); marks != 1) {
    throw Rejected{"audio_marks", fmt::format("<audio> stands {} times in the question", marks)};
  }
  entry.prompt = *prompt;
  entry.truth = *truth;
}

void take_audio(const json& record, LlasoEntry& entry) {
  const json* voice = field(record, "voice");
  if (voice != nullptr && voice->is_array() && voice->size() == 1) voice = &(*voice)[0];
  if (voice == nullptr || !voice->is_string() || voice->get_ref<const std::string&>().empty()) {
    throw Rejected{"no_audio", "voice: expected one path"};
  }
  entry.audio = voice->get<std::string>();
  std::replace(entry.audio.begin(), entry.audio.end(), '\\', '/');
}

void take_answer(const json& record, LlasoEntry& entry) {
  for (const char* key : {"answer", "result", "prediction"}) {
    if (const std::string* answer = text_field(record, key)) {
      entry.answer = *answer;
      return;
    }
  }
  throw Rejected{"no_answer", "expected a text as answer, result or prediction"};
}

std::vector<std::string_view> path_parts(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const size_t end = std::min(path.find('/'), path.size());
    if (end > 0) parts.push_back(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return parts;
}

// What VCTK (p283/...), VoxCeleb (id10942/...), CREMA-D (1049_...) and NSynth (reed_acoustic_055-068-127, an
// instrument) put into their paths.
std::string speaker_in(std::string_view path) {
  const std::vector<std::string_view> parts = path_parts(path);
  if (parts.size() < 2) return "";
  const std::string_view first = parts.front(), name = parts.back(), folder = parts[parts.size() - 2];
  if (first == "vctk" || first == "voxceleb") return std::string(folder);
  if (first == "CremaD") return std::string(name.substr(0, name.find('_')));
  if (first.starts_with("nsynth")) return std::string(name.substr(0, name.find('-')));
  return "";
}

std::string speaker_of(const json& record, std::string_view path) {
  if (const std::string* speaker = text_field(record, "speaker_id")) return *speaker;
  for (const char* key : {"metadata", "meta-data"}) {
    const json* about = field(record, key);
    if (about == nullptr) continue;
    for (const char* name : {"spk_id", "usrid", "speaker", "Name"}) {
      if (const std::string* speaker = text_field(*about, name)) return *speaker;
    }
  }
  return speaker_in(path);
}

LlasoEntry entry_of(const json& object, int64_t line) {
  LlasoEntry entry{.line = line, .prompt = {}, .truth = {}, .answer = {}, .audio = {}, .speaker = {}};
  take_conversation(object, entry);
  take_audio(object, entry);
  take_answer(object, entry);
  entry.speaker = speaker_of(object, entry.audio);
  return entry;
}

// The digit behind the first "Score:", with blanks and stars between (the judge likes bold type).
double score_in(std::string_view evaluation) {
  constexpr std::string_view kMark = "Score:";
  const auto skip = [](std::string_view text, std::string_view what) {
    return text.substr(std::min(text.find_first_not_of(what), text.size()));
  };
  for (size_t at = evaluation.find(kMark); at != std::string_view::npos;
       at = evaluation.find(kMark, at + 1)) {
    const std::string_view rest =
        skip(skip(skip(evaluation.substr(at + kMark.size()), " \t\r\n"), "*"), " \t\r\n");
    if (!rest.empty() && rest[0] >= '1' && rest[0] <= '5') return rest[0] - '0';
  }
  throw Rejected{"no_score", fmt::format("expected Score: 1 to 5, got {}", quoted(evaluation))};
}

double judged(const json& object) {
  const std::string* evaluation = text_field(object, "evaluation");
  if (evaluation == nullptr) throw Rejected{"no_evaluation", "evaluation: expected a text"};
  return score_in(*evaluation);
}

template <class Take>
void each_record(std::string_view text, int64_t& count, std::vector<data::Rejection>& rejected,
                 const Take& take) {
  std::istringstream bytes{std::string(text)};
  data::RecordReader reader(bytes, "", kLimits);
  const data::RejectionSink reject = [&](data::Rejection why) { rejected.push_back(std::move(why)); };
  json record;
  while (reader.next(record, reject)) {
    try {
      take(record, reader.line());
    } catch (const Rejected& why) {
      reject({reader.number(), why.reason, why.detail});
    }
  }
  count += reader.counts().lines - reader.counts().blank;
}

}  // namespace

LlasoFile parse_llaso_file(std::string_view text) {
  LlasoFile file;
  each_record(text, file.records, file.rejected,
              [&](const json& record, int64_t line) { file.entries.push_back(entry_of(record, line)); });
  return file;
}

LlasoJudgements parse_llaso_judgements(std::string_view text) {
  LlasoJudgements judgements;
  each_record(text, judgements.records, judgements.rejected,
              [&](const json& record, int64_t) { judgements.scores.push_back(judged(record)); });
  return judgements;
}

}  // namespace auris::eval
