#include "apps/generation_flags.h"

#include "apps/device_flag.h"

namespace auris::apps {

void add_generation_flags(CLI::App& command, GenerationFlags& flags) {
  generate::SamplingOptions& sampling = flags.options.sampling;
  command
      .add_option("-m,--model,--language-model", flags.model,
                  "Language model: a catalog name, file or folder")
      ->capture_default_str();
  command.add_option("--system", flags.system, "What the model is told about its role");
  command.add_option("-n,--max-tokens", flags.options.max_tokens, "Longest answer in tokens")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  command
      .add_option("--temp,--sampling-temperature", sampling.temperature, "0 = always the most probable token")
      ->check(CLI::Range(0.0, 10.0))
      ->capture_default_str();
  command.add_option("--top-k", sampling.top_k, "Sample among the k most probable tokens; 0 = all")
      ->check(CLI::Range(0, 1 << 20))
      ->capture_default_str();
  command
      .add_option("--top-p", sampling.top_p, "Sample among the tokens that hold this share of probability")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command
      .add_option("--min-p", sampling.min_p,
                  "Leave out tokens below this share of the best one's probability")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command.add_option("--repeat-penalty,--repetition-penalty", sampling.repetition_penalty, "1 = none")
      ->check(CLI::Range(0.1, 10.0))
      ->capture_default_str();
  command.add_option("--sampling-seed", sampling.seed, "Seed of the sampling")->capture_default_str();
  command.add_option("--stop", flags.options.stop, "Text that ends the answer; may be given several times");
  command
      .add_option("--context", flags.context,
                  "Tokens of prompt and answer together; 0 = what the model was made for")
      ->check(CLI::NonNegativeNumber);
  command.add_option("--kv-cache", flags.kv_cache, "Type of cached keys and values")
      ->check(CLI::IsMember({"f32", "f16", "q8_0"}))
      ->capture_default_str();
  add_device_flag(command, flags.device);
}

DType kv_cache_of(const GenerationFlags& flags) {
  if (flags.kv_cache == "f16") return DType::kF16;
  return flags.kv_cache == "q8_0" ? DType::kQ8_0 : DType::kF32;
}

}  // namespace auris::apps
