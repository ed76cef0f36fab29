#pragma once
// What a data set is made of, in TOML (docs/data_recipes.md):
//
//   seed = 7
//   questions_together = 3                         # instruct only: up to so many questions about one clip
//                                                  # make one conversation; 1 if left out
//   voices = ["espeak-en-us-f2", "flite-slt"]      # who speaks instructions
//   manifests = ["prompts.jsonl"]                  # beside the recipe, or absolute
//
//   [[items]]
//   task = "speech_recognition"
//   configurations = ["text_audio", "audio_text", "audio"]
//   sources = ["asterisk"]                         # all, if left out; so for the next three
//   languages = ["en", "fr"]
//   instruction_language = "fr"                    # en if left out; "clip" is the clip's, where there are
//                                                  # instructions (and a voice, if they are spoken) in it
//   splits = ["test"]
//   max_duration_s = 20
//   count = 60                                     # at most, of each configuration; labels take equal shares
//
//   [[items]]
//   task = "dialogue"                              # of clips that are turns of conversations
//   turns = "last"                                 # an item of each conversation's last turn; "all":
//                                                  # of each turn but the first
//   exchanges = 8                                  # earlier turns of the user, with their replies, at most
//
//   [[items]]
//   task = "dialogue"                              # one with open answers
//   responses = ["answers"]                        # folders of `auris data respond`, all with one prompt

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auris/data/tasks/task.h"

namespace auris::data {

enum class DataKind { kAlign, kInstruct, kEval };

inline constexpr std::string_view kLanguageOfClip = "clip";

struct ItemRule {
  std::string task;  // id
  std::vector<Configuration> configurations;
  std::vector<std::string> sources, languages, splits;  // empty = all
  double min_duration_s = 0.1, max_duration_s = 30;
  std::optional<int64_t> count;
  std::string instruction_language = "en";  // ISO 639-1, or kLanguageOfClip
  bool last_turns = false;                  // of conversations; else all turns but the first
  int64_t exchanges = 8;                    // of a conversation before its item's turn, at most
  // Where the answers come from, if a language model wrote them: folders that ResponseSet reads. The prompt
  // it answered, with the recording in place of the text, is the item's; so there are no configurations to
  // choose.
  std::vector<std::filesystem::path> responses;
};

struct Recipe {
  uint64_t seed = 0;
  int64_t questions_together = 1;
  std::vector<std::string> voices;
  std::vector<std::filesystem::path> manifests;
  std::vector<ItemRule> rules;
};

// `folder` is where relative paths begin. Without `splits`, rules for training take "train" and rules for
// evaluation "test". kInput, with the place and the reason, for anything that is no recipe.
Recipe parse_recipe(std::string_view toml, const std::string& where, const std::filesystem::path& folder,
                    DataKind kind);
Recipe read_recipe(const std::filesystem::path& path, DataKind kind);

// "align", "instruct" or "eval" (kUsage otherwise).
DataKind data_kind_named(std::string_view name);

}  // namespace auris::data
