#pragma once
// Several questions about one clip as one conversation: the first one brings the recording, the others follow
// in writing. A model that learns from all replies reads the recording once.

#include <vector>

#include "auris/data/build/selection.h"

namespace auris::data {

// The items of one clip with those that are read (kTextAudio) joined, up to recipe.questions_together in one,
// in an order that seed and clip choose; the last one gives the item its name and task, its answer is the
// item's. The others stay as they are: what is heard belongs to a recording of its own, a language model's
// logits to one answer, and conversations have their own turns.
std::vector<PlannedItem> together(std::vector<PlannedItem> items, const Recipe& recipe);

}  // namespace auris::data
