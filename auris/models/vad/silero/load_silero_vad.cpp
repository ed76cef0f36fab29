#include "auris/models/vad/silero/load_silero_vad.h"

#include "auris/audio/vad/silero_vad.h"
#include "auris/weights/checkpoint.h"

namespace auris::models {

std::unique_ptr<audio::VoiceDetector> load_silero_vad(const std::filesystem::path& path) {
  auto checkpoint = weights::open_checkpoint(path);
  std::vector<Tensor> read;  // keeps the data until the detector has packed it
  auto values = [&](const char* name) -> std::span<const float> {
    Tensor tensor = checkpoint->tensor(name);
    if (tensor.dtype() != DType::kF32) {
      throw Error(ErrorCode::kModel, {.where = "silero vad",
                                      .expected = std::string("f32 values of ") + name,
                                      .got = std::string(name_of(tensor.dtype())),
                                      .hint = "take silero_vad_16k.safetensors of silero-vad 6"});
    }
    read.push_back(tensor);
    return tensor.span<float>();
  };
  return audio::make_silero_detector({.stft = values("stft_conv.weight"),
                                      .conv1_weight = values("conv1.weight"),
                                      .conv1_bias = values("conv1.bias"),
                                      .conv2_weight = values("conv2.weight"),
                                      .conv2_bias = values("conv2.bias"),
                                      .conv3_weight = values("conv3.weight"),
                                      .conv3_bias = values("conv3.bias"),
                                      .conv4_weight = values("conv4.weight"),
                                      .conv4_bias = values("conv4.bias"),
                                      .lstm_weight_ih = values("lstm_cell.weight_ih"),
                                      .lstm_weight_hh = values("lstm_cell.weight_hh"),
                                      .lstm_bias_ih = values("lstm_cell.bias_ih"),
                                      .lstm_bias_hh = values("lstm_cell.bias_hh"),
                                      .final_weight = values("final_conv.weight"),
                                      .final_bias = values("final_conv.bias")});
}

std::unique_ptr<audio::VoiceDetector> best_voice_detector() {
  std::error_code missing;
  if (std::filesystem::exists(silero_vad_path(), missing)) return load_silero_vad();
  return audio::make_energy_detector();
}

}  // namespace auris::models
