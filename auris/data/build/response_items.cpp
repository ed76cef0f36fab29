#include "auris/data/build/response_items.h"

#include "auris/base/error.h"
#include "auris/base/trimmed.h"
#include "auris/data/items/answers.h"
#include "auris/data/items/item_builder.h"

namespace auris::data {
namespace {

std::string with(std::string prompt, std::string_view in_place_of_text) {
  return prompt.replace(prompt.find(kTextMark), kTextMark.size(), in_place_of_text);
}

}  // namespace

ResponseItems::ResponseItems(const std::vector<std::filesystem::path>& folders) {
  for (const std::filesystem::path& folder : folders) {
    sets_.push_back(std::make_unique<ResponseSet>(folder));
    if (sets_.back()->prompt() != sets_.front()->prompt()) {
      throw Error(ErrorCode::kInput, {.where = folder.string(),
                                      .expected = "the prompt " + quoted(sets_.front()->prompt()),
                                      .got = quoted(sets_.back()->prompt()),
                                      .hint = "give each prompt a rule of its own"});
    }
  }
  const bool alone = trimmed(with(sets_.front()->prompt(), "")).empty();
  configuration_ = alone ? Configuration::kAudio : Configuration::kTextAudio;
}

std::variant<ResponseItem, Rejection> ResponseItems::plan(const Task& task, const Clip& clip) const {
  const std::string id = ItemBuilder::id_of(task, configuration_, clip);
  for (const auto& set : sets_) {
    const std::optional<Response> response = set->find(clip.id);
    if (!response) continue;
    if (response->text != clip.text)
      return Rejection{id, "other_text", "the language model answered " + quoted(response->text)};
    const TaskVariant* variant = variant_for(task, clip);
    if (variant == nullptr) return Rejection{id, "no_variant", no_variant_text(task, clip)};
    ResponseItem planned{.item = ItemBuilder::about(clip), .logits = set->logits().bytes(response->row)};
    Item& item = planned.item;
    item.id = id;
    item.task = task.id;
    item.variant = variant->id;
    item.task_version = task.version;
    item.configuration = configuration_;
    item.prompt = with(set->prompt(), kAudioMark);
    item.answer = response->answer;
    item.instruction =
        configuration_ == Configuration::kAudio ? clip.text : std::string(trimmed(with(set->prompt(), "")));
    item.responder = set->model();
    return planned;
  }
  return Rejection{id, "no_response", "no language model answered the clip's text"};
}

}  // namespace auris::data
