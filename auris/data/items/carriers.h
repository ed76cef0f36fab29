#pragma once
// What is read beside a recording that says everything itself: sentences that ask for nothing in particular.

#include <array>

namespace auris::data {

inline constexpr std::array<const char*, 12> kCarriers{
    "Listen, then do what you hear.",
    "Please follow the spoken instruction.",
    "Here is a recording. Do what it asks.",
    "Everything you need is in the recording.",
    "Answer what is asked in the audio.",
    "The request is spoken. Please carry it out.",
    "Hear the recording to its end and respond.",
    "Respond to the speaker.",
    "Your task is told in the sound that follows.",
    "Play the audio and give the answer it asks for.",
    "React to this recording as it asks you to.",
    "What follows is a spoken request. Please respond to it.",
};

}  // namespace auris::data
