#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <set>

#include <fmt/format.h>

#include "auris/audio/decode.h"
#include "auris/base/child_process.h"
#include "auris/base/error.h"
#include "auris/data/synthesis/voice.h"
#include "auris/text/text_rules.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxTextBytes = 10'000;
constexpr double kSlowest = 0.5, kFastest = 2, kLowest = 0.75, kHighest = 1.5;

// A folder for the text and the sound that goes away again.
class Workplace {
 public:
  Workplace() {
    std::string pattern = (fs::temp_directory_path() / "auris-speak-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
      throw Error(ErrorCode::kInput, {.where = "synthesis",
                                      .expected = "a temporary folder",
                                      .got = quoted(pattern),
                                      .hint = "check TMPDIR and free space"});
    }
    folder_ = pattern;
  }
  ~Workplace() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;

  fs::path text() const { return folder_ / "text.txt"; }
  fs::path phones() const { return folder_ / "phones.txt"; }
  fs::path sound() const { return folder_ / "sound.wav"; }
  fs::path output() const { return folder_ / "output.txt"; }

 private:
  fs::path folder_;
};

// espeak's pitch is 50 as usual; measured, 68 steps are an octave.
std::vector<std::string> espeak_command(const Voice& voice, const SpeakingStyle& style,
                                        const Workplace& place) {
  const long words_a_minute = std::lround(175 * style.rate),
             pitch = std::lround(50 + 68 * std::log2(style.pitch));
  return {"espeak-ng",
          "-v",
          voice.name,
          "-s",
          std::to_string(words_a_minute),
          "-p",
          std::to_string(pitch),
          "--ipa",
          "--phonout=" + place.phones().string(),
          "-f",
          place.text().string(),
          "-w",
          place.sound().string()};
}

std::vector<std::string> flite_command(const Voice& voice, const SpeakingStyle& style,
                                       const Workplace& place) {
  return {"flite",
          "-voice",
          voice.name,
          "--setf",
          fmt::format("duration_stretch={:.4f}", 1 / style.rate),
          "--setf",
          fmt::format("f0_shift={:.4f}", style.pitch),
          "-f",
          place.text().string(),
          "-o",
          place.sound().string()};
}

// Festival's own script for a text file. What is evaluated holds a name of ours and numbers: the text stays
// in its file. Diphone voices stretch durations and move the mean and spread of their pitch (int_lr_params);
// the engine of HTS voices takes a rate and no pitch.
std::vector<std::string> festival_command(const Voice& voice, const SpeakingStyle& style,
                                          const Workplace& place) {
  const std::string set =
      voice.has_one_pitch
          ? fmt::format("(set! hts_engine_params (append hts_engine_params (list (list \"-r\" {:.4f}))))",
                        style.rate)
          : fmt::format(
                "(Parameter.set 'Duration_Stretch (* {:.4f} (Parameter.get 'Duration_Stretch)))"
                " (set! int_lr_params (append (list"
                " (list 'target_f0_mean (* {:.4f} (cadr (assoc 'target_f0_mean int_lr_params))))"
                " (list 'target_f0_std (* {:.4f} (cadr (assoc 'target_f0_std int_lr_params)))))"
                " (cddr int_lr_params)))",
                1 / style.rate, style.pitch, style.pitch);
  return {"text2wave",
          "-eval",
          fmt::format("(begin (voice_{}) {})", voice.name, set),
          "-o",
          place.sound().string(),
          place.text().string()};
}

std::vector<std::string> command_of(const Voice& voice, const SpeakingStyle& style, const Workplace& place) {
  switch (voice.program) {
    case SpeechProgram::kEspeak: return espeak_command(voice, style, place);
    case SpeechProgram::kFlite: return flite_command(voice, style, place);
    case SpeechProgram::kFestival: return festival_command(voice, style, place);
  }
  return {};
}

[[noreturn]] void fail_without(const Voice& voice, const char* got) {
  throw Error(
      ErrorCode::kUsage,
      {.where = "synthesis",
       .expected = "a program that has the voice " + voice.id,
       .got = got,
       .hint = fmt::format("apt install {} {}", voice.program == SpeechProgram::kFestival ? "festival" : "",
                           voice.package)});
}

// One line for each clause, as espeak-ng writes them.
std::string phones_in(const fs::path& path) {
  std::ifstream file(path);
  std::string phones, word;
  while (file >> word) phones += (phones.empty() ? "" : " ") + word;
  return phones;
}

void require(bool holds, ErrorCode code, std::string expected, std::string got) {
  if (holds) return;
  throw Error(code,
              {.where = "synthesis", .expected = std::move(expected), .got = std::move(got), .hint = ""});
}

// What a program prints when it is asked for its voices, in words without brackets.
std::set<std::string> listed(const Voice& voice, const std::vector<std::string>& command) {
  const Workplace place;
  const ChildResult result = run_child(command, {}, place.output());
  if (result.status == 127) fail_without(voice, "no such program");
  std::ifstream file(place.output());
  std::set<std::string> words;
  for (std::string line; std::getline(file, line);) {
    if (line.find(" mb/") != std::string::npos) continue;  // MBROLA's, listed even where they are not there
    std::replace_if(
        line.begin(), line.end(), [](char c) { return c == '(' || c == ')'; }, ' ');
    for (std::string& word : text::words_of(line)) words.insert(std::move(word));
  }
  return words;
}

// Programs take another voice, or leave a variant out, without a word where they lack one: labels would be
// wrong.
bool has(const Voice& voice) {
  switch (voice.program) {
    case SpeechProgram::kEspeak: {
      static const std::set<std::string> names = listed(voice, {"espeak-ng", "--voices"}),
                                         variants = listed(voice, {"espeak-ng", "--voices=variant"});
      const size_t plus = voice.name.find('+');
      return names.contains(voice.name.substr(0, plus)) &&
             (plus == std::string::npos || variants.contains("!v/" + voice.name.substr(plus + 1)));
    }
    case SpeechProgram::kFlite: {
      static const std::set<std::string> names = listed(voice, {"flite", "-lv"});
      return names.contains(voice.name);
    }
    case SpeechProgram::kFestival: {
      static const std::set<std::string> names = listed(voice, {"festival", "-b", "(print (voice.list))"});
      return names.contains(voice.name);
    }
  }
  return false;
}

// Festival's English reads bytes; typographic marks are the usual ones that it can do without.
std::string plain_marks(std::string text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kMarks{
      {{"‘", "'"}, {"’", "'"}, {"“", "\""}, {"”", "\""}, {"–", " - "}, {"—", " - "}, {"…", "..."}}};
  for (const auto& [mark, plain] : kMarks) {
    for (size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + plain.size()))
      text.replace(at, mark.size(), plain);
  }
  return text;
}

}  // namespace

audio::AudioClip speak(const std::string& text, const Voice& voice, const SpeakingStyle& style,
                       std::string* ipa) {
  require(style.rate >= kSlowest && style.rate <= kFastest, ErrorCode::kUsage, "a rate from 0.5 to 2",
          fmt::format("{}", style.rate));
  require(style.pitch >= kLowest && style.pitch <= kHighest, ErrorCode::kUsage, "a pitch from 0.75 to 1.5",
          fmt::format("{}", style.pitch));
  require(style.pitch == 1 || !voice.has_one_pitch, ErrorCode::kUsage, "pitch 1 for " + voice.id,
          fmt::format("{}", style.pitch));
  const bool speakable = text.find_first_not_of(" \t\r\n") != std::string::npos &&
                         text.size() <= kMaxTextBytes && text.find('\0') == std::string::npos;
  require(speakable, ErrorCode::kInput, fmt::format("a text of at most {} bytes to speak", kMaxTextBytes),
          quoted(text));
  if (!has(voice)) fail_without(voice, "a program without it");
  std::string said = text;
  if (voice.program == SpeechProgram::kFestival) {
    said = plain_marks(std::move(said));
    const bool ascii = std::all_of(said.begin(), said.end(), [](char c) { return (c & 0x80) == 0; });
    require(ascii, ErrorCode::kInput, "a text in ASCII for " + voice.id, quoted(text));
  }
  const Workplace place;
  std::ofstream(place.text(), std::ios::binary) << said << '\n';
  const ChildResult result = run_child(command_of(voice, style, place), {});
  if (result.status == 127) fail_without(voice, "no such program");
  require(result.status == 0 && fs::exists(place.sound()), ErrorCode::kInput, voice.id + " to speak",
          fmt::format("status {}: {}", result.status, quoted(result.last_error_line())));
  if (ipa != nullptr) *ipa = phones_in(place.phones());
  return audio::decode_audio(place.sound());
}

}  // namespace auris::data
