#include <array>

#include "auris/base/error.h"
#include "auris/base/nearest.h"
#include "auris/data/sources/layouts.h"
#include "auris/data/sources/source.h"

namespace auris::data {
namespace {

constexpr std::array kLayouts{
    SourceLayout{"accentdb", "Accents of English: data/ACCENT/SPEAKER/*.wav", "", ingest_accentdb},
    SourceLayout{"asterisk", "Telephone prompts in five languages (Debian: asterisk-core-sounds-*)",
                 "/usr/share", ingest_asterisk},
    SourceLayout{"common_voice", "Read sentences with accent, age and gender: LANGUAGE/clips, *.tsv", "",
                 ingest_common_voice},
    SourceLayout{"covost2", "Translations of Common Voice: covost_v2.SOURCE_TARGET.SPLIT.tsv, clips", "",
                 ingest_covost2},
    SourceLayout{"crema_d", "Acted emotions: AudioWAV/ACTOR_SENTENCE_EMOTION_LEVEL.wav", "", ingest_crema_d},
    SourceLayout{"fake_or_real", "Spoken and synthetic speech: {training,validation,testing}/{fake,real}", "",
                 ingest_fake_or_real},
    SourceLayout{"fillets", "Talking fish, Czech and Dutch (Debian: fillets-ng-data, -cs, -nl)",
                 "/usr/share/games/fillets-ng", ingest_fillets},
    SourceLayout{"gigaspeech", "Podcasts and videos in segments: GigaSpeech.json, audio", "",
                 ingest_gigaspeech},
    SourceLayout{"hugging_face", "Audio folders of Hugging Face: metadata.csv or metadata.jsonl", "",
                 ingest_hugging_face},
    SourceLayout{"hydrogen", "Drums by kit (Debian: hydrogen-drumkits)", "/usr/share/hydrogen/data/drumkits",
                 ingest_hydrogen},
    SourceLayout{"lhotse", "Manifests of Lhotse: cuts, or recordings and supervisions", "", ingest_lhotse},
    SourceLayout{"librispeech", "Read English books: SPLIT/SPEAKER/CHAPTER/*.flac", "", ingest_librispeech},
    SourceLayout{"ljspeech", "One voice reads books: wavs, metadata.csv", "", ingest_ljspeech},
    SourceLayout{"llaso", "The JSON of LLaSO: voice and conversations", "", ingest_llaso},
    SourceLayout{"meld", "Emotions in dialogues: SPLIT_sent_emo.csv, dia*_utt*.mp4", "", ingest_meld},
    SourceLayout{"mls", "Read books in eight languages: {train,dev,test}/transcripts.txt, audio", "",
                 ingest_mls},
    SourceLayout{"nsynth", "Notes of instruments: nsynth-SPLIT/examples.json, audio", "", ingest_nsynth},
    SourceLayout{"pocketsphinx", "LibriVox sentences (Debian: pocketsphinx-testdata)",
                 "/usr/share/pocketsphinx/test/data/librivox", ingest_pocketsphinx},
    SourceLayout{"slurp", "Intents and entities: {train,devel,test}.jsonl, audio", "", ingest_slurp},
    SourceLayout{"speech_commands", "35 spoken words: WORD/*.wav", "", ingest_speech_commands},
    SourceLayout{"speechocean762", "Pronunciation scores: WAVE, resource/scores.json, train, test", "",
                 ingest_speechocean762},
    SourceLayout{"tuxpaint",
                 "Spoken phrases in twelve languages and sounds (Debian: tuxpaint-stamps-default)",
                 "/usr/share/tuxpaint/stamps", ingest_tuxpaint},
    SourceLayout{"vctk", "English accents: wav48*/SPEAKER, txt, speaker-info.txt", "", ingest_vctk},
    SourceLayout{"vocalsound", "Laughter, coughs and the like: audio_16k, meta", "", ingest_vocalsound},
    SourceLayout{"voxceleb", "Interviews of known speakers: SPEAKER/VIDEO/*, vox1_meta.csv", "",
                 ingest_voxceleb},
    SourceLayout{"webdataset", "Tar files of samples, our own shards too: KEY.wav with KEY.json or KEY.txt",
                 "", ingest_webdataset},
    SourceLayout{"zero_ad",
                 "Women and men of a game: audio/voice/PEOPLE/civ/*.ogg (Debian: 0ad-data, in public.zip)",
                 "", ingest_zero_ad},
};

}  // namespace

std::span<const SourceLayout> source_layouts() { return kLayouts; }

const SourceLayout& source_named(std::string_view name) {
  std::vector<std::string_view> names;
  for (const SourceLayout& layout : kLayouts) {
    if (layout.name == name) return layout;
    names.push_back(layout.name);
  }
  throw Error(ErrorCode::kUsage, {.where = "data sources",
                                  .expected = "the name of a layout",
                                  .got = quoted(name),
                                  .hint = nearest_hint(name, names)});
}

ManifestCounts ingest_source(const SourceLayout& layout, const std::filesystem::path& root,
                             const ClipSink& clip, const RejectionSink& rejected) {
  if (!std::filesystem::is_directory(root)) {
    throw Error(ErrorCode::kInput, {.where = std::string(layout.name),
                                    .expected = "a folder",
                                    .got = quoted(root.string()),
                                    .hint = ""});
  }
  Ingest ingest(std::string(layout.name), root, clip, rejected);
  layout.ingest(ingest);
  return ingest.counts();
}

}  // namespace auris::data
