#pragma once
// A whole recording in memory. For hours of sound use AudioReader, on which this stands.
//
//   DecodeReport report;
//   AudioClip clip = decode_audio("interview.m4a", {}, &report);
//   AudioClip piped = decode_audio(AudioSource::standard_input());

#include "auris/audio/audio_clip.h"
#include "auris/audio/audio_source.h"
#include "auris/audio/decode_options.h"

namespace auris::audio {

// Throws kInput (see audio_reader.h). A recording that decodes to nothing at all, but without error, gives 0
// samples.
AudioClip decode_audio(const AudioSource& source, const DecodeOptions& options = {},
                       DecodeReport* report = nullptr);

}  // namespace auris::audio
