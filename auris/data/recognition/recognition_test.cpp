#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/test_folder.h"
#include "auris/data/audit/audit.h"
#include "auris/data/recognition/engine_recognizer.h"
#include "auris/data/recognition/recognition_cache.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

Clip clip_of(const std::string& id, const std::string& path, double duration_s, const std::string& language,
             const std::string& text) {
  Clip clip;
  clip.id = id;
  clip.audio = "/usr/share/asterisk/sounds/" + path + ".g722";
  clip.duration_s = duration_s;
  clip.language = language;
  clip.text = text;
  return clip;
}

TEST(Recognition, CountsCharacters) {
  // 1 substitution, 1 deletion in "good morning" (12 characters).
  EXPECT_DOUBLE_EQ(*character_error_rate("Good morning!", "Food mornin", "fr"), 2.0 / 12);
  EXPECT_EQ(character_error_rate("I've got twenty-one.", "i have got 21", "en"), 0.0);
  EXPECT_GT(*character_error_rate("vingt et un", "21", "fr"), 0.9);
  EXPECT_EQ(character_error_rate("words", "", "en"), 1.0);
  EXPECT_FALSE(character_error_rate("...", "words", "en"));
  EXPECT_FALSE(character_error_rate("", "", ""));
}

TEST(Recognition, RejectsOtherWordsAndOtherLanguagesOnce) {
  TestFolder folder;
  const std::string english = "en_US_f_Allison/", french = "fr_CA_f_June/";
  ManifestWriter writer(folder / "m.jsonl");
  writer.add(clip_of("right", english + "agent-newlocation", 3.2, "en",
                     "Please enter a new extension followed by pound"));
  writer.add(clip_of("wrong", english + "agent-pass", 3.2, "en", "The weather is nice in Paris today"));
  writer.add(clip_of("other", french + "agent-newlocation", 3.2, "en",
                     "Please enter a new extension followed by pound"));
  writer.add(clip_of("no-words", english + "agent-user", 3.2, "", ""));
  writer.add(clip_of("language-only", english + "agent-loggedoff", 3.2, "en", ""));
  writer.commit();
  AuditThresholds thresholds{.duration_tolerance_s = 10};
  std::vector<std::string> asked;
  std::map<std::string, Rejection> rejected;
  const auto run = [&](engine::Engine& engine, const fs::path& cache) {
    asked.clear();
    rejected.clear();
    const auto recognizer = make_engine_recognizer(
        std::shared_ptr<engine::Engine>(std::shared_ptr<void>(), &engine), {.cache = cache});
    return audit(folder / "m.jsonl", thresholds,
                 {.rejected = [&](Rejection rejection) { rejected[rejection.what] = rejection; },
                  .recognized = [&](const Clip& clip, const Recognition&) { asked.push_back(clip.id); }},
                 recognizer.get());
  };
  const auto engine = engine::Engine::load();
  const AuditReport report = run(*engine, folder / "heard.jsonl");
  EXPECT_GT(engine->load_s(), 0);
  EXPECT_EQ(asked, (std::vector<std::string>{"right", "wrong", "other", "language-only"}));
  EXPECT_EQ(report.kept, 3);
  EXPECT_EQ(rejected.at("wrong").reason, "other_text");
  EXPECT_THAT(rejected.at("wrong").detail, HasSubstr("character error rate"));
  EXPECT_EQ(rejected.at("other").reason, "other_language");
  EXPECT_THAT(rejected.at("other").detail, HasSubstr("'fr'"));
  ASSERT_TRUE(report.recognition);
  EXPECT_EQ(report.recognition->clips, 4);
  EXPECT_EQ(report.recognition->heard.at("en").at("fr"), 1);
  const nlohmann::ordered_json json = to_json(report);
  EXPECT_EQ(json["recognition"]["recognizer"]["model"], "whisper-base");

  // What was heard is not asked again: the second engine opens no model.
  const std::string cache = folder.read("heard.jsonl");
  EXPECT_EQ(std::count(cache.begin(), cache.end(), '\n'), 5);  // the French prompt in two languages
  thresholds.max_other_language = 1;
  thresholds.max_character_error_rate = 5;
  const auto other = engine::Engine::load();
  EXPECT_EQ(run(*other, folder / "heard.jsonl").kept, 5);
  EXPECT_EQ(other->load_s(), 0);
  EXPECT_EQ(folder.read("heard.jsonl"), cache);
}

TEST(Recognition, AnotherModelHearsForItself) {
  EXPECT_NE(heard_key({{"model", "a"}}, "x", ""), heard_key({{"model", "b"}}, "x", ""));
  EXPECT_NE(heard_key({{"model", "a"}}, "x", ""), heard_key({{"model", "a"}}, "x", "en"));
  TestFolder folder;
  const auto engine = engine::Engine::load({.speech_model = "whisper-tiny.en"});
  const auto recognizer = make_engine_recognizer(engine);
  const Clip clip = clip_of("a", "", 3, "en", "Please enter");
  const Recognition heard = recognizer->recognize(clip, "", [] {
    return audio::AudioClip{.samples = std::vector<float>(16000), .sample_rate_hz = 16000};
  });
  EXPECT_EQ(heard.language, "");  // it knows only one
  EXPECT_EQ(heard.character_error_rate, 1.0);
}

}  // namespace
}  // namespace auris::data
