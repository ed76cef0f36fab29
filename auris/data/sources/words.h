#pragma once
// What sources call the same things by.

#include <span>
#include <string>
#include <string_view>

namespace auris::data {

// "female" for f, F, Female, woman, female_feminine; "male" likewise; empty for anything else.
std::string gender_in(std::string_view word);

// "train" for training, tr; "dev" for valid, validation, val, devel; "test" for testing, te; others as they
// are.
std::string split_in(std::string_view word);

// The first of them that is called as train, dev or test, by these names; empty if none is.
std::string split_among(std::span<const std::string> words);

// "zh" for zh-CN, zh_TW and Chinese; others in small letters.
std::string language_in(std::string_view word);

}  // namespace auris::data
