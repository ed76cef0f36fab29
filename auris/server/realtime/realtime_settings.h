#pragma once
// What a realtime session is told to do: the "session" of OpenAI's events, in their present form and in the
// flat one of the beta.

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "auris/server/realtime/pcm_input.h"
#include "auris/server/realtime/turn_finder.h"

namespace auris::server {

struct TurnDetection {
  TurnOptions options = {};
  bool create_response = true;     // answer when a turn has ended
  bool interrupt_response = true;  // who speaks interrupts the answer
};

struct TranscriptionSettings {
  std::string model = "";
  std::string language = "";  // ISO 639-1; empty: found out
  std::string prompt = "";
  std::string keywords = "";  // names and terms to expect
};

struct RealtimeSettings {
  bool is_beta = false;      // events have the names of the beta
  bool only_writes = false;  // a transcription session: no answers
  std::string model = "";    // that answers
  std::string instructions = "";
  std::optional<int> most_tokens = {};  // of an answer; none = what fits
  float temperature = 0;
  PcmFormat format = {};
  std::optional<TurnDetection> turns = TurnDetection{};  // none: the client says when a turn has ended
  std::optional<TranscriptionSettings> transcription = {};

  // Takes what a session.update (or transcription_session.update) names and leaves the rest. Fields that are
  // not known are passed over, those that are must be right. Throws Error kUsage or ApiError 400, and nothing
  // has changed then.
  void update(const nlohmann::json& session);
  // As the events tell it, with an id.
  nlohmann::ordered_json as_json(const std::string& id) const;
};

// What a response.create may set for one answer: instructions, max_output_tokens, output_modalities,
// temperature. Throws as above.
void update_for_response(RealtimeSettings& settings, const nlohmann::json& response);

}  // namespace auris::server
