#pragma once
// The model of a run: parts that stay as they were published, what training changes about it, and what both
// need to be written down as a model that `auris` loads directly.

#include <filesystem>
#include <memory>
#include <vector>

#include "auris/engine/language_model.h"
#include "auris/train/parameters/parameter_set.h"
#include "auris/weights/safetensors_writer.h"

namespace auris::train {

class TrainedModel {
 public:
  // `initial`: the folder of write_initial_model. Throws what loading throws, and kUsage for parts that the
  // model does not have.
  TrainedModel(const TrainRecipe& recipe, const std::filesystem::path& initial, Device device);

  // On the device, with gradients.
  const models::AudioLlm& audio_llm() const { return *model_->ears; }
  // With its processor and tokenizer.
  const std::shared_ptr<const engine::LanguageModel>& language_model() const { return model_; }
  // The same encoder on the cpu backend: what serves users hears for training, too. Null if it or its adapter
  // is trained,
  // and for a model that hears words, whose listener is the language model's.
  const models::AudioLlm* frozen_ears() const { return frozen_ears_.get(); }
  // The language model as it was before training; it shares what is not trained. Null unless the recipe has a
  // text guard.
  const models::Llama* untrained_language() const { return untrained_.get(); }

  ParameterSet& parameters() { return *parameters_; }
  const ParameterSet& parameters() const { return *parameters_; }
  // On the host, in the order of parameters(), under the model's names.
  std::vector<weights::NamedTensor> tensors() const;
  // Throws kModel if a parameter is missing or has another shape.
  void restore(const weights::Checkpoint& parameters);
  // As a model that `auris` loads (written_model.h).
  void write(const std::filesystem::path& folder) const;

 private:
  TrainRecipe recipe_;
  std::filesystem::path initial_;
  std::unique_ptr<ParameterSet> parameters_;  // stays where it is: hooks of the loading know its place
  std::shared_ptr<const engine::LanguageModel> model_;
  std::shared_ptr<const models::AudioLlm> frozen_ears_;
  std::shared_ptr<const models::Llama> untrained_;
};

}  // namespace auris::train
