#include "auris/eval/run/answers.h"

#include <cmath>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/data/audit/clip_measures.h"

namespace auris::eval {

std::optional<double> snr_db_of(const LoadedItem& loaded) {
  const audio::AudioClip& recording = loaded.recording;
  const double begin = loaded.item.clip_start_s * recording.sample_rate_hz;
  if (!(begin < static_cast<double>(recording.samples.size()))) return std::nullopt;
  audio::AudioClip clip;
  clip.sample_rate_hz = recording.sample_rate_hz;
  clip.samples.assign(recording.samples.begin() + static_cast<std::ptrdiff_t>(begin),
                      recording.samples.end());
  const double snr_db = data::measure(clip).snr_db;
  return std::isfinite(snr_db) ? std::optional(snr_db) : std::nullopt;
}

AnswerSet answers_in(const data::ShardReader& data, const PredictionStore& store) {
  AnswerSet set;
  set.damaged_lines = store.damaged_lines();
  for (uint64_t i = 0; i < data.size(); ++i) {
    LoadedItem loaded;
    try {
      loaded = data::load_item(data, i);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kInput) throw;
      set.damaged.push_back({fmt::format("item {}", i), "damaged", error.what()});
      continue;
    }
    const Prediction* known = store.find(prediction_key(store.settings(), loaded));
    AnsweredItem answered{.item = {}, .answer = {}, .snr_db = snr_db_of(loaded)};
    if (known != nullptr && known->error.empty()) {
      answered.answer = known->answer;
      answered.probabilities = known->probabilities;
    }
    answered.item = std::move(loaded.item);
    set.items.push_back(std::move(answered));
  }
  return set;
}

AnswerSet read_answers(const data::ShardReader& data, const std::filesystem::path& predictions) {
  if (!std::filesystem::is_regular_file(predictions)) {  // a store would make the file
    throw Error(ErrorCode::kInput, {.where = "predictions",
                                    .expected = "a file of auris eval run",
                                    .got = quoted(predictions.string()),
                                    .hint = ""});
  }
  return answers_in(data, PredictionStore(predictions));
}

}  // namespace auris::eval
