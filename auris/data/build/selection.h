#pragma once
// Which clips a recipe takes, before anything is rendered.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "auris/data/build/recipe.h"
#include "auris/data/build/response_items.h"
#include "auris/data/items/item_builder.h"

namespace auris::data {

// The split of a clip: the source's own, or one by its words, so that equal sentences never lie on both sides
// of a split: 8 of 10 "train", one "dev", one "test". The clips of a conversation stay together.
std::string split_of(const Clip& clip);

struct PlannedItem {
  Item item;
  EarlierClips earlier = {};               // what its history was made of
  std::span<const std::byte> logits = {};  // of the answer, if a language model wrote it (answer_logits.h)
};

// Of the rules with a count, those clips are taken that a hash of seed and item puts first, the same number
// for each label as far as there are so many: they want a pass over all clips before the one that asks.
class Selection {
 public:
  // `dialogues` holds the clips of conversations, if a rule asks for them. kInput if the responses of a rule
  // cannot be read.
  Selection(const Recipe& recipe, const ItemBuilder& builder, const Dialogues& dialogues);

  bool chooses() const;  // whether a rule has a count

  // First pass, only if it chooses.
  void offer(const Clip& clip);
  void settle();

  // Second pass: the items of a clip, in the recipe's order. Tells of rules that fit it but give no item.
  std::vector<PlannedItem> items_of(const Clip& clip, const RejectionSink& rejected) const;

 private:
  struct Candidate {
    uint64_t rank = 0;
    std::string answer;  // of labels and numbers; empty where answers are open
  };
  struct Pick {  // a rule in one of its configurations
    size_t rule = 0;
    Configuration configuration = Configuration::kTextAudio;
    std::vector<Candidate> candidates;
    std::vector<uint64_t> taken;               // ranks, sorted
    std::shared_ptr<ResponseItems> responses;  // null if the clips themselves hold the answers
  };

  // `split` is split_of(clip), which costs more than all else here.
  std::variant<PlannedItem, Rejection> plan(const Pick& pick, const Clip& clip,
                                            const std::string& split) const;
  std::string instruction_language(const Pick& pick, const Clip& clip) const;
  bool fits(const ItemRule& rule, const Clip& clip, const std::string& split) const;
  uint64_t rank_of(const std::string& id) const;
  void settle(Pick& pick, int64_t count) const;

  const Recipe& recipe_;
  const ItemBuilder& builder_;
  const Dialogues& dialogues_;
  std::vector<Pick> picks_;
};

}  // namespace auris::data
