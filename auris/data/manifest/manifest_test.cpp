#include "auris/data/manifest/manifest.h"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/error.h"
#include "auris/base/test_folder.h"
#include "auris/data/manifest/records.h"

namespace auris::data {
namespace {

using nlohmann::json;
using testing::HasSubstr;

Clip whole_clip() {
  return {.id = "asterisk/en/hello",
          .audio = "en/hello.g722",
          .audio_offset = 512,
          .audio_bytes = 8000,
          .start_s = 0.5,
          .duration_s = 1.25,
          .sha256 = std::string(64, 'a'),
          .source = "asterisk",
          .split = "test",
          .language = "en",
          .text = "Hello, „World“\n",
          .speaker = "allison",
          .labels = {{"speaker_gender", "female"}},
          .translations = {{"fr", "Bonjour"}},
          .questions = {{"audio_question_answering", "What is it?"}},
          .written = "Sum it up:\n<audio>",
          .dialogue = "talk",
          .turn = 4,
          .follow_ups = {{"And then?", "Nothing."}},
          .licence = "CC-BY-SA-3.0",
          .origin = "asterisk-core-sounds-en",
          .consent = Consent::kLicence,
          .synthetic = true,
          .second = SecondRecording{
              .audio = "en/bye.g722", .duration_s = 2, .sha256 = std::string(64, 'b'), .speaker = "june"}};
}

Clip small_clip(const std::string& id, const std::string& audio, double duration_s) {
  Clip clip;
  clip.id = id;
  clip.audio = audio;
  clip.duration_s = duration_s;
  return clip;
}

struct Read {
  std::vector<Clip> clips;
  std::vector<Rejection> rejections;
  ManifestCounts counts;
};

Read read(const std::string& text) {
  Read all;
  std::istringstream lines(text);
  all.counts = read_manifest(
      lines, "m.jsonl", [&](Clip clip) { all.clips.push_back(std::move(clip)); },
      [&](Rejection rejection) { all.rejections.push_back(std::move(rejection)); });
  EXPECT_EQ(all.counts.lines, all.counts.clips + all.counts.rejected + all.counts.blank);
  EXPECT_EQ(all.counts.clips, std::ssize(all.clips));
  EXPECT_EQ(all.counts.rejected, std::ssize(all.rejections));
  return all;
}

std::string reason_of(const std::string& line) {
  const Read all = read(line);
  EXPECT_EQ(all.rejections.size(), 1u) << line.substr(0, 100);
  return all.rejections.empty() ? "" : all.rejections[0].reason + ": " + all.rejections[0].detail;
}

TEST(Clip, SurvivesJson) {
  const Clip clip = whole_clip();
  EXPECT_EQ(clip_from(json::parse(to_json(clip).dump()), "x"), clip);
  const Clip small = small_clip("a", "a.wav", 1);
  EXPECT_EQ(to_json(small).dump(), R"({"id":"a","audio":"a.wav","duration_s":1.0})");
  EXPECT_EQ(clip_from(json::parse(to_json(small).dump()), "x"), small);
}

// "3: [1]" for a record that begins in line 3, "3: no_json" for one that is none.
std::vector<std::string> records_in(const std::string& text, bool lists = true) {
  std::istringstream file(text);
  RecordReader reader(file, "x", {.max_bytes = 20, .lists = lists});
  std::vector<std::string> found;
  json value;
  const RejectionSink rejected = [&](const Rejection& rejection) {
    found.push_back(rejection.what.substr(5) + ": " + rejection.reason);
  };
  while (reader.next(value, rejected)) {
    found.push_back(std::to_string(reader.line()) + ": " + value.dump());
    ++reader.counts().records;
  }
  const RecordCounts& counts = reader.counts();
  EXPECT_EQ(counts.lines, counts.records + counts.rejected + counts.blank);
  EXPECT_EQ(std::ssize(found), counts.records + counts.rejected);
  return found;
}

TEST(Records, AreLinesOrElementsOfAList) {
  using Found = std::vector<std::string>;
  EXPECT_EQ(records_in("1\n\n [2] \r\n\"\u2028\""), (Found{"1: 1", "3: [2]", "4: \"\u2028\""}));
  EXPECT_EQ(records_in("\n[\n{\"x\":[1,\"],\\\"\"]},\n\n2]"), (Found{"3: {\"x\":[1,\"],\\\"\"]}", "5: 2"}));
  EXPECT_EQ(records_in("[1,,2]"), (Found{"1: 1", "1: no_json", "1: 2"}));
  EXPECT_EQ(records_in("[1,]"), (Found{"1: 1", "1: no_json"}));
  EXPECT_EQ(records_in("[\n]"), Found());
  EXPECT_EQ(records_in(" \n"), Found());
  EXPECT_EQ(records_in("[1]\n"), (Found{"1: 1"}));
  EXPECT_EQ(records_in("[1, {"), (Found{"1: 1", "1: no_json", "1: open_list"}));
  EXPECT_EQ(records_in("["), (Found{"1: open_list"}));
  EXPECT_EQ(records_in("[1]\n\nx,2"), (Found{"1: 1", "3: text_behind_list"}));
  EXPECT_EQ(records_in("[" + std::string(30, '1') + ",2]"), (Found{"1: no_json", "1: 2"}));
  EXPECT_EQ(records_in("[1]\n[", false), (Found{"1: [1]", "2: no_json"}));
}

TEST(Manifest, WritesWhatItReads) {
  TestFolder folder;
  const Clip other = small_clip("b", "/sounds/b.wav", 2);
  {
    ManifestWriter writer(folder / "m.jsonl");
    writer.add(whole_clip());
    writer.add(other);
    EXPECT_THROW(writer.add(other), Error);
    EXPECT_FALSE(std::filesystem::exists(folder / "m.jsonl"));
    writer.commit();
  }
  const Read all = read(folder.read("m.jsonl"));
  ASSERT_EQ(all.clips.size(), 2u);
  EXPECT_EQ(all.clips[0], whole_clip());
  EXPECT_EQ(audio_path(all.clips[0], "/data"), "/data/en/hello.g722");
  EXPECT_EQ(audio_path(all.clips[1], "/data"), "/sounds/b.wav");
}

TEST(Manifest, NothingIsLostWithoutAReason) {
  const std::string good = R"({"id":"a","audio":"a.wav","duration_s":1})";
  const Read all =
      read("\n" + good + "\r\n   \nnonsense\n" + good + "\n{}\n[]\n" + std::string("\0", 1) + "\n");
  EXPECT_EQ(all.counts.lines, 8);
  EXPECT_EQ(all.counts.blank, 2);
  EXPECT_EQ(all.counts.clips, 1);
  ASSERT_EQ(all.rejections.size(), 5u);
  EXPECT_EQ(all.rejections[0].what, "line 4");
  EXPECT_EQ(all.rejections[0].reason, "no_json");
  EXPECT_EQ(all.rejections[1].what, "a");
  EXPECT_EQ(all.rejections[1].reason, "repeated_id");
  EXPECT_EQ(all.rejections[2].reason, "no_clip");
  EXPECT_THAT(all.rejections[2].detail, HasSubstr("m.jsonl, line 6"));
  EXPECT_EQ(read(good).counts.clips, 1);  // the last line may lack its end
}

TEST(Manifest, SaysWhatIsWrongWithALine) {
  EXPECT_THAT(reason_of(R"({"id":"a","audio":"b\\a.wav","duration_s":1})"), HasSubstr("backslashes"));
  EXPECT_THAT(reason_of(R"({"id":"a","audio":"../a.wav","duration_s":1})"), HasSubstr("without .."));
  EXPECT_THAT(reason_of(R"({"id":"a","audio":"","duration_s":1})"), HasSubstr("'audio'"));
  EXPECT_THAT(reason_of(R"({"id":"a","audio":"a.wav","duration_s":1,"audio_offset":5})"),
              HasSubstr("'audio_bytes'"));
  EXPECT_THAT(
      reason_of(R"({"id":"a","audio":"a.wav","duration_s":1,"second":{"audio":"../b","duration_s":1}})"),
      HasSubstr("without .."));
  EXPECT_THAT(reason_of(R"({"id":"a","audio":"a.wav","duration_s":1,"second":{"audio":"b.wav"}})"),
              HasSubstr("'duration_s'"));
  EXPECT_THAT(reason_of(R"({"id":"a","audio":"a.wav","duration_s":1,"second":"b.wav"})"),
              HasSubstr("'second'"));
  EXPECT_THAT(reason_of(R"({"id":"a","audio":"a.wav","duration_s":1,"written":"no mark"})"),
              HasSubstr("<audio> once"));
  EXPECT_THAT(
      reason_of(
          R"({"id":"a","audio":"a.wav","duration_s":1,"follow_ups":[{"question":"<audio>","answer":"x"}]})"),
      HasSubstr("without <audio>"));
  EXPECT_THAT(reason_of(R"({"id":"a","audio":"a.wav","duration_s":1,"follow_ups":[{"question":"x"}]})"),
              HasSubstr("'answer'"));
  EXPECT_THAT(reason_of(R"({"id":"a","audio":"a.wav","duration_s":1,"turn":-1})"), HasSubstr("'turn'"));
  EXPECT_THAT(reason_of(R"({"id":"a","audio":"a.wav"})"), HasSubstr("'duration_s'"));
  EXPECT_THAT(reason_of(R"({"id":"a","audio":"a.wav","duration_s":0})"), HasSubstr("more than 0 s"));
  EXPECT_THAT(reason_of(R"({"id":"a","audio":"a.wav","duration_s":-1})"), HasSubstr("'duration_s'"));
  EXPECT_THAT(reason_of(R"({"id":"","audio":"a.wav","duration_s":1})"), HasSubstr("'id'"));
  EXPECT_THAT(reason_of(R"({"id":"a","audio":"a.wav","duration_s":1,"txet":"x"})"), HasSubstr("'text'"));
  EXPECT_THAT(reason_of(R"({"id":"a","audio":"a.wav","duration_s":1,"sha256":"xyz"})"),
              HasSubstr("64 digits"));
  EXPECT_THAT(reason_of(R"({"id":"a","audio":"a.wav","duration_s":1,"labels":["x"]})"),
              HasSubstr("'labels'"));
  EXPECT_THAT(reason_of(R"({"id":"a","audio":"a.wav","duration_s":1,"labels":{"x":1}})"), HasSubstr("'x'"));
  EXPECT_THAT(reason_of(R"({"id":"a","audio":"a.wav","duration_s":1,"consent":"yes"})"),
              HasSubstr("agreement"));
  EXPECT_THAT(reason_of(std::string(2 << 20, ' ') + "{"), HasSubstr("no_json"));
  EXPECT_THAT(reason_of(std::string(1000, '[')), HasSubstr("no_json"));
}

TEST(Manifest, ASinksErrorIsNotTheLines) {
  std::istringstream lines(R"({"id":"a","audio":"a.wav","duration_s":1})");
  const auto fails = [](const Clip&) {
    throw Error(ErrorCode::kInput, {.where = "disk", .expected = "room", .got = "none", .hint = ""});
  };
  EXPECT_THROW(read_manifest(lines, "m", fails, [](const Rejection&) { ADD_FAILURE(); }), Error);
}

TEST(Manifest, AMissingFileIsAnError) {
  TestFolder folder;
  EXPECT_THROW(read_manifest(folder / "none.jsonl", {}, {}), Error);
  EXPECT_THROW(read_manifest(folder.path(), {}, {}), Error);
}

}  // namespace
}  // namespace auris::data
