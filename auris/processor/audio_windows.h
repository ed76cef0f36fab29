#pragma once
// Cuts a recording into the windows an audio language model hears it through, as the model's published
// processor does, except that nothing is ever left out: Qwen2-Audio's keeps 30 s of a recording, ours goes on
// with further windows.
//
//   LLaSO        windows of 30 s, the last one filled up with silence; every window gives all of its rows
//   Ultravox     features of the whole recording, cut every 3,000 frames; no padding behind the first window;
//   behind a
//                later one that is shorter than the encoder's window empty frames (zeros, not silence), which
//                its last, incomplete stack of rows sees
//   Qwen2-Audio  windows of 30 s; features of the window filled up with silence, of which the encoder sees
//   two frames composed     as Qwen2-Audio, or as LLaSO with "window_rows": "whole"

#include <span>
#include <vector>

#include "auris/audio/audio_clip.h"
#include "auris/audio/frontend/whisper_frontend.h"
#include "auris/models/audio_llm/audio_llm.h"

namespace auris::processor {

// Throws kUsage if the clip is not at 16 kHz; kInput if it is too short to give a row.
std::vector<models::AudioWindow> audio_windows(const audio::AudioClip& clip,
                                               const models::AudioLlmConfig& config,
                                               const audio::WhisperFrontend& frontend);

}  // namespace auris::processor
