// Layouts of sounds, voices and long readings.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/error.h"
#include "auris/base/test_folder.h"
#include "auris/data/sources/testing/ingested.h"

namespace auris::data {
namespace {

TEST(MoreLayouts, NSynth) {
  TestFolder folder;
  const std::vector<std::string> families{"bass",  "brass", "flute",  "guitar",     "keyboard", "mallet",
                                          "organ", "reed",  "string", "synth_lead", "vocal"},
      sources{"acoustic", "electronic", "synthetic"}, velocities{"25", "50", "75", "100", "127"};
  const auto note = [](const std::string& name, const std::string& family, const std::string& source,
                       const std::string& velocity) {
    return "\"" + name + R"(":{"note":1,"note_str":")" + name + R"(","pitch":82,"velocity":)" + velocity +
           R"(,"sample_rate":16000,"instrument_family":3,"instrument_family_str":")" + family +
           R"(","instrument_source":0,"instrument_source_str":")" + source +
           R"(","qualities":[0],"qualities_str":[]})";
  };
  std::string notes;
  for (size_t i = 0; i < families.size(); ++i) {
    const std::string name = families[i] + "_" + sources[i % 3] + "_000-082-" + velocities[i % 5];
    notes += (i == 0 ? "{" : ",") + note(name, families[i], sources[i % 3], velocities[i % 5]);
    make_recording(folder / ("nsynth-valid/audio/" + name + ".wav"));
  }
  make_recording(folder / "nsynth-valid/audio/harp.wav");
  folder.write("nsynth-valid/examples.json", notes + "," + note("harp", "harp", "acoustic", "25") + "," +
                                                 note("gone", "bass", "acoustic", "25") +
                                                 R"(,"odd":{"pitch":"high"}})");
  folder.write("nsynth-test/examples.json", "{");
  const Ingested all = ingest("nsynth", folder.path());
  EXPECT_EQ(all.clips.size(), 11u);
  const Clip& lead = all.clips.at("nsynth/synth_lead_acoustic_000-082-127");
  EXPECT_EQ(lead.labels.at("instrument"), "synth lead");
  EXPECT_EQ(lead.labels.at("pitch_prediction"), "82");
  EXPECT_EQ(lead.labels.at("velocity"), "127");
  EXPECT_EQ(lead.labels.at("instrument_source"), "acoustic");
  EXPECT_EQ(lead.split, "dev");
  expect_rejected(all, {{"nsynth/harp", "unknown_label"},
                        {"nsynth/gone", "missing_file"},
                        {"nsynth-valid/examples.json, value 14", "broken_line"},
                        {"nsynth-test/examples.json", "broken_file"}});
}

TEST(MoreLayouts, VocalSound) {
  TestFolder folder;
  for (const char* sound : {"laughter", "sigh", "cough", "throatclearing", "sneeze", "sniff", "yawn"}) {
    make_recording(folder / (std::string("audio_16k/f0003_0_") + sound + ".wav"));
  }
  for (const char* name : {"m0004_0_sigh", "m0005_0_sigh", "m0006_0_sigh", "odd"})
    make_recording(folder / ("audio_16k/" + std::string(name) + ".wav"));
  folder.write("meta/te_meta.json", R"([["f0003","female",35,"USA","EN","no"],7])");
  folder.write(
      "datafiles/te.json",
      R"({"data":[{"wav":"/data/sls/audio_16k/m0006_0_sigh.wav","labels":"/m/07plz5l"},{"labels":"x"}]})");
  folder.write("meta/val_meta.csv", "m0004,male,44,Germany,DE,no\nm0005,male,12,Germany,DE,no\nshort\n");
  const Ingested all = ingest("vocalsound", folder.path());
  EXPECT_EQ(all.clips.size(), 8u);
  const Clip& clip = all.clips.at("vocalsound/f0003_0_throatclearing");
  EXPECT_EQ(clip.labels.at("vocal_sound"), "throat clearing");
  EXPECT_EQ(clip.labels.at("age"), "35");
  EXPECT_EQ(clip.labels.at("speaker_gender"), "female");
  EXPECT_EQ(clip.split, "test");
  EXPECT_EQ(clip.text, "");
  EXPECT_EQ(all.clips.at("vocalsound/m0004_0_sigh").split, "dev");
  EXPECT_EQ(all.clips.at("vocalsound/m0006_0_sigh").labels.at("speaker_gender"), "male");
  EXPECT_EQ(all.clips.at("vocalsound/m0006_0_sigh").split, "test");
  expect_rejected(all, {{"datafiles/te.json, value 2", "broken_line"},
                        {"vocalsound/f0003_0_yawn", "unknown_label"},
                        {"vocalsound/m0005_0_sigh", "unknown_label"},
                        {"vocalsound/odd", "broken_name"},
                        {"meta/te_meta.json, value 2", "broken_line"},
                        {"meta/val_meta.csv, line 3", "broken_line"}});
}

TEST(MoreLayouts, Mls) {
  TestFolder folder;
  const std::filesystem::path root = folder / "mls_german_opus";
  folder.write("mls_german_opus/metainfo.txt",
               " SPEAKER   |   GENDER   | PARTITION  |  MINUTES   |  BOOK ID   |  TITLE  |  CHAPTER\n"
               "  10232    |     M      |   dev   |   17.148   |   10057    | A | B\n");
  folder.write("mls_german_opus/dev/transcripts.txt",
               "10232_10057_000001\tguten tag\n10232_10057_000002\tgone\n10232\tx\nno tab\n");
  make_recording(root / "dev/audio/10232/10057/10232_10057_000001.opus");
  const Ingested all = ingest("mls", root);
  ASSERT_EQ(all.clips.size(), 1u);
  const Clip& clip = all.clips.at("mls/de/10232_10057_000001");
  EXPECT_EQ(clip.text, "guten tag");
  EXPECT_EQ(clip.language, "de");
  EXPECT_EQ(clip.split, "dev");
  EXPECT_EQ(clip.labels.at("speaker_gender"), "male");
  expect_rejected(all, {{"mls/de/10232_10057_000002", "missing_file"},
                        {"mls/de/10232", "broken_name"},
                        {"dev/transcripts.txt, line 4", "broken_line"}});
}

TEST(MoreLayouts, GigaSpeech) {
  TestFolder folder;
  const auto segment = [](const std::string& sid, double begin, double end, const std::string& text,
                          const std::string& subset) {
    return R"({"sid":")" + sid + R"(","speaker":"N/A","begin_time":)" + std::to_string(begin) +
           R"(,"end_time":)" + std::to_string(end) + R"(,"text_tn":")" + text + R"(","subsets":[")" + subset +
           R"("]})";
  };
  folder.write(
      "GigaSpeech.json",
      R"({"dataset":"GigaSpeech","language":"EN","audios":[{"aid":"POD1","path":"audio/podcast/POD1.opus","format":"opus","sample_rate":16000,"channels":1,"duration":1.0,"subsets":["{XL}"],"segments":[)" +
          segment("POD1_S1", 0.5, 0.9, "DOUGLAS <COMMA> WHY <QUESTIONMARK>", "{XL}") + "," +
          segment("POD1_S2", 0, 1, "<MUSIC>", "{XL}") + "," + segment("POD1_S3", 1, 1, "A", "{XL}") +
          R"(,{"sid":"POD1_S4"}]},{"aid":"YOU1","path":"audio/youtube/YOU1.opus","segments":[)" +
          segment("YOU1_S1", 0, 1, "YES <PERIOD>", "{DEV}") + "," +
          segment("YOU1_S2", 0, 1, "YES", "{TEST}") + R"(]},{"path":1}],"version":"1")");
  make_recording(folder / "audio/podcast/POD1.opus", 1);
  make_recording(folder / "audio/youtube/YOU1.opus", 1);
  const Ingested all = ingest("gigaspeech", folder.path());
  EXPECT_EQ(all.clips.size(), 3u);
  const Clip& clip = all.clips.at("gigaspeech/POD1_S1");
  EXPECT_EQ(clip.text, "DOUGLAS, WHY?");
  EXPECT_EQ(clip.start_s, 0.5);
  EXPECT_NEAR(clip.duration_s, 0.4, 1e-9);
  EXPECT_EQ(clip.split, "train");
  EXPECT_EQ(clip.speaker, "");
  EXPECT_EQ(clip.consent, Consent::kUnknown);
  EXPECT_EQ(all.clips.at("gigaspeech/YOU1_S1").split, "dev");
  EXPECT_EQ(all.clips.at("gigaspeech/YOU1_S2").split, "test");
  expect_rejected(all, {{"gigaspeech/POD1_S2", "no_speech"},
                        {"gigaspeech/POD1_S3", "no_sound"},
                        {"audio/podcast/POD1.opus, segment 4", "broken_line"},
                        {"GigaSpeech.json, value 3", "broken_line"},
                        {"GigaSpeech.json", "broken_file"}});
}

TEST(MoreLayouts, AccentDb) {
  TestFolder folder;
  for (const char* accent : {"american", "australian", "bangla", "british", "indian", "malayalam", "odiya",
                             "telugu", "welsh", "klingon"}) {
    make_recording(folder / ("data/" + std::string(accent) + "/speaker_01/" + accent + "_s01_001.wav"));
  }
  make_recording(folder / "data/stray.wav");
  const Ingested all = ingest("accentdb", folder.path());
  EXPECT_EQ(all.clips.size(), 9u);
  const Clip& clip = all.clips.at("accentdb/welsh/speaker_01/welsh_s01_001");
  EXPECT_EQ(clip.labels.at("accent"), "Welsh");
  EXPECT_EQ(clip.speaker, "accentdb-welsh/speaker_01");
  expect_rejected(all, {{"accentdb/klingon/speaker_01/klingon_s01_001", "unknown_label"},
                        {"accentdb/stray", "broken_name"}});
}

TEST(MoreLayouts, FakeOrReal) {
  TestFolder folder;
  const std::string made = ".wav_16k.wav_norm.wav_mono.wav_silence.wav";
  for (const std::string& name : {"training/fake/file1" + made, "validation/real/file2.mp3" + made,
                                  std::string("testing/real/file3.mp3"), "testing/odd/file4" + made})
    make_recording(folder / ("for-norm/for-norm/" + name));
  folder.write("for-norm/for-norm/testing/fake/file5.wav", "");
  const Ingested all = ingest("fake_or_real", folder / "for-norm");
  const Ingested inner = ingest("fake_or_real", folder / "for-norm/for-norm");
  EXPECT_EQ(inner.clips, all.clips);
  EXPECT_EQ(all.clips.size(), 3u);
  EXPECT_TRUE(all.clips.at("fake_or_real/training/fake/file1" + made).synthetic);
  EXPECT_EQ(all.clips.at("fake_or_real/training/fake/file1" + made).consent, Consent::kSynthetic);
  EXPECT_EQ(all.clips.at("fake_or_real/validation/real/file2.mp3" + made).split, "dev");
  EXPECT_EQ(all.clips.at("fake_or_real/testing/real/file3.mp3").labels.at("synthetic_speech_detection"),
            "real");
  expect_rejected(all, {{"fake_or_real/testing/odd/file4" + made, "unknown_label"},
                        {"fake_or_real/testing/fake/file5.wav", "unreadable"}});
}

TEST(MoreLayouts, VoxCeleb) {
  TestFolder folder;
  folder.write("vox1_meta.csv",
               "VoxCeleb1 ID\tVGGFace1 "
               "ID\tGender\tNationality\tSet\nid10270\tEartha_Kitt\tf\tUSA\ttest\nid10001\tA.J._"
               "Buckley\tm\tIreland\tdev\nshort\n");
  folder.write("meta/vox2_meta.csv", "VoxCeleb2 ID ,VGGFace2 ID ,Gender,Set\nid00012 ,n000012 ,m ,dev\n");
  for (const char* name : {"wav/id10270/5r0dWxy17C8/00001.wav", "wav/id10001/v/00001.wav",
                           "dev/aac/id00012/v/00001.m4a", "wav/id99999/v/00001.wav"})
    make_recording(folder / name);
  folder.write("veri_test.txt",
               "1 id10270/5r0dWxy17C8/00001.wav id10270/5r0dWxy17C8/00001.wav\n"
               "0 id10270/5r0dWxy17C8/00001.wav id10001/v/00001.wav\n"
               "0 id10270/gone/00001.wav id10001/v/00001.wav\n1 id10270/5r0dWxy17C8/00001.wav\n"
               "2 id10270/5r0dWxy17C8/00001.wav id10001/v/00001.wav\n");
  const Ingested all = ingest("voxceleb", folder.path());
  EXPECT_EQ(all.clips.size(), 5u);
  EXPECT_EQ(all.clips.at("voxceleb/veri_test/1").labels.at("speaker_verification"), "same");
  const Clip& trial = all.clips.at("voxceleb/veri_test/2");
  EXPECT_EQ(trial.labels.at("speaker_verification"), "different");
  EXPECT_EQ(trial.second, (SecondRecording{.audio = (folder / "wav/id10001/v/00001.wav").generic_string(),
                                           .duration_s = 0.1,
                                           .sha256 = {},
                                           .speaker = "voxceleb-id10001"}));
  const Clip& clip = all.clips.at("voxceleb/id10270/5r0dWxy17C8/00001");
  EXPECT_EQ(clip.split, "test");
  EXPECT_EQ(clip.speaker, "voxceleb-id10270");
  EXPECT_EQ(clip.labels.at("speaker_gender"), "female");
  EXPECT_EQ(all.clips.at("voxceleb/id10001/v/00001").split, "train");
  EXPECT_EQ(all.clips.at("voxceleb/id00012/v/00001").labels.at("speaker_gender"), "male");
  expect_rejected(all, {{"voxceleb/veri_test/3", "missing_file"},
                        {"voxceleb/veri_test/4", "broken_line"},
                        {"voxceleb/veri_test/5", "broken_line"},
                        {"voxceleb/id99999/v/00001", "broken_name"},
                        {"vox1_meta.csv, line 4", "broken_line"}});
}

}  // namespace
}  // namespace auris::data
