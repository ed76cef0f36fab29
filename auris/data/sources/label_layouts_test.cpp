// Layouts whose recordings have labels.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/error.h"
#include "auris/base/test_folder.h"
#include "auris/data/sources/testing/ingested.h"

namespace auris::data {
namespace {

TEST(LabelLayouts, CremaD) {
  TestFolder folder;
  folder.write("VideoDemographics.csv",
               "ActorID,Age,Sex,Race,Ethnicity\n1001,51,Male,Caucasian,Not Hispanic\n"
               "1002,21,Female,Caucasian,Not Hispanic\n1003,\"21\n");
  const std::vector<std::string> emotions{"ANG", "DIS", "FEA", "HAP", "NEU", "SAD"},
      levels{"LO", "MD", "HI", "XX", "X"},
      sentences{"IEO", "TIE", "IOM", "IWW", "TAI", "MTI", "IWL", "ITH", "DFA", "ITS", "TSI", "WSI"};
  for (size_t i = 0; i < sentences.size(); ++i) {
    make_recording(folder /
                   ("AudioWAV/1001_" + sentences[i] + "_" + emotions[i % 6] + "_" + levels[i % 5] + ".wav"));
  }
  make_recording(folder / "AudioWAV/1002_DFA_BOR_XX.wav");
  make_recording(folder / "AudioWAV/1002_DFA_XX.wav");
  const Ingested all = ingest("crema_d", folder.path());
  EXPECT_EQ(all.clips.size(), 12u);
  const Clip& clip = all.clips.at("crema_d/1001_DFA_FEA_XX");
  EXPECT_EQ(clip.text, "Don't forget a jacket.");
  EXPECT_EQ(clip.labels.at("emotion_recognition"), "fear");
  EXPECT_EQ(clip.labels.at("emotion_intensity"), "unspecified");
  EXPECT_EQ(clip.labels.at("speaker_gender"), "male");
  EXPECT_EQ(clip.licence, "ODbL-1.0");
  expect_rejected(all, {{"VideoDemographics.csv, line 4", "broken_line"},
                        {"crema_d/1002_DFA_BOR_XX", "unknown_label"},
                        {"crema_d/1002_DFA_XX", "broken_name"}});
}

TEST(LabelLayouts, Meld) {
  TestFolder folder;
  const std::string head =
      "Sr "
      "No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID,Season,Episode,StartTime,EndTime\n";
  const std::string rest = ",8,21,\"00:16:16,059\",\"00:16:21,731\"\n";
  folder.write("train/train_sent_emo.csv",
               head + "1,\"I\u0092m here, \u0093yes\u0094\",Chandler,neutral,neutral,0,0" + rest +
                   "2,Oh!,The Interviewer,surprise,positive,0,1" + rest + "3,No.,Joey,bored,negative,0,2" +
                   rest + "4,Gone.,Joey,anger,negative,0,3" + rest + "5,Short.,Joey\n");
  std::string dev = head;
  const std::vector<std::string> emotions{"anger",   "disgust", "fear",    "joy",
                                          "neutral", "sadness", "surprise"};
  const std::vector<std::string> speakers{"Chandler", "Joey", "Monica", "Phoebe",
                                          "Rachel",   "Ross", "Gunther"};
  for (size_t i = 0; i < emotions.size(); ++i) {
    dev += "1,Yes.," + speakers[i] + "," + emotions[i] + ",neutral,1," + std::to_string(i) + rest;
    make_recording(folder / ("dev_splits_complete/dia1_utt" + std::to_string(i) + ".wav"));
  }
  folder.write("dev_sent_emo.csv", dev);
  for (const char* name : {"0", "1", "2"}) {
    make_recording(folder / (std::string("train/train_splits/dia0_utt") + name + ".mp4"));
  }
  const Ingested all = ingest("meld", folder.path());
  EXPECT_EQ(all.clips.size(), 9u);
  const Clip& clip = all.clips.at("meld/train/dia0_utt0");
  EXPECT_EQ(clip.text, "I\u2019m here, \u201Cyes\u201D");
  EXPECT_EQ(clip.split, "train");
  EXPECT_EQ(clip.labels.at("speaker_identification"), "Chandler");
  EXPECT_EQ(clip.labels.at("emotion_intensity"), "neutral");
  EXPECT_EQ(clip.consent, Consent::kUnknown);
  EXPECT_FALSE(all.clips.at("meld/train/dia0_utt1").labels.contains("speaker_identification"));
  EXPECT_EQ(all.clips.at("meld/dev/dia1_utt6").labels.at("emotion_recognition"), "surprise");
  const Clip& next = all.clips.at("meld/train/dia0_utt1");
  EXPECT_EQ(clip.dialogue, "meld/train/dia0");
  EXPECT_EQ(next.dialogue, clip.dialogue);
  EXPECT_EQ(clip.turn, 0);
  EXPECT_EQ(next.turn, 1);
  EXPECT_EQ(clip.labels.at("dialogue"), next.text);
  EXPECT_FALSE(all.clips.at("meld/dev/dia1_utt6").labels.contains("dialogue"));
  expect_rejected(all, {{"meld/train/dia0_utt2", "unknown_label"},
                        {"meld/train/dia0_utt3", "missing_file"},
                        {"train/train_sent_emo.csv, line 6", "broken_line"}});
}

TEST(LabelLayouts, SpeechCommands) {
  TestFolder folder;
  folder.write("validation_list.txt", "yes/aa_nohash_0.wav\nyes/gone_nohash_0.wav\n");
  folder.write("testing_list.txt", "no/bb_nohash_1.wav\n");
  const Task& task = task_named("speech_command_recognition");
  for (const Label& word : task.variant("speech_commands").labels) {
    make_recording(folder / (word.name + "/cc_nohash_0.wav"));
  }
  for (const char* name : {"yes/aa_nohash_0.wav", "no/bb_nohash_1.wav", "_background_noise_/pink_noise.wav",
                           "maybe/aa_nohash_0.wav"}) {
    make_recording(folder / name);
  }
  const Ingested all = ingest("speech_commands", folder.path());
  EXPECT_EQ(all.clips.size(), 37u);
  const Clip& clip = all.clips.at("speech_commands/yes/aa_nohash_0.wav");
  EXPECT_EQ(clip.split, "dev");
  EXPECT_EQ(clip.text, "yes");
  EXPECT_EQ(clip.speaker, "speech_commands-aa");
  EXPECT_EQ(all.clips.at("speech_commands/no/bb_nohash_1.wav").split, "test");
  EXPECT_EQ(all.clips.at("speech_commands/zero/cc_nohash_0.wav").split, "train");
  expect_rejected(all, {{"speech_commands/yes/gone_nohash_0.wav", "missing_file"},
                        {"speech_commands/_background_noise_/pink_noise.wav", "no_speech"},
                        {"speech_commands/maybe/aa_nohash_0.wav", "unknown_label"}});
}

}  // namespace
}  // namespace auris::data
