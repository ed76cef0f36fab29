#pragma once
// The explicit list of models: how a file or folder is recognised, and which loader takes it. Adding a model
// adds a line in registry.cpp.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "auris/weights/checkpoint.h"

namespace auris::models {

// Which loader applies.
enum class ModelKind {
  kLanguage,       // load_llama()
  kAudioLanguage,  // load_audio_llm()
  kSpeech,         // load_whisper(): speech recognition, and an encoder for audio language models
  kUnknown,
};
std::string_view name_of(ModelKind kind);

// Never throws for an opened checkpoint: what no entry recognises is kUnknown.
ModelKind kind_of(const weights::Checkpoint& checkpoint);

struct DTypeShare {
  DType dtype;
  int64_t tensors = 0;
  int64_t parameters = 0;
};

// A part of a model that lies in another file or folder.
struct PartDescription {
  std::string what;  // "encoder", "language model"
  std::string path;
};

// What `auris inspect` shows.
struct ModelDescription {
  ModelKind kind = ModelKind::kUnknown;
  std::string family;  // "llama", "qwen2_audio", "whisper", ...; the file's own word if unknown
  std::string name;    // as the file calls itself, else the file's or folder's name
  weights::Format format = weights::Format::kSafetensors;
  int64_t parameters =
      0;  // elements of all tensors of the checkpoint itself; scales of quantized ones are not counted
  std::vector<DTypeShare> dtypes;            // most parameters first
  int64_t context_length = 0;                // tokens; 0 if it is not known
  std::string licence;                       // empty if the files do not say
  std::vector<std::string> inputs, outputs;  // of "text", "audio"
  std::vector<PartDescription> parts;        // of an audio language model
  std::vector<std::string> notes;  // what would keep it from loading: a missing part, unreadable tensors
};

// Opens the checkpoint. Throws kModel or kInput as weights::open_checkpoint does; a config that makes no
// sense becomes a note, so that broken models can be looked at.
ModelDescription describe(const std::filesystem::path& path);
ModelDescription describe(const weights::Checkpoint& checkpoint);

}  // namespace auris::models
