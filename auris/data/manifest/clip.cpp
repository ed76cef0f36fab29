#include "auris/data/manifest/clip.h"

#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "auris/base/checked.h"
#include "auris/base/error.h"
#include "auris/base/mapped_file.h"
#include "auris/base/sha256.h"
#include "auris/data/manifest/text_fields.h"
#include "auris/text/text_rules.h"

namespace auris::data {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr double kLongestS = 1e6;  // 11 days
constexpr int64_t kMaxFileBytes = int64_t{1} << 50;
constexpr std::array<std::pair<Consent, std::string_view>, 4> kConsents{{{Consent::kUnknown, "unknown"},
                                                                         {Consent::kLicence, "licence"},
                                                                         {Consent::kAgreement, "agreement"},
                                                                         {Consent::kSynthetic, "synthetic"}}};
constexpr std::array<std::string_view, 24> kFields{
    "id",       "audio",    "audio_offset", "audio_bytes", "start_s", "duration_s",   "sha256",    "source",
    "split",    "language", "text",         "speaker",     "labels",  "translations", "questions", "written",
    "dialogue", "turn",     "follow_ups",   "licence",     "origin",  "consent",      "synthetic", "second"};
constexpr std::array<std::string_view, 4> kSecondFields{"audio", "duration_s", "sha256", "speaker"};
constexpr int64_t kMostTurns = 1'000'000;

std::string path_in(const JsonFields& fields) {
  constexpr const char* kName = "audio";
  std::string path = fields.text(kName);
  if (path.empty()) fields.fail(kName, "a path", "an empty text");
  if (path.find('\\') != std::string::npos) {
    fields.fail(kName, "a path with / between folders", quoted(path), "replace the backslashes");
  }
  if (path.find('\0') != std::string::npos) fields.fail(kName, "a path", quoted(path));
  for (const std::filesystem::path& step : std::filesystem::path(path)) {
    if (step == "..") fields.fail(kName, "a path without ..", quoted(path));
  }
  return path;
}

double duration_in(const JsonFields& fields) {
  const double duration_s = fields.number("duration_s", {0, kLongestS});
  if (duration_s == 0) fields.fail("duration_s", "more than 0 s", "0");
  return duration_s;
}

SecondRecording second_in(const JsonFields& fields) {
  fields.allow(kSecondFields);
  return {.audio = path_in(fields),
          .duration_s = duration_in(fields),
          .sha256 = hash_in(fields, "sha256"),
          .speaker = fields.text("speaker", "")};
}

ordered_json to_json(const SecondRecording& second) {
  ordered_json out = {{"audio", second.audio}, {"duration_s", second.duration_s}};
  if (!second.sha256.empty()) out["sha256"] = second.sha256;
  if (!second.speaker.empty()) out["speaker"] = second.speaker;
  return out;
}

std::string written_in(const JsonFields& fields) {
  std::string text = fields.text("written", "");
  const size_t mark = text.find(kAudioMark);
  if (!text.empty() && (mark == std::string::npos || text.find(kAudioMark, mark + 1) != std::string::npos)) {
    fields.fail("written", "<audio> once", quoted(text));
  }
  return text;
}

std::vector<FollowUp> follow_ups_in(const JsonFields& fields) {
  std::vector<FollowUp> follow_ups;
  if (!fields.has("follow_ups")) return follow_ups;
  for (const json& entry : fields.list("follow_ups")) {
    const JsonFields pair(entry, fields.where() + ", follow_ups", ErrorCode::kInput);
    constexpr std::array<std::string_view, 2> kPair{"question", "answer"};
    pair.allow(kPair);
    follow_ups.push_back({.question = pair.text("question"), .answer = pair.text("answer")});
    const auto& [question, answer] = follow_ups.back();
    if (question.find(kAudioMark) != std::string::npos)
      pair.fail("question", "a text without <audio>", quoted(question));
    if (text::words_of(question).empty()) pair.fail("question", "a question", quoted(question));
    if (text::words_of(answer).empty()) pair.fail("answer", "an answer", quoted(answer));
  }
  return follow_ups;
}

}  // namespace

std::string_view name_of(Consent consent) {
  for (const auto& [value, name] : kConsents) {
    if (value == consent) return name;
  }
  return "unknown";
}

Consent consent_in(const JsonFields& fields) {
  const std::string name = fields.text("consent", "unknown");
  for (const auto& [value, known] : kConsents) {
    if (known == name) return value;
  }
  fields.fail("consent", "unknown, licence, agreement or synthetic", quoted(name));
}

ordered_json to_json(const Clip& clip) {
  ordered_json out;
  const auto put = [&](const char* key, const std::string& text) {
    if (!text.empty()) out[key] = text;
  };
  put("id", clip.id);
  put("audio", clip.audio);
  if (clip.audio_bytes > 0) {
    out["audio_offset"] = clip.audio_offset;
    out["audio_bytes"] = clip.audio_bytes;
  }
  if (clip.start_s > 0) out["start_s"] = clip.start_s;
  out["duration_s"] = clip.duration_s;
  put("sha256", clip.sha256);
  put("source", clip.source);
  put("split", clip.split);
  put("language", clip.language);
  put("text", clip.text);
  put("speaker", clip.speaker);
  if (!clip.labels.empty()) out["labels"] = clip.labels;
  if (!clip.translations.empty()) out["translations"] = clip.translations;
  if (!clip.questions.empty()) out["questions"] = clip.questions;
  put("written", clip.written);
  put("dialogue", clip.dialogue);
  if (clip.turn > 0) out["turn"] = clip.turn;
  for (const FollowUp& next : clip.follow_ups) {
    out["follow_ups"].push_back({{"question", next.question}, {"answer", next.answer}});
  }
  put("licence", clip.licence);
  put("origin", clip.origin);
  if (clip.consent != Consent::kUnknown) out["consent"] = name_of(clip.consent);
  if (clip.synthetic) out["synthetic"] = true;
  if (clip.second) out["second"] = to_json(*clip.second);
  return out;
}

Clip clip_from(const json& value, const std::string& where) {
  const JsonFields fields(value, where, ErrorCode::kInput);
  fields.allow(kFields);
  Clip clip;
  clip.id = fields.text("id");
  if (clip.id.empty()) fields.fail("id", "an id", "an empty text");
  clip.audio = path_in(fields);
  if (fields.has("audio_offset") || fields.has("audio_bytes")) {
    clip.audio_offset = fields.integer("audio_offset", {0, kMaxFileBytes});
    clip.audio_bytes = fields.integer("audio_bytes", {1, kMaxFileBytes});
  }
  clip.start_s = fields.number("start_s", {0, kLongestS}, 0.0);
  clip.duration_s = duration_in(fields);
  clip.sha256 = hash_in(fields, "sha256");
  clip.source = fields.text("source", "");
  clip.split = fields.text("split", "");
  clip.language = fields.text("language", "");
  clip.text = fields.text("text", "");
  clip.speaker = fields.text("speaker", "");
  clip.labels = named_texts(fields, "labels");
  clip.translations = named_texts(fields, "translations");
  clip.questions = named_texts(fields, "questions");
  clip.written = written_in(fields);
  clip.dialogue = fields.text("dialogue", "");
  clip.turn = fields.integer("turn", {0, kMostTurns}, 0);
  clip.follow_ups = follow_ups_in(fields);
  clip.licence = fields.text("licence", "");
  clip.origin = fields.text("origin", "");
  clip.consent = consent_in(fields);
  clip.synthetic = fields.flag("synthetic", false);
  if (fields.has("second")) clip.second = second_in(fields.object("second"));
  return clip;
}

Clip second_of(const Clip& clip) {
  Clip second;
  second.id = clip.id;
  second.audio = clip.second->audio;
  second.duration_s = clip.second->duration_s;
  second.sha256 = clip.second->sha256;
  second.source = clip.source;
  second.split = clip.split;
  second.speaker = clip.second->speaker;
  second.licence = clip.licence;
  second.origin = clip.origin;
  second.consent = clip.consent;
  second.synthetic = clip.synthetic;
  return second;
}

audio::AudioSource audio_source(const Clip& clip, const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / clip.audio;
  if (clip.audio_bytes == 0) return audio::AudioSource::file(path);
  return audio::AudioSource::part(path, static_cast<uint64_t>(clip.audio_offset),
                                  static_cast<uint64_t>(clip.audio_bytes));
}

std::string sha256_of(const Clip& clip, const std::filesystem::path& folder) {
  const std::shared_ptr<const MappedFile> file = MappedFile::open(folder / clip.audio, ErrorCode::kInput);
  if (clip.audio_bytes == 0) return sha256_hex(file->bytes());
  const auto offset = static_cast<uint64_t>(clip.audio_offset),
             size = static_cast<uint64_t>(clip.audio_bytes);
  if (!fits(offset, size, file->bytes().size())) {
    throw Error(ErrorCode::kInput, {.where = clip.audio,
                                    .expected = fmt::format("{} bytes at {}", size, offset),
                                    .got = fmt::format("{} bytes in all", file->bytes().size()),
                                    .hint = ""});
  }
  return sha256_hex(file->bytes().subspan(offset, size));
}

std::string spoken_words(const Clip& clip) {
  return fmt::format("{}", fmt::join(text::words_of(text::lower(clip.text)), " "));
}

}  // namespace auris::data
