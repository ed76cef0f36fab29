#pragma once
// Where recordings stand in a turn.

#include "auris/engine/language_model.h"
#include "auris/processor/message.h"

namespace auris::server {

// The recordings of a turn stand where the model's makers place them, unless the client has mixed them with
// texts in an order of its own.
void place_recordings(processor::Message& turn, const engine::LanguageModel& model);

}  // namespace auris::server
