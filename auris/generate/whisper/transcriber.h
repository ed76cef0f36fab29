#pragma once
// A recording of any length into text: windows of 30 s one behind the other, each begun where the text of the
// one before ended. Follows faster-whisper's transcribe(), so that the same weights and options give the same
// text.
//
//   generate::Transcriber transcriber(models::load_whisper(folder));
//   generate::Transcript said = transcriber.transcribe(clip, {.language = "fr"});
//
// Thread-safe: what several threads transcribe at once is written in steps of one forward for all.
//
// Nothing is left out silently: windows that hit the token limit or got stuck are flagged.

#include <memory>

#include "auris/audio/audio_clip.h"
#include "auris/audio/frontend/whisper_frontend.h"
#include "auris/generate/whisper/decoding_group.h"
#include "auris/generate/whisper/transcribe_options.h"
#include "auris/generate/whisper/vocabulary.h"
#include "auris/models/speech/whisper/whisper_model.h"

namespace auris::generate {

class Transcriber {
 public:
  explicit Transcriber(std::shared_ptr<const models::WhisperModel> model);

  const WhisperVocabulary& vocabulary() const { return vocabulary_; }

  // The clip must have 16 kHz. A recording under 10 ms, or one that is digital silence, gives an empty
  // transcript. One under 2 s in which nothing was heard is heard a second time, and the callbacks tell of
  // both times. Throws kUsage for options that make no sense, kInput for samples that are no numbers,
  // kCancelled.
  Transcript transcribe(const audio::AudioClip& clip, const TranscribeOptions& options = {},
                        const TranscribeCallbacks& callbacks = {}) const;

 private:
  std::shared_ptr<const models::WhisperModel> model_;
  std::shared_ptr<DecodingGroup> group_;
  WhisperVocabulary vocabulary_;
  audio::WhisperFrontend frontend_;
};

}  // namespace auris::generate
