// Layouts of speech with its texts.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/error.h"
#include "auris/base/test_folder.h"
#include "auris/data/sources/testing/ingested.h"

namespace auris::data {
namespace {

TEST(SpeechLayouts, CommonVoice) {
  TestFolder folder;
  const std::string head =
      "client_id\tpath\tsentence\tup_votes\tdown_votes\tage\tgender\taccents\tlocale\tsegment\n";
  folder.write("en/train.tsv",
               head +
                   "c1\tcommon_voice_en_1.mp3\t\"Go,\" she said.\t2\t0\tfourties\tmale_masculine\t"
                   "India and South Asia (India, Pakistan, Sri Lanka)\ten\t\n"
                   "c2\tcommon_voice_en_2.mp3\tYes.\t2\t0\t\tdo_not_wish_to_say\tSlight lisp\ten\t\n"
                   "c3\tcommon_voice_en_3.mp3\tNo.\t2\n"
                   "c4\tcommon_voice_en_4.mp3\tNo.\t2\t0\tancient\t\t\ten\t\n");
  folder.write("en/test.tsv", head +
                                  "c5\tcommon_voice_en_5\tOld corpus.\t2\t0\tteens\tfemale\tus\ten\t\n"
                                  "c5\tcommon_voice_en_6.mp3\tGone.\t2\t0\tteens\tfemale\tus\ten\t\n"
                                  "c5\tclips\\common_voice_en_7.mp3\tGone.\t2\t0\tteens\tfemale\tus\ten\t\n");
  folder.write("sv-SE/validated.tsv",
               "client_id\tpath\tsentence\tgender\n"
               "c8\tcommon_voice_sv-SE_8.mp3\tHej.\trobot\n"
               "c9\tcommon_voice_sv-SE_9.mp3\tHej hej.\tother\n");
  for (const char* name : {"en/clips/common_voice_en_1.mp3", "en/clips/common_voice_en_2.mp3",
                           "en/clips/common_voice_en_4.mp3", "en/clips/common_voice_en_5.mp3",
                           "sv-SE/clips/common_voice_sv-SE_8.mp3", "sv-SE/clips/common_voice_sv-SE_9.mp3"}) {
    make_recording(folder / name);
  }
  const Ingested all = ingest("common_voice", folder.path());
  ASSERT_EQ(all.clips.size(), 4u);
  const Clip& first = all.clips.at("common_voice/common_voice_en_1");
  EXPECT_EQ(first.text, "\"Go,\" she said.");
  EXPECT_EQ(first.split, "train");
  EXPECT_EQ(first.speaker, "common_voice-c1");
  EXPECT_EQ(first.licence, "CC0-1.0");
  EXPECT_EQ(first.labels.at("accent"), "Indian");
  EXPECT_EQ(first.labels.at("age"), "forties");
  EXPECT_EQ(first.labels.at("speaker_gender"), "male");
  EXPECT_EQ(all.clips.at("common_voice/common_voice_en_2").labels.size(), 1u);
  const Clip& old = all.clips.at("common_voice/common_voice_en_5");
  EXPECT_EQ(old.split, "test");
  EXPECT_EQ(old.labels.at("accent"), "American");
  EXPECT_EQ(all.clips.at("common_voice/common_voice_sv-SE_9").language, "sv");
  EXPECT_EQ(all.clips.at("common_voice/common_voice_sv-SE_9").split, "");
  expect_rejected(all, {{"en/train.tsv, line 4", "broken_line"},
                        {"common_voice/common_voice_en_4", "unknown_label"},
                        {"common_voice/common_voice_en_6", "missing_file"},
                        {"common_voice/clips\\common_voice_en_7", "broken_path"},
                        {"common_voice/common_voice_sv-SE_8", "unknown_label"}});
}

// Every name and code that Common Voice gives accents has its label.
TEST(SpeechLayouts, CommonVoiceAccents) {
  const std::map<std::string, std::string> names{
      {"us", "United States English"},
      {"australia", "Australian English"},
      {"england", "England English"},
      {"canada", "Canadian English"},
      {"philippines", "Filipino"},
      {"hongkong", "Hong Kong English"},
      {"indian", "India and South Asia (India, Pakistan, Sri Lanka)"},
      {"ireland", "Irish English"},
      {"malaysia", "Malaysian English"},
      {"newzealand", "New Zealand English"},
      {"scotland", "Scottish English"},
      {"singapore", "Singaporean English"},
      {"southatlandtic", "South Atlantic (Falkland Islands, Saint Helena)"},
      {"african", "Southern African (South Africa, Zimbabwe, Namibia)"},
      {"wales", "Welsh English"},
      {"bermuda", "West Indies and Bermuda (Bahamas, Bermuda, Jamaica, Trinidad)"}};
  TestFolder folder;
  std::string table = "client_id\tpath\tsentence\taccent\n";
  for (const auto& [code, name] : names) {
    table += "c\t" + code + ".mp3\tYes.\t" + code + "\nc\t" + code + "-name.mp3\tYes.\t" + name + "\n";
    make_recording(folder / ("en/clips/" + code + ".mp3"));
    make_recording(folder / ("en/clips/" + code + "-name.mp3"));
  }
  folder.write("en/dev.tsv", table);
  const Ingested all = ingest("common_voice", folder / "en");
  std::set<std::string> labels;
  for (const auto& [code, name] : names) {
    const std::string label = all.clips.at("common_voice/" + code).labels.at("accent");
    EXPECT_EQ(all.clips.at("common_voice/" + code + "-name").labels.at("accent"), label);
    labels.insert(label);
  }
  EXPECT_EQ(labels.size(), 16u);
}

TEST(SpeechLayouts, LJSpeech) {
  TestFolder folder;
  folder.write("metadata.csv",
               "LJ001-0001|Printing, in \"1455\"|Printing, in \"fourteen fifty-five\"\n"
               "LJ001-0002|Text only|\nLJ001-0003|\nLJ001-0004||\nLJ001-0005|Gone|Gone\n");
  for (const char* name : {"1", "2", "4"})
    make_recording(folder / (std::string("wavs/LJ001-000") + name + ".wav"));
  const Ingested all = ingest("ljspeech", folder.path());
  EXPECT_EQ(all.clips.size(), 2u);
  EXPECT_EQ(all.clips.at("ljspeech/LJ001-0001").text, "Printing, in \"fourteen fifty-five\"");
  EXPECT_EQ(all.clips.at("ljspeech/LJ001-0002").text, "Text only");
  expect_rejected(all, {{"metadata.csv, line 3", "broken_line"},
                        {"ljspeech/LJ001-0004", "no_text"},
                        {"ljspeech/LJ001-0005", "missing_file"}});
}

TEST(SpeechLayouts, Vctk) {
  TestFolder folder;
  const std::map<std::string, std::string> accents{
      {"English", "English"},       {"Scottish", "Scottish"},      {"NorthernIrish", "Northern Irish"},
      {"Irish", "Irish"},           {"Indian", "Indian"},          {"Welsh", "Welsh"},
      {"American", "American"},     {"Canadian", "Canadian"},      {"SouthAfrican", "South African"},
      {"Australian", "Australian"}, {"NewZealand", "New Zealand"}, {"British", "English"}};
  std::string info = "ID  AGE  GENDER  ACCENTS  REGION COMMENTS\n";
  int number = 100;
  for (const auto& [accent, label] : accents) {
    const std::string speaker = "p" + std::to_string(++number);
    info += speaker + "  " + std::to_string(number - 86) + "  F    " + accent + "    Southern  England\n";
    make_recording(folder / ("wav48_silence_trimmed/" + speaker + "/" + speaker + "_001_mic1.flac"));
    folder.write("txt/" + speaker + "/" + speaker + "_001.txt", "Please call Stella.\n");
  }
  folder.write("speaker-info.txt", info + "p300  23\np301  40  M  Martian\n");
  make_recording(folder / "wav48_silence_trimmed/p301/p301_001_mic2.flac");
  folder.write("txt/p301/p301_001.txt", "Please call Stella.");
  make_recording(folder / "wav48_silence_trimmed/p315/p315_001_mic2.flac");  // the corpus lost these texts
  const Ingested all = ingest("vctk", folder.path());
  ASSERT_EQ(all.clips.size(), 12u);
  number = 100;
  std::map<std::string, int> ages;
  for (const auto& [accent, label] : accents) {
    const Clip& clip = all.clips.at("vctk/p" + std::to_string(++number) + "_001_mic1");
    EXPECT_EQ(clip.labels.at("accent"), label);
    EXPECT_EQ(clip.labels.at("speaker_gender"), "female");
    EXPECT_EQ(clip.text, "Please call Stella.");
    ++ages[clip.labels.at("age")];
  }
  EXPECT_EQ(ages, (std::map<std::string, int>{{"15-19", 5}, {"20-24", 5}, {"25-29", 2}}));
  expect_rejected(all, {{"speaker-info.txt, line 14", "broken_line"},
                        {"vctk/p301_001_mic2", "unknown_label"},
                        {"vctk/p315_001_mic2", "no_text"}});
}

TEST(SpeechLayouts, OldVctk) {
  TestFolder folder;
  folder.write("speaker-info.txt",
               "ID  AGE  GENDER  ACCENTS  REGION\n225  23  M    English    Southern  England\n");
  folder.write("txt/p225/p225_001.txt", "Please call Stella.");
  make_recording(folder / "wav48/p225/p225_001.wav");
  const Clip clip = ingest("vctk", folder.path()).clips.at("vctk/p225_001");
  EXPECT_EQ(clip.labels.at("age"), "20-24");
  EXPECT_EQ(clip.speaker, "vctk-p225");
}

}  // namespace
}  // namespace auris::data
