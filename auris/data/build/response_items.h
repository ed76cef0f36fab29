#pragma once
// Items whose answers a language model gave to the words of a clip: the recording takes the words' place in
// the prompt, and the same answer is wanted.

#include <filesystem>
#include <memory>
#include <span>
#include <variant>
#include <vector>

#include "auris/data/items/item.h"
#include "auris/data/responses/response_set.h"

namespace auris::data {

struct ResponseItem {
  Item item;
  std::span<const std::byte> logits;  // a record of answer_logits.h; valid as long as the ResponseItems
};

class ResponseItems {
 public:
  // kInput if a folder cannot be read, or was answered to another prompt than the first.
  explicit ResponseItems(const std::vector<std::filesystem::path>& folders);

  // kAudio if the prompt is the clip's text alone, else kTextAudio.
  Configuration configuration() const { return configuration_; }

  // The item that a clip gives, or why it gives none: "no_response", or "other_text" if the clip's text is no
  // longer the one that was answered.
  std::variant<ResponseItem, Rejection> plan(const Task& task, const Clip& clip) const;

 private:
  std::vector<std::unique_ptr<ResponseSet>> sets_;
  Configuration configuration_ = Configuration::kAudio;
};

}  // namespace auris::data
