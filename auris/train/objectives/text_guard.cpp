#include "auris/train/objectives/text_guard.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <c10/core/GradMode.h>

#include "auris/base/mapped_file.h"
#include "auris/base/stable_hash.h"
#include "auris/base/trimmed.h"
#include "auris/data/shards/permutation.h"
#include "auris/tensor/backend/torch/torch_tensor.h"
#include "auris/train/objectives/distillation.h"

namespace auris::train {
namespace {

void add_paragraphs(const std::filesystem::path& path, const text::Tokenizer& tokenizer,
                    std::vector<std::vector<int32_t>>& paragraphs) {
  const auto file = MappedFile::open(path, ErrorCode::kInput);
  std::string_view text(reinterpret_cast<const char*>(file->bytes().data()), file->bytes().size());
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    std::vector<int32_t> ids = tokenizer.encode(line);
    if (ids.size() >= 2) paragraphs.push_back(std::move(ids));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace

TextGuard::TextGuard(std::span<const std::filesystem::path> files, const text::Tokenizer& tokenizer,
                     uint64_t seed)
    : seed_(seed) {
  for (const std::filesystem::path& file : files) add_paragraphs(file, tokenizer, paragraphs_);
  if (!paragraphs_.empty()) return;
  throw Error(ErrorCode::kInput, {.where = "text_guard",
                                  .expected = "files with a paragraph a line",
                                  .got = "no paragraph of two tokens in them",
                                  .hint = ""});
}

std::vector<std::vector<int32_t>> TextGuard::texts_of(int64_t step, int64_t tokens) const {
  // A step may take as many paragraphs as it has room for; each step has a stretch of its own to take them
  // from, so that a step's texts do not depend on those before.
  constexpr uint64_t kStretch = 64;
  std::vector<std::vector<int32_t>> texts;
  int64_t left = tokens;
  const uint64_t count = paragraphs_.size();
  for (uint64_t i = 0; i < std::min(kStretch, count) && left >= 2; ++i) {
    const uint64_t place = static_cast<uint64_t>(step) * kStretch + i;
    const data::Permutation order(count, mixed_bits(seed_ + place / count));
    std::vector<int32_t> ids = paragraphs_[order(place % count)];
    if (static_cast<int64_t>(ids.size()) > left) ids.resize(static_cast<size_t>(left));
    left -= static_cast<int64_t>(ids.size());
    texts.push_back(std::move(ids));
  }
  return texts;
}

at::Tensor TextGuard::loss(const models::Llama& trained, const models::Llama& untrained,
                           std::span<const std::vector<int32_t>> texts, double temperature) {
  std::vector<int32_t> ids;
  RowLayout layout;
  for (const std::vector<int32_t>& text : texts) {
    ids.insert(ids.end(), text.begin(), text.end());
    layout.add(static_cast<int64_t>(text.size()));
  }
  const auto logits_of = [&](const models::Llama& model) {
    return torch_of(model.logits(model.forward(model.embed(ids), layout)));
  };
  at::Tensor taught;
  {
    c10::NoGradGuard no_gradients;
    taught = logits_of(untrained);
  }
  return full_distillation(logits_of(trained), taught, {.temperature = temperature}) /
         static_cast<double>(ids.size());
}

}  // namespace auris::train
