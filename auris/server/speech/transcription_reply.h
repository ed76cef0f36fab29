#pragma once
// One answer to /v1/audio/transcriptions or /translations on its way, whole or as server-sent events.

#include <memory>
#include <string>

#include "auris/server/http/exchange.h"
#include "auris/server/models/metrics.h"
#include "auris/server/models/served_models.h"
#include "auris/server/speech/transcription_call.h"

namespace auris::server {

// The whole answer.
HttpResponse transcript_response(const generate::Transcript& transcript, const TranscriptionCall& call);

class TranscriptionReply : public std::enable_shared_from_this<TranscriptionReply> {
 public:
  // `model` and `metrics` must outlive the answer.
  TranscriptionReply(std::shared_ptr<Exchange> exchange, TranscriptionCall call, const ServedModel& model,
                     Metrics& metrics);

  // Throws ApiError 503 if the model is too busy.
  void start(const engine::Deadline& deadline);

 private:
  void take_segment(const generate::TranscriptSegment& segment);
  void take_end(const engine::TranscriptionOutcome& outcome);
  void begin_stream();

  std::shared_ptr<Exchange> exchange_;
  TranscriptionCall call_;
  const ServedModel& model_;
  Metrics& metrics_;
  bool begun_ = false;  // of a stream; touched by one thread of the scheduler only
};

}  // namespace auris::server
