// Speechocean762 (Zhang and others 2021), spoken by learners of English: WAVE/SPEAKER0001/NAME.WAV; for each
// split {train,test} the tables wav.scp, text, utt2spk and spk2gender of Kaldi; and resource/scores.json:
//   {"NAME": {"accuracy": 8, "fluency": 9, "prosodic": 9, "total": 8, "text": "WE CALL IT BEAR",
//             "words": [{"text": "WE", "accuracy": 10, "stress": 10, "total": 10, ...}, ...], ...}}
// The scores become sentences as eval/metrics/pronunciation_scores.h reads them.

#include <map>

#include <fmt/format.h>

#include "auris/data/sources/json_values.h"
#include "auris/data/sources/layouts.h"
#include "auris/data/sources/words.h"
#include "auris/text/text_rules.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;

using Table = std::map<std::string, std::string>;

// "KEY<blank>rest"; Kaldi's tables have no other form.
Table kaldi_table(Ingest& ingest, const fs::path& file) {
  Table table;
  if (!fs::exists(ingest.root() / file)) return table;
  int64_t number = 0;
  for (const std::string& line : lines_of(ingest.root() / file)) {
    ++number;
    const size_t blank = line.find_first_of(" \t");
    if (trimmed(line).empty()) continue;
    if (blank == std::string::npos) {
      ingest.reject(fmt::format("{}, line {}", file.generic_string(), number), "broken_line",
                    "one word only");
      continue;
    }
    table[line.substr(0, blank)] = trimmed(line.substr(blank));
  }
  return table;
}

struct Utterance {
  fs::path recording;
  std::string split, speaker, gender;
  bool scored = false;
};
using Utterances = std::map<std::string, Utterance>;

void read_split(Ingest& ingest, const std::string& split, Utterances& utterances) {
  const fs::path folder = split;
  const Table speakers = kaldi_table(ingest, folder / "utt2spk");
  const Table genders = kaldi_table(ingest, folder / "spk2gender");
  for (const auto& [name, recording] : kaldi_table(ingest, folder / "wav.scp")) {
    Utterance& utterance = utterances[name];
    utterance.recording = recording;
    utterance.split = split;
    if (const auto speaker = speakers.find(name); speaker != speakers.end()) {
      utterance.speaker = speaker->second;
      const auto gender = genders.find(speaker->second);
      if (gender != genders.end()) utterance.gender = gender_in(gender->second);
    }
  }
}

std::string score_in(const JsonFields& fields, const char* name) {
  return fmt::format("{}", fields.number(name, {0, 10}));
}

std::string sentence_scores(const JsonFields& fields) {
  return fmt::format("For the sentence: accuracy is {}, prosodic is {}, fluency is {}, total score is {}.",
                     score_in(fields, "accuracy"), score_in(fields, "prosodic"), score_in(fields, "fluency"),
                     score_in(fields, "total"));
}

std::string word_scores(const JsonFields& fields) {
  std::string all;
  for (const nlohmann::json& value : fields.list("words")) {
    const JsonFields word(value, fields.where(), ErrorCode::kInput);
    all += fmt::format("{}For \"{}\", accuracy is {}, stress is {}, and total score is {}.",
                       all.empty() ? "" : " ", text::lower(word.text("text")), score_in(word, "accuracy"),
                       score_in(word, "stress"), score_in(word, "total"));
  }
  return all;
}

std::vector<Found> found_in(const JsonFields& fields, const std::string& name, Utterances& utterances) {
  const auto known = utterances.find(name);
  if (known == utterances.end()) {
    return {refused("speechocean762/" + name, "missing_file", "no wav.scp has it")};
  }
  Found found;
  found.clip.id = "speechocean762/" + name;
  Utterance& utterance = known->second;
  utterance.scored = true;
  found.recording = utterance.recording;
  found.clip.split = utterance.split;
  found.clip.language = "en";
  found.clip.text = fields.text("text");
  if (!utterance.speaker.empty()) found.clip.speaker = "speechocean762-" + utterance.speaker;
  found.clip.labels = {{"pronunciation_scoring_sentence", sentence_scores(fields)},
                       {"pronunciation_scoring_word", word_scores(fields)},
                       {"synthetic_speech_detection", "real"}};
  if (!utterance.gender.empty()) found.clip.labels["speaker_gender"] = utterance.gender;
  found.clip.licence = "CC-BY-4.0";
  found.clip.origin = "speechocean762";
  found.clip.consent = Consent::kLicence;
  return {found};
}

}  // namespace

void ingest_speechocean762(Ingest& ingest) {
  ingest.needed("resource/scores.json");
  Utterances utterances;
  for (const char* split : {"train", "test"}) read_split(ingest, split, utterances);
  ingest_json_values(ingest, "resource/scores.json", 1,
                     [&](const nlohmann::json& value, const std::string& name) {
                       try {
                         return found_in(JsonFields(value, name, ErrorCode::kInput), name, utterances);
                       } catch (const Error&) {  // rejected under its own name
                         if (const auto known = utterances.find(name); known != utterances.end())
                           known->second.scored = true;
                         throw;
                       }
                     });
  for (const auto& [name, utterance] : utterances) {
    if (!utterance.scored)
      ingest.reject("speechocean762/" + name, "no_answer", "scores.json does not have it");
  }
}

}  // namespace auris::data
