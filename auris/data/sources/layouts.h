#pragma once
// The readers of the layouts, one file each; source_registry.cpp lists them.

#include "auris/data/sources/ingest.h"

namespace auris::data {

void ingest_accentdb(Ingest& ingest);
void ingest_asterisk(Ingest& ingest);
void ingest_common_voice(Ingest& ingest);
void ingest_covost2(Ingest& ingest);
void ingest_crema_d(Ingest& ingest);
void ingest_fake_or_real(Ingest& ingest);
void ingest_fillets(Ingest& ingest);
void ingest_gigaspeech(Ingest& ingest);
void ingest_hugging_face(Ingest& ingest);
void ingest_hydrogen(Ingest& ingest);
void ingest_lhotse(Ingest& ingest);
void ingest_librispeech(Ingest& ingest);
void ingest_ljspeech(Ingest& ingest);
void ingest_llaso(Ingest& ingest);
void ingest_meld(Ingest& ingest);
void ingest_mls(Ingest& ingest);
void ingest_nsynth(Ingest& ingest);
void ingest_pocketsphinx(Ingest& ingest);
void ingest_slurp(Ingest& ingest);
void ingest_speech_commands(Ingest& ingest);
void ingest_speechocean762(Ingest& ingest);
void ingest_tuxpaint(Ingest& ingest);
void ingest_vctk(Ingest& ingest);
void ingest_vocalsound(Ingest& ingest);
void ingest_voxceleb(Ingest& ingest);
void ingest_webdataset(Ingest& ingest);
void ingest_zero_ad(Ingest& ingest);

}  // namespace auris::data
