#include "auris/engine/whisper_listener.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "auris/base/trimmed.h"
#include "auris/tensor/ops/rows.h"

namespace auris::engine {
namespace {

using processor::Recognition;

constexpr size_t kRemembered = 16;  // recordings
constexpr std::string_view kBlanks = " \t\r\n";

// A row brought to a mean of 0 and a variance of 1; zeros if all its values are the same.
void normalize(std::span<float> row) {
  constexpr double kEps = 1e-10;
  double mean = 0, squares = 0;
  for (const float value : row) mean += value;
  mean /= static_cast<double>(row.size());
  for (const float value : row) squares += (value - mean) * (value - mean);
  const double scale = 1.0 / std::sqrt(squares / static_cast<double>(row.size()) + kEps);
  for (float& value : row) value = static_cast<float>((value - mean) * scale);
}

// The encoder's rows of a recording as they come, pooled over every 30 s.
class SoundSummary {
 public:
  SoundSummary(int pooled, const models::WhisperConfig& config)
      : pooled_(pooled),
        window_rows_(config.max_source_positions),
        columns_(config.d_model),
        waiting_(static_cast<size_t>(config.stages())) {}

  // A recording that is heard a second time begins again.
  void add(double begin_s, std::span<const Tensor> stages) {
    AURIS_CHECK(stages.size() == waiting_.size());
    if (begin_s == 0.0) {
      std::ranges::fill(waiting_, Tensor());
      pooled_rows_ = {};
    }
    const int64_t rows = stages.front().rows();
    for (int64_t begin = 0; begin < rows;) {
      const int64_t count = std::min(rows - begin, window_rows_ - waiting_rows());
      for (size_t i = 0; i < stages.size(); ++i) {
        const Tensor part = stages[i].slice_rows(begin, count);
        waiting_[i] = waiting_[i].defined() ? ops::concat_rows(waiting_[i], part) : part;
      }
      begin += count;
      if (waiting_rows() == window_rows_) pool();
    }
  }

  // [n, stages * columns]; zeros where nothing was to be heard; undefined if no rows are wanted.
  Tensor result() {
    if (waiting_rows() > 0) pool();
    if (!pooled_rows_.defined() && pooled_ > 0) return Tensor::zeros({pooled_, width()});
    return pooled_rows_;
  }

 private:
  int64_t width() const { return static_cast<int64_t>(waiting_.size()) * columns_; }
  int64_t waiting_rows() const { return waiting_.front().defined() ? waiting_.front().rows() : 0; }

  // Every stretch has at least one row, so those of very short recordings overlap.
  void pool() {
    const int64_t rows = waiting_rows();
    if (pooled_ > 0) {
      Tensor means = Tensor::empty({pooled_, width()});
      for (int64_t i = 0; i < pooled_; ++i) {
        const int64_t begin = i * rows / pooled_, end = std::max(begin + 1, (i + 1) * rows / pooled_);
        std::span<float> row = means.slice_rows(i, 1).span<float>();
        for (const Tensor& stage : waiting_) {
          const std::span<float> part = row.first(static_cast<size_t>(columns_));
          mean(stage.slice_rows(begin, end - begin), part);
          normalize(part);
          row = row.subspan(part.size());
        }
      }
      pooled_rows_ = pooled_rows_.defined() ? ops::concat_rows(pooled_rows_, means) : means;
    }
    std::ranges::fill(waiting_, Tensor());
  }

  static void mean(const Tensor& rows, std::span<float> result) {
    std::vector<double> sum(result.size(), 0.0);
    const float* values = rows.data<float>();
    for (int64_t row = 0; row < rows.rows(); ++row) {
      for (double& column : sum) column += *values++;
    }
    for (size_t i = 0; i < sum.size(); ++i)
      result[i] = static_cast<float>(sum[i] / static_cast<double>(rows.rows()));
  }

  int64_t pooled_, window_rows_, columns_;
  std::vector<Tensor> waiting_;  // a stage each
  Tensor pooled_rows_ = {};
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
  SoundSummary sound(pooled_, model_->config);
  generate::TranscribeCallbacks callbacks;
  callbacks.on_encoded = [&](double begin_s, std::span<const Tensor> stages) { sound.add(begin_s, stages); };
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
