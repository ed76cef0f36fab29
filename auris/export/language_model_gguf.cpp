#include "auris/export/language_model_gguf.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "auris/base/thread_pool.h"
#include "auris/export/gguf_tensor_types.h"
#include "auris/export/gguf_tokenizer_metadata.h"
#include "auris/models/audio_llm/audio_llm.h"
#include "auris/models/language/llama/llama_names.h"
#include "auris/models/language/llama/merged_weights.h"
#include "auris/models/registry.h"
#include "auris/tensor/dequantize.h"
#include "auris/tensor/quantize.h"
#include "auris/weights/gguf_writer.h"

namespace auris::models {
namespace {

namespace fs = std::filesystem;
using CheckpointPtr = std::shared_ptr<const weights::Checkpoint>;

constexpr uint32_t kQuantizationVersion = 2;        // ggml.h, GGML_QNT_VERSION
constexpr int64_t kBytesAtOnce = int64_t{8} << 20;  // of f32
constexpr float kLargestHalf = 65504.0f;
constexpr const char* kRopeDivisors = "rope_freqs.weight";

// A language model and where its tokenizer lies.
struct Source {
  CheckpointPtr language, home;
  LlamaConfig config;
  nn::AdapterSource adapter = {};
};

bool has_tokenizer(const fs::path& folder) { return fs::exists(folder / "tokenizer.json"); }

Source source_of(const fs::path& model) {
  const CheckpointPtr checkpoint = weights::open_checkpoint(model);
  switch (kind_of(*checkpoint)) {
    case ModelKind::kLanguage:
      return {.language = checkpoint, .home = checkpoint, .config = llama_config_of(*checkpoint)};
    case ModelKind::kAudioLanguage: {
      const AudioLlmParts parts = open_audio_llm_parts({.model = model});
      return {.language = parts.language,
              .home = has_tokenizer(parts.model->folder()) ? parts.model : parts.language,
              .config = parts.config().language,
              .adapter = language_adapter(parts)};
    }
    default: break;
  }
  throw Error(ErrorCode::kUsage, {.where = quoted(model.string(), 300),
                                  .expected = "a language model, or an audio language model",
                                  .got = std::string(name_of(kind_of(*checkpoint))),
                                  .hint = "`auris inspect` says what a model is"});
}

weights::GgufMetadata metadata_of(const Source& source, const MergedWeights& weights,
                                  const GgufExportOptions& options) {
  const ModelDescription description = describe(*source.language);
  weights::GgufMetadata metadata = llama_config_to_gguf(weights.config());
  metadata.add("general.type", "model");
  metadata.add("general.name", options.name.empty() ? description.name : options.name);
  const std::string licence = options.licence.empty() ? description.licence : options.licence;
  if (!licence.empty()) metadata.add("general.license", licence);
  metadata.add("general.file_type", gguf_file_type(options.type));
  if (is_quantized(options.type)) metadata.add("general.quantization_version", kQuantizationVersion);
  add_tokenizer_metadata(gguf_tokenizer_metadata(*source.home, weights.config().vocab_size), metadata);
  return metadata;
}

// A tensor of the file and the parameter it comes from.
struct Planned {
  std::string parameter;
  weights::TensorInfo info;
};

std::vector<Planned> plan_of(const MergedWeights& weights, DType type) {
  const LlamaConfig& config = weights.config();
  std::vector<Planned> plan;
  for (const std::string& parameter : weights.names()) {
    const std::string name = llama_name_in_gguf(parameter, config.sandwich_norms);
    const Shape shape = weights.shape_of(parameter);
    const DType chosen = gguf_tensor_type(
        type, {.name = name, .shape = shape, .layers = config.layers, .has_output = !config.tied_embeddings});
    plan.push_back({parameter, {name, chosen, shape}});
  }
  return plan;
}

// What stretches the frequencies, as divisors; empty for plain ones.
std::vector<float> divisors_of(const MergedWeights& weights) {
  const Tensor stored = weights.rope_divisors();
  if (!stored.defined()) return llama_rope_divisors(weights.config());
  std::vector<float> divisors(static_cast<size_t>(stored.elements()));
  dequantize(stored.dtype(), stored.data<std::byte>(), stored.elements(), divisors.data());
  return divisors;
}

[[noreturn]] void fail_number(const std::string& tensor, DType type) {
  const bool short_range = type != DType::kF32 && type != DType::kBF16;
  throw Error(ErrorCode::kUsage,
              {.where = quoted(tensor),
               .expected = short_range ? "finite numbers that a half can hold" : "finite numbers",
               .got = "others",
               .hint = short_range ? "write bf16 or f32, if they are finite" : "the model is damaged"});
}

// Writes a parameter in pieces of whole rows.
void write_computed(const MergedWeights& weights, const Planned& planned, weights::GgufWriter& writer) {
  const DType type = planned.info.dtype;
  const int64_t rows = weights.rows_of(planned.parameter), width = planned.info.shape.elements() / rows;
  const int64_t at_once = std::max<int64_t>(1, kBytesAtOnce / (4 * width));
  const DTypeInfo& blocks = info_of(type);
  const auto row_bytes = static_cast<size_t>(width / blocks.block_elements * blocks.block_bytes);
  const float largest = type == DType::kF32 || type == DType::kBF16 ? INFINITY : kLargestHalf;
  std::vector<float> numbers(static_cast<size_t>(std::min(rows, at_once) * width));
  std::vector<std::byte> bytes(static_cast<size_t>(std::min(rows, at_once)) * row_bytes);
  for (int64_t begin = 0; begin < rows; begin += at_once) {
    const int64_t count = std::min(at_once, rows - begin);
    weights.read(planned.parameter, LlamaLayout::kGguf, begin, count, numbers.data());
    std::atomic<bool> fits{true};
    parallel_for(count, [&](int64_t row) {
      const float* from = numbers.data() + row * width;
      const bool good = std::all_of(from, from + width,
                                    [&](float x) { return std::isfinite(x) && std::abs(x) <= largest; });
      if (!good) fits = false;
      if (good) quantize(type, from, width, bytes.data() + static_cast<size_t>(row) * row_bytes);
    });
    if (!fits) fail_number(planned.info.name, type);
    writer.write(std::span(bytes).first(static_cast<size_t>(count) * row_bytes));
  }
}

}  // namespace

GgufExportReport export_gguf(const fs::path& model, const fs::path& file, const GgufExportOptions& options) {
  const Source source = source_of(model);
  const MergedWeights weights(source.language, source.config, source.adapter, options.trained);
  const weights::GgufMetadata metadata = metadata_of(source, weights, options);
  const std::vector<Planned> plan = plan_of(weights, options.type);
  const std::vector<float> divisors = divisors_of(weights);
  std::vector<weights::TensorInfo> infos;
  infos.reserve(plan.size() + 1);
  for (const Planned& planned : plan) infos.push_back(planned.info);
  if (!divisors.empty()) infos.push_back({kRopeDivisors, DType::kF32, {std::ssize(divisors)}});

  GgufExportReport report{.architecture = source.config.family == "mistral" ? "llama" : source.config.family,
                          .merged_adapter = weights.has_adapter(),
                          .tensors = std::ssize(infos)};
  for (const weights::TensorInfo& info : infos) ++report.tensors_by_type[info.dtype];
  weights::GgufWriter writer(file, metadata, infos);
  for (size_t i = 0; i < plan.size(); ++i) {
    const Tensor same = weights.unchanged(plan[i].parameter, LlamaLayout::kGguf);
    if (same.defined() && same.dtype() == plan[i].info.dtype) {
      writer.write({same.data<std::byte>(), same.bytes()});
    } else {
      write_computed(weights, plan[i], writer);
    }
    if (options.progress && !options.progress(static_cast<int64_t>(i) + 1, report.tensors)) {
      throw Error(ErrorCode::kCancelled,
                  {.where = "export", .expected = "to finish", .got = "a request to stop", .hint = ""});
    }
  }
  if (!divisors.empty()) writer.write(std::as_bytes(std::span(divisors)));
  report.bytes = writer.bytes();
  writer.commit();
  return report;
}

}  // namespace auris::models
