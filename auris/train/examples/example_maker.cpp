#include "auris/train/examples/example_maker.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "auris/audio/require_finite.h"
#include "auris/base/stable_hash.h"
#include "auris/base/trimmed.h"
#include "auris/data/asked/item_messages.h"

namespace auris::train {
namespace {

double seconds_of(std::span<const engine::Message> messages) {
  double sum = 0.0;
  for (const engine::Message& message : messages) {
    for (const processor::Clip& clip : message.audio)
      sum += static_cast<double>(clip->samples.size()) / clip->sample_rate_hz;
  }
  return sum;
}

// The tokens that a teacher wrote, in the place of those into which its text falls apart when it is read: a
// model does not always write a text in its tokenizer's own tokens. A teacher that was cut off did not write
// the end of the turn.
std::vector<int32_t> taught_answer(const data::AnswerLogits& teacher, std::span<const int32_t> answer,
                                   const text::Tokenizer& tokenizer, const std::string& id) {
  const std::vector<int32_t>& written = teacher.tokens;
  if (written.size() <= answer.size() && std::ranges::equal(written, answer.first(written.size())))
    return written;
  const bool known = std::ranges::all_of(
      written, [&](int32_t token) { return token >= 0 && token < tokenizer.vocab_size(); });
  if (known && trimmed(tokenizer.decode(written)) == trimmed(tokenizer.decode(answer))) return written;
  throw Error(ErrorCode::kInput, {.where = id,
                                  .expected = "logits for the tokens of its answer",
                                  .got = "logits for another text",
                                  .hint = "the answers were written by a model with another tokenizer"});
}

// What is said in each recording of an item, in their order; empty where it is not known.
std::vector<std::string> known_words(const data::Item& item) {
  std::vector<std::string> words;
  for (const data::EarlierTurn& turn : item.history) {
    if (turn.has_recording()) words.push_back(turn.words);
  }
  if (item.has_recording()) words.push_back(data::asked_turn(item).words);
  return words;
}

}  // namespace

ExampleMaker::ExampleMaker(std::shared_ptr<const engine::LanguageModel> model, MakerOptions options)
    : model_(std::move(model)), options_(std::move(options)) {
  AURIS_CHECK(model_ != nullptr && model_->hears());
}

void ExampleMaker::listen(const data::Item& item, bool read, std::vector<processor::Message>& turns) const {
  if (model_->listener == nullptr) return;
  const std::vector<std::string> words = known_words(item);
  size_t recording = 0;
  for (processor::Message& turn : turns) {
    for (processor::Part& part : turn.parts) {
      auto* audio = std::get_if<processor::AudioPart>(&part);
      if (audio == nullptr) continue;
      const std::string& known = words.at(recording++);
      if (read && !known.empty()) {
        audio->known = std::make_shared<const processor::Recognition>(processor::Recognition{.text = known});
      } else if (options_.recognitions) {
        audio->known = options_.recognitions->listen(*model_->listener, audio->clip);
      }
    }
  }
}

PreparedExample ExampleMaker::make(const TrainingExample& example, const MakeRequest& request) const {
  const data::Item& item = example.loaded.item;
  const auto& augmenter = options_.augmenter;
  std::vector<engine::Message> messages = data::messages_of(example.loaded);
  uint64_t drawn = request.seed;
  for (engine::Message& message : messages) {
    for (processor::Clip& clip : message.audio) {
      audio::require_finite(clip->samples, item.id);
      drawn = mixed_bits(drawn + 1);
      if (augmenter) clip = std::make_shared<const audio::AudioClip>(augmenter->varied(*clip, drawn));
    }
  }
  messages.push_back({"assistant", item.answer, {}});
  std::vector<processor::Message> turns = model_->turns_of(messages);
  listen(item, request.read, turns);
  processor::AnswerIds ids = model_->processor->answer_ids(turns);

  PreparedExample prepared{.id = item.id, .input = std::move(ids.prompt), .audio_s = seconds_of(messages)};
  std::vector<int32_t> targets(ids.answer.begin(),
                               ids.answer.begin() + static_cast<std::ptrdiff_t>(ids.targets));
  if (example.logits) {
    targets = taught_answer(*example.logits, targets, *model_->tokenizer, item.id);
    prepared.teacher = example.logits;
  }
  prepared.answer_begin = prepared.input.rows();
  prepared.input.ids.insert(prepared.input.ids.end(), targets.begin(), targets.end());
  prepared.ends_turn = std::ranges::count(model_->end_of_turn, prepared.input.ids.back()) > 0;
  if (!item.transcript.empty()) prepared.words = model_->tokenizer->encode(std::string_view(item.transcript));
  if (augmenter) {
    for (models::AudioWindow& window : prepared.input.windows) {
      drawn = mixed_bits(drawn + 1);
      window.mel = augmenter->masked(window.mel, window.frames, drawn);
    }
  }
  return prepared;
}

// Rows of a recording that lasts so long, heard through windows of 30 s.
int64_t ExampleMaker::rows_of_sound(const std::string& words, double duration_s) const {
  constexpr int64_t kWindowFrames = 3000;  // 30 s of Whisper's front end
  constexpr double kFramesPerS = 100.0;
  constexpr int64_t kWordsPerWindow = 120;  // tokens of quick speech
  const models::AudioLlmConfig& config = model_->ears->config();
  auto left = static_cast<int64_t>(std::ceil(duration_s * kFramesPerS));
  int64_t rows = 0;
  for (; left > 0; left -= kWindowFrames) {
    const int64_t frames = std::min(left, kWindowFrames);
    if (config.hears_words()) {
      rows += config.projector.pooled + (words.empty() ? kWordsPerWindow * frames / kWindowFrames : 0);
    } else {
      const bool whole = config.window_rows == models::WindowRows::kWhole;
      rows += models::audio_rows(config, whole ? kWindowFrames : frames);
    }
  }
  if (!config.hears_words() || words.empty()) return rows;
  return rows + static_cast<int64_t>(model_->tokenizer->encode(std::string_view(words)).size());
}

TokenCounts ExampleMaker::count(const data::Item& item) const {
  data::LoadedItem silent{.item = item, .recording = {}};
  std::vector<engine::Message> messages = data::messages_of(silent);
  for (engine::Message& message : messages) message.audio.clear();
  messages.push_back({"assistant", item.answer, {}});
  const processor::AnswerIds ids = model_->processor->answer_ids(model_->turns_of(messages));
  TokenCounts counts{.audio = 0, .text = static_cast<uint32_t>(ids.prompt.ids.size() + ids.targets)};
  int64_t audio = rows_of_sound(item.transcript, item.duration_s);
  for (const data::EarlierTurn& turn : item.history) audio += rows_of_sound(turn.words, turn.duration_s);
  counts.audio = static_cast<uint32_t>(audio);
  return counts;
}

}  // namespace auris::train
