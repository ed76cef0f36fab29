#pragma once
// Items from clips: which way to ask, who speaks the instruction and what the recording holds are chosen by
// the seed and the item's id alone, so that neither order nor company changes an item.

#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "auris/audio/audio_clip.h"
#include "auris/data/items/dialogues.h"
#include "auris/data/items/item.h"
#include "auris/data/manifest/manifest.h"

namespace auris::data {

struct ItemOptions {
  uint64_t seed = 0;
  // Who speaks instructions, each those of its language (synthesis/voice.h).
  std::vector<std::string> voices = {"espeak-en-us-f2", "espeak-en-gb-m3", "flite-slt",    "flite-awb",
                                     "espeak-de-f2",    "espeak-de-m3",    "espeak-es-f2", "espeak-es-m3",
                                     "espeak-fr-f2",    "espeak-fr-m3",    "espeak-it-f2", "espeak-it-m3",
                                     "espeak-ru-f2",    "espeak-ru-m3"};
};

class ItemBuilder {
 public:
  // kUsage for voices that do not exist, or none.
  explicit ItemBuilder(ItemOptions options);

  // The id of the item that a clip gives, if it gives one.
  static std::string id_of(const Task& task, Configuration configuration, const Clip& clip);

  // The item that a clip gives, or why it gives none: "no_variant" (the task does not know the source's
  // labels), "no_answer" (the manifest does not tell it), "unknown_label" (it tells one that is none),
  // "first_turn" (nothing was said before it in its conversation), "other_configuration" (what is written
  // beside the recording fits another one), "audio_mark" (a text holds <audio>). Of clips in conversations
  // the dialogue task takes `earlier` (Dialogues::before) and follow-ups as history. The instruction is in
  // `language`: kUsage if there are none in it (tasks/wordings.h), or no voice that could speak it.
  std::variant<Item, Rejection> plan(const Task& task, Configuration configuration, const Clip& clip,
                                     const EarlierClips& earlier = {},
                                     const std::string& language = "en") const;

  // Whether one of the voices speaks the language.
  bool speaks(std::string_view language) const;

  // What an item says of its clip, whatever is asked about it.
  static Item about(const Clip& clip);

  // The recording of its last turn, 16 kHz: the clip, the spoken instruction, or the instruction, half a
  // second of silence and the clip; of a clip with two recordings both, with the same silence between them;
  // nothing if only earlier turns have recordings. Completes the item's times, and the hash of each file that
  // was read. kInput if the clip cannot be read.
  audio::AudioClip render(Item& item, const Clip& clip, const std::filesystem::path& folder);

  // Those of the earlier turns, by their place in the history; completes their durations and hashes. `clip`
  // and `folder` are those of the last turn. kInput if one cannot be read.
  std::map<size_t, audio::AudioClip> render_earlier(Item& item, const Clip& clip,
                                                    const std::filesystem::path& folder,
                                                    const EarlierClips& earlier);

 private:
  struct Choices {  // of an item, by its id
    std::string instruction, voice, options, carrier;
  };
  Choices choose(const Item& item, const Task& task, const std::string& language) const;

  // An item of the clip with its answer, before anything is asked.
  std::variant<Item, Rejection> begin(const Task& task, Configuration configuration, const Clip& clip) const;
  std::variant<Item, Rejection> plan_single(Item item, const Task& task, const Clip& clip,
                                            const std::string& language) const;
  // conversation.cpp
  std::variant<Item, Rejection> plan_turns(Item item, const Task& task, const Clip& clip,
                                           const EarlierClips& earlier, const std::string& language) const;

  const audio::AudioClip& spoken(const std::string& text, const std::string& voice);
  // The instruction, if there is a voice for it, a pause and the clip, if there is one. `clip_start_s` is
  // where that begins; `sha256` is filled in if it is empty.
  audio::AudioClip sound_of(const std::string& instruction, const std::string& voice, const Clip* clip,
                            const std::filesystem::path& folder, double& clip_start_s, std::string& sha256);

  using HashedBytes = std::tuple<std::filesystem::path, int64_t, int64_t>;  // offset and bytes
  const std::string& hash_of(const Clip& clip, const std::filesystem::path& folder);

  ItemOptions options_;
  std::map<std::string, std::vector<std::string>, std::less<>> voices_;  // by language
  HashedBytes hashed_;  // read last: stretches of one recording follow each other
  std::string hash_;
  std::map<std::pair<std::string, std::string>, audio::AudioClip> spoken_;  // by text and voice
};

}  // namespace auris::data
