#include "auris/data/synthesis/voice.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>

#include <fmt/format.h>

#include "auris/audio/decode.h"
#include "auris/base/child_process.h"
#include "auris/base/error.h"
#include "auris/base/nearest.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxTextBytes = 10'000;
constexpr double kSlowest = 0.5, kFastest = 2, kLowest = 0.75, kHighest = 1.5;

struct Accent {
  const char* voice;
  const char* label;
};
constexpr std::array<Accent, 8> kAccents{{{"en-us", "American"},
                                          {"en-gb", "British"},
                                          {"en-029", "Caribbean"},
                                          {"en-gb-x-gbclan", "Lancastrian"},
                                          {"en-us-nyc", "New York"},
                                          {"en-gb-x-rp", "Received Pronunciation"},
                                          {"en-gb-scotland", "Scottish"},
                                          {"en-gb-x-gbcwmd", "West Midlands"}}};
constexpr std::array<const char*, 10> kOtherLanguages{"de", "el", "es", "fr", "it",
                                                      "nl", "pl", "pt", "ru", "sv"};
constexpr std::array<const char*, 4> kVariants{"f2", "f4", "m1", "m3"};

std::vector<Voice> made_voices() {
  std::vector<Voice> voices;
  const auto add_variants = [&](const std::string& name, const std::string& language,
                                const std::string& accent) {
    for (const std::string variant : kVariants) {
      voices.push_back({.id = "espeak-" + name + "-" + variant,
                        .program = SpeechProgram::kEspeak,
                        .name = name + "+" + variant,
                        .language = language,
                        .gender = variant.front() == 'f' ? "female" : "male",
                        .accent = accent});
    }
  };
  for (const Accent& accent : kAccents) add_variants(accent.voice, "en", accent.label);
  for (const char* language : kOtherLanguages) add_variants(language, language, "");
  const auto add_recorded = [&](const std::string& name, const std::string& gender,
                                const std::string& accent) {
    voices.push_back({.id = "flite-" + name,
                      .program = SpeechProgram::kFlite,
                      .name = name,
                      .language = "en",
                      .gender = gender,
                      .accent = accent});
  };
  add_recorded("awb", "male", "Scottish");
  add_recorded("kal16", "male", "American");
  add_recorded("slt", "female", "American");
  return voices;
}

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

 private:
  fs::path folder_;
};

// espeak's pitch is 50 as usual; measured, 68 steps are an octave.
std::vector<std::string> command_of(const Voice& voice, const SpeakingStyle& style, const Workplace& place) {
  if (voice.program == SpeechProgram::kEspeak) {
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

}  // namespace

std::span<const Voice> synthetic_voices() {
  static const std::vector<Voice> voices = made_voices();
  return voices;
}

const Voice& voice_named(std::string_view id) {
  std::vector<std::string_view> ids;
  for (const Voice& voice : synthetic_voices()) {
    if (voice.id == id) return voice;
    ids.push_back(voice.id);
  }
  throw Error(ErrorCode::kUsage, {.where = "synthesis",
                                  .expected = "the id of a voice",
                                  .got = quoted(id),
                                  .hint = nearest_hint(id, ids)});
}

audio::AudioClip speak(const std::string& text, const Voice& voice, const SpeakingStyle& style,
                       std::string* ipa) {
  require(style.rate >= kSlowest && style.rate <= kFastest, ErrorCode::kUsage, "a rate from 0.5 to 2",
          fmt::format("{}", style.rate));
  require(style.pitch >= kLowest && style.pitch <= kHighest, ErrorCode::kUsage, "a pitch from 0.75 to 1.5",
          fmt::format("{}", style.pitch));
  const bool speakable = text.find_first_not_of(" \t\r\n") != std::string::npos &&
                         text.size() <= kMaxTextBytes && text.find('\0') == std::string::npos;
  require(speakable, ErrorCode::kInput, fmt::format("a text of at most {} bytes to speak", kMaxTextBytes),
          quoted(text));
  const Workplace place;
  std::ofstream(place.text(), std::ios::binary) << text << '\n';
  const ChildResult result = run_child(command_of(voice, style, place), {});
  if (result.status == 127) {
    throw Error(ErrorCode::kInput, {.where = "synthesis",
                                    .expected = "the program that has the voice " + voice.id,
                                    .got = "none",
                                    .hint = "apt install espeak-ng flite"});
  }
  require(result.status == 0 && fs::exists(place.sound()), ErrorCode::kInput, voice.id + " to speak",
          fmt::format("status {}: {}", result.status, quoted(result.last_error_line())));
  if (ipa != nullptr) *ipa = phones_in(place.phones());
  return audio::decode_audio(place.sound());
}

}  // namespace auris::data
