#pragma once
// What data sets that have no layout of their own call the things that a clip knows.

#include <functional>
#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include "auris/data/manifest/clip.h"

namespace auris::data {

using Record = std::map<std::string, std::string>;  // text by name, in small letters

// Numbers as their digits; of the objects "labels" and "translations" what is inside; nothing else that is
// not a text.
Record record_of(const nlohmann::json& object);

// text, transcript, transcription, sentence, normalized_text, raw_text; language, lang, locale; speaker,
// speaker_id, client_id; gender, sex; split; source (whose labels these are); licence, license; consent,
// synthetic; translation_LANGUAGE; and labels by the ids of their tasks. The rest is not used.
Clip clip_in(const Record& record);

}  // namespace auris::data
