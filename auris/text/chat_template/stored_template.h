#pragma once
// The chat template beside a tokenizer.

#include <filesystem>
#include <string>

namespace auris::text {

// The text of chat_template.jinja in the folder of a model, else what tokenizer_config.json has: one
// template, or a list of named ones of which "default" counts. Empty if there is none. Throws kModel for
// files that cannot be read.
std::string stored_chat_template(const std::filesystem::path& folder);

}  // namespace auris::text
