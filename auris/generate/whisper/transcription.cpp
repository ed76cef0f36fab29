#include "auris/generate/whisper/transcription.h"

#include <algorithm>
#include <cmath>

#include "auris/base/log.h"
#include "auris/generate/whisper/text_reading.h"
#include "auris/tensor/transfer.h"

namespace auris::generate {
namespace {

constexpr double kFramesPerSecond = 100.0;

// Padding right behind a recording that is always computed whole: 2 s.
constexpr int64_t kPaddingFrames = 200;

// The step through the rest of the padding if the options leave it open: as fine as about 600 rows allow.
constexpr int64_t kWindowRows = 600;
constexpr int64_t kFinestStep = 4;
constexpr int64_t kCoarsestStep = 8;

// Somebody speaks behind the end of a text: for half a second, and 0.4 times as loud as anywhere in the
// window.
constexpr double kUnheardS = 0.5;
constexpr float kUnheardLoudness = 0.4f;
constexpr size_t kLoudnessSamples = 1600;  // 0.1 s

// Two steps of a 16-bit recorder: what is never louder carries no speech, only dither.
constexpr float kDigitalSilence = 2.0f / 32768.0f;

double seconds_of(int64_t frames) { return static_cast<double>(frames) / kFramesPerSecond; }
int64_t frames_of(double seconds) { return static_cast<int64_t>(std::nearbyint(seconds * kFramesPerSecond)); }

bool blank(const std::string& text) { return text.find_first_not_of(" \t\r\n") == std::string::npos; }

// Sum of squares of the loudest 0.1 s that lies wholly in the samples; 0 if none does.
float loudest_energy(std::span<const float> samples) {
  float loudest = 0;
  for (size_t at = 0; at + kLoudnessSamples <= samples.size(); at += kLoudnessSamples) {
    float energy = 0;
    for (float x : samples.subspan(at, kLoudnessSamples)) energy += x * x;
    loudest = std::max(loudest, energy);
  }
  return loudest;
}

std::string trimmed(const std::string& text) {
  size_t begin = text.find_first_not_of(" \t\r\n");
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

// The end of the last word, or of the last segment if none has words.
std::optional<double> end_of(const std::vector<SegmentWords>& segments) {
  for (auto segment = segments.rbegin(); segment != segments.rend(); ++segment) {
    if (!segment->words.empty()) return segment->words.back().end;
  }
  if (segments.empty()) return std::nullopt;
  return segments.back().segment.end;
}

}  // namespace

Transcription::Transcription(const models::WhisperModel& model, const std::shared_ptr<DecodingGroup>& group,
                             const WhisperVocabulary& vocabulary, const TranscribeOptions& options,
                             const TranscribeCallbacks& callbacks, const Recording& recording,
                             TranscriptTimings timings)
    : model_(model),
      vocabulary_(vocabulary),
      options_(options),
      callbacks_(callbacks),
      recording_(recording),
      state_(model, group),
      decoder_(state_, vocabulary, options, [this] { check_cancelled(); }) {
  transcript_.duration_s = recording.duration_s;
  transcript_.timings = timings;
}

void Transcription::check_cancelled() const {
  if (callbacks_.cancelled && callbacks_.cancelled()) {
    throw Error(ErrorCode::kCancelled,
                {.where = "transcribe", .expected = "to finish", .got = "a request to stop", .hint = ""});
  }
}

std::vector<Transcription::Clip> Transcription::clips() const {
  std::vector<Clip> clips;
  for (const TimeSpan& clip : options_.clips) {
    int64_t end = clip.end_s > 0 ? std::min(frames_of(clip.end_s), recording_.frames) : recording_.frames;
    int64_t begin = std::max<int64_t>(0, frames_of(clip.begin_s));
    if (begin < end) clips.push_back({begin, end});
  }
  if (options_.clips.empty() && recording_.frames > 0) clips.push_back({0, recording_.frames});
  return clips;
}

void Transcription::listen(int64_t frame, int64_t frames, int padding_step) {
  if (frame == heard_frame_ && frames == heard_frames_ && padding_step == heard_padding_step_) return;
  check_cancelled();
  Stopwatch watch(transcript_.timings.encode_s);
  const int64_t whole_frames = model_.config.max_frames();
  const int64_t window_frames =
      padding_step == 1 ? whole_frames : std::min(whole_frames, (frames + 1) / 2 * 2 + kPaddingFrames);
  int step = padding_step;
  if (step == 0) {
    const int64_t rows = window_frames / 2, padding = whole_frames / 2 - rows;
    const int64_t room = std::max<int64_t>(1, kWindowRows - rows);
    step = static_cast<int>(std::clamp((padding + room - 1) / room, kFinestStep, kCoarsestStep));
  }
  Tensor window = audio::WhisperFrontend::slice(recording_.features, frame, frame + frames, window_frames);
  models::WhisperEncodeOptions options = {.padding_step = step};
  heard_stages_.clear();
  if (callbacks_.on_encoded) options.tap = [&](int, const Tensor& rows) { heard_stages_.push_back(rows); };
  state_.listen(model_.encoder.forward(window, RowLayout::single(window.rows()), options));
  heard_frame_ = frame;
  heard_frames_ = frames;
  heard_padding_step_ = padding_step;
}

WindowText Transcription::decode_window(int64_t frame, int64_t frames) {
  PromptParts parts = {.previous = std::span<const TokenId>(context_).subspan(context_begin_),
                       .language = language_,
                       .with_prefix = frame == 0};
  WindowPrompt prompt = make_prompt(vocabulary_, options_, parts, model_.config.max_target_positions);
  if (options_.padding_step != 1) {
    listen(frame, frames, options_.padding_step);
    Stopwatch watch(transcript_.timings.decode_s);
    if (frames + kPaddingFrames >= model_.config.max_frames()) return decoder_.decode(prompt);
    std::optional<WindowText> text = decoder_.try_decode(prompt);
    if (text && !ends_too_early(*text, frame, frames)) return std::move(*text);
  }
  listen(frame, frames, 1);
  Stopwatch watch(transcript_.timings.decode_s);
  return decoder_.decode(prompt);
}

// A text whose one closing timestamp says that nothing follows, though somebody speaks on.
bool Transcription::ends_too_early(const WindowText& text, int64_t frame, int64_t frames) const {
  if (!split_by_timestamps(vocabulary_, text.tokens, {frame, frames}).silent_end) return false;
  const double end_s = 0.02 * (text.tokens.back() - vocabulary_.timestamp_begin);
  if (end_s + kUnheardS > seconds_of(frames)) return false;
  const std::span<const float> window = samples_of(frame, frames);
  const auto unheard = static_cast<size_t>(frames_of(end_s) * audio::WhisperFrontend::kHopSamples);
  return loudest_energy(window.subspan(unheard)) >
         kUnheardLoudness * kUnheardLoudness * loudest_energy(window);
}

std::vector<LanguageProbability> Transcription::detect_language(int64_t frame, int64_t frames) {
  listen(frame, std::min<int64_t>(model_.config.max_frames(), frames), options_.padding_step);
  Stopwatch watch(transcript_.timings.decode_s);
  return decoder_.detect_language();
}

void Transcription::set_language(const std::string& code, double probability) {
  const WhisperLanguage* language = vocabulary_.find_language(code);
  if (language == nullptr) {
    throw Error(ErrorCode::kUsage, {.where = "transcribe",
                                    .expected = "a language that the model knows",
                                    .got = auris::quoted(code),
                                    .hint = "use a code such as en, es or fr, or auto"});
  }
  language_ = language->token;
  transcript_.language = language->code;
  transcript_.language_probability = probability;
}

void Transcription::choose_language(const std::vector<Clip>& clips) {
  const bool automatic = options_.language.empty() || options_.language == "auto";
  if (!vocabulary_.multilingual()) {
    if (!automatic && options_.language != "en" && options_.language != "english") {
      log(LogLevel::kWarning, "the model only knows English; the language {} is ignored", options_.language);
    }
    transcript_.language = "en";
    transcript_.language_probability = 1;
  } else if (!automatic) {
    set_language(options_.language, 1);
  } else {
    std::vector<LanguageProbability> winners;
    int64_t frame = clips.front().begin;
    for (int i = 0; i < std::max(1, options_.language_detection_windows) && frame < clips.front().end; ++i) {
      const int64_t frames = std::min<int64_t>(model_.config.max_frames(), clips.front().end - frame);
      transcript_.languages = detect_language(frame, frames);
      winners.push_back(transcript_.languages.front());
      if (winners.back().probability > options_.language_detection_threshold) break;
      frame += frames;
    }
    LanguageProbability best = winners.back();
    if (best.probability <= options_.language_detection_threshold) {  // nobody was sure: the most votes win
      auto votes = [&](const LanguageProbability& a) {
        return std::count_if(winners.begin(), winners.end(), [&](const auto& b) { return b.code == a.code; });
      };
      for (const LanguageProbability& other : winners) {
        bool more = votes(other) > votes(best);
        if (more || (votes(other) == votes(best) && other.probability > best.probability)) best = other;
      }
    }
    set_language(best.code, best.probability);
  }
  if (callbacks_.on_language) callbacks_.on_language(transcript_.language, transcript_.language_probability);
}

// For less than a second behind the last text the model readily invents a fluent sentence, so there its own
// estimate that nobody speaks is enough; elsewhere a probable text outweighs it.
bool Transcription::skips(const WindowText& text, int64_t frame, int64_t frames) const {
  constexpr int64_t kShortRestFrames = 100;  // 1 s
  if (!options_.no_speech_threshold || text.no_speech_prob <= *options_.no_speech_threshold) return false;
  if (frame > 0 && frames < kShortRestFrames) return true;
  return !(options_.log_prob_threshold && text.avg_logprob > *options_.log_prob_threshold);
}

std::span<const float> Transcription::samples_of(int64_t frame, int64_t frames) const {
  constexpr int64_t kHop = audio::WhisperFrontend::kHopSamples;
  return recording_.samples.subspan(static_cast<size_t>(frame * kHop), static_cast<size_t>(frames * kHop));
}

bool Transcription::is_silent(int64_t frame, int64_t frames) const {
  const std::span<const float> part = samples_of(frame, frames);
  return std::all_of(part.begin(), part.end(), [](float x) { return std::abs(x) < kDigitalSilence; });
}

void Transcription::add_words(const WindowPlace& place, const WindowSegments& split,
                              std::vector<SegmentWords>& segments) {
  Stopwatch watch(transcript_.timings.decode_s);
  std::vector<TokenId> text;
  std::vector<TokenSegment> bare;
  for (SegmentWords& segment : segments) {
    std::copy_if(segment.segment.tokens.begin(), segment.segment.tokens.end(), std::back_inserter(text),
                 [&](TokenId id) { return vocabulary_.is_text(id); });
    bare.push_back(std::move(segment.segment));
  }
  AlignmentRequest request = {.language = language_,
                              .language_code = transcript_.language,
                              .translate = options_.task == WhisperTask::kTranslate,
                              .frames = place.frames};
  std::vector<TimedWord> words = align_words(state_, vocabulary_, text, request);
  WordRules rules = {.prepended = options_.prepend_punctuations,
                     .appended = options_.append_punctuations,
                     .window_start_s = seconds_of(place.frame),
                     .last_speech_s = last_speech_s_};
  segments = place_words(vocabulary_, std::move(bare), std::move(words), rules).segments;
  if (!split.silent_end) {
    std::optional<double> end = end_of(segments);
    if (end && *end > rules.window_start_s) next_frame_ = frames_of(*end);
  }
}

// What the decoder thinks at each token, reading the whole text of the window again.
void Transcription::add_states(std::vector<SegmentWords>& segments) {
  Stopwatch watch(transcript_.timings.decode_s);
  std::vector<TokenId> text;
  std::vector<int64_t> counts;
  for (const SegmentWords& segment : segments) {
    const size_t before = text.size();
    std::ranges::copy_if(segment.segment.tokens, std::back_inserter(text),
                         [&](TokenId id) { return vocabulary_.is_text(id); });
    counts.push_back(static_cast<int64_t>(text.size() - before));
  }
  if (text.empty()) return;
  const TextReading reading = reading_of(
      vocabulary_, text, {.language = language_, .translate = options_.task == WhisperTask::kTranslate});
  const Tensor hidden = to_host(state_.read_text(reading.tokens, nullptr));
  int64_t row = reading.predicting;
  for (size_t i = 0; i < segments.size(); ++i) {
    if (counts[i] > 0) segments[i].states = hidden.slice_rows(row, counts[i]);
    row += counts[i];
  }
}

// The rows of the window's part that the next one does not hear again.
void Transcription::tell_encoded(int64_t frame, int64_t frames) const {
  if (!callbacks_.on_encoded || heard_frame_ != frame || heard_frames_ != frames) return;
  const int64_t lead = std::max<int64_t>(0, frames_of(recording_.lead_s) - frame);
  const int64_t begin = lead / 2, end = (std::min(next_frame_ - frame, frames) + 1) / 2;
  if (begin >= end) return;
  std::vector<Tensor> stages;
  for (const Tensor& rows : heard_stages_) stages.push_back(to_host(rows.slice_rows(begin, end - begin)));
  callbacks_.on_encoded(seconds_of(frame + lead) - recording_.lead_s, stages);
}

// True if the window is to be heard again from a later point.
bool Transcription::drop_hallucinations(const WindowPlace& place, std::vector<SegmentWords>& segments) {
  if (!options_.hallucination_silence_threshold_s) return false;
  SilenceRules rules = {.threshold_s = *options_.hallucination_silence_threshold_s,
                        .window_start_s = seconds_of(place.frame),
                        .window_end_s = seconds_of(place.frame + model_.config.max_frames()),
                        .audio_end_s = seconds_of(place.frame + place.frames),
                        .recording_end_s = seconds_of(recording_.frames),
                        .last_speech_s = last_speech_s_};
  SilenceVerdict verdict = judge_silence(segments, rules);
  if (verdict.go_on_at_s) next_frame_ = frames_of(*verdict.go_on_at_s);
  segments.resize(verdict.keep);
  return verdict.repeat_window;
}

// From the samples that the model hears to the recording.
void Transcription::restore_times(TranscriptSegment& segment) const {
  const double end = seconds_of(recording_.frames);
  if (segment.start < end)
    segment.end = std::min(segment.end, end);  // the last timestamp may lie in the padding
  if (recording_.spans != nullptr) generate::restore_times(*recording_.spans, segment);
  auto without_lead = [&](double time) { return std::max(0.0, time - recording_.lead_s); };
  segment.start = without_lead(segment.start);
  segment.end = without_lead(segment.end);
  for (TranscriptWord& word : segment.words) {
    word.start = without_lead(word.start);
    word.end = without_lead(word.end);
  }
}

void Transcription::add_segments(const WindowText& text, const std::vector<SegmentWords>& segments) {
  for (const SegmentWords& placed : segments) {
    TranscriptSegment segment;
    segment.text = vocabulary_.decode(placed.segment.tokens);
    segment.start = placed.segment.start;
    segment.end = placed.segment.end;
    if (segment.start == segment.end || blank(segment.text)) continue;
    context_.insert(context_.end(), placed.segment.tokens.begin(), placed.segment.tokens.end());
    segment.tokens = placed.segment.tokens;
    segment.words = placed.words;
    segment.states = placed.states;
    segment.avg_logprob = text.avg_logprob;
    segment.compression_ratio = text.compression_ratio;
    segment.no_speech_prob = text.no_speech_prob;
    segment.temperature = text.temperature;
    segment.truncated = text.truncated;
    segment.repetition_loop = text.repetition_loop;
    restore_times(segment);
    transcript_.text += segment.text;
    transcript_.segments.push_back(std::move(segment));
    if (callbacks_.on_segment) callbacks_.on_segment(transcript_.segments.back());
  }
}

void Transcription::run_window(int64_t frame, int64_t frames) {
  next_frame_ = frame + frames;
  if (is_silent(frame, frames)) return;
  if (options_.detect_language_per_window && vocabulary_.multilingual()) {
    LanguageProbability best = detect_language(frame, frames).front();
    set_language(best.code, best.probability);
  }
  WindowText text = decode_window(frame, frames);
  if (skips(text, frame, frames)) return;
  transcript_.truncated |= text.truncated;
  transcript_.repetition_loop |= text.repetition_loop;
  WindowPlace place = {frame, frames};
  WindowSegments split = split_by_timestamps(vocabulary_, text.tokens, place);
  next_frame_ = split.next_frame;
  std::vector<SegmentWords> segments;
  for (TokenSegment& segment : split.segments) segments.push_back({std::move(segment), {}});
  if (options_.word_timestamps) {
    add_words(place, split, segments);
    if (drop_hallucinations(place, segments)) return;
    if (std::optional<double> end = end_of(segments)) last_speech_s_ = *end;
  }
  if (options_.token_states) add_states(segments);
  add_segments(text, segments);
  if (!options_.condition_on_previous_text || text.temperature > options_.prompt_reset_on_temperature) {
    context_begin_ = context_.size();
  }
}

Transcript Transcription::run() {
  if (!options_.initial_prompt.empty()) context_ = vocabulary_.encode_spoken(options_.initial_prompt);
  const std::vector<Clip> all = clips();
  const bool nothing = std::all_of(
      all.begin(), all.end(), [&](const Clip& clip) { return is_silent(clip.begin, clip.end - clip.begin); });
  if (!nothing) choose_language(all);
  for (const Clip& clip : all) {
    if (nothing) break;
    int64_t frame = clip.begin;
    while (frame < clip.end) {
      const auto frames = std::min<int64_t>(model_.config.max_frames(), clip.end - frame);
      run_window(frame, frames);
      tell_encoded(frame, frames);
      // Timestamps can point back to the window's beginning; standing still would never end.
      frame = std::max(next_frame_, frame + 1);
      if (callbacks_.on_progress) {
        callbacks_.on_progress(seconds_of(std::min(frame, clip.end)), seconds_of(recording_.frames));
      }
    }
  }
  transcript_.text = trimmed(transcript_.text);
  return std::move(transcript_);
}

}  // namespace auris::generate
