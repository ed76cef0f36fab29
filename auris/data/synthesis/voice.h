#pragma once
// Voices of programs that speak: who they sound like is known, so their speech is labelled. Everything they
// say is marked synthetic.

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auris/audio/audio_clip.h"

namespace auris::data {

enum class SpeechProgram { kEspeak, kFlite, kFestival };

// The source of its clips: "espeak", "flite", "festival".
std::string_view source_of(SpeechProgram program);

struct Voice {
  std::string id;  // "espeak-en-gb-scotland-f2"
  SpeechProgram program = SpeechProgram::kEspeak;
  std::string name;            // as the program calls it: "en-gb-scotland+f2", "slt", "kal_diphone"
  std::string language;        // ISO 639-1
  std::string gender;          // "female", "male"
  std::string accent;          // a label of the task accent; empty if it has none
  std::string package;         // Debian's, that has the voice
  bool has_one_pitch = false;  // its program cannot raise or lower it
};

struct SpeakingStyle {
  double rate = 1;   // 0.5 to 2 times the usual speed
  double pitch = 1;  // 0.75 to 1.5 times the usual pitch
};

// In a fixed order: every accent of espeak-ng's English with female and male variants, its voices of other
// languages, and recorded voices of flite and Festival. Not all need be installed.
std::span<const Voice> synthetic_voices();
// kUsage with the nearest names.
const Voice& voice_named(std::string_view id);

// Speaks `text`, mono at 16 kHz, by running the program. The same text, voice and style give the same
// samples. kUsage for a style outside its range or another pitch of a voice that has one, and if the program
// or its voice is not installed: no other voice takes its place. kInput for a text that is empty, over 10,000
// bytes or, for Festival, not in ASCII (typographic quotes and dashes are), and if the program fails. `ipa`
// gets the sounds that were made, in the International Phonetic Alphabet with blanks between words; nothing
// if the program does not tell (flite, Festival).
audio::AudioClip speak(const std::string& text, const Voice& voice, const SpeakingStyle& style = {},
                       std::string* ipa = nullptr);

}  // namespace auris::data
