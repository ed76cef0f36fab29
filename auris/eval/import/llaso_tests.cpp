#include "auris/eval/import/llaso_tests.h"

namespace auris::eval {
namespace {

constexpr auto kText = data::Configuration::kTextAudio;
constexpr auto kSpoken = data::Configuration::kAudioText;
constexpr auto kAudio = data::Configuration::kAudio;
constexpr std::string_view kQuestions = "audio_question_answering";

}  // namespace

const std::vector<LlasoTest>& llaso_tests() {
  static const std::vector<LlasoTest> tests = {
      {"1M_GPT4_end", kQuestions, "any", kAudio, false},
      {"3.5M_GPT3.5_end", kQuestions, "any", kAudio, false},
      {"ASR", "speech_recognition", "any", kText, false},
      {"CREMAD_EIE_classification", "emotion_intensity", "crema_d", kText, true},
      {"CREMAD_ER_classification", "emotion_recognition", "crema_d", kText, true},
      {"NSynth_instrument_classification", "instrument", "nsynth", kText, true},
      {"NSynth_music_source_classification", "instrument_source", "nsynth", kText, true},
      {"NSynth_pitch_recognition", "pitch_prediction", "nsynth", kText, false},
      {"Synthetic_Audio_Classification", "synthetic_speech_detection", "fake_or_real", kText, true},
      {"accentdb_AI_classification", "accent", "accentdb", kText, true},
      {"alpacaDan_input_1", kQuestions, "any", kText, false},
      {"alpacaDan_instruction_0", kQuestions, "any", kSpoken, false},
      {"alpaca_gpt4_end", kQuestions, "any", kAudio, false},
      {"code_alpaca_end", kQuestions, "any", kAudio, false},
      {"common-voice_accent_classification", "accent", "common_voice", kText, true},
      {"common-voice_age_classification", "age", "common_voice", kText, true},
      {"common-voice_gender_classification", "speaker_gender", "any", kText, true},
      {"dolly_input_1", kQuestions, "any", kText, false},
      {"dolly_instruction_0", kQuestions, "any", kSpoken, false},
      {"meld_EIE_classification", "emotion_intensity", "meld", kText, true},
      {"meld_ER_classification", "emotion_recognition", "meld", kText, true},
      {"meld_SV_classification", "speaker_identification", "meld", kText, true},
      {"orca_input_1", kQuestions, "any", kText, false},
      {"orca_instruction_0", kQuestions, "any", kSpoken, false},
      {"phoneme_recognition", "phoneme_recognition", "any", kText, false},
      {"pronunciation_scoring_sentence_level", "pronunciation_scoring_sentence", "speechocean762", kText,
       false},
      {"pronunciation_scoring_word_level", "pronunciation_scoring_word", "speechocean762", kText, false},
      {"slurp_Entity_Extraction", "entity_extraction", "slurp", kText, false},
      {"slurp_Intent_Prediction", "intent_prediction", "slurp", kText, false},
      {"speechcommand_recognition", "speech_command_recognition", "speech_commands", kText, false},
      {"tigerbot_alpaca_input_1", kQuestions, "any", kText, false},
      {"tigerbot_alpaca_instruction_0", kQuestions, "any", kSpoken, false},
      {"tigerbot_multichat_input_1", kQuestions, "any", kText, false},
      {"tigerbot_multichat_instruction_0", kQuestions, "any", kSpoken, false},
      {"unnatural_input_1", kQuestions, "any", kText, false},
      {"unnatural_instruction_0", kQuestions, "any", kSpoken, false},
      {"vctk_accent_classification", "accent", "vctk", kText, true},
      {"vctk_age_classification", "age", "vctk", kText, true},
      {"vctk_gender_classification", "speaker_gender", "any", kText, true},
      {"velocity_classification", "velocity", "nsynth", kText, true},
      {"vocalsound_age_prediction", "age", "vocalsound", kText, false},
      {"vocalsound_gender_classification", "speaker_gender", "any", kText, true},
      {"vocalsound_vocal_classification", "vocal_sound", "vocalsound", kText, true},
      {"voxceleb_gender_classification", "speaker_gender", "any", kText, true}};
  return tests;
}

const LlasoTest* llaso_test_of(std::string_view file_name) {
  if (const size_t slash = file_name.rfind('/'); slash != std::string_view::npos) {
    file_name.remove_prefix(slash + 1);
  }
  for (std::string_view ending : {"_test.json", "_test.jsonl"}) {
    if (!file_name.ends_with(ending)) continue;
    const std::string_view name = file_name.substr(0, file_name.size() - ending.size());
    for (const LlasoTest& test : llaso_tests()) {
      if (test.name == name) return &test;
    }
  }
  return nullptr;
}

}  // namespace auris::eval
