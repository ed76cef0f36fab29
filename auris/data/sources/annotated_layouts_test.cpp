// Layouts of speech with more than its words: translations, intents, entities, scores.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/error.h"
#include "auris/base/test_folder.h"
#include "auris/data/sources/testing/ingested.h"

namespace auris::data {
namespace {

TEST(AnnotatedLayouts, Covost2) {
  TestFolder folder;
  const std::string head = "path\tsentence\ttranslation\tclient_id\n";
  folder.write("covost_v2.sv-SE_en.dev.tsv", head +
                                                 "common_voice_sv-SE_1.mp3\tHej \"du\".\tHi \"you\".\tc1\n"
                                                 "common_voice_sv-SE_2.mp3\tHej.\t\tc1\nshort\n"
                                                 "common_voice_sv-SE_3.mp3\tHej.\tHi.\tc1\n");
  folder.write("covost_v2.sv-SE_en.tsv", head);
  folder.write("covost_v2.en_de.test.tsv", "path\tsentence\n");
  make_recording(folder / "sv-SE/clips/common_voice_sv-SE_1.mp3");
  make_recording(folder / "sv-SE/clips/common_voice_sv-SE_2.mp3");
  const Ingested all = ingest("covost2", folder.path());
  ASSERT_EQ(all.clips.size(), 1u);
  const Clip& clip = all.clips.at("covost2/sv-SE_en/common_voice_sv-SE_1");
  EXPECT_EQ(clip.text, "Hej \"du\".");
  EXPECT_EQ(clip.language, "sv");
  EXPECT_EQ(clip.translations.at("en"), "Hi \"you\".");
  EXPECT_EQ(clip.split, "dev");
  EXPECT_EQ(clip.licence, "CC-BY-NC-4.0");
  expect_rejected(all, {{"covost2/sv-SE_en/common_voice_sv-SE_2", "no_text"},
                        {"covost2/sv-SE_en/common_voice_sv-SE_3", "missing_file"},
                        {"covost_v2.sv-SE_en.dev.tsv, line 4", "broken_line"},
                        {"covost_v2.sv-SE_en.tsv", "broken_name"},
                        {"covost_v2.en_de.test.tsv", "broken_file"}});
}

std::string slurp_line(const std::string& scenario, const std::string& action, const std::string& files) {
  return R"({"slurp_id":1,"sentence":"wake me at eight","sentence_annotation":"wake me at [time : eight]","intent":"x","action":")" +
         action + R"(","scenario":")" + scenario + R"(","tokens":[],"recordings":[)" + files +
         R"(],"entities":[]})" + "\n";
}

std::string slurp_file(const std::string& name) {
  return R"({"file":")" + name + R"(","wer":0.0,"ent_wer":null,"status":"correct"})";
}

TEST(AnnotatedLayouts, Slurp) {
  TestFolder folder;
  // The intents of the devel and test sets, as the files write them; the others have "lists createoradd"
  // alike.
  const std::vector<std::pair<std::string, std::string>> intents{
      {"alarm", "set"},     {"audio", "volume_up"},   {"audio", "volume_other"}, {"iot", "hue_lightchange"},
      {"iot", "wemo_off"},  {"lists", "createoradd"}, {"qa", "factoid"},         {"general", "quirky"},
      {"play", "podcasts"}, {"transport", "taxi"}};
  std::string lines;
  for (size_t i = 0; i < intents.size(); ++i) {
    const std::string name = "audio-" + std::to_string(i) + ".flac";
    lines += slurp_line(intents[i].first, intents[i].second, slurp_file(name));
    make_recording(folder / ("scripts/audio/slurp_real/" + name));
  }
  folder.write(
      "dataset/slurp/devel.jsonl",
      lines + slurp_line("alarm", "dance", slurp_file("audio-0-headset.flac")) + "{\"sentence\":1}\n{\n");
  folder.write("dataset/slurp/train_synthetic.jsonl",
               slurp_line("alarm", "set", slurp_file("audio-99.flac") + "," + slurp_file("gone.flac")));
  folder.write(
      "dataset/slurp/metadata.json",
      R"({"1":{"recordings":{"audio-0.flac":{"usrid":"FO-488"},"audio-1.flac":{"usrid":"UNK-3"}}},"2":7})");
  make_recording(folder / "scripts/audio/slurp_real/audio-0-headset.flac");
  make_recording(folder / "scripts/audio/slurp_synth/audio-99.flac");
  const Ingested all = ingest("slurp", folder.path());
  EXPECT_EQ(all.clips.size(), 11u);
  const Clip& clip = all.clips.at("slurp/audio-0.flac");
  EXPECT_EQ(clip.text, "wake me at eight");
  EXPECT_EQ(clip.split, "dev");
  EXPECT_EQ(clip.labels.at("intent_prediction"), "alarm set");
  EXPECT_EQ(clip.labels.at("entity_extraction"), "wake me at [time : eight]");
  EXPECT_EQ(clip.labels.at("speaker_gender"), "female");
  EXPECT_EQ(clip.speaker, "slurp-FO-488");
  EXPECT_FALSE(all.clips.at("slurp/audio-1.flac").labels.contains("speaker_gender"));
  EXPECT_EQ(all.clips.at("slurp/audio-1.flac").labels.at("intent_prediction"), "audio volume up");
  const Clip& synthetic = all.clips.at("slurp/audio-99.flac");
  EXPECT_TRUE(synthetic.synthetic);
  EXPECT_EQ(synthetic.labels.at("synthetic_speech_detection"), "fake");
  EXPECT_EQ(synthetic.split, "train");
  expect_rejected(all, {{"slurp/audio-0-headset.flac", "unknown_label"},
                        {"slurp/gone.flac", "missing_file"},
                        {"dataset/slurp/devel.jsonl, line 12", "broken_line"},
                        {"dataset/slurp/devel.jsonl, line 13", "broken_line"},
                        {"dataset/slurp/metadata.json, value 2", "broken_line"}});
}

TEST(AnnotatedLayouts, Speechocean762) {
  TestFolder folder;
  const std::string word =
      R"({"accuracy":10,"stress":10,"total":9,"text":"WE","phones":["W","IY0"],"phones-accuracy":[2.0,1.8]})";
  const std::string scores =
      R"("accuracy":8,"completeness":10.0,"fluency":9.5,"prosodic":9,"text":"WE CALL","total":8,"words":[)";
  folder.write("resource/scores.json", "{\"000010011\":{" + scores + word + "," +
                                           R"({"accuracy":7,"stress":10,"total":7,"text":"CALL"}]},)" +
                                           "\"000010012\":{" + scores + "{\"text\":\"WE\"}]}," +
                                           "\"000010013\":{" + scores + word + "]}," + "\"000010014\":{" +
                                           scores + word + "]}}");
  folder.write("train/wav.scp",
               "000010011\tWAVE/SPEAKER0001/000010011.WAV\n000010012\tWAVE/SPEAKER0001/000010012.WAV\nodd\n");
  folder.write("test/wav.scp",
               "000010013\tWAVE/SPEAKER0001/000010013.WAV\n000010015\tWAVE/SPEAKER0001/000010015.WAV\n");
  folder.write("train/utt2spk", "000010011\t0001\n");
  folder.write("train/spk2gender", "0001\tm\n");
  make_recording(folder / "WAVE/SPEAKER0001/000010011.WAV");
  const Ingested all = ingest("speechocean762", folder.path());
  ASSERT_EQ(all.clips.size(), 1u);
  const Clip& clip = all.clips.at("speechocean762/000010011");
  EXPECT_EQ(clip.text, "WE CALL");
  EXPECT_EQ(clip.split, "train");
  EXPECT_EQ(clip.speaker, "speechocean762-0001");
  EXPECT_EQ(clip.labels.at("speaker_gender"), "male");
  EXPECT_EQ(clip.labels.at("pronunciation_scoring_sentence"),
            "For the sentence: accuracy is 8, prosodic is 9, fluency is 9.5, total score is 8.");
  EXPECT_EQ(clip.labels.at("pronunciation_scoring_word"),
            "For \"we\", accuracy is 10, stress is 10, and total score is 9. "
            "For \"call\", accuracy is 7, stress is 10, and total score is 7.");
  expect_rejected(all, {{"resource/scores.json, value 2", "broken_line"},
                        {"speechocean762/000010013", "missing_file"},
                        {"speechocean762/000010014", "missing_file"},
                        {"speechocean762/000010015", "no_answer"},
                        {"train/wav.scp, line 3", "broken_line"}});
}

}  // namespace
}  // namespace auris::data
