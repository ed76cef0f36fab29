#include "auris/server/realtime/conversation.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "auris/base/json_fields.h"
#include "auris/engine/serving/prepared_chat.h"
#include "auris/server/api/api_error.h"
#include "auris/text/base64.h"

namespace auris::server {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr size_t kMostItems = 1000;
constexpr double kFewestSeconds = 0.1;  // of a recording: OpenAI's limit, too

double seconds_of(const ConversationItem& item) {
  double seconds = 0;
  for (const ConversationItem::Part& part : item.parts) {
    if (part.clip) seconds += static_cast<double>(part.clip->samples.size()) / kListeningRateHz;
  }
  return seconds;
}

processor::Role role_of(const JsonFields& item) {
  const std::string role = item.text("role");
  if (role == "user") return processor::Role::kUser;
  if (role == "assistant") return processor::Role::kAssistant;
  if (role == "system" || role == "developer") return processor::Role::kSystem;
  item.fail("role", "user, assistant or system", quoted(role));
}

processor::Clip clip_of(const JsonFields& part, const PcmFormat& format, double most_seconds) {
  const std::string bytes = [&] {
    try {
      return text::from_base64(part.text("audio"));
    } catch (const Error&) {
      part.fail("audio", "base64", "something else");
    }
  }();
  auto clip = std::make_shared<audio::AudioClip>();
  clip->sample_rate_hz = kListeningRateHz;
  PcmInput input(format);
  input.push(bytes, clip->samples);
  input.finish(clip->samples);
  const double seconds = static_cast<double>(clip->samples.size()) / kListeningRateHz;
  if (seconds < kFewestSeconds || seconds > most_seconds) {
    part.fail("audio", fmt::format("{} to {} seconds of sound", kFewestSeconds, most_seconds),
              fmt::format("{:.2f}", seconds));
  }
  return clip;
}

ConversationItem::Part part_of(const JsonFields& part, processor::Role role, const PcmFormat& format,
                               double most_seconds) {
  const std::string type = part.text("type");
  if (type == "input_text" || type == "output_text" || type == "text") return {.text = part.text("text")};
  if (type == "input_audio" && role == processor::Role::kUser)
    return {.text = part.text("transcript", ""), .clip = clip_of(part, format, most_seconds)};
  // An answer of another server, which has spoken it.
  if (type == "output_audio" || type == "audio") return {.text = part.text("transcript", "")};
  part.fail("type", "input_text, input_audio or output_text", quoted(type));
}

[[noreturn]] void fail_unknown(const std::string& id) {
  throw ApiError({.message = "The conversation has no item " + quoted(id) + ".",
                  .param = "item_id",
                  .code = "item_not_found"});
}

}  // namespace

bool ConversationItem::has_recording() const {
  return std::ranges::any_of(parts, [](const Part& part) { return part.clip != nullptr; });
}

ordered_json ConversationItem::as_json(const Form& form) const {
  const char* written = form.is_beta ? "text" : "output_text";
  ordered_json content = ordered_json::array();
  for (const Part& part : parts) {
    if (!part.clip) {
      content.push_back(
          {{"type", role == processor::Role::kAssistant ? written : "input_text"}, {"text", part.text}});
      continue;
    }
    ordered_json sound = {{"type", "input_audio"}, {"transcript", nullptr}};
    if (part.is_written_down || !part.text.empty()) sound["transcript"] = part.text;
    if (form.audio) sound["audio"] = text::to_base64(pcm_bytes(part.clip->samples, *form.audio));
    content.push_back(std::move(sound));
  }
  return {{"id", id},         {"object", "realtime.item"},        {"type", "message"},
          {"status", status}, {"role", processor::name_of(role)}, {"content", std::move(content)}};
}

ConversationItem Conversation::parse(const json& item, const std::string& id, const PcmFormat& format,
                                     double most_seconds) {
  const JsonFields given(item, "item", ErrorCode::kUsage);
  if (const std::string type = given.text("type", "message"); type != "message")
    given.fail("type", "message", quoted(type), "this server calls no tools");
  ConversationItem result{.id = given.text("id", id), .role = role_of(given)};
  if (result.id.empty() || result.id.size() > 64) given.fail("id", "1 to 64 bytes", "another length");
  const json& content = given.list("content");
  for (size_t i = 0; i < content.size(); ++i) {
    const JsonFields part(content[i], fmt::format("item: 'content[{}]'", i), ErrorCode::kUsage);
    result.parts.push_back(part_of(part, result.role, format, most_seconds));
  }
  if (result.parts.empty()) given.fail("content", "a text or a recording", "none");
  return result;
}

std::string Conversation::insert(ConversationItem item, const std::string& previous) {
  if (find(item.id) != nullptr) {
    throw ApiError(
        {.message = "The conversation has an item " + quoted(item.id) + " already.", .param = "item.id"});
  }
  if (items_.size() >= kMostItems)
    throw ApiError({.message = fmt::format("A conversation has at most {} items.", kMostItems)});
  auto place = items_.end();
  if (previous == "root") {
    place = items_.begin();
  } else if (!previous.empty()) {
    place = std::ranges::find(items_, previous, &ConversationItem::id);
    if (place == items_.end()) fail_unknown(previous);
    ++place;
  }
  std::string before = place == items_.begin() ? "" : std::prev(place)->id;
  items_.insert(place, std::move(item));
  return before;
}

ConversationItem* Conversation::find(const std::string& id) {
  const auto found = std::ranges::find(items_, id, &ConversationItem::id);
  return found == items_.end() ? nullptr : &*found;
}

ConversationItem& Conversation::at(const std::string& id) {
  ConversationItem* item = find(id);
  if (item == nullptr) fail_unknown(id);
  return *item;
}

void Conversation::erase(const std::string& id) {
  at(id);
  std::erase_if(items_, [&](const ConversationItem& item) { return item.id == id; });
}

void Conversation::keep_seconds(double most_seconds) {
  double seconds = 0;
  for (const ConversationItem& item : items_) seconds += seconds_of(item);
  while (seconds > most_seconds && items_.size() > 1) {
    seconds -= seconds_of(items_.front());
    items_.erase(items_.begin());
  }
}

bool Conversation::drop_oldest_turn() {
  const auto is_user = [](const ConversationItem& item) { return item.role == processor::Role::kUser; };
  const auto first = std::ranges::find_if(items_, is_user);
  if (first == items_.end()) return false;
  const auto next = std::find_if(std::next(first), items_.end(), is_user);
  if (next == items_.end()) return false;
  items_.erase(first, next);
  return true;
}

std::vector<processor::Message> turns_of(const std::vector<ConversationItem>& items,
                                         const std::string& instructions, bool hears) {
  std::vector<processor::Message> turns;
  if (!instructions.empty())
    turns.push_back({.role = processor::Role::kSystem, .parts = {processor::TextPart{instructions}}});
  for (const ConversationItem& item : items) {
    processor::Message turn{.role = item.role, .parts = {}};
    std::string typed;
    std::vector<std::string> said;
    bool is_known = !hears && item.has_recording();
    for (const ConversationItem::Part& part : item.parts) {
      if (!part.clip) {
        typed += part.text;
        turn.parts.emplace_back(processor::TextPart{part.text});
        continue;
      }
      is_known &= part.is_written_down;
      said.push_back(part.text);
      turn.parts.emplace_back(processor::AudioPart{.clip = part.clip});
    }
    // Somebody has listened already: the same text as if the scheduler had.
    if (is_known) turn.parts = {processor::TextPart{engine::written_turn(said, typed)}};
    turns.push_back(std::move(turn));
  }
  return turns;
}

}  // namespace auris::server
