#pragma once
// One conversation over a WebSocket, in the events of OpenAI's Realtime API: sound comes in, turns are found
// in it, written down and answered while more comes. A turn that pauses is answered ahead, so that the answer
// is there when the pause has become its end.
//
//   exchange->upgrade(std::make_shared<RealtimeSession>(settings, services), "realtime");

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "auris/base/json_fields.h"
#include "auris/engine/serving/chat_scheduler.h"
#include "auris/engine/serving/transcription_scheduler.h"
#include "auris/server/http/web_socket.h"
#include "auris/server/realtime/conversation.h"
#include "auris/server/realtime/event_sender.h"
#include "auris/server/realtime/input_buffer.h"
#include "auris/server/realtime/realtime_settings.h"

namespace auris::server {

// What a session asks others to do. All may be called from any thread; what is submitted returns null if a
// queue is full.
struct RealtimeServices {
  bool hears = false;  // the model that answers; else it reads what is said
  // None: there is no such model, and the session only writes down.
  std::function<std::shared_ptr<engine::Ticket>(engine::ChatRequest, engine::ChatCallbacks)> answer = {};
  // `model` as clients name it.
  std::function<std::shared_ptr<engine::Ticket>(const std::string& model, engine::TranscriptionRequest,
                                                engine::TranscriptionCallbacks)>
      write_down = {};
  // Throws ApiError 404 if there is no speech model of that name.
  std::function<void(const std::string& model)> require_speech_model = {};
  std::function<std::unique_ptr<audio::VoiceDetector>()> detector = {};
  double most_seconds = 600;  // of sound that a session holds
  int most_tokens = 1024;     // of an answer that has no limit of its own
  std::chrono::seconds answer_time{600};
};

class RealtimeSession final : public WebSocketSession, public std::enable_shared_from_this<RealtimeSession> {
 public:
  RealtimeSession(RealtimeSettings settings, RealtimeServices services);

  void begin(const std::shared_ptr<WebSocket>& socket) override;
  void take(const std::string& message, bool is_text) override;
  void end() override;
  void stop() override;

 private:
  struct Response {
    std::string id, item_id;
    RealtimeSettings settings;
    std::vector<ConversationItem> input = {};  // what it answers, if that is not the conversation
    bool is_in_conversation = true;
    nlohmann::ordered_json metadata = nullptr;
    bool has_item = false;  // the client has been told of its item
    std::string text = {};
    std::shared_ptr<engine::Ticket> ticket = {};  // none while it waits for a transcript
  };

  // All that follow want the lock.
  void set_buffer();
  void handle(const JsonFields& event);
  void update(const JsonFields& event);
  void commit_by_client();
  void create_item(const JsonFields& event);
  void delete_item(const JsonFields& event);
  void retrieve_item(const JsonFields& event);
  void create_response(const JsonFields& event);
  void cancel_response(const JsonFields& event);

  void take_sound(InputBuffer::Event event);
  void end_turn(InputBuffer::Event event);
  // A turn that may be over is answered ahead, and nothing is told of it until it is over: release, or
  // withdraw if it goes on.
  void answer_ahead(std::vector<float> samples);
  void withdraw();
  bool answers_turns() const;
  void commit(std::vector<float> samples);
  void write_down(const std::string& item_id);
  void write_down_delayed();
  void take_transcript(const std::string& item_id, const engine::TranscriptionOutcome& outcome);

  Response new_response() const;
  void start(Response response);
  void submit();
  void take_text(const std::string& text);
  void take_end(const engine::ChatOutcome& outcome);
  void add_item();
  ConversationItem answer_item(std::string_view status) const;  // of an answer that ends so
  // `status`: "completed", "incomplete", "cancelled" or "failed".
  void end_response(const char* status, const nlohmann::ordered_json& details,
                    const nlohmann::ordered_json& usage);
  void interrupt(const char* reason);
  void tell(const ConversationItem& item, const std::string& before);
  nlohmann::ordered_json json_of(const ConversationItem& item) const;
  nlohmann::ordered_json response_json(const char* status, const nlohmann::ordered_json& details,
                                       const nlohmann::ordered_json& usage) const;

  // Does `act` with the lock, if the session still is; for callbacks.
  template <typename Act>
  static void later(const std::weak_ptr<RealtimeSession>& session, Act act);

  const RealtimeServices services_;
  const std::string id_;
  InputBuffer buffer_;  // of the client's thread alone

  std::mutex mutex_;  // guards the rest
  RealtimeSettings settings_;
  EventSender events_;
  Conversation conversation_;
  std::string next_item_id_;  // of the turn that is being spoken
  std::optional<Response> response_;
  bool wants_response_ = false;       // when this one has ended
  std::vector<std::string> delayed_;  // items to write down when the answer has begun
  struct Writing {
    uint64_t number = 0;  // an item that was withdrawn may come again
    std::shared_ptr<engine::Ticket> ticket = {};
  };
  std::map<std::string, Writing> in_writing_;  // items that are being written down
  uint64_t writings_ = 0;
  std::optional<Conversation> before_;  // the turn that is answered ahead; none: none is
  std::string item_ahead_;              // that turn
  bool is_stopping_ = false;
};

}  // namespace auris::server
