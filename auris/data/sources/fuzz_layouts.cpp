// The first byte chooses a layout and the file of its metadata, the others are what that file holds. Whatever
// it is, clips and rejections add up, and only a folder that is no such layout is an error.

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "auris/audio/wav_writer.h"
#include "auris/base/error.h"
#include "auris/data/sources/source.h"

namespace {

namespace fs = std::filesystem;

struct Metadata {
  const char* layout;
  const char* file;
};
constexpr std::array<Metadata, 30> kFiles{{{"common_voice", "en/train.tsv"},
                                           {"covost2", "covost_v2.fr_en.dev.tsv"},
                                           {"crema_d", "VideoDemographics.csv"},
                                           {"gigaspeech", "GigaSpeech.json"},
                                           {"hugging_face", "metadata.csv"},
                                           {"hugging_face", "metadata.jsonl"},
                                           {"lhotse", "x_cuts_train.jsonl"},
                                           {"lhotse", "x_supervisions.jsonl.gz"},
                                           {"lhotse", "x_recordings.jsonl"},
                                           {"librispeech", "test/1/2/1-2.trans.txt"},
                                           {"ljspeech", "metadata.csv"},
                                           {"llaso", "ASR_test.json"},
                                           {"llaso", "slurp_Intent_Prediction_test.jsonl"},
                                           {"meld", "dev_sent_emo.csv"},
                                           {"mls", "dev/transcripts.txt"},
                                           {"mls", "metainfo.txt"},
                                           {"nsynth", "nsynth-test/examples.json"},
                                           {"pocketsphinx", "transcription"},
                                           {"slurp", "devel.jsonl"},
                                           {"slurp", "metadata.json"},
                                           {"speech_commands", "testing_list.txt"},
                                           {"speechocean762", "resource/scores.json"},
                                           {"vctk", "speaker-info.txt"},
                                           {"vocalsound", "meta/te_meta.json"},
                                           {"voxceleb", "vox1_meta.csv"},
                                           {"webdataset", "shard.tar"},
                                           {"voxceleb", "veri_test.txt"},
                                           {"vocalsound", "datafiles/te.json"},
                                           {"fillets", "script/city/dialogs_cs.lua"},
                                           {"hydrogen", "Kit/drumkit.xml"}}};

void write(const fs::path& path, std::string_view content) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

// One folder for a process, with what layouts need beside the file; recordings are called a.wav.
const fs::path& folder() {
  static const fs::path path = [] {
    fs::path made = fs::temp_directory_path() / ("auris-fuzz-layouts-" + std::to_string(::getpid()));
    const std::string wav =
        auris::audio::wav_bytes({.samples = std::vector<float>(160, 0.1f), .sample_rate_hz = 16000});
    for (const Metadata& one : kFiles) {
      fs::create_directories((made / one.layout / one.file).parent_path());
      write(made / one.layout / "a.wav", wav);
    }
    for (const char* file : {"common_voice/en/clips/a.mp3", "covost2/clips/a.mp3", "ljspeech/wavs/a.wav",
                             "crema_d/AudioWAV/1001_DFA_ANG_XX.wav", "slurp/audio/slurp_real/a.wav",
                             "vctk/wav48/p225/p225_001.wav", "vocalsound/audio_16k/f0003_0_cough.wav",
                             "voxceleb/wav/id1/v/1.wav", "nsynth/nsynth-test/audio/a.wav",
                             "fillets/sound/city/cs/a.ogg", "hydrogen/Kit/a.wav"}) {
      write(made / file, wav);
    }
    write(made / "voxceleb/vox2_meta.csv", "VoxCeleb2 ID ,VGGFace2 ID ,Gender,Set\nid1 ,n1 ,m ,test\n");
    write(made / "vctk/txt/p225/p225_001.txt", "Please call Stella.");
    write(made / "speech_commands/validation_list.txt", "");
    write(made / "speechocean762/test/wav.scp", "a\ta.wav\n");
    write(made / "lhotse/x_recordings.jsonl",
          R"({"id":"r","sources":[{"type":"file","channels":[0],"source":"a.wav"}]})");
    std::atexit([] {
      std::error_code ignored;
      fs::remove_all(folder(), ignored);
    });
    return made;
  }();
  return path;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace auris::data;
  if (size == 0) return 0;
  const Metadata& chosen = kFiles[data[0] % kFiles.size()];
  const fs::path root = folder() / chosen.layout, file = root / chosen.file;
  write(file, {reinterpret_cast<const char*>(data) + 1, size - 1});
  int64_t clips = 0, rejections = 0;
  try {
    const ManifestCounts counts = ingest_source(
        source_named(chosen.layout), root,
        [&](const Clip& clip) {
          ++clips;
          if (!(clip_from(nlohmann::json::parse(to_json(clip).dump()), "fuzz") == clip)) std::abort();
        },
        [&](const Rejection& rejection) {
          ++rejections;
          if (rejection.reason.empty() || rejection.detail.empty()) std::abort();
        });
    if (counts.clips != clips || counts.rejected != rejections || counts.lines != clips + rejections)
      std::abort();
  } catch (const auris::Error& error) {
    if (error.code() != auris::ErrorCode::kInput) throw;
  }
  // The next input must not see this one.
  if (std::string_view(chosen.file) != "x_recordings.jsonl") {
    fs::remove(file);
  } else {
    write(file, R"({"id":"r","sources":[{"type":"file","channels":[0],"source":"a.wav"}]})");
  }
  return 0;
}
