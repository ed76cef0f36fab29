#pragma once
// What a form of POST /v1/audio/transcriptions or /translations asks for.

#include <memory>
#include <string>

#include "auris/engine/serving/transcription_scheduler.h"
#include "auris/server/api/recording_reader.h"
#include "auris/server/http/http_message.h"

namespace auris::server {

enum class TranscriptForm { kJson, kText, kSrt, kVtt, kVerboseJson };

struct TranscriptionCall {
  std::string model;
  engine::TranscriptionRequest request;
  TranscriptForm form = TranscriptForm::kJson;
  bool segments = true, words = false;  // in verbose_json
  bool stream = false;
};

// Decodes the recording, which takes its time. Fields that are not known are passed over, those that are must
// be right. Throws ApiError 400, 415.
TranscriptionCall parse_transcription_call(const HttpRequest& request, generate::WhisperTask task,
                                           const RecordingReader& recordings);

}  // namespace auris::server
