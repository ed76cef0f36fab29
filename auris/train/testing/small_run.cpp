#include "auris/train/testing/small_run.h"

#include <cmath>
#include <numbers>
#include <vector>

#include <fmt/format.h>

#include "auris/audio/decode.h"
#include "auris/audio/wav_writer.h"
#include "auris/data/items/item.h"
#include "auris/data/shards/shard_writer.h"
#include "tests/source_folder.h"

namespace auris::train::testing {
namespace {

audio::AudioClip tone(int64_t number) {
  audio::AudioClip clip;
  const double frequency_hz = 200.0 + 150.0 * static_cast<double>(number);
  const auto samples = static_cast<size_t>(8000 + 1600 * (number % 6));
  for (size_t n = 0; n < samples; ++n) {
    const double phase = 2.0 * std::numbers::pi * frequency_hz * static_cast<double>(n) / 16000.0;
    clip.samples.push_back(static_cast<float>(0.3 * std::sin(phase)));
  }
  return clip;
}

audio::AudioClip number(int64_t number) {
  return audio::decode_audio(
      fmt::format("/usr/share/asterisk/sounds/en_US_f_Allison/digits/{}.g722", number % 10));
}

// Of letters, so that every tokenizer writes it.
std::string word(int64_t number) {
  constexpr std::string_view kLetters = "abdeghiklmnoprstuvw";
  std::string letters;
  for (int i = 0; i < 4; ++i) {
    letters += kLetters[static_cast<size_t>(number * 7 + i * 5) % kLetters.size()];
    number = number / 2 + i;
  }
  return letters;
}

}  // namespace

void write_small_data(const std::filesystem::path& folder, const SmallDataOptions& options) {
  data::ShardWriter writer(folder);
  for (int64_t i = 0; i < options.items; ++i) {
    const audio::AudioClip clip = options.spoken ? number(i) : tone(i);
    data::Item item;
    item.id = fmt::format("tone-{:03}", i);
    item.task = "speech_recognition";
    item.variant = "any";
    item.task_version = 2;
    item.prompt = fmt::format("Repeat the word.\n{}", data::kAudioMark);
    item.answer = word(i);
    item.transcript = item.answer;
    item.instruction = "Repeat the word.";
    item.clip = item.id;
    item.source = "tones";
    item.language = "en";
    item.duration_s = clip.duration_s();
    item.synthetic = true;
    data::Sample sample{.key = item.id,
                        .files = {{"json", to_json(item).dump()},
                                  {"wav", i < options.broken ? "no sound" : audio::wav_bytes(clip)}},
                        .facts = {.duration_s = static_cast<float>(clip.duration_s())}};
    writer.add(sample);
  }
  writer.finish();
}

TrainRecipe small_recipe(const SmallRunOptions& options) {
  const std::filesystem::path golden =
      std::filesystem::path(AURIS_SOURCE_DIR) / "tests" / "golden" / "audio_llm";
  const std::string text = fmt::format(
      R"(seed = 5
steps = {steps}
output = "{output}"

[model]
encoder = "{encoder}"
language_model = "{golden}/ultravox"
window_rows = "trimmed"
projector = {{ {projector} }}
language_model_adapter = {{ rank = 8, alpha = 16, layers = ["all"] }}

[[train]]
part = "projector"
learning_rate = {rate}

[[train]]
part = "language_model_adapter"
learning_rate = {rate}

[[objectives]]
kind = "answer"

[[data]]
name = "tones"
shards = "{data}"
read = {read}

[batch]
examples = 2
accumulation = {accumulation}
context_tokens = 512

[schedule]
shape = "cosine"
warmup_steps = 2

[checkpoint]
every_steps = 4
keep = 2

{more}
)",
      fmt::arg("steps", options.steps), fmt::arg("output", options.output.string()),
      fmt::arg("golden", golden.string()),
      fmt::arg("encoder", options.words ? "whisper-tiny.en" : (golden / "llaso/encoder").string()),
      fmt::arg("projector",
               options.words ? "type = 'words', pooled = 2" : "type = 'swiglu', stack = 8, inner = 32"),
      fmt::arg("read", options.read), fmt::arg("rate", options.learning_rate),
      fmt::arg("data", options.data.string()), fmt::arg("accumulation", options.accumulation),
      fmt::arg("more", options.more));
  return parse_train_recipe(text, "small recipe", "/");
}

}  // namespace auris::train::testing
