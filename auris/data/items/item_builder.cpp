#include "auris/data/items/item_builder.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "auris/audio/decode.h"
#include "auris/base/error.h"
#include "auris/base/rng.h"
#include "auris/base/stable_hash.h"
#include "auris/data/items/answers.h"
#include "auris/data/items/carriers.h"
#include "auris/data/synthesis/voice.h"

namespace auris::data {
namespace {

constexpr int kRateHz = 16000;
constexpr size_t kPauseSamples = kRateHz / 2;

template <class List>
const auto& one_of(const List& list, Rng& rng) {
  return list[static_cast<size_t>(rng.below(list.size()))];
}

// "Choose one: female, male." with the labels in an order of their own, which must not give the answer away.
std::string options_text(const Task& task, const TaskVariant& variant, Rng& rng) {
  if (variant.labels.empty()) return {};
  std::vector<std::string> names;
  for (const Label& label : variant.labels) names.push_back(label.name);
  for (size_t i = names.size(); i > 1; --i) std::swap(names[i - 1], names[static_cast<size_t>(rng.below(i))]);
  std::string text = one_of(task.options, rng);
  constexpr std::string_view kMark = "{labels}";
  return text.replace(text.find(kMark), kMark.size(), fmt::format("{}", fmt::join(names, ", ")));
}

std::string joined(const std::string& first, const std::string& second) {
  return second.empty() ? first : first + " " + second;
}

// The question that the clip brings along, if the task takes one.
const std::string* question_of(const Task& task, const Clip& clip) {
  const auto question = clip.questions.find(task.id);
  return task.text_input == TextInput::kContext && question != clip.questions.end() ? &question->second
                                                                                    : nullptr;
}

// Whether what is said in the clip is read where the instruction is heard.
bool reads_transcript(const Task& task, const Clip& clip) {
  return task.text_input == TextInput::kTranscript || question_of(task, clip) != nullptr;
}

// The stretch that is meant.
std::vector<float> sound_of(const Clip& clip, const std::filesystem::path& folder) {
  audio::AudioClip sound = audio::decode_audio(audio_source(clip, folder));
  const auto at = [&](double seconds) {
    return std::min(sound.samples.size(), static_cast<size_t>(std::llround(seconds * kRateHz)));
  };
  const size_t begin = at(clip.start_s), end = at(clip.start_s + clip.duration_s);
  if (begin == end) {
    throw Error(ErrorCode::kInput, {.where = clip.id,
                                    .expected = fmt::format("sound at {} s", clip.start_s),
                                    .got = fmt::format("{} s in all", sound.duration_s()),
                                    .hint = ""});
  }
  sound.samples.resize(end);
  sound.samples.erase(sound.samples.begin(), sound.samples.begin() + static_cast<std::ptrdiff_t>(begin));
  return std::move(sound.samples);
}

// Behind a pause if there is something before it. Returns the second at which it begins.
double append(audio::AudioClip& recording, std::vector<float> sound) {
  if (recording.samples.empty()) {
    recording.samples = std::move(sound);
    return 0;
  }
  recording.samples.resize(recording.samples.size() + kPauseSamples, 0.0f);
  const double start_s = recording.duration_s();
  recording.samples.insert(recording.samples.end(), sound.begin(), sound.end());
  return start_s;
}

}  // namespace

ItemBuilder::ItemBuilder(ItemOptions options) : options_(std::move(options)) {
  if (options_.voices.empty()) {
    throw Error(
        ErrorCode::kUsage,
        {.where = "items", .expected = "at least one voice for instructions", .got = "none", .hint = ""});
  }
  for (const std::string& voice : options_.voices) voice_named(voice);
}

std::string ItemBuilder::id_of(const Task& task, Configuration configuration, const Clip& clip) {
  return fmt::format("{}/{}/{}", task.id, name_of(configuration), clip.id);
}

Item ItemBuilder::about(const Clip& clip) {
  Item item;
  item.transcript = clip.text;
  item.clip = clip.id;
  item.source = clip.source;
  item.split = clip.split;
  item.speaker = clip.speaker;
  item.language = clip.language;
  item.duration_s = clip.duration_s;
  item.synthetic = clip.synthetic;
  item.licence = clip.licence;
  item.origin = clip.origin;
  item.clip_sha256 = clip.sha256;
  if (clip.second) item.second_clip_sha256 = clip.second->sha256;
  item.consent = clip.consent;
  return item;
}

std::variant<Item, Rejection> ItemBuilder::plan(const Task& task, Configuration configuration,
                                                const Clip& clip) const {
  Item item = about(clip);
  item.id = id_of(task, configuration, clip);
  const TaskVariant* variant = variant_for(task, clip);
  if (variant == nullptr) {
    return Rejection{item.id, "no_variant", no_variant_text(task, clip)};
  }
  const std::optional<std::string> answer = answer_for(task, *variant, clip);
  if (!answer) return Rejection{item.id, "no_answer", "the manifest does not tell the answer"};
  if (const std::string problem = answer_problem(*answer, *variant); !problem.empty()) {
    return Rejection{item.id, "unknown_label", fmt::format("expected {}, got {}", problem, quoted(*answer))};
  }
  Rng rng(stable_hash(item.id, options_.seed));
  std::string instruction = one_of(task.instructions, rng);
  if (const std::string* question = question_of(task, clip)) instruction = *question;
  const std::string voice = one_of(options_.voices, rng);
  const std::string options = options_text(task, *variant, rng), carrier = one_of(kCarriers, rng);
  const std::string mark(kAudioMark);
  item.instruction = configuration == Configuration::kAudioText ? instruction : joined(instruction, options);
  if (configuration == Configuration::kTextAudio) {
    item.prompt = item.instruction + "\n" + mark;
  } else if (configuration == Configuration::kAudio) {
    item.voice = voice;
    item.prompt = carrier + "\n" + mark;
  } else {
    item.voice = voice;
    const bool reads_options = task.text_input == TextInput::kOptions && !options.empty();
    item.prompt = mark + "\n" +
                  (reads_transcript(task, clip) ? clip.text
                   : reads_options              ? options
                                                : carrier);
  }
  if (reads_transcript(task, clip) && clip.text.empty()) {
    return Rejection{item.id, "no_answer", "the manifest does not tell what is said"};
  }
  item.task = task.id;
  item.variant = variant->id;
  item.task_version = task.version;
  item.configuration = configuration;
  item.answer = *answer;
  return item;
}

const audio::AudioClip& ItemBuilder::spoken(const std::string& text, const std::string& voice) {
  const auto key = std::pair(text, voice);
  const auto known = spoken_.find(key);
  return known != spoken_.end() ? known->second
                                : spoken_.emplace(key, speak(text, voice_named(voice))).first->second;
}

const std::string& ItemBuilder::hash_of(const Clip& clip, const std::filesystem::path& folder) {
  const HashedBytes bytes{folder / clip.audio, clip.audio_offset, clip.audio_bytes};
  if (bytes != hashed_) {
    hash_ = sha256_of(clip, folder);
    hashed_ = bytes;
  }
  return hash_;
}

audio::AudioClip ItemBuilder::render(Item& item, const Clip& clip, const std::filesystem::path& folder) {
  audio::AudioClip recording{.samples = {}, .sample_rate_hz = kRateHz};
  if (!item.voice.empty()) recording.samples = spoken(item.instruction, item.voice).samples;
  if (item.configuration != Configuration::kAudioText || !reads_transcript(task_named(item.task), clip)) {
    std::vector<float> sound = sound_of(clip, folder);
    if (item.clip_sha256.empty()) item.clip_sha256 = hash_of(clip, folder);
    item.clip_start_s = append(recording, std::move(sound));
    if (clip.second) {
      const Clip second = second_of(clip);
      append(recording, sound_of(second, folder));
      if (item.second_clip_sha256.empty()) item.second_clip_sha256 = sha256_of(second, folder);
    }
  }
  item.duration_s = std::round(recording.duration_s() * 1e6) / 1e6;
  item.clip_start_s = std::round(item.clip_start_s * 1e6) / 1e6;
  return recording;
}

}  // namespace auris::data
