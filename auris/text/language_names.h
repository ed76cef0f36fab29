#pragma once
// Whisper's languages by name, as openai-whisper lists them.

#include <string>
#include <string_view>

namespace auris::text {

// "es" for "es", "ES", "Spanish" and "castilian". Anything unknown comes back in lower case.
std::string language_code(std::string_view code_or_name);

// "spanish" for "es"; empty if unknown.
std::string_view language_name(std::string_view code);

}  // namespace auris::text
