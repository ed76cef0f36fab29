#include "auris/generate/whisper/word_timing.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "auris/generate/whisper/text_reading.h"
#include "auris/generate/whisper/time_warp.h"
#include "auris/tensor/ops/rows.h"
#include "auris/tensor/transfer.h"

namespace auris::generate {
namespace {

constexpr double kRowsPerSecond = 50.0;
constexpr int64_t kProbabilityRows = 32;  // rows whose logits are in memory at once

double round2(double seconds) { return std::nearbyint(seconds * 100.0) / 100.0; }

// Probability of each text token among the text tokens. Row `first + i` of `hidden` predicts text[i].
std::vector<double> token_probabilities(const models::WhisperModel& model,
                                        const WhisperVocabulary& vocabulary, const Tensor& hidden,
                                        int64_t first, std::span<const TokenId> text) {
  std::vector<double> probabilities;
  for (size_t begin = 0; begin < text.size(); begin += kProbabilityRows) {
    const size_t count = std::min<size_t>(kProbabilityRows, text.size() - begin);
    Tensor rows = hidden.slice_rows(first + static_cast<int64_t>(begin), static_cast<int64_t>(count));
    Tensor logits = to_host(model.decoder.logits(rows));
    for (size_t i = 0; i < count; ++i) {
      const float* row = logits.data<float>() + static_cast<int64_t>(i) * logits.cols();
      std::span<const float> words(row, static_cast<size_t>(vocabulary.end_of_text));
      const float best = *std::max_element(words.begin(), words.end());
      double sum = 0;
      for (float x : words) sum += std::exp(x - best);
      probabilities.push_back(std::exp(row[text[begin + i]] - best) / sum);
    }
  }
  return probabilities;
}

// Where on the path each row is reached first, in seconds.
std::vector<double> jump_times(const std::vector<WarpPoint>& path) {
  std::vector<double> times;
  for (size_t i = 0; i < path.size(); ++i) {
    if (i == 0 || path[i].row != path[i - 1].row)
      times.push_back(static_cast<double>(path[i].col) / kRowsPerSecond);
  }
  return times;
}

struct DurationLimits {
  double median = 0;  // at most 0.7 s
  double longest = 0;
};

DurationLimits limits_of(const std::vector<TimedWord>& words) {
  std::vector<double> durations;
  for (const TimedWord& word : words) {
    if (word.end != word.start) durations.push_back(word.end - word.start);
  }
  if (durations.empty()) return {};
  std::sort(durations.begin(), durations.end());
  const size_t middle = durations.size() / 2;
  double median =
      durations.size() % 2 == 1 ? durations[middle] : (durations[middle - 1] + durations[middle]) / 2;
  median = std::min(0.7, median);
  return {median, 2 * median};
}

// Words at the end of a sentence often swallow the pause behind it.
void shorten_at_sentence_ends(std::vector<TimedWord>& words, const DurationLimits& limits) {
  static constexpr std::string_view kSentenceEnds = ".。!！?？";
  auto ends = [&](const TimedWord& word) { return kSentenceEnds.find(word.text) != std::string_view::npos; };
  if (limits.longest == 0) return;
  for (size_t i = 1; i < words.size(); ++i) {
    if (words[i].end - words[i].start <= limits.longest) continue;
    if (ends(words[i])) {
      words[i].end = words[i].start + limits.longest;
    } else if (ends(words[i - 1])) {
      words[i].start = words[i].end - limits.longest;
    }
  }
}

// The first two words behind a pause, and the segment's borders.
void tidy_segment(SegmentWords& placed, const DurationLimits& limits, double last_speech_s) {
  std::vector<TranscriptWord>& words = placed.words;
  TokenSegment& segment = placed.segment;
  TranscriptWord& first = words.front();
  auto too_long = [&](double duration) { return duration > limits.longest; };
  const bool has_second = words.size() > 1;
  if (first.end - last_speech_s > limits.median * 4 &&
      (too_long(first.end - first.start) ||
       (has_second && words[1].end - first.start > limits.longest * 2))) {
    if (has_second && too_long(words[1].end - words[1].start)) {
      const double border = std::max(words[1].end / 2, words[1].end - limits.longest);
      first.end = words[1].start = border;
    }
    first.start = std::max(0.0, first.end - limits.longest);
  }
  if (segment.start < first.end && segment.start - 0.5 > first.start) {
    first.start = std::max(0.0, std::min(first.end - limits.median, segment.start));
  } else {
    segment.start = first.start;
  }
  TranscriptWord& last = words.back();
  if (segment.end > last.start && segment.end + 0.5 < last.end) {
    last.end = std::max(last.start + limits.median, segment.end);
  } else {
    segment.end = last.end;
  }
}

}  // namespace

std::vector<TimedWord> align_words(WindowState& state, const WhisperVocabulary& vocabulary,
                                   std::span<const TokenId> text, const AlignmentRequest& request) {
  const int64_t audio_rows = std::min(request.frames / 2, state.audio_rows());
  const auto room = static_cast<size_t>(state.model().config.max_target_positions) - 5;
  if (text.empty() || audio_rows == 0) return {};
  AURIS_CHECK(text.size() <= room);
  const TextReading reading =
      reading_of(vocabulary, text, {.language = request.language, .translate = request.translate});
  const int64_t start = reading.predicting;
  models::WhisperAttentionTap tap = {.heads = state.model().facts.alignment_heads};
  Tensor hidden = state.read_text(reading.tokens, &tap);
  std::vector<double> probabilities = token_probabilities(state.model(), vocabulary, hidden, start, text);

  std::vector<float> matrix = alignment_matrix(tap.weights, {.audio_rows = audio_rows});
  for (float& x : matrix) x = -x;
  // From <|notimestamps|>, which predicts the first word, to the last word, which predicts the end.
  const int64_t rows = static_cast<int64_t>(text.size()) + 1;
  std::vector<double> times =
      jump_times(time_warp(std::span<const float>(matrix).subspan(static_cast<size_t>(start * audio_rows),
                                                                  static_cast<size_t>(rows * audio_rows)),
                           rows, audio_rows));

  std::vector<TimedWord> words;
  size_t begin = 0;
  for (TokenWord& word : split_words(vocabulary, text, request.language_code)) {
    const size_t end = begin + word.tokens.size();
    const double sum = std::accumulate(probabilities.begin() + static_cast<std::ptrdiff_t>(begin),
                                       probabilities.begin() + static_cast<std::ptrdiff_t>(end), 0.0);
    words.push_back({std::move(word.text), std::move(word.tokens), times[begin], times[end],
                     sum / static_cast<double>(end - begin)});
    begin = end;
  }
  return words;
}

TimedSegments place_words(const WhisperVocabulary& vocabulary, std::vector<TokenSegment> segments,
                          std::vector<TimedWord> words, const WordRules& rules) {
  const DurationLimits limits = limits_of(words);
  shorten_at_sentence_ends(words, limits);
  join_punctuation(words, rules.prepended, rules.appended);
  TimedSegments out = {.segments = {}, .last_speech_s = rules.last_speech_s};
  size_t next = 0;
  for (TokenSegment& segment : segments) {
    const auto wanted = static_cast<size_t>(std::count_if(
        segment.tokens.begin(), segment.tokens.end(), [&](TokenId id) { return vocabulary.is_text(id); }));
    SegmentWords placed = {std::move(segment), {}};
    for (size_t taken = 0; next < words.size() && taken < wanted; ++next) {
      const TimedWord& word = words[next];
      taken += word.tokens.size();
      if (word.text.empty()) continue;
      placed.words.push_back({word.text, round2(rules.window_start_s + word.start),
                              round2(rules.window_start_s + word.end), word.probability});
    }
    if (!placed.words.empty()) {
      tidy_segment(placed, limits, out.last_speech_s);
      out.last_speech_s = placed.segment.end;
    }
    out.segments.push_back(std::move(placed));
  }
  return out;
}

}  // namespace auris::generate
