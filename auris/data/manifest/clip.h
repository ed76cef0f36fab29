#pragma once
// One recording, or a stretch of one, and what is known about it.

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "auris/audio/audio_source.h"
#include "auris/base/json_fields.h"

namespace auris::data {

enum class Consent {
  kUnknown,
  kLicence,    // the speaker, or who holds the rights, published it under the licence
  kAgreement,  // the speaker agreed to this very use
  kSynthetic,  // nobody spoke
};

// A whole file that a question compares with a clip's own recording.
struct SecondRecording {
  std::string audio;      // a path like Clip::audio
  double duration_s = 0;  // above 0
  std::string sha256;     // of the file's bytes, like Clip::sha256
  std::string speaker;    // empty = not known

  bool operator==(const SecondRecording&) const = default;
};

// Marks in texts where a recording is heard.
inline constexpr std::string_view kAudioMark = "<audio>";

// A question about a clip that has been heard already, without another recording.
struct FollowUp {
  std::string question, answer;

  bool operator==(const FollowUp&) const = default;
};

struct Clip {
  std::string id;            // once in a manifest; the same whenever the source is read
  std::string audio;         // path with '/', absolute or from the manifest's folder
  int64_t audio_offset = 0;  // where the recording begins in the file, such as a tar file, in bytes
  int64_t audio_bytes = 0;   // and how long it is; 0: the file is the recording
  double start_s = 0;        // of the stretch that is meant
  double duration_s = 0;     // above 0
  std::string sha256;        // of the recording's bytes, lower-case hex; empty until the audit has read it
  std::string source;        // "asterisk": names the variant of a task whose labels are this source's
  std::string split;         // the source's own: "train", "dev", "test"; empty if it has none
  std::string language;      // ISO 639-1 or 639-3; empty = not known, or nobody speaks
  std::string text;          // what is said; empty = not known, or nobody speaks
  std::string speaker;       // empty = not known
  std::map<std::string, std::string> labels;          // by task id: "speaker_gender" -> "female"
  std::map<std::string, std::string> translations;    // of the text, by language
  std::map<std::string, std::string> questions = {};  // by task id: what is asked about this very clip
  // What is written in the same turn; <audio> stands for the recording, once: "Sum this up:\n<audio>". Tasks
  // that take questions ask so and in no other way. Empty: nothing is written.
  std::string written = {};
  // A conversation and the clip's place there, of all turns, recorded or not: 0 begins it. The reply to the
  // clip, turn + 1, is the label "dialogue".
  std::string dialogue = {};
  int64_t turn = 0;
  std::vector<FollowUp> follow_ups = {};  // the turns behind the reply, each with its own
  std::string licence;                    // SPDX where there is one
  std::string origin;                     // package, data set or address it came from
  Consent consent = Consent::kUnknown;
  bool synthetic = false;  // the sound was made by a program
  // Heard half a second behind the recording above. Only tasks that compare (Task::recordings) take such a
  // clip.
  std::optional<SecondRecording> second = {};

  bool operator==(const Clip&) const = default;
};

std::string_view name_of(Consent consent);
// The field "consent", kUnknown if it is not there. Throws for a name that is not "unknown", "licence",
// "agreement" or "synthetic".
Consent consent_in(const JsonFields& fields);

// Fields in the order above; those that are empty are left out.
nlohmann::ordered_json to_json(const Clip& clip);

// kInput, naming `where` and the field, for anything that is no clip: fields of another type, fields that
// nobody knows, an empty id or path, paths with backslashes or "..", times that make no sense, text that is
// not UTF-8.
Clip clip_from(const nlohmann::json& json, const std::string& where);

// The recording of a clip in a manifest that lies in `folder`.
audio::AudioSource audio_source(const Clip& clip, const std::filesystem::path& folder);

// The second recording as a clip of its own, without text and labels. Only for clips that have one.
Clip second_of(const Clip& clip);

// SHA-256 of the recording's bytes. kInput if they are not there.
std::string sha256_of(const Clip& clip, const std::filesystem::path& folder);

// What is said in small letters with one blank between words: equal for texts that differ in nothing else.
std::string spoken_words(const Clip& clip);

}  // namespace auris::data
