#include "auris/processor/processor.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "auris/processor/audio_windows.h"
#include "auris/processor/heard_words.h"

namespace auris::processor {
namespace {

using models::AudioLlmFamily;

constexpr std::string_view kRawMark = "<audio>";
constexpr const char* kRawHint = "write <audio> in the prompt once for each recording, where it goes";
constexpr int kWindowFrames = audio::WhisperFrontend::kWindowSamples / audio::WhisperFrontend::kHopSamples;

void require_token(const text::Tokenizer& tokenizer, std::string_view literal) {
  if (tokenizer.find(literal)) return;
  throw Error(ErrorCode::kModel, {.where = "tokenizer",
                                  .expected = fmt::format("the token {}", literal),
                                  .got = "none",
                                  .hint = "the tokenizer does not belong to this audio language model"});
}

std::string piece_or_empty(const text::Tokenizer& tokenizer, std::optional<text::TokenId> id) {
  return id ? tokenizer.piece(*id) : std::string();
}

std::vector<AudioPart> recordings_of(std::span<const Message> messages) {
  std::vector<AudioPart> recordings;
  for (const Message& message : messages) {
    for (const Part& part : message.parts) {
      if (const auto* audio = std::get_if<AudioPart>(&part)) recordings.push_back(*audio);
    }
  }
  return recordings;
}

// The texts around the marks: one more than there are marks.
std::vector<std::string_view> texts_around_marks(std::string_view prompt) {
  std::vector<std::string_view> texts;
  size_t begin = 0;
  for (size_t at = prompt.find(kRawMark); at != std::string_view::npos; at = prompt.find(kRawMark, begin)) {
    texts.push_back(prompt.substr(begin, at - begin));
    begin = at + kRawMark.size();
  }
  texts.push_back(prompt.substr(begin));
  return texts;
}

// Cuts untrusted text at the mark: the caller of prepare_raw() wrote it.
PromptPieces cut_raw(std::string_view prompt) {
  PromptPieces pieces;
  for (std::string_view text : texts_around_marks(prompt)) pieces.emplace_back().append(text, false);
  return pieces;
}

[[noreturn]] void fail_places(size_t places, size_t clips, const std::string& hint) {
  throw Error(ErrorCode::kUsage,
              {.where = "processor",
               .expected = fmt::format("{} recordings, one for each place in the prompt", places),
               .got = std::to_string(clips),
               .hint = hint});
}

void require_answer(std::span<const Message> messages) {
  bool text_only = !messages.empty() && messages.back().role == Role::kAssistant &&
                   recordings_of(messages.last(1)).empty();
  if (text_only) return;
  throw Error(ErrorCode::kUsage, {.where = "processor",
                                  .expected = "a conversation that ends with an assistant's turn of text",
                                  .got = messages.empty() ? "none" : "another one",
                                  .hint = ""});
}

constexpr const char* kAlike = "turns that the template writes alike with and without the answer";
[[noreturn]] void fail_answer(const char* expected, const char* got) {
  throw Error(ErrorCode::kInput, {.where = "processor", .expected = expected, .got = got, .hint = ""});
}

// The text of `whole` behind `beginning`, which it begins with.
text::MarkedText behind(const text::MarkedText& whole, const text::MarkedText& beginning) {
  if (!whole.text.starts_with(beginning.text)) fail_answer(kAlike, "others");
  size_t cut = beginning.text.size();
  text::MarkedText rest{.text = whole.text.substr(cut), .trusted = {}};
  for (const text::MarkedText::Range& range : whole.trusted) {
    if (range.end > cut) rest.trusted.push_back({std::max(range.begin, cut) - cut, range.end - cut});
  }
  return rest;
}

// The front end makes windows of 3,000 frames; only Ultravox' are cut to the encoder's length.
void require_window(const models::AudioLlmConfig& config) {
  if (config.family == AudioLlmFamily::kUltravox || config.encoder.max_frames() == kWindowFrames) return;
  throw Error(ErrorCode::kModel, {.where = "processor",
                                  .expected = fmt::format("an encoder of {} mel frames", kWindowFrames),
                                  .got = std::to_string(config.encoder.max_frames()),
                                  .hint = ""});
}

}  // namespace

Processor::Processor(ProcessorParts parts) : parts_(std::move(parts)) {
  AURIS_CHECK(parts_.tokenizer != nullptr);
  if (!parts_.audio) return;
  require_window(*parts_.audio);
  frontend_.emplace(parts_.audio->encoder.n_mels);
  if (parts_.audio->family == AudioLlmFamily::kLlaso) {
    for (const char* token : {"<Audio>", "</Audio>", "<audio_start>", "<audio_end>"}) {
      require_token(*parts_.tokenizer, token);
    }
  }
  if (parts_.audio->family == AudioLlmFamily::kQwen2Audio) require_token(*parts_.tokenizer, "<|AUDIO|>");
}

std::string_view Processor::mark() const {
  if (!parts_.audio) return kRawMark;
  switch (parts_.audio->family) {
    case AudioLlmFamily::kLlaso: return kLlasoMark;
    case AudioLlmFamily::kUltravox:
    case AudioLlmFamily::kComposed: return "<|audio|>";  // in no vocabulary: only a mark for the processor
    case AudioLlmFamily::kQwen2Audio: return "<|AUDIO|>";
  }
  return kRawMark;
}

text::MarkedText Processor::render(std::span<const Message> messages, const PrepareOptions& options) const {
  if (parts_.audio && parts_.audio->family == AudioLlmFamily::kLlaso) {
    return render_llaso(messages, options.add_generation_prompt);
  }
  if (!parts_.chat_template) {
    throw Error(ErrorCode::kUsage, {.where = "processor",
                                    .expected = "a chat template",
                                    .got = "a model without one",
                                    .hint = "name a built-in template, or use raw text"});
  }
  TemplatePrompt prompt{.chat_template = &*parts_.chat_template,
                        .mark = std::string(mark()),
                        .add_generation_prompt = options.add_generation_prompt,
                        .bos_token = piece_or_empty(*parts_.tokenizer, parts_.tokenizer->bos()),
                        .eos_token = piece_or_empty(*parts_.tokenizer, parts_.tokenizer->eos())};
  if (parts_.audio) {
    bool parts = parts_.audio->family == AudioLlmFamily::kQwen2Audio;
    prompt.audio = parts ? AudioContent::kParts : AudioContent::kInline;
  }
  return render_with_template(messages, prompt);
}

PromptPieces Processor::pieces_of(std::span<const Message> messages, const PrepareOptions& options) const {
  text::MarkedText prompt = render(messages, options);
  return parts_.audio ? cut_at(prompt, mark()) : PromptPieces{prompt};
}

bool Processor::adds_bos() const { return parts_.audio && parts_.audio->family == AudioLlmFamily::kLlaso; }

ModelInput Processor::prepare(std::span<const Message> messages, const PrepareOptions& options) const {
  return assemble(pieces_of(messages, options), recordings_of(messages), adds_bos());
}

AnswerIds Processor::answer_ids(std::span<const Message> messages) const {
  require_answer(messages);
  std::span<const Message> before = messages.first(messages.size() - 1);
  PromptPieces prompt = pieces_of(before, {.add_generation_prompt = true});
  PromptPieces whole = pieces_of(messages, {.add_generation_prompt = false});
  // Recordings stand before the answer, so all but the last piece must be the same text.
  bool same = prompt.size() == whole.size();
  for (size_t i = 0; same && i + 1 < prompt.size(); ++i) {
    same = prompt[i].text == whole[i].text && prompt[i].trusted == whole[i].trusted;
  }
  if (!same) fail_answer(kAlike, "others");
  bool bos = adds_bos() && prompt.size() == 1;
  std::vector<text::TokenId> opening = parts_.tokenizer->encode(prompt.back(), bos);
  std::vector<text::TokenId> all = parts_.tokenizer->encode(whole.back(), bos);
  AnswerIds ids{.prompt = assemble(prompt, recordings_of(before), adds_bos()), .answer = {}};
  if (all.size() >= opening.size() && std::equal(opening.begin(), opening.end(), all.begin())) {
    ids.answer.assign(all.begin() + static_cast<std::ptrdiff_t>(opening.size()), all.end());
  } else {
    ids.answer = parts_.tokenizer->encode(behind(whole.back(), prompt.back()), false);
  }
  auto end = std::find_if(ids.answer.rbegin(), ids.answer.rend(),
                          [&](text::TokenId id) { return parts_.tokenizer->is_special(id); });
  ids.targets = end == ids.answer.rend() ? ids.answer.size() : static_cast<size_t>(ids.answer.rend() - end);
  return ids;
}

ModelInput Processor::prepare_raw(std::string_view prompt, std::span<const Clip> clips) const {
  std::vector<AudioPart> recordings;
  for (const Clip& clip : clips) recordings.push_back({.clip = clip});
  if (clips.empty() && !parts_.audio) {
    text::MarkedText whole;
    whole.append(prompt, false);
    return assemble({whole}, recordings, true);
  }
  PromptPieces pieces = cut_raw(prompt);
  if (parts_.audio && pieces.size() - 1 != clips.size())
    fail_places(pieces.size() - 1, clips.size(), kRawHint);
  return assemble(pieces, recordings, true);
}

Message Processor::user_turn(std::string text, std::span<const Clip> clips) const {
  Message turn{Role::kUser, {}};
  bool sound_first = true;
  std::string between;
  if (parts_.audio && !clips.empty() && !text.empty()) {
    AudioLlmFamily family = parts_.audio->family;
    sound_first = family == AudioLlmFamily::kQwen2Audio || family == AudioLlmFamily::kComposed;
    if (family == AudioLlmFamily::kUltravox) between = " ";
    if (family == AudioLlmFamily::kComposed) between = "\n";
  }
  text = sound_first ? between + text : text + between;
  if (!sound_first) turn.parts.emplace_back(TextPart{text});
  for (const Clip& clip : clips) turn.parts.emplace_back(AudioPart{clip});
  if (sound_first && (!text.empty() || clips.empty())) turn.parts.emplace_back(TextPart{text});
  return turn;
}

Message turn_with_marks(Role role, std::string_view prompt, std::span<const Clip> clips) {
  std::vector<std::string_view> texts = texts_around_marks(prompt);
  if (texts.size() - 1 != clips.size()) fail_places(texts.size() - 1, clips.size(), kRawHint);
  Message turn{role, {}};
  for (size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) turn.parts.emplace_back(AudioPart{clips[i - 1]});
    if (!texts[i].empty()) turn.parts.emplace_back(TextPart{std::string(texts[i])});
  }
  return turn;
}

void Processor::append_recording(const AudioPart& recording, ModelInput& input) const {
  AudioSegment segment{.row_begin = input.rows(), .row_count = 0, .first_window = input.windows.size()};
  if (parts_.audio->hears_words()) {
    std::shared_ptr<const Recognition> heard = recording.known;
    if (heard == nullptr) {
      AURIS_CHECK(parts_.listener != nullptr);
      heard = parts_.listener->listen(recording.clip);
    }
    input.heard.push_back(
        std::make_shared<const models::HeardSpeech>(heard_speech(*heard, *parts_.tokenizer)));
    segment.row_count = input.heard.back()->rows();
  } else {
    for (models::AudioWindow& window : audio_windows(*recording.clip, *parts_.audio, *frontend_)) {
      segment.row_count += models::audio_rows(*parts_.audio, window.frames);
      input.windows.push_back(std::move(window));
    }
    segment.window_count = input.windows.size() - segment.first_window;
  }
  input.ids.insert(input.ids.end(), static_cast<size_t>(segment.row_count), models::kAudioRow);
  input.audio.push_back(segment);
}

ModelInput Processor::assemble(const PromptPieces& pieces, std::span<const AudioPart> recordings,
                               bool add_bos) const {
  size_t places = pieces.size() - 1;
  if (!recordings.empty() && !parts_.audio) fail_places(0, recordings.size(), "this model does not hear");
  if (places != recordings.size()) fail_places(places, recordings.size(), "");
  ModelInput input;
  for (size_t i = 0; i < pieces.size(); ++i) {
    if (i > 0) {
      AURIS_CHECK(recordings[i - 1].clip != nullptr);
      append_recording(recordings[i - 1], input);
    }
    std::vector<text::TokenId> ids = parts_.tokenizer->encode(pieces[i], add_bos && i == 0);
    input.ids.insert(input.ids.end(), ids.begin(), ids.end());
  }
  return input;
}

}  // namespace auris::processor
