#include "auris/data/synthesis/voice.h"

#include <array>

#include "auris/base/error.h"
#include "auris/base/nearest.h"

namespace auris::data {
namespace {

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
                        .accent = accent,
                        .package = "espeak-ng"});
    }
  };
  for (const Accent& accent : kAccents) add_variants(accent.voice, "en", accent.label);
  for (const char* language : kOtherLanguages) add_variants(language, language, "");
  const auto add_recorded = [&](SpeechProgram program, const std::string& name, const std::string& called,
                                const std::string& gender, const std::string& accent,
                                const std::string& package) {
    voices.push_back({.id = std::string(source_of(program)) + "-" + name,
                      .program = program,
                      .name = called,
                      .language = "en",
                      .gender = gender,
                      .accent = accent,
                      .package = package});
  };
  constexpr auto kFlite = SpeechProgram::kFlite, kFestival = SpeechProgram::kFestival;
  add_recorded(kFlite, "awb", "awb", "male", "Scottish", "flite");
  add_recorded(kFlite, "kal16", "kal16", "male", "American", "flite");
  add_recorded(kFlite, "slt", "slt", "female", "American", "flite");
  add_recorded(kFestival, "kal", "kal_diphone", "male", "American", "festvox-kallpc16k");
  add_recorded(kFestival, "ked", "ked_diphone", "male", "American", "festvox-kdlpc16k");
  add_recorded(kFestival, "slt", "cmu_us_slt_arctic_hts", "female", "American", "festvox-us-slt-hts");
  voices.back().has_one_pitch = true;
  return voices;
}

}  // namespace

std::string_view source_of(SpeechProgram program) {
  switch (program) {
    case SpeechProgram::kEspeak: return "espeak";
    case SpeechProgram::kFlite: return "flite";
    case SpeechProgram::kFestival: return "festival";
  }
  return "";
}

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

}  // namespace auris::data
