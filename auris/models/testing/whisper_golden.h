#pragma once
// For the Whisper parity tests: golden files of tools/reference/whisper_*.py and the real recordings behind
// them.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>

#include <fmt/format.h>

#include "auris/audio/decode.h"
#include "auris/audio/frontend/whisper_frontend.h"
#include "auris/tensor/transfer.h"
#include "auris/weights/checkpoint.h"
#include "tests/source_folder.h"

namespace auris::models::testing {

inline std::filesystem::path whisper_golden_folder() {
  return std::filesystem::path(AURIS_SOURCE_DIR) / "tests" / "golden" / "whisper";
}

inline std::filesystem::path librivox_sentence(const std::string& number) {
  return "/usr/share/pocketsphinx/test/data/librivox/sense_and_sensibility_01_austen_64kb-" + number + ".wav";
}

inline std::filesystem::path english_prompt(const std::string& name) {
  return "/usr/share/asterisk/sounds/en_US_f_Allison/" + name + ".g722";
}

inline std::filesystem::path russian_prompt(const std::string& name) {
  return "/usr/share/asterisk/sounds/ru_RU_f_IvrvoiceRU/" + name + ".g722";
}

// The first 30 s as faster-whisper gives them to the encoder: rows of 0 behind the recording.
inline Tensor first_window(const audio::AudioClip& clip, int mel_bins = 80) {
  audio::WhisperFrontend frontend(mel_bins);
  Tensor all = frontend.features(clip.samples, audio::WhisperFrontend::kFasterWhisperTailSamples);
  return audio::WhisperFrontend::slice(all, 0, audio::WhisperFrontend::content_frames(clip.samples.size()));
}

// Norm of the difference over the norm of the golden values, with every `step`-th of our rows; infinite if
// sizes differ.
inline double sampled_error(const Tensor& computed, const Tensor& reference, int64_t step) {
  Tensor ours = to_host(computed), golden = to_host(reference);
  if ((ours.rows() + step - 1) / step != golden.rows() || ours.cols() != golden.cols()) return INFINITY;
  double difference = 0;
  double size = 0;
  for (int64_t r = 0; r < golden.rows(); ++r) {
    for (int64_t c = 0; c < golden.cols(); ++c) {
      double expected = golden.data<float>()[r * golden.cols() + c];
      double error = ours.data<float>()[r * step * ours.cols() + c] - expected;
      difference += error * error;
      size += expected * expected;
    }
  }
  return std::sqrt(difference / size);
}

}  // namespace auris::models::testing
