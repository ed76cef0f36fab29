#pragma once
// Voices of programs that speak: who they sound like is known, so their speech is labelled. Everything they
// say is marked synthetic.

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "auris/audio/audio_clip.h"

namespace auris::data {

enum class SpeechProgram { kEspeak, kFlite };

struct Voice {
  std::string id;  // "espeak-en-gb-scotland-f2"
  SpeechProgram program = SpeechProgram::kEspeak;
  std::string name;      // as the program calls it: "en-gb-scotland+f2", "slt"
  std::string language;  // ISO 639-1
  std::string gender;    // "female", "male"
  std::string accent;    // a label of the task accent; empty if it has none
};

struct SpeakingStyle {
  double rate = 1;   // 0.5 to 2 times the usual speed
  double pitch = 1;  // 0.75 to 1.5 times the usual pitch
};

// In a fixed order: every accent of espeak-ng's English with female and male variants, its voices of other
// languages, and flite's recorded voices.
std::span<const Voice> synthetic_voices();
// kUsage with the nearest names.
const Voice& voice_named(std::string_view id);

// Speaks `text`, mono at 16 kHz, by running the program. The same text, voice and style give the same
// samples. kUsage for a style outside its range, kInput for a text that is empty or over 10,000 bytes, or if
// the program is missing or fails. `ipa` gets the sounds that were made, in the International Phonetic
// Alphabet with blanks between words; nothing if the program does not tell (flite).
audio::AudioClip speak(const std::string& text, const Voice& voice, const SpeakingStyle& style = {},
                       std::string* ipa = nullptr);

}  // namespace auris::data
