#pragma once
// Conversations (JSON) as template values.

#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "auris/text/chat_template/chat_template.h"
#include "auris/text/chat_template/value.h"

namespace auris::text::jinja {

class Budget;

// Any JSON, none of it trusted. Throws Error(kInput) for integers beyond 64 bits and nesting beyond
// kMaxValueDepth.
Value data_value(const nlohmann::ordered_json& json, Budget& budget);

// The messages of a conversation with the trust that the options give. Like transformers, fills
// reasoning_content from its other names ("thinking", "reasoning").
Value message_values(const nlohmann::ordered_json& messages, const RenderOptions& options, Budget& budget);

}  // namespace auris::text::jinja
