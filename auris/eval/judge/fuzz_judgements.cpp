#include <filesystem>
#include <fstream>

#include <unistd.h>

#include "auris/eval/judge/judge_question.h"
#include "auris/eval/judge/judgement_store.h"

// Any bytes can be read, and what is added behind them is found again. The same bytes are a judge's reply.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace auris::eval;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto path =
      std::filesystem::temp_directory_path() / ("auris-fuzz-judgements-" + std::to_string(::getpid()));
  std::ofstream(path, std::ios::binary) << text;
  const Judgement fresh{.key = "fresh", .item = "a", .votes = {1, -1}, .score = 0.5};
  { JudgementStore(path).add(fresh); }
  const JudgementStore again(path);
  const Judgement* found = again.find("fresh");
  std::filesystem::remove(path);
  if (found == nullptr || *found != fresh) __builtin_trap();
  const std::vector<std::string> choices = {"A", "B", "tie"};
  if (verdict_in(text, choices).value_or(0) >= choices.size()) __builtin_trap();
  return 0;
}
