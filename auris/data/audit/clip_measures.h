#pragma once
// What can be said of a recording by measuring it, without hearing what it says.

#include <cstdint>
#include <string>

#include "auris/audio/audio_clip.h"

namespace auris::data {

struct ClipMeasures {
  double duration_s = 0;
  double peak = 0;      // of full scale, 1
  double level_db = 0;  // root mean square of the loud frames, below full scale; -120 for digital silence
  double noise_db = 0;  // of the quiet frames
  double snr_db = 0;    // level_db over noise_db
  double silence_share = 0;  // of frames more than 40 dB below the loud ones, or below -70 dB
  double clipped_share = 0;  // of samples at least 0.999 of full scale, next to another such one
  double offset = 0;         // mean of the samples
  // XXH3 (128 bits) of the samples, in hex: equal recordings have equal ones, whatever files they lie in.
  std::string content;
};

// Frames of 20 ms. Loud frames are the upper tenth, quiet ones the lower tenth that is not digital silence,
// by energy (the idea of NIST's STNR, which looks for the two in a histogram): a recording without pauses
// seems noisier than it is.
ClipMeasures measure(const audio::AudioClip& clip);

}  // namespace auris::data
