#pragma once
// The readers of the layouts, one file each; source_registry.cpp lists them.

#include "auris/data/sources/ingest.h"

namespace auris::data {

void ingest_asterisk(Ingest& ingest);
void ingest_common_voice(Ingest& ingest);
void ingest_crema_d(Ingest& ingest);
void ingest_librispeech(Ingest& ingest);
void ingest_ljspeech(Ingest& ingest);
void ingest_meld(Ingest& ingest);
void ingest_pocketsphinx(Ingest& ingest);
void ingest_speech_commands(Ingest& ingest);
void ingest_tuxpaint(Ingest& ingest);
void ingest_vctk(Ingest& ingest);

}  // namespace auris::data
