// Layouts that hold whatever somebody put into them.

#include <zlib.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/audio/decode.h"
#include "auris/base/error.h"
#include "auris/base/test_folder.h"
#include "auris/data/items/item_builder.h"
#include "auris/data/shards/tar.h"
#include "auris/data/sources/testing/ingested.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;

TEST(GenericLayouts, HuggingFace) {
  TestFolder folder;
  folder.write("train/metadata.csv",
               "file_name,transcription,Speaker_ID,gender,duration\n"
               "a.wav,\"Hello, \"\"you\"\".\",s1,F,0.1\nsub\\b.wav,Hi.,s1,F,0.1\nc.wav,Gone.,,,\nd.wav\n");
  folder.write("data/validation/metadata.jsonl",
               "{\"file_name\":\"e.wav\",\"text\":\"Ja.\",\"language\":\"de-AT\",\"translation_en\":\"Yes.\","
               "\"licence\":\"CC0-1.0\"}\n"
               "{\"file_name\":\"f.wav\",\"source\":\"nsynth\",\"pitch_prediction\":60,\"instrument\":"
               "\"synth lead\"}\n"
               "{\"file_name\":\"f.wav\",\"source\":\"nsynth\",\"pitch_prediction\":600}\n"
               "{\"text\":\"No file.\"}\n{\"file_name\":\n");
  for (const char* name : {"train/a.wav", "data/validation/e.wav", "data/validation/f.wav"})
    make_recording(folder / name);
  const Ingested all = ingest("hugging_face", folder.path());
  ASSERT_EQ(all.clips.size(), 3u);
  const Clip& clip = all.clips.at("hugging_face/train/a.wav");
  EXPECT_EQ(clip.text, "Hello, \"you\".");
  EXPECT_EQ(clip.split, "train");
  EXPECT_EQ(clip.speaker, "s1");
  EXPECT_EQ(clip.labels.at("speaker_gender"), "female");
  const Clip& german = all.clips.at("hugging_face/data/validation/e.wav");
  EXPECT_EQ(german.split, "dev");
  EXPECT_EQ(german.language, "de");
  EXPECT_EQ(german.translations.at("en"), "Yes.");
  const Clip& note = all.clips.at("hugging_face/data/validation/f.wav");
  EXPECT_EQ(note.source, "nsynth");
  EXPECT_EQ(note.labels.at("pitch_prediction"), "60");
  expect_rejected(all, {{"hugging_face/train/sub\\b.wav", "broken_path"},
                        {"hugging_face/train/c.wav", "missing_file"},
                        {"train/metadata.csv, line 5", "broken_line"},
                        {"hugging_face/data/validation/f.wav", "unknown_label"},
                        {"data/validation/metadata.jsonl, line 4", "broken_line"},
                        {"data/validation/metadata.jsonl, line 5", "broken_line"}});
}

void write_shard(const fs::path& path, const std::vector<std::pair<std::string, std::string>>& files) {
  TarWriter tar(path);
  for (const auto& [name, content] : files) tar.add(name, content);
  tar.commit();
}

TEST(GenericLayouts, WebDataset) {
  TestFolder folder;
  const std::string sound = audio::wav_bytes(tone(0.25)), long_name = std::string(90, 'k');
  write_shard(folder / "shard-00000.tar",
              {{"a/000.wav", sound},
               {"a/000.json", R"({"text":"One.","labels":{"speaker_gender":"f"},"gender":"m"})"},
               {"a/001.txt", "Two.\n"},
               {"a/001.flac", sound},
               {"a/002.json", R"({"text":"No sound."})"},
               {"a/003.wav", sound},
               {"a/003.json", "{"},
               {"a/004.wav", "no sound at all"},
               {long_name + ".wav", sound},
               {"a/005.wav", ""},
               {"a/006.wav", sound}});
  const Ingested all = ingest("webdataset", folder.path());
  const Clip& one = all.clips.at("webdataset/shard-00000.tar/a/001");
  EXPECT_EQ(one.text, "Two.");
  EXPECT_NEAR(one.duration_s, 0.25, 1e-3);
  EXPECT_EQ(one.audio_bytes, static_cast<int64_t>(sound.size()));
  const auto bytes = std::as_bytes(std::span(sound));
  EXPECT_EQ(audio::decode_audio(audio_source(one, "")).samples,
            audio::decode_audio(audio::AudioSource::memory(bytes)).samples);
  EXPECT_EQ(all.clips.size(), 3u);
  expect_rejected(all, {{"webdataset/shard-00000.tar/a/000", "unknown_label"},
                        {"webdataset/shard-00000.tar/a/002", "missing_file"},
                        {"webdataset/shard-00000.tar/a/003", "broken_line"},
                        {"webdataset/shard-00000.tar/a/004", "unreadable"},
                        {"webdataset/shard-00000.tar/a/005", "no_sound"}});
}

TEST(GenericLayouts, TruncatedAndForeignTarFiles) {
  TestFolder folder;
  const std::string sound = audio::wav_bytes(tone(0.25));
  write_shard(folder / "a.tar", {{"1.wav", sound}, {"2.wav", sound}, {"3.wav", sound}});
  const std::string whole = folder.read("a.tar");
  // Wherever it is cut: what is whole is there, the rest is one rejection or none (between files).
  for (size_t size = 0; size < 3 * (512 + sound.size()); size += 1000) {
    folder.write("a.tar", whole.substr(0, size));
    const Ingested all = ingest("webdataset", folder.path());
    EXPECT_LE(all.clips.size(), size / (512 + sound.size()));
    for (const auto& [what, reason] : all.rejections) EXPECT_EQ(what + " " + reason, "a.tar broken_file");
  }
  folder.write("a.tar", "\x1f\x8b\x08 anything");
  EXPECT_EQ(ingest("webdataset", folder.path()).rejections.at("a.tar"), "broken_file");
}

TEST(GenericLayouts, OurOwnShards) {
  TestFolder folder;
  make_recording(folder / "yes.wav", 0.5);
  Clip clip;
  clip.id = "speech_commands/yes.wav";
  clip.audio = (folder / "yes.wav").generic_string();
  clip.duration_s = 0.5;
  clip.source = "speech_commands";
  clip.text = "yes";
  clip.split = "test";
  clip.labels = {{"speech_command_recognition", "yes"}, {"audio_question_answering", "It is agreed to."}};
  clip.questions = {{"audio_question_answering", "What happens to the plan?"}};
  ItemBuilder builder({.seed = 1});
  std::vector<std::pair<std::string, std::string>> files;
  int number = 0;
  for (const auto& [task, configuration] :
       {std::pair("SCR", Configuration::kTextAudio), std::pair("SCR", Configuration::kAudio),
        std::pair("ASR", Configuration::kAudioText), std::pair("AQA", Configuration::kAudioText)}) {
    auto item = std::get<Item>(builder.plan(task_named(task), configuration, clip));
    const audio::AudioClip recording = builder.render(item, clip, "");
    const std::string key = std::to_string(++number);
    files.emplace_back(key + ".json", to_json(item).dump());
    files.emplace_back(key + ".wav", audio::wav_bytes(recording));
  }
  write_shard(folder / "shard-00000.tar", files);
  const Ingested all = ingest("webdataset", folder.path());
  EXPECT_EQ(all.clips.size(), 3u);
  for (const auto& [id, read] : all.clips) {
    EXPECT_EQ(read.source, "speech_commands");
    EXPECT_EQ(read.split, "test");
    EXPECT_EQ(read.text, "yes");
    EXPECT_EQ(read.labels.contains("speech_command_recognition"), id.starts_with("speech_command")) << id;
    EXPECT_NEAR(read.duration_s, 0.5, 1e-3);
    EXPECT_EQ(read.start_s > 0.5, id.find("text_audio") == std::string::npos) << id;
  }
  // Only its question is heard.
  EXPECT_EQ(all.rejections.at("webdataset/shard-00000.tar/4"), "no_sound");
}

void write_gzip(const fs::path& path, const std::string& text) {
  gzFile file = gzopen(path.c_str(), "wb");
  ASSERT_EQ(gzwrite(file, text.data(), static_cast<unsigned>(text.size())), static_cast<int>(text.size()));
  gzclose(file);
}

TEST(GenericLayouts, Lhotse) {
  TestFolder folder;
  const auto recording = [](const std::string& id, const std::string& source, const std::string& more = "") {
    return R"({"id":")" + id + R"(","sources":[{"type":"file","channels":[0],"source":")" + source +
           R"("}],"sampling_rate":16000,"num_samples":16000,"duration":1.0,"channel_ids":[0])" + more + "}";
  };
  write_gzip(
      folder / "mini_recordings_dev-clean.jsonl.gz",
      recording("r1", "audio/r1.wav") + "\n" + recording("r2", (folder / "audio/r2.wav").string()) + "\n" +
          recording("r3", "audio/r1.wav", R"(,"transforms":[{"name":"Speed","kwargs":{"factor":0.9}}])") +
          "\n" + R"({"id":"r4","sources":[{"type":"command","channels":[0],"source":"rm x"}]})" + "\n[\n");
  const auto supervision = [](const std::string& id, const std::string& recording_id, double start) {
    return R"({"id":")" + id + R"(","recording_id":")" + recording_id + R"(","start":)" +
           std::to_string(start) +
           R"(,"duration":0.5,"channel":0,"text":"HELLO","language":"English","speaker":"s1","gender":"F"})";
  };
  write_gzip(folder / "mini_supervisions_dev-clean.jsonl.gz",
             supervision("s1", "r1", 0.25) + "\n" + supervision("s2", "r2", 0) + "\n" +
                 supervision("s3", "r3", 0) + "\n" + supervision("s4", "r4", 0) + "\n" +
                 supervision("s5", "gone", 0) + "\n" + R"({"id":"s6"})" + "\n");
  folder.write("mini_cuts_train.jsonl",
               R"({"id":"c1","start":0.5,"duration":0.5,"channel":0,"type":"MonoCut","supervisions":[)" +
                   supervision("x", "r1", 0.1) + "," + supervision("x", "r1", 0.3) + R"(],"recording":)" +
                   recording("r1", "audio/r1.wav") + "}\n" + R"({"id":"c2","type":"MixedCut","tracks":[]})" +
                   "\n" + R"({"id":"c3","start":0,"duration":1,"channel":0,"supervisions":[],"recording":)" +
                   recording("r1", "audio/r1.wav") + "}\n");
  make_recording(folder / "audio/r1.wav", 1);
  make_recording(folder / "audio/r2.wav", 1);
  const Ingested all = ingest("lhotse", folder.path());
  ASSERT_EQ(all.clips.size(), 4u);
  const Clip& clip = all.clips.at("lhotse/s1");
  EXPECT_EQ(clip.start_s, 0.25);
  EXPECT_EQ(clip.duration_s, 0.5);
  EXPECT_EQ(clip.language, "en");
  EXPECT_EQ(clip.split, "dev");
  EXPECT_EQ(clip.text, "HELLO");
  EXPECT_EQ(clip.labels.at("speaker_gender"), "female");
  EXPECT_NEAR(all.clips.at("lhotse/c1").start_s, 0.6, 1e-9);
  EXPECT_EQ(all.clips.at("lhotse/c1").split, "train");
  EXPECT_NEAR(all.clips.at("lhotse/c1-1").start_s, 0.8, 1e-9);
  expect_rejected(all, {{"mini_recordings_dev-clean.jsonl.gz, line 5", "broken_line"},
                        {"mini_supervisions_dev-clean.jsonl.gz, line 6", "broken_line"},
                        {"lhotse/s3", "no_plain_file"},
                        {"lhotse/s4", "no_plain_file"},
                        {"lhotse/s5", "missing_file"},
                        {"lhotse/c2", "no_plain_file"},
                        {"lhotse/c3", "no_text"}});
}

std::string llaso_sample(const std::string& voice, const std::string& human, const std::string& gpt,
                         const std::string& more = "") {
  return R"({"voice":[")" + voice + R"("],"conversations":[{"from":"human","value":")" + human +
         R"("},{"from":"gpt","value":")" + gpt + R"("}])" + more + "}";
}

// The name of each published file, a recording as it has it, an answer, and the label that it is.
TEST(GenericLayouts, LlasoTasks) {
  struct Case {
    const char *file, *voice, *answer, *task, *label, *source;
  };
  const std::vector<Case> cases{
      {"CREMAD_EIE_classification_test", "CremaD/Audio\\\\1049_IEO_FEA_LO.wav", "Low.", "emotion_intensity",
       "low", "crema_d"},
      {"CREMAD_ER_classification_test", "CremaD/Audio\\\\1067_WSI_ANG_XX.wav", "Neutrality.",
       "emotion_recognition", "neutral", "crema_d"},
      {"NSynth_instrument_classification_test", "nsynth-train/audio\\\\a.wav", "Synth_lead", "instrument",
       "synth lead", "nsynth"},
      {"NSynth_music_source_classification_test", "nsynth-train/audio\\\\b.wav", "Acoustic",
       "instrument_source", "acoustic", "nsynth"},
      {"NSynth_pitch_recognition_test", "nsynth-train/audio\\\\c.wav", "68", "pitch_prediction", "68",
       "nsynth"},
      {"velocity_classification_test", "nsynth-train/audio\\\\d.wav", "50", "velocity", "50", "nsynth"},
      {"Synthetic_Audio_Classification_test", "for/for-norm/training/fake\\\\e.wav", "Fake.",
       "synthetic_speech_detection", "fake", "fake_or_real"},
      {"accentdb_AI_classification_test", "accentdb_extended/data/american/speaker_08\\\\f.wav", "American",
       "accent", "American", "accentdb"},
      {"common-voice_accent_classification_test", "Common-voice/data\\\\g.mp3", "Filipino", "accent",
       "Filipino", "common_voice"},
      {"common-voice_age_classification_test", "Common-voice/data\\\\h.mp3", "Fourties", "age", "forties",
       "common_voice"},
      {"common-voice_gender_classification_test", "Common-voice/data\\\\i.mp3", "Male", "speaker_gender",
       "male", "common_voice"},
      {"meld_EIE_classification_test", "Meld/MELD.Raw/wav/train\\\\j.wav", "Positive.", "emotion_intensity",
       "positive", "meld"},
      {"meld_ER_classification_test", "Meld/MELD.Raw/wav/train\\\\k.wav", "Joy.", "emotion_recognition",
       "joy", "meld"},
      {"meld_SV_classification_test", "Meld/MELD.Raw/wav/train\\\\l.wav", "Rachel.", "speaker_identification",
       "Rachel", "meld"},
      {"slurp_Intent_Prediction_test", "slurp/data\\\\m.wav", "Audio volume_up", "intent_prediction",
       "audio volume up", "slurp"},
      {"speechcommand_recognition_test", "speechcommand/data\\\\n.wav", "Two.", "speech_command_recognition",
       "two", "speech_commands"},
      {"vctk_accent_classification_test", "vctk/p283\\\\o.flac", "Irish.", "accent", "Irish", "vctk"},
      {"vctk_age_classification_test", "vctk/p283\\\\p.flac", "30+.", "age", "30+", "vctk"},
      {"vctk_gender_classification_test", "vctk/p283\\\\q.flac", "Male.", "speaker_gender", "male", "vctk"},
      {"vocalsound_age_prediction_test", "vocalclassification/dataset\\\\r.wav", "19", "age", "19",
       "vocalsound"},
      {"vocalsound_gender_classification_test", "vocalclassification/dataset\\\\s.wav", "Female",
       "speaker_gender", "female", "vocalsound"},
      {"vocalsound_vocal_classification_test", "vocalclassification/dataset\\\\t.wav", "Throat clearing.",
       "vocal_sound", "throat clearing", "vocalsound"},
      {"voxceleb_gender_classification_test", "voxceleb/wav/id10942\\\\u.wav", "Female.", "speaker_gender",
       "female", "voxceleb"}};
  TestFolder folder;
  for (const Case& one : cases) {
    folder.write(std::string(one.file) + ".json",
                 "[" + llaso_sample(one.voice, "Which is it?<audio>", one.answer) + "]");
    std::string path = one.voice;
    path.replace(path.find("\\\\"), 2, "/");
    make_recording(folder / path);
  }
  const Ingested all = ingest("llaso", folder.path());
  EXPECT_TRUE(all.rejections.empty());
  for (const Case& one : cases) {
    const Clip& clip = all.clips.at(std::string("llaso/") + one.file + "/1");
    EXPECT_EQ(clip.labels.at(one.task), one.label) << one.file;
    EXPECT_EQ(clip.source, one.source) << one.file;
    EXPECT_EQ(clip.split, "test");
  }
}

TEST(GenericLayouts, LlasoTexts) {
  TestFolder folder;
  const std::string scores =
      R"(Mark is here. For \"mark\", accuracy is 10, stress is 10, and total score is 9.)";
  folder.write("ASR_test.json", "[" +
                                    llaso_sample("mls_english_opus/a\\\\1.wav", "Write.<audio>",
                                                 "After\u2028his nap", R"(,"speaker_id":"10226")") +
                                    "," + llaso_sample("mls_english_opus/a\\\\1.wav", "<audio><audio>", "x") +
                                    "," + llaso_sample("mls_english_opus/a\\\\1.wav", "Write.", "x") + "," +
                                    llaso_sample("mls_english_opus/a\\\\gone.wav", "Write.<audio>", "x") +
                                    "," + llaso_sample("mls_english_opus/a\\\\1.wav", "Write.<audio>", "") +
                                    R"(,{"voice":[]}])");
  folder.write("pronunciation_scoring_word_level_test.json",
               "[" + llaso_sample("p\\\\2.wav", "Score.<audio>", scores) + "]");
  folder.write(
      "slurp_Entity_Extraction_test.json",
      "[" +
          llaso_sample("p\\\\2.wav", "Mark.<audio>", "remind me [date : friday]",
                       R"(,"metadata":{"sentence":"remind me friday","usrid":"FE-1","gender":"Female"})") +
          "]");
  folder.write("alpaca_gpt4_end_test.json",
               "[" + llaso_sample("p\\\\2.wav", "Listen.<audio>", "Use if (a < b).") + "]");
  folder.write("dolly_input_1_test.json",
               "[" + llaso_sample("p\\\\2.wav", "When was this?<audio>", "2013") + "]");
  folder.write("phoneme_recognition_test.json",
               "[" + llaso_sample("p\\\\2.wav", "Phones.<audio>", "\u026An") + ",");
  make_recording(folder / "mls_english_opus/a/1.wav");
  make_recording(folder / "p/2.wav");
  const Ingested all = ingest("llaso", folder.path());
  const Clip& words = all.clips.at("llaso/ASR_test/1");
  EXPECT_EQ(words.text, "After\u2028his nap");
  EXPECT_EQ(words.speaker, "mls-10226");
  const Clip& scored = all.clips.at("llaso/pronunciation_scoring_word_level_test/1");
  EXPECT_EQ(scored.text, "Mark is here.");
  EXPECT_EQ(scored.source, "speechocean762");
  const Clip& slots = all.clips.at("llaso/slurp_Entity_Extraction_test/1");
  EXPECT_EQ(slots.labels.at("entity_extraction"), "remind me [date : friday]");
  EXPECT_EQ(slots.labels.at("speaker_gender"), "female");
  EXPECT_EQ(slots.text, "remind me friday");
  EXPECT_TRUE(all.clips.at("llaso/alpaca_gpt4_end_test/1").synthetic);
  EXPECT_EQ(all.clips.at("llaso/phoneme_recognition_test/1").labels.at("phoneme_recognition"), "\u026An");
  const Clip& read = all.clips.at("llaso/dolly_input_1_test/1");
  EXPECT_EQ(read.questions.at("audio_question_answering"), "When was this?");
  EXPECT_EQ(read.labels.at("audio_question_answering"), "2013");
  expect_rejected(all, {{"phoneme_recognition_test.json", "broken_file"},
                        {"llaso/ASR_test/4", "missing_file"},
                        {"ASR_test.json, value 2", "broken_line"},
                        {"ASR_test.json, value 3", "broken_line"},
                        {"ASR_test.json, value 5", "broken_line"},
                        {"ASR_test.json, value 6", "broken_line"}});
}

// An instruction that is read, text that a heard instruction is about, and a question that is heard alone.
TEST(GenericLayouts, LlasoQuestionsPartlyWritten) {
  TestFolder folder;
  make_recording(folder / "a.wav");
  folder.write("dolly_input_1_train.json", "[" + llaso_sample("a.wav", "Sum up:<audio>", "Short.") + "]");
  folder.write("dolly_instruction_0_train.json",
               "[" + llaso_sample("a.wav", "<audio>apple, stone", "Apple.") + "," +
                   llaso_sample("a.wav", "Hear<audio>and say", "Yes.") + "]");
  folder.write("code_alpaca_end_train.json", "[" + llaso_sample("a.wav", "Listen.<audio>", "Done.") + "]");
  const Ingested all = ingest("llaso", folder.path());
  EXPECT_TRUE(all.rejections.empty());
  const Clip& read = all.clips.at("llaso/dolly_input_1_train/1");
  EXPECT_EQ(read.questions.at("audio_question_answering"), "Sum up:");
  EXPECT_EQ(read.written, "");
  EXPECT_EQ(all.clips.at("llaso/dolly_instruction_0_train/1").written, "<audio>\napple, stone");
  EXPECT_EQ(all.clips.at("llaso/dolly_instruction_0_train/2").written, "Hear\n<audio>\nand say");
  const Clip& heard = all.clips.at("llaso/code_alpaca_end_train/1");
  EXPECT_TRUE(heard.written.empty() && heard.questions.empty());
}

TEST(GenericLayouts, LlasoConversations) {
  const auto sample = [](const std::string& voice, const std::vector<std::string>& turns) {
    std::string list;
    for (size_t i = 0; i < turns.size(); ++i) {
      list += std::string(i == 0 ? "" : ",") + R"({"from":")" + (i % 2 == 0 ? "human" : "gpt") +
              R"(","value":")" + turns[i] + R"("})";
    }
    return R"({"voice":[)" + voice + R"(],"conversations":[)" + list + "]}";
  };
  TestFolder folder;
  make_recording(folder / "a.wav");
  make_recording(folder / "b.wav");
  folder.write("chat_train.json", "[" +
                                      sample(R"("a.wav","b.wav")", {"Listen.<audio>", "Yes?", "Why?", "So.",
                                                                    "<audio>", "I see.", "And?", "No."}) +
                                      "," + sample(R"("a.wav")", {"Hello.", "Hi.", "<audio>", "Yes."}) + "," +
                                      sample(R"("a.wav","b.wav")", {"<audio>", "Yes.", "More?", "No."}) +
                                      "," + sample(R"("a.wav")", {"<audio>", "Yes.", "More?"}) + "]");
  const Ingested all = ingest("llaso", folder.path());
  ASSERT_EQ(all.clips.size(), 2u);
  const Clip &first = all.clips.at("llaso/chat_train/1/turn-0"),
             &second = all.clips.at("llaso/chat_train/1/turn-4");
  EXPECT_EQ(first.dialogue, second.dialogue);
  EXPECT_EQ(second.turn, 4);
  EXPECT_EQ(first.written, "Listen.\n<audio>");
  EXPECT_EQ(first.labels.at("dialogue"), "Yes?");
  EXPECT_EQ(first.follow_ups, (std::vector<FollowUp>{{"Why?", "So."}}));
  EXPECT_EQ(second.written, "<audio>");
  EXPECT_EQ(second.follow_ups, (std::vector<FollowUp>{{"And?", "No."}}));
  EXPECT_TRUE(second.audio.ends_with("/b.wav"));
  EXPECT_EQ(all.rejections.size(), 3u);
  for (const auto& [what, reason] : all.rejections) EXPECT_EQ(reason, "broken_line") << what;
}

}  // namespace
}  // namespace auris::data
