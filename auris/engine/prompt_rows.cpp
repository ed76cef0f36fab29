#include "auris/engine/prompt_rows.h"

#include <algorithm>
#include <span>

#include "auris/tensor/ops/rows.h"

namespace auris::engine {

PromptRows::PromptRows(const LanguageModel& model, const processor::ModelInput& input)
    : model_(model), input_(input) {
  AURIS_CHECK(input.windows.empty() || model.hears());
  for (const processor::AudioSegment& segment : input.audio) {
    int64_t begin = segment.row_begin;
    if (!input.heard.empty()) windows_.push_back({.begin = begin, .end = begin + segment.row_count});
    for (size_t i = 0; i < segment.window_count; ++i) {
      int64_t count =
          models::audio_rows(model.ears->config(), input.windows[segment.first_window + i].frames);
      windows_.push_back({.begin = begin, .end = begin + count});
      begin += count;
    }
  }
}

Tensor PromptRows::computed(size_t window) const {
  if (!input_.heard.empty()) return model_.ears->project(std::span(input_.heard).subspan(window, 1)).rows;
  return model_.ears->encode(std::span(input_.windows).subspan(window, 1)).rows;
}

Tensor PromptRows::rows(int64_t begin, int64_t count) {
  std::span<const int32_t> ids =
      std::span(input_.ids).subspan(static_cast<size_t>(begin), static_cast<size_t>(count));
  Tensor sound;
  for (size_t i = 0; i < windows_.size(); ++i) {
    Window& window = windows_[i];
    int64_t from = std::max(begin, window.begin), to = std::min(begin + count, window.end);
    if (window.end <= begin) window.rows = {};
    if (from >= to) continue;
    if (!window.rows.defined()) window.rows = computed(i);
    Tensor part = window.rows.slice_rows(from - window.begin, to - from);
    sound = sound.defined() ? ops::concat_rows(sound, part) : part;
  }
  return model_.hears() ? model_.ears->embed(ids, sound) : model_.llama->embed(ids);
}

}  // namespace auris::engine
