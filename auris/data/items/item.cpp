#include "auris/data/items/item.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/base/json_fields.h"
#include "auris/data/items/answers.h"
#include "auris/data/manifest/text_fields.h"

namespace auris::data {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr double kLongestS = 1e6;
constexpr std::array<std::string_view, 26> kFields{
    "id",          "task",        "variant",    "task_version",       "configuration", "prompt",  "answer",
    "references",  "instruction", "voice",      "transcript",         "clip",          "source",  "split",
    "speaker",     "language",    "duration_s", "clip_start_s",       "synthetic",     "licence", "origin",
    "clip_sha256", "consent",     "responder",  "second_clip_sha256", "history"};

std::vector<std::string> texts_of(const JsonFields& fields, std::string_view key) {
  std::vector<std::string> texts;
  if (!fields.has(key)) return texts;
  for (const json& entry : fields.list(key)) {
    if (!entry.is_string()) fields.fail(key, "texts", entry.type_name());
    texts.push_back(entry.get<std::string>());
  }
  return texts;
}

}  // namespace

double total_duration_s(const Item& item) {
  double total_s = item.duration_s;
  for (const EarlierTurn& turn : item.history) total_s += turn.duration_s;
  return total_s;
}

std::string marks_problem(const Item& item) {
  const bool heard = std::any_of(item.history.begin(), item.history.end(),
                                 [](const EarlierTurn& turn) { return turn.has_recording(); });
  const size_t marks = audio_marks_in(item.prompt);
  return marks == 1 || (marks == 0 && heard) ? "" : fmt::format("{} times", marks);
}

ordered_json to_json(const Item& item) {
  ordered_json out;
  const auto put = [&](const char* key, const std::string& text) {
    if (!text.empty()) out[key] = text;
  };
  put("id", item.id);
  put("task", item.task);
  put("variant", item.variant);
  out["task_version"] = item.task_version;
  out["configuration"] = name_of(item.configuration);
  if (!item.history.empty()) out["history"] = to_json(item.history);
  put("prompt", item.prompt);
  put("answer", item.answer);
  if (!item.references.empty()) out["references"] = item.references;
  put("instruction", item.instruction);
  put("voice", item.voice);
  put("transcript", item.transcript);
  put("clip", item.clip);
  put("source", item.source);
  put("split", item.split);
  put("speaker", item.speaker);
  put("language", item.language);
  out["duration_s"] = item.duration_s;
  if (item.clip_start_s > 0) out["clip_start_s"] = item.clip_start_s;
  if (item.synthetic) out["synthetic"] = true;
  put("licence", item.licence);
  put("origin", item.origin);
  put("clip_sha256", item.clip_sha256);
  put("second_clip_sha256", item.second_clip_sha256);
  if (item.consent != Consent::kUnknown) out["consent"] = name_of(item.consent);
  put("responder", item.responder);
  return out;
}

Item item_from(const json& value, const std::string& where) {
  const JsonFields fields(value, where, ErrorCode::kInput);
  fields.allow(kFields);
  Item item;
  item.id = fields.text("id");
  item.task = fields.text("task");
  item.variant = fields.text("variant");
  const Task& task = *as_input(fields, "task", [&] { return &task_named(item.task); });
  const TaskVariant& variant = *as_input(fields, "variant", [&] { return &task.variant(item.variant); });
  item.task_version = fields.integer("task_version", {1, 1'000'000});
  item.configuration =
      as_input(fields, "configuration", [&] { return configuration_named(fields.text("configuration")); });
  if (fields.has("history")) item.history = earlier_turns_from(fields.value("history"), where);
  item.prompt = fields.text("prompt");
  if (const std::string problem = marks_problem(item); !problem.empty()) {
    fields.fail("prompt", "<audio> once", problem);
  }
  item.answer = fields.text("answer");
  if (const std::string problem = answer_problem(item.answer, variant); !problem.empty()) {
    fields.fail("answer", problem, quoted(item.answer));
  }
  item.references = texts_of(fields, "references");
  item.instruction = fields.text("instruction", "");
  item.voice = fields.text("voice", "");
  item.transcript = fields.text("transcript", "");
  item.clip = fields.text("clip", "");
  item.source = fields.text("source", "");
  item.split = fields.text("split", "");
  item.speaker = fields.text("speaker", "");
  item.language = fields.text("language", "");
  item.duration_s = fields.number("duration_s", {0, kLongestS});
  item.clip_start_s = fields.number("clip_start_s", {0, kLongestS}, 0.0);
  item.synthetic = fields.flag("synthetic", false);
  item.licence = fields.text("licence", "");
  item.origin = fields.text("origin", "");
  item.clip_sha256 = hash_in(fields, "clip_sha256");
  item.second_clip_sha256 = hash_in(fields, "second_clip_sha256");
  item.consent = consent_in(fields);
  item.responder = fields.text("responder", "");
  return item;
}

EarlierTurn asked_turn(const Item& item) {
  return {.text = item.prompt,
          .words = item.transcript,
          .clip = item.clip,
          .speaker = item.speaker,
          .synthetic = item.synthetic,
          .licence = item.licence,
          .origin = item.origin,
          .clip_sha256 = item.clip_sha256,
          .consent = item.consent};
}

}  // namespace auris::data
