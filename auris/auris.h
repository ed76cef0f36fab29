#pragma once
// Everything a program that uses Auris needs:
//
//   auto engine = auris::engine::Engine::load();
//   auto transcript = engine->transcribe(auris::audio::decode_audio("talk.opus"));

#include "auris/audio/decode.h"
#include "auris/base/error.h"
#include "auris/base/log.h"
#include "auris/base/thread_pool.h"
#include "auris/base/version.h"
#include "auris/engine/engine.h"
#include "auris/engine/score.h"
#include "auris/engine/transcript_format.h"
#include "auris/weights/catalog.h"
#include "auris/weights/pull.h"
