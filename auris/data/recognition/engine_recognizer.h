#pragma once
// Listens to clips with the engine's speech model and compares texts.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "auris/data/audit/recognizer.h"
#include "auris/engine/engine.h"

namespace auris::data {

struct EngineRecognizerOptions {
  std::filesystem::path cache = {};  // of what was heard; empty = none
  int beam_size = 1;                 // greedy is enough to see whether a text belongs to a recording
};

// Each clip is heard without a hint first, which tells its language; if that is not the manifest's, it is
// heard again as the manifest's, so that a wrong guess does not make the text wrong too. Models that know
// one language only do not tell languages. kModel if there is no such model.
std::unique_ptr<Recognizer> make_engine_recognizer(std::shared_ptr<engine::Engine> engine,
                                                   const EngineRecognizerOptions& options = {});

// Character errors over the characters of `text`, both sides normalised as Whisper's authors do (English:
// with numbers and contractions unified). Nothing if the text has no letters.
std::optional<double> character_error_rate(const std::string& text, const std::string& heard,
                                           const std::string& language);

}  // namespace auris::data
