#pragma once
// The conversation of a realtime session: its items in order, as OpenAI's events tell of them. Not
// thread-safe.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "auris/audio/audio_clip.h"
#include "auris/processor/message.h"
#include "auris/server/realtime/pcm_input.h"

namespace auris::server {

struct ConversationItem {
  struct Part {
    std::string text = {};         // typed or written; of a recording: what was said, once it is known
    processor::Clip clip = {};     // of a recording
    bool is_written_down = false;  // `text` of a recording is known
  };

  std::string id;
  processor::Role role = processor::Role::kUser;
  std::vector<Part> parts = {};
  std::string status = "completed";  // or "in_progress", "incomplete"

  struct Form {
    bool is_beta = false;
    std::optional<PcmFormat> audio = {};  // recordings as samples of that format; none: without them
  };

  bool has_recording() const;
  nlohmann::ordered_json as_json(const Form& form) const;
};

class Conversation {
 public:
  // An item of a client's event: {"type": "message", "role", "content"}; `id` if it has none of its own.
  // Recordings are samples of `format`, at most `most_seconds` of each. Throws Error kUsage or ApiError 400.
  static ConversationItem parse(const nlohmann::json& item, const std::string& id, const PcmFormat& format,
                                double most_seconds);

  // Behind the item `previous`; "root" = first; empty = last. Returns the id of the item before it, empty for
  // none. Throws ApiError 400 if there is no such item, or another one of its id.
  std::string insert(ConversationItem item, const std::string& previous = "");
  void erase(const std::string& id);              // throws ApiError 400
  ConversationItem& at(const std::string& id);    // throws ApiError 400
  ConversationItem* find(const std::string& id);  // null if there is none

  const std::vector<ConversationItem>& items() const { return items_; }
  std::string last_id() const { return items_.empty() ? "" : items_.back().id; }
  // Drops the oldest items until at most that many seconds of recordings are left, but not the last item.
  void keep_seconds(double most_seconds);
  // Drops the oldest item and what answers it. False if there is but the last turn.
  bool drop_oldest_turn();

 private:
  std::vector<ConversationItem> items_;
};

// What a model is given: `instructions` first, if there are any. `hears`: recordings as such, even where it
// is known what is said in them.
std::vector<processor::Message> turns_of(const std::vector<ConversationItem>& items,
                                         const std::string& instructions, bool hears);

}  // namespace auris::server
