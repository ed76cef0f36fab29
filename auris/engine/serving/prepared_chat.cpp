#include "auris/engine/serving/prepared_chat.h"

#include <algorithm>
#include <span>
#include <utility>
#include <variant>

#include "auris/base/trimmed.h"
#include "auris/engine/engine.h"
#include "auris/tensor/ops/rows.h"

namespace auris::engine {
namespace {

using processor::AudioPart;

std::vector<AudioPart*> recordings_in(std::vector<processor::Message>& turns) {
  std::vector<AudioPart*> recordings;
  for (processor::Message& turn : turns) {
    for (processor::Part& part : turn.parts) {
      if (auto* audio = std::get_if<AudioPart>(&part)) recordings.push_back(audio);
    }
  }
  return recordings;
}

void listen(const processor::Listener& listener, const std::string& key, HearingCache& heard,
            AudioPart& recording) {
  std::shared_ptr<const HeardClip> clip = heard.find(key);
  if (clip == nullptr) {
    clip = std::make_shared<const HeardClip>(HeardClip{.words = listener.listen(recording.clip)});
    heard.add(key, clip);
  }
  recording.known = clip->words;
}

std::string transcript_of(const audio::AudioClip& clip, HearingCache& heard, const Hearing& hearing) {
  const std::string key = key_of(clip);
  std::shared_ptr<const HeardClip> known = heard.find(key);
  if (known == nullptr) {
    processor::Recognition words = {.text = hearing.write_down(clip, hearing.cancelled)};
    known = std::make_shared<const HeardClip>(
        HeardClip{.words = std::make_shared<const processor::Recognition>(std::move(words))});
    heard.add(key, known);
  }
  return std::string(trimmed(known->words->text, " "));
}

void write_down(std::vector<processor::Message>& turns, HearingCache& heard, const Hearing& hearing) {
  for (processor::Message& turn : turns) {
    std::vector<std::string> transcripts;
    std::string typed;
    for (const processor::Part& part : turn.parts) {
      if (const auto* audio = std::get_if<AudioPart>(&part)) {
        transcripts.push_back(transcript_of(*audio->clip, heard, hearing));
      } else {
        typed += std::get<processor::TextPart>(part).text;
      }
    }
    if (!transcripts.empty()) turn.parts = {processor::TextPart{written_turn(transcripts, typed)}};
  }
}

Tensor rows_of(const LanguageModel& model, const processor::ModelInput& input,
               const std::vector<std::string>& keys, HearingCache& heard) {
  Tensor all;
  for (size_t i = 0; i < input.audio.size(); ++i) {
    const processor::AudioSegment& segment = input.audio[i];
    std::shared_ptr<const HeardClip> clip = heard.find(keys[i]);
    if (clip == nullptr) {
      const auto windows = std::span(input.windows).subspan(segment.first_window, segment.window_count);
      clip = std::make_shared<const HeardClip>(HeardClip{.rows = model.ears->encode(windows).rows});
      heard.add(keys[i], clip);
    }
    AURIS_CHECK(clip->rows.rows() == segment.row_count);
    all = all.defined() ? ops::concat_rows(all, clip->rows) : clip->rows;
  }
  return all;
}

}  // namespace

std::vector<int32_t> PreparedChat::numbered(ClipNumbers& numbers) const {
  std::vector<int32_t> result = ids;
  for (size_t i = 0; i < audio.size(); ++i)
    std::fill_n(result.begin() + audio[i].row_begin, audio[i].row_count, numbers.of(keys[i]));
  return result;
}

std::string written_turn(const std::vector<std::string>& transcripts, const std::string& typed) {
  std::string said;
  for (const std::string& transcript : transcripts) {
    if (!said.empty() && !transcript.empty()) said += '\n';
    said += transcript;
  }
  const bool is_blank = typed.find_first_not_of(" \t\n") == std::string::npos;
  if (!is_blank) return cascade_prompt(said, typed);
  return said.empty() ? "(a recording in which nobody speaks)" : said;
}

PreparedChat prepare_chat(const LanguageModel& model, std::vector<processor::Message> turns,
                          HearingCache& heard, const Hearing& hearing) {
  PreparedChat chat;
  if (!model.hears() && hearing.write_down) write_down(turns, heard, hearing);
  for (AudioPart* recording : recordings_in(turns)) {
    chat.keys.push_back(key_of(*recording->clip));
    if (model.listener != nullptr) listen(*model.listener, chat.keys.back(), heard, *recording);
  }
  processor::ModelInput input = model.processor->prepare(turns);
  if (!input.heard.empty()) {
    chat.sound = model.ears->project(std::span(std::as_const(input.heard))).rows;
  } else if (!input.windows.empty()) {
    chat.sound = rows_of(model, input, chat.keys, heard);
  }
  chat.ids = std::move(input.ids);
  chat.audio = std::move(input.audio);
  return chat;
}

}  // namespace auris::engine
