#include "auris/data/sources/record.h"

#include <algorithm>

#include "auris/data/sources/lines.h"
#include "auris/data/sources/words.h"
#include "auris/data/tasks/task.h"
#include "auris/text/text_rules.h"

namespace auris::data {
namespace {

constexpr std::string_view kTranslation = "translation_";

std::string first_of(const Record& record, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const auto found = record.find(name);
    if (found != record.end() && !found->second.empty()) return found->second;
  }
  return {};
}

Consent consent_in(const std::string& name) {
  for (const Consent consent : {Consent::kLicence, Consent::kAgreement, Consent::kSynthetic}) {
    if (name == name_of(consent)) return consent;
  }
  return Consent::kUnknown;
}

}  // namespace

Record record_of(const nlohmann::json& object) {
  Record record;
  const auto put = [&](const std::string& name, const nlohmann::json& value) {
    if (value.is_string()) record[text::lower(name)] = value.get<std::string>();
    if (value.is_number() || value.is_boolean()) record[text::lower(name)] = value.dump();
  };
  for (const auto& [name, value] : object.items()) {
    put(name, value);
    if (!value.is_object() || (name != "labels" && name != "translations")) continue;
    for (const auto& [inner, text] : value.items()) {
      put(name == "labels" ? inner : std::string(kTranslation) + inner, text);
    }
  }
  return record;
}

Clip clip_in(const Record& record) {
  Clip clip;
  clip.text = trimmed(
      first_of(record, {"text", "transcript", "transcription", "sentence", "normalized_text", "raw_text"}));
  clip.language = language_in(first_of(record, {"language", "lang", "locale"}));
  clip.speaker = first_of(record, {"speaker", "speaker_id", "client_id"});
  clip.split = split_in(first_of(record, {"split"}));
  clip.source = first_of(record, {"source"});
  clip.licence = first_of(record, {"licence", "license"});
  clip.consent = consent_in(first_of(record, {"consent"}));
  clip.synthetic = first_of(record, {"synthetic"}) == "true";
  for (const auto& [name, value] : record) {
    if (name.starts_with(kTranslation) && !value.empty()) {
      clip.translations[name.substr(kTranslation.size())] = value;
    }
  }
  for (const Task& task : all_tasks()) {
    if (const std::string label = first_of(record, {task.id.c_str()}); !label.empty())
      clip.labels[task.id] = label;
  }
  const std::string gender = gender_in(first_of(record, {"gender", "sex"}));
  if (!gender.empty()) clip.labels.try_emplace("speaker_gender", gender);
  return clip;
}

}  // namespace auris::data
