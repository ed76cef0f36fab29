#pragma once
// The flags of commands that make a language model write.

#include "apps/program.h"
#include "auris/generate/text/text_generator.h"

namespace auris::apps {

struct GenerationFlags {
  std::string model = "smollm2-135m-instruct";
  std::string system;
  std::string kv_cache = "f32";
  int64_t context = 0;
  std::string device = "cpu";
  generate::GenerationOptions options;
};

void add_generation_flags(CLI::App& command, GenerationFlags& flags);
DType kv_cache_of(const GenerationFlags& flags);

}  // namespace auris::apps
