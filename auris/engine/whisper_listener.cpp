#include "auris/engine/whisper_listener.h"

#include <algorithm>
#include <utility>

#include "auris/base/trimmed.h"
#include "auris/tensor/ops/rows.h"

namespace auris::engine {
namespace {

using processor::Recognition;

constexpr size_t kRemembered = 16;  // recordings
constexpr std::string_view kBlanks = " \t\r\n";

// The encoder's rows of a recording as they come, pooled over every 30 s.
class SoundSummary {
 public:
  SoundSummary(int pooled, int64_t window_rows, int64_t columns)
      : pooled_(pooled), window_rows_(window_rows), columns_(columns) {}

  // A recording that is heard a second time begins again.
  void add(double begin_s, const Tensor& rows) {
    if (begin_s == 0.0) *this = SoundSummary(pooled_, window_rows_, columns_);
    for (int64_t begin = 0; begin < rows.rows();) {
      const int64_t count = std::min(rows.rows() - begin, window_rows_ - waiting_rows());
      const Tensor part = rows.slice_rows(begin, count);
      waiting_ = waiting_.defined() ? ops::concat_rows(waiting_, part) : part;
      begin += count;
      if (waiting_rows() == window_rows_) pool();
    }
  }

  // [n, columns]; zeros where nothing was to be heard; undefined if no rows are wanted.
  Tensor result() {
    if (waiting_.defined()) pool();
    if (!pooled_rows_.defined() && pooled_ > 0) return Tensor::zeros({pooled_, columns_});
    return pooled_rows_;
  }

 private:
  int64_t waiting_rows() const { return waiting_.defined() ? waiting_.rows() : 0; }

  // Every stretch has at least one row, so those of very short recordings overlap.
  void pool() {
    const int64_t rows = waiting_rows();
    if (pooled_ > 0) {
      Tensor means = Tensor::empty({pooled_, columns_});
      for (int64_t i = 0; i < pooled_; ++i) {
        const int64_t begin = i * rows / pooled_, end = std::max(begin + 1, (i + 1) * rows / pooled_);
        mean(begin, end, means.slice_rows(i, 1).span<float>());
      }
      pooled_rows_ = pooled_rows_.defined() ? ops::concat_rows(pooled_rows_, means) : means;
    }
    waiting_ = {};
  }

  void mean(int64_t begin, int64_t end, std::span<float> result) const {
    std::vector<double> sum(result.size(), 0.0);
    for (int64_t row = begin; row < end; ++row) {
      const float* values = waiting_.data<float>() + row * columns_;
      for (size_t i = 0; i < sum.size(); ++i) sum[i] += values[i];
    }
    for (size_t i = 0; i < sum.size(); ++i)
      result[i] = static_cast<float>(sum[i] / static_cast<double>(end - begin));
  }

  int64_t pooled_, window_rows_, columns_;
  Tensor waiting_ = {}, pooled_rows_ = {};
};

}  // namespace

WhisperListener::WhisperListener(std::shared_ptr<const models::WhisperModel> model, int pooled)
    : model_(std::move(model)), pooled_(pooled) {}

std::shared_ptr<const Recognition> WhisperListener::listen(const processor::Clip& clip) const {
  std::lock_guard lock(mutex_);
  std::erase_if(heard_, [](const Heard& heard) { return heard.clip.expired(); });
  for (const Heard& heard : heard_) {
    if (heard.clip.lock() == clip) return heard.recognition;
  }
  std::shared_ptr<const Recognition> fresh = recognized(*clip);
  if (heard_.size() == kRemembered) heard_.erase(heard_.begin());
  heard_.push_back({.clip = clip, .recognition = fresh});
  return fresh;
}

std::shared_ptr<const Recognition> WhisperListener::recognized(const audio::AudioClip& clip) const {
  const generate::Transcriber transcriber(model_);
  SoundSummary sound(pooled_, model_->config.max_source_positions, model_->config.d_model);
  generate::TranscribeCallbacks callbacks;
  callbacks.on_encoded = [&](double begin_s, const Tensor& rows) { sound.add(begin_s, rows); };
  const generate::Transcript said = transcriber.transcribe(clip, {.token_states = true}, callbacks);

  auto heard = std::make_shared<Recognition>();
  std::string whole;
  std::vector<size_t> ends;
  for (const generate::TranscriptSegment& segment : said.segments) {
    const size_t before = whole.size();
    size_t end = before;
    for (const int32_t id : segment.tokens) {
      if (!transcriber.vocabulary().is_text(id)) continue;
      end += model_->tokenizer->piece(id).size();
      ends.push_back(end);
    }
    whole += segment.text;
    for (auto at = ends.rbegin(); at != ends.rend() && *at > whole.size(); ++at) *at = whole.size();
    if (segment.states.defined())
      heard->states =
          heard->states.defined() ? ops::concat_rows(heard->states, segment.states) : segment.states;
  }
  const size_t lead = std::min(whole.find_first_not_of(kBlanks), whole.size());
  heard->text = std::string(trimmed(whole, kBlanks));
  for (const size_t end : ends)
    heard->token_ends.push_back(std::min(end - std::min(end, lead), heard->text.size()));
  if (heard->text.empty()) heard->states = {};
  heard->sound = sound.result();
  return heard;
}

}  // namespace auris::engine
