// Keeps models loaded and runs what it is told, for bench/peers/compare.py: one JSON command a line on
// standard input, one JSON answer a line on standard output.
//
//   {"command": "transcribe", "model": NAME, "file": PATH, "beam": 5, "language": "en"} -> {"text",
//   "seconds", timings}
//   {"command": "prompt", "model": NAME, "tokens": [ids]}                               -> {"seconds"}
//   {"command": "decode", "model": NAME, "tokens": [ids], "count": N, "sequences": 1}   -> {"seconds",
//   "tokens"} of the first sequence

#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <map>

#include "auris/auris.h"

namespace {

using auris::Tensor;
using nlohmann::json;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

class Bench {
 public:
  json answer(const json& command) {
    std::string what = command.at("command");
    if (what == "transcribe") return transcribe(command);
    if (what == "prompt") return prompt(command);
    return decode(command);
  }

 private:
  json transcribe(const json& command) {
    auto& engine = speech_[command.at("model").get<std::string>()];
    if (!engine) engine = auris::engine::Engine::load({.speech_model = command.at("model")});
    engine->speech_model();
    auris::generate::TranscribeOptions options;
    options.language = command.value("language", "en");
    options.beam_size = command.value("beam", 5);
    auto begin = Clock::now();
    auto transcript =
        engine->transcribe(auris::audio::decode_audio(command.at("file").get<std::string>()), options);
    return {{"text", transcript.text},
            {"seconds", seconds_since(begin)},
            {"features_s", transcript.timings.features_s},
            {"encode_s", transcript.timings.encode_s},
            {"decode_s", transcript.timings.decode_s}};
  }

  const auris::models::Llama& llama(const json& command) {
    auto& model = language_[command.at("model").get<std::string>()];
    if (!model) {
      std::string name = command.at("model");
      model = auris::engine::load_language_model(auris::weights::Catalog::load().resolve(name), name);
    }
    return *model->llama;
  }

  // Logits of the last row.
  static Tensor run(const auris::models::Llama& llama, std::span<const int32_t> tokens, auris::KvCache& cache,
                    auris::SequenceId sequence) {
    auto rows = static_cast<int64_t>(tokens.size());
    int32_t last = static_cast<int32_t>(rows) - 1;
    auto layout = auris::RowLayout::single(rows, cache.length(sequence), sequence);
    return llama.logits(llama.forward(llama.embed(tokens), layout,
                                      {.cache = &cache, .rows = std::span(&last, 1), .observer = {}}));
  }

  // One token more for each sequence; the most probable next ones.
  static void step(const auris::models::Llama& llama, std::vector<int32_t>& tokens, auris::KvCache& cache,
                   std::span<const auris::SequenceId> sequences) {
    auris::RowLayout layout;
    for (auris::SequenceId sequence : sequences) layout.add(1, cache.length(sequence), sequence);
    Tensor logits = llama.logits(
        llama.forward(llama.embed(tokens), layout, {.cache = &cache, .rows = {}, .observer = {}}));
    for (size_t i = 0; i < tokens.size(); ++i) tokens[i] = most_probable(logits, static_cast<int64_t>(i));
  }

  // logits [rows, vocabulary]
  static int32_t most_probable(const Tensor& logits, int64_t row) {
    auto values = logits.span<float>().subspan(static_cast<size_t>(row * logits.cols()),
                                               static_cast<size_t>(logits.cols()));
    return static_cast<int32_t>(std::max_element(values.begin(), values.end()) - values.begin());
  }

  json prompt(const json& command) {
    const auris::models::Llama& model = llama(command);
    auris::KvCache cache(model.cache_options(auris::DType::kF32));
    auto tokens = command.at("tokens").get<std::vector<int32_t>>();
    auto begin = Clock::now();
    run(model, tokens, cache, cache.create());
    return {{"seconds", seconds_since(begin)}};
  }

  json decode(const json& command) {
    const auris::models::Llama& model = llama(command);
    auris::KvCache cache(model.cache_options(auris::DType::kF32));
    auto prompt = command.at("tokens").get<std::vector<int32_t>>();
    std::vector<auris::SequenceId> sequences;
    std::vector<int32_t> next, produced;
    for (int i = 0; i < command.value("sequences", 1); ++i) {
      sequences.push_back(cache.create());
      next.push_back(most_probable(run(model, prompt, cache, sequences.back()), 0));
    }
    auto begin = Clock::now();
    for (int i = 0; i < command.at("count").get<int>(); ++i) {
      produced.push_back(next[0]);
      step(model, next, cache, sequences);
    }
    return {{"seconds", seconds_since(begin)}, {"tokens", produced}};
  }

  std::map<std::string, std::shared_ptr<auris::engine::Engine>> speech_;
  std::map<std::string, std::shared_ptr<const auris::engine::LanguageModel>> language_;
};

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app("Runs models on command, for bench/peers/compare.py");
  int threads = 0;
  app.add_option("--threads", threads, "Compute threads; 0 = one per core");
  CLI11_PARSE(app, argc, argv);
  auris::set_compute_threads(threads);
  Bench bench;
  for (std::string line; std::getline(std::cin, line);)
    std::cout << bench.answer(json::parse(line)).dump() << std::endl;
} catch (const std::exception& error) {
  std::cerr << error.what() << "\n";
  return 1;
}
