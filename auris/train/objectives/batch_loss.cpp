#include "auris/train/objectives/batch_loss.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>

#include "auris/tensor/backend/torch/torch_tensor.h"
#include "auris/train/objectives/contrastive.h"
#include "auris/train/objectives/ctc.h"
#include "auris/train/objectives/distillation.h"

namespace auris::train {
namespace {

bool is_spoken(const PreparedExample& example) { return example.hears() && !example.words.empty(); }

const Objective* find(std::span<const Objective> objectives, ObjectiveKind kind) {
  const auto found = std::ranges::find(objectives, kind, &Objective::kind);
  return found == objectives.end() ? nullptr : &*found;
}

class Sum {
 public:
  explicit Sum(BatchLoss& result) : result_(result) {}

  void add(const std::string& name, const at::Tensor& part, double weight) {
    result_.parts[name] += part.item<double>();
    if (weight == 0.0) return;
    result_.loss = result_.loss.defined() ? result_.loss + part * weight : part * weight;
  }

 private:
  BatchLoss& result_;
};

// The tokens of one example's answer.
struct AnswerRows {
  const PreparedExample& example;
  at::Tensor logits;  // [tokens, vocab]
  std::span<const int32_t> targets;
};

std::vector<AnswerRows> answers_of(const models::AudioLlm& model, const Batch& batch, const Tensor& audio) {
  const Tensor rows = model.embed(batch.ids, audio);
  const Tensor hidden = model.language().forward(rows, batch.layout, {.rows = std::span(batch.target_rows)});
  const at::Tensor logits = torch_of(model.language().logits(hidden));
  std::vector<AnswerRows> answers;
  size_t begin = 0;
  for (const auto& example : batch.examples) {
    const auto tokens = static_cast<size_t>(example->answer_tokens());
    answers.push_back({*example, logits.narrow(0, static_cast<int64_t>(begin), static_cast<int64_t>(tokens)),
                       std::span(batch.targets).subspan(begin, tokens)});
    begin += tokens;
  }
  return answers;
}

// The rows of the clips whose words are known.
struct SpokenClips {
  at::Tensor rows;   // [rows, dim]
  RowLayout layout;  // a span per clip
  std::vector<std::vector<int32_t>> words;
};

SpokenClips spoken_clips(const Batch& batch, const models::ProjectedRows& sound) {
  SpokenClips clips;
  const at::Tensor all = torch_of(sound.rows);
  std::vector<at::Tensor> rows;
  size_t span = 0;  // of a window, or of a recording that was heard by words
  for (const auto& example : batch.examples) {
    const size_t spans = example->input.windows.size() + example->input.heard.size();
    if (is_spoken(*example)) {
      const RowSpan& first = sound.layout.spans[span];
      const RowSpan& last = sound.layout.spans[span + spans - 1];
      const int64_t count = last.row_begin + last.row_count - first.row_begin;
      rows.push_back(all.narrow(0, first.row_begin, count));
      clips.layout.add(count);
      clips.words.push_back(example->words);
    }
    span += spans;
  }
  if (!rows.empty()) clips.rows = at::cat(rows);
  return clips;
}

at::Tensor contrast(const models::Llama& language, const SpokenClips& clips, double temperature) {
  std::vector<at::Tensor> sounds, texts;
  for (size_t i = 0; i < clips.words.size(); ++i) {
    const RowSpan& span = clips.layout.spans[i];
    sounds.push_back(clips.rows.narrow(0, span.row_begin, span.row_count).mean(0));
    texts.push_back(torch_of(language.embed(clips.words[i])).mean(0));
  }
  return contrastive(at::stack(sounds), at::stack(texts), {.temperature = temperature});
}

void add_answer(const AnswerRows& answer, std::span<const Objective> objectives, double tokens, Sum& sum,
                BatchLoss& result) {
  const Objective* respond = find(objectives, ObjectiveKind::kRespond);
  if (respond != nullptr && answer.example.teacher) {
    const LossSum words = cross_entropy(answer.logits, answer.targets);
    const LossSum thoughts =
        distillation(answer.logits, *answer.example.teacher,
                     {.temperature = respond->temperature,
                      .last_row_weight = answer.example.ends_turn ? respond->end_of_turn_weight : 1.0});
    sum.add("respond", words.sum / tokens, respond->weight * respond->cross_entropy_weight);
    sum.add("divergence", thoughts.sum / tokens, respond->weight * respond->divergence_weight);
    result.correct += words.correct;
    return;
  }
  const Objective* plain = find(objectives, ObjectiveKind::kAnswer);
  const LossSum words =
      cross_entropy(answer.logits, answer.targets, plain == nullptr ? 0.0 : plain->label_smoothing);
  sum.add("answer", words.sum / tokens, plain == nullptr ? 0.0 : plain->weight);
  result.correct += words.correct;
}

}  // namespace

StepCounts& StepCounts::operator+=(const StepCounts& other) {
  tokens += other.tokens;
  spoken_clips += other.spoken_clips;
  return *this;
}

StepCounts counts_of(const Batch& batch) {
  StepCounts counts{.tokens = static_cast<int64_t>(batch.targets.size())};
  for (const auto& example : batch.examples) counts.spoken_clips += is_spoken(*example) ? 1 : 0;
  return counts;
}

BatchLoss batch_loss(const models::AudioLlm& model, const Batch& batch, const models::ProjectedRows& sound,
                     std::span<const Objective> objectives, const StepCounts& step) {
  BatchLoss result;
  Sum sum(result);
  for (const AnswerRows& answer : answers_of(model, batch, sound.rows))
    add_answer(answer, objectives, static_cast<double>(step.tokens), sum, result);
  if (!sound.rows.defined()) return result;
  result.projected_rms = torch_of(sound.rows).detach().square().mean().sqrt().item<double>();

  const Objective* spell = find(objectives, ObjectiveKind::kCtc);
  const Objective* contrasted = find(objectives, ObjectiveKind::kContrastive);
  if (spell == nullptr && contrasted == nullptr) return result;
  const SpokenClips clips = spoken_clips(batch, sound);
  if (clips.words.empty()) return result;
  const double share = static_cast<double>(clips.words.size()) / static_cast<double>(step.spoken_clips);
  if (spell != nullptr) {
    const at::Tensor logits = torch_of(model.language().logits(tensor_of(clips.rows)));
    const CtcSum spelt = ctc(logits, clips.layout, clips.words, kCtcBlank);
    if (spelt.tokens > 0)
      sum.add("ctc", spelt.sum * (share / static_cast<double>(spelt.tokens)), spell->weight);
  }
  if (contrasted != nullptr && clips.words.size() > 1)
    sum.add("contrastive", contrast(model.language(), clips, contrasted->temperature) * share,
            contrasted->weight);
  return result;
}

}  // namespace auris::train
