#pragma once
// From the tokens of a speech model to those of a language model.

#include "auris/models/audio_llm/heard_speech.h"
#include "auris/processor/listener.h"
#include "auris/text/tokenizer.h"

namespace auris::processor {

// The recognised text as the language model cuts it into tokens. Both models' tokens cover stretches of its
// bytes: the state of a word is the mean of the states of the speech model's tokens that it overlaps, each
// weighted by how far. The sound is that of the recognition. Throws kInternal for a recognition whose parts
// do not belong together.
models::HeardSpeech heard_speech(const Recognition& heard, const text::Tokenizer& tokenizer);

}  // namespace auris::processor
