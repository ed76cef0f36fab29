#include "auris/models/audio_llm/audio_llm.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "auris/tensor/ops/rows.h"
#include "auris/tensor/transfer.h"

namespace auris::models {

AudioLlm::AudioLlm(const AudioLlmConfig& config, Ears ears, std::shared_ptr<const Llama> language,
                   Device device)
    : config_(config), ears_(std::move(ears)), language_(std::move(language)), device_(device) {
  AURIS_CHECK(config.hears_words() == std::holds_alternative<WordProjector>(ears_));
}

const RowEars& AudioLlm::row_ears() const {
  AURIS_CHECK(!config_.hears_words());
  return std::get<RowEars>(ears_);
}

EncodedAudio AudioLlm::hear(std::span<const AudioWindow> windows, const Observer& observer) const {
  AURIS_CHECK(!windows.empty());
  const RowEars& ears = row_ears();
  Tensor mel;
  RowLayout frames;
  WhisperEncodeOptions options;
  for (const AudioWindow& window : windows) {
    AURIS_CHECK(window.frames >= 0 && window.frames <= window.mel.rows());
    mel = mel.defined() ? ops::concat_rows(mel, window.mel) : window.mel;
    frames.add(window.mel.rows());
    int64_t sound = config_.window_rows == WindowRows::kWhole ? window.mel.rows() : window.frames;
    int64_t rows = (sound + 1) / 2, with_padding = rows;
    if (config_.stacks_padding) {
      with_padding =
          std::min(ears.projector.rows_after(rows) * config_.projector.stack, (window.mel.rows() + 1) / 2);
    }
    options.keep_rows.push_back(with_padding);
    options.unseen_rows.push_back(with_padding - rows);
  }
  if (observer) {
    options.tap = [&](int layer, const Tensor& rows) {
      if (layer >= 0)
        observer(layer == config_.encoder.encoder_layers ? "encoder.norm"
                                                         : fmt::format("encoder.layers.{}", layer),
                 rows);
    };
  }
  return ears.encoder.forward(to_device(mel, device_), frames, options);
}

ProjectedRows AudioLlm::project(const EncodedAudio& heard, const Observer& observer) const {
  ProjectedRows projected = row_ears().projector.forward(to_device(heard.hidden, device_), heard.layout);
  if (observer) observer("projector", projected.rows);
  return projected;
}

ProjectedRows AudioLlm::encode(std::span<const AudioWindow> windows, const Observer& observer) const {
  return project(hear(windows, observer), observer);
}

ProjectedRows AudioLlm::project(std::span<const std::shared_ptr<const HeardSpeech>> recordings,
                                const Observer& observer) const {
  AURIS_CHECK(config_.hears_words());
  const auto& projector = std::get<WordProjector>(ears_);
  ProjectedRows projected;
  const auto append = [&](const Tensor& rows) {
    projected.rows = projected.rows.defined() ? ops::concat_rows(projected.rows, rows) : rows;
  };
  for (const auto& heard : recordings) {
    if (heard->sound.defined()) append(projector.sound(to_device(heard->sound, device_)));
    if (!heard->words.empty()) {
      const Tensor states = heard->states.defined() ? to_device(heard->states, device_) : Tensor();
      append(projector.words(language_->embed(heard->words), states));
    }
    projected.layout.add(heard->rows());
  }
  if (observer) observer("projector", projected.rows);
  return projected;
}

Tensor AudioLlm::embed(std::span<const int32_t> ids, const Tensor& audio) const {
  std::vector<int32_t> text(ids.begin(), ids.end()), places;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != kAudioRow) continue;
    places.push_back(static_cast<int32_t>(i));
    text[i] = 0;  // any id: the row is replaced
  }
  int64_t rows = audio.defined() ? audio.rows() : 0;
  if (static_cast<int64_t>(places.size()) != rows) {
    throw Error(ErrorCode::kUsage,
                {.where = "audio_llm",
                 .expected = fmt::format("{} rows of sound, as the prompt has places", places.size()),
                 .got = std::to_string(rows),
                 .hint = ""});
  }
  Tensor embedded = language_->embed(text);
  return places.empty() ? embedded : ops::place_rows(embedded, places, audio);
}

}  // namespace auris::models
