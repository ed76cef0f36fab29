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
#include "auris/data/items/conversation.h"
#include "auris/data/synthesis/voice.h"
#include "auris/data/tasks/wordings.h"

namespace auris::data {
namespace {

constexpr int kRateHz = 16000;
constexpr size_t kPauseSamples = kRateHz / 2;

template <class List>
const auto& one_of(const List& list, Rng& rng) {
  return list[static_cast<size_t>(rng.below(list.size()))];
}

// "Choose one: female, male." with the labels in an order of their own, which must not give the answer away.
std::string options_text(const Wording& wording, const TaskVariant& variant, Rng& rng) {
  if (variant.labels.empty()) return {};
  std::vector<std::string> names;
  for (const Label& label : variant.labels) names.push_back(label.name);
  for (size_t i = names.size(); i > 1; --i) std::swap(names[i - 1], names[static_cast<size_t>(rng.below(i))]);
  std::string text = one_of(wording.options, rng);
  constexpr std::string_view kMark = "{labels}";
  return text.replace(text.find(kMark), kMark.size(), fmt::format("{}", fmt::join(names, ", ")));
}

double microseconds(double seconds) { return std::round(seconds * 1e6) / 1e6; }

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
std::vector<float> stretch_of(const Clip& clip, const std::filesystem::path& folder) {
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
  for (const std::string& voice : options_.voices) voices_[voice_named(voice).language].push_back(voice);
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

std::variant<Item, Rejection> ItemBuilder::begin(const Task& task, Configuration configuration,
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
  item.task = task.id;
  item.variant = variant->id;
  item.task_version = task.version;
  item.configuration = configuration;
  item.answer = *answer;
  return item;
}

bool ItemBuilder::speaks(std::string_view language) const { return voices_.contains(language); }

ItemBuilder::Choices ItemBuilder::choose(const Item& item, const Task& task,
                                         const std::string& language) const {
  const Wordings& wordings = wordings_in(language);
  const Wording& wording = wordings.tasks.at(task.id);
  const bool spoken = item.configuration != Configuration::kTextAudio;
  if (spoken && !speaks(language)) {
    throw Error(ErrorCode::kUsage, {.where = "items",
                                    .expected = "a voice for instructions in " + quoted(language),
                                    .got = fmt::format("{}", fmt::join(options_.voices, ", ")),
                                    .hint = "auris data voices lists them"});
  }
  Rng rng(stable_hash(item.id, options_.seed));
  Choices choices;
  choices.instruction = one_of(wording.instructions, rng);
  if (speaks(language)) choices.voice = one_of(voices_.at(language), rng);
  choices.options = options_text(wording, task.variant(item.variant), rng);
  choices.carrier = one_of(wordings.carriers, rng);
  return choices;
}

std::variant<Item, Rejection> ItemBuilder::plan_single(Item item, const Task& task, const Clip& clip,
                                                       const std::string& language) const {
  Choices chosen = choose(item, task, language);
  const Configuration configuration = item.configuration;
  if (const std::string* question = question_of(task, clip)) chosen.instruction = *question;
  const std::string mark(kAudioMark);
  item.instruction = configuration == Configuration::kAudioText ? chosen.instruction
                                                                : joined(chosen.instruction, chosen.options);
  if (configuration == Configuration::kTextAudio) {
    item.prompt = item.instruction + "\n" + mark;
  } else if (configuration == Configuration::kAudio) {
    item.voice = chosen.voice;
    item.prompt = chosen.carrier + "\n" + mark;
  } else {
    item.voice = chosen.voice;
    const bool reads_options = task.text_input == TextInput::kOptions && !chosen.options.empty();
    item.prompt = mark + "\n" +
                  (reads_transcript(task, clip) ? clip.text
                   : reads_options              ? chosen.options
                                                : chosen.carrier);
  }
  if (reads_transcript(task, clip) && clip.text.empty()) {
    return Rejection{item.id, "no_answer", "the manifest does not tell what is said"};
  }
  return item;
}

std::variant<Item, Rejection> ItemBuilder::plan(const Task& task, Configuration configuration,
                                                const Clip& clip, const EarlierClips& earlier,
                                                const std::string& language) const {
  auto planned = begin(task, configuration, clip);
  if (std::holds_alternative<Rejection>(planned)) return planned;
  Item& begun = std::get<Item>(planned);
  planned = asks_in_turns(task, clip) ? plan_turns(std::move(begun), task, clip, earlier, language)
                                      : plan_single(std::move(begun), task, clip, language);
  if (const Item* item = std::get_if<Item>(&planned)) {
    const bool in_history =
        std::any_of(item->history.begin(), item->history.end(), [](const EarlierTurn& turn) {
          return audio_marks_in(turn.text) > (turn.role == Role::kUser ? 1u : 0u);
        });
    if (in_history || !marks_problem(*item).empty())
      return Rejection{item->id, "audio_mark", "a text of the clip holds <audio>"};
  }
  return planned;
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

audio::AudioClip ItemBuilder::sound_of(const std::string& instruction, const std::string& voice,
                                       const Clip* clip, const std::filesystem::path& folder,
                                       double& clip_start_s, std::string& sha256) {
  audio::AudioClip recording{.samples = {}, .sample_rate_hz = kRateHz};
  if (!voice.empty()) recording.samples = spoken(instruction, voice).samples;
  if (clip == nullptr) return recording;
  std::vector<float> sound = stretch_of(*clip, folder);
  if (sha256.empty()) sha256 = hash_of(*clip, folder);
  clip_start_s = append(recording, std::move(sound));
  return recording;
}

audio::AudioClip ItemBuilder::render(Item& item, const Clip& clip, const std::filesystem::path& folder) {
  if (!item.has_recording()) {
    item.duration_s = 0;
    return {.samples = {}, .sample_rate_hz = kRateHz};
  }
  const bool needs_clip =
      item.configuration != Configuration::kAudioText || !reads_transcript(task_named(item.task), clip);
  audio::AudioClip recording = sound_of(item.instruction, item.voice, needs_clip ? &clip : nullptr, folder,
                                        item.clip_start_s, item.clip_sha256);
  if (needs_clip && clip.second) {
    const Clip second = second_of(clip);
    append(recording, stretch_of(second, folder));
    if (item.second_clip_sha256.empty()) item.second_clip_sha256 = sha256_of(second, folder);
  }
  item.duration_s = microseconds(recording.duration_s());
  item.clip_start_s = microseconds(item.clip_start_s);
  return recording;
}

std::map<size_t, audio::AudioClip> ItemBuilder::render_earlier(Item& item, const Clip& clip,
                                                               const std::filesystem::path& folder,
                                                               const EarlierClips& earlier) {
  std::map<size_t, audio::AudioClip> recordings;
  for (size_t i = 0; i < item.history.size(); ++i) {
    EarlierTurn& turn = item.history[i];
    if (!turn.has_recording()) continue;
    const auto found = std::find_if(earlier.begin(), earlier.end(),
                                    [&](const DialogueClip* other) { return other->clip.id == turn.clip; });
    const Clip& heard = found == earlier.end() ? clip : (*found)->clip;
    const bool needs_clip = item.configuration != Configuration::kAudioText || turn.voice.empty();
    double clip_start_s = 0;
    recordings[i] =
        sound_of(item.instruction, turn.voice, needs_clip ? &heard : nullptr,
                 found == earlier.end() ? folder : (*found)->folder, clip_start_s, turn.clip_sha256);
    turn.duration_s = microseconds(recordings[i].duration_s());
  }
  return recordings;
}

}  // namespace auris::data
