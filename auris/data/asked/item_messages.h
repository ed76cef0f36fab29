#pragma once
// An item as a conversation: what evaluation asks and training teaches, in the same words.

#include <vector>

#include "auris/data/items/loaded_item.h"
#include "auris/engine/message.h"

namespace auris::data {

// All turns up to the question, each with its recording beside its text, which has no mark for it any more:
// the model's processor places sound as its makers do.
std::vector<engine::Message> messages_of(const LoadedItem& loaded);

}  // namespace auris::data
