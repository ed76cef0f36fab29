#pragma once
// How fast somebody speaks, by the letters of what is said and the length of the recording.

#include <optional>
#include <string>

#include "auris/data/manifest/clip.h"

namespace auris::data {

// "slow" below 10 letters a second, "fast" from 13 on, "medium" between: about thirds of the prompts of
// Asterisk in English and of the stamps of Tux Paint. Silence around the words counts as slow speech. Nothing
// where letters do not tell: fewer than 15 of them, digits among them (whose words are longer), or over 25 a
// second, which nobody speaks, so that the text is not what is said.
std::optional<std::string> speaking_rate_of(const Clip& clip);

}  // namespace auris::data
