#include "auris/train/card/model_card.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/base/json_text.h"
#include "auris/base/sha256.h"
#include "auris/base/test_folder.h"
#include "auris/data/items/item.h"
#include "auris/data/shards/shard_writer.h"
#include "auris/train/card/card_results.h"
#include "auris/train/card/loss_chart.h"
#include "auris/train/testing/small_run.h"
#include "auris/train/watch/run_log.h"

namespace auris::train {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

data::Item item_of(int64_t number, const std::string& licence) {
  data::Item item;
  item.id = fmt::format("item-{}", number);
  item.task = "speech_recognition";
  item.variant = "any";
  item.task_version = 2;
  item.prompt = fmt::format("Repeat the word.\n{}", data::kAudioMark);
  item.answer = item.transcript = "word";
  item.clip = fmt::format("clip-{}", number);
  item.source = "tones";
  item.language = number % 2 == 0 ? "en" : "fr";
  item.duration_s = 1.5;
  item.synthetic = number == 0;
  item.licence = licence;
  item.origin = "a [package]";
  item.consent = data::Consent::kLicence;
  return item;
}

// Two items under CC0-1.0, one under a licence that tries to leave its cell, one that is damaged.
void write_data(const std::filesystem::path& folder) {
  data::ShardWriter writer(folder);
  for (int64_t i = 0; i < 4; ++i) {
    const data::Item item = item_of(i, i == 2 ? "mine | <b>\n# yours" : "CC0-1.0");
    const std::string text = i == 3 ? "{\"id\": 3}" : to_json(item).dump();
    writer.add({.key = item.id, .files = {{"json", text}, {"wav", "sound"}}, .facts = {.duration_s = 1.5f}});
  }
  writer.finish();
}

class ModelCards : public ::testing::Test {
 protected:
  ModelCards() {
    write_data(folder_ / "data");
    RunLog log(folder_ / "run" / "steps.jsonl", 0, [](const RunRecord&) {});
    for (int64_t step = 1; step <= 8; ++step) {
      log.add(StepRecord{.step = step,
                         .loss = 9.0 - static_cast<double>(step),
                         .token_accuracy = 0.1,
                         .examples = 4,
                         .lost_examples = step == 8 ? 1 : 0,
                         .tokens = 100,
                         .audio_s = 30,
                         .step_s = 2,
                         .wait_s = 0.5});
      if (step % 4 == 0)
        log.add(EvaluationRecord{.step = step, .loss = step == 4 ? 2.0 : 2.5, .token_accuracy = 0.5});
    }
  }

  TrainRecipe recipe(const std::string& more = {}) {
    TrainRecipe recipe =
        testing::small_recipe({.data = folder_ / "data", .output = folder_ / "run", .more = more});
    recipe.licence = "Apache-2.0";
    return recipe;
  }
  std::string card_of(const TrainRecipe& of) {
    write_model_card(of);
    return folder_.read("run/model/README.md");
  }

  TestFolder folder_;
};

TEST_F(ModelCards, SayWhatTheRunWas) {
  const std::string card = card_of(recipe());
  EXPECT_THAT(card, StartsWith("---\nlicense: apache-2.0\nbase_model: ["));
  EXPECT_THAT(card, HasSubstr("language: [\"en\",\"fr\"]\n"));
  EXPECT_THAT(card, HasSubstr("\n# run\n"));
  EXPECT_THAT(
      card,
      HasSubstr("| projector swiglu, 32 columns inside, 8 rows become one | in this folder | Apache-2.0 | | "
                "learning rate 0.01 |"));
  EXPECT_THAT(
      card,
      HasSubstr(
          "| adapter of the language model, rank 8, alpha 16, layers all | in this folder | Apache-2.0"));
  EXPECT_THAT(
      card, AllOf(HasSubstr("| steps | 8 of 12 |"), HasSubstr("| seed | 5 |"),
                  HasSubstr("| examples learned from | 32 |"), HasSubstr("| examples lost on the way | 1 |"),
                  HasSubstr("| tokens and rows of sound | 800 |"), HasSubstr("| sound heard | 4.0 min |"),
                  HasSubstr("| time of all steps | 16.0 s, of it 4.0 s waiting for data |")));
  EXPECT_THAT(
      card,
      HasSubstr(
          "| best evaluation | loss 2.0000, 50.0 % of the answers' tokens, behind step 4 (2 evaluations)"));
  EXPECT_THAT(card, AllOf(HasSubstr("| 1 to 1 | 8.0000 |"), HasSubstr("| 8 to 8 | 1.0000 |"),
                          HasSubstr("![Loss by step](loss.svg)")));
  EXPECT_THAT(card, HasSubstr("```toml\nseed = 5\nsteps = 12\n"));
}

TEST_F(ModelCards, SayWhatTheDataIs) {
  const std::string card = card_of(recipe());
  EXPECT_THAT(card, AllOf(HasSubstr("| examples | 3 |"), HasSubstr("| damaged, left out | 1 |"),
                          HasSubstr("| sound | 4.5 s |"), HasSubstr("| languages | en 2, fr 1 |"),
                          HasSubstr("| sources | a \\[package\\] 3 |"),
                          HasSubstr("| of sound that a program made | 1 |"),
                          HasSubstr("| consent of the speakers | licence 3 |")));
  EXPECT_THAT(card, HasSubstr("| licences | CC0-1.0 2, mine \\| \\<b\\> \\# yours 1 |"));
  EXPECT_THAT(card, Not(HasSubstr("<b>")));
  const std::string index = folder_.read("data/index.bin");
  EXPECT_THAT(card,
              HasSubstr("| SHA-256 of index.bin | " + sha256_hex(std::as_bytes(std::span(index))) + " |"));
}

TEST_F(ModelCards, AreTheSameForTheSameRunAndTellOtherDataApart) {
  const std::string card = card_of(recipe()), chart = folder_.read("run/model/loss.svg");
  EXPECT_EQ(card_of(recipe()), card);
  TrainRecipe second = recipe();
  second.model.begin[Part::kProjector] = "runs/first";
  EXPECT_THAT(card_of(second), HasSubstr("learning rate 0.01, begun as in runs/first |"));
  second.model.encoder_adapter = AdapterRecipe{.rank = 2, .alpha = 4, .layers = {"fc1"}};
  EXPECT_THAT(card_of(second), HasSubstr("adapter of the encoder, rank 2, alpha 4, layers fc1 |"));
  card_of(recipe());
  EXPECT_EQ(folder_.read("run/model/loss.svg"), chart);
  const DataSet set{.name = "tones", .shards = folder_ / "data", .tasks = {}};
  const std::string before = summarize_data(set).items_sha256;
  data::ShardWriter writer(folder_ / "other");
  data::Item item = item_of(0, "CC0-1.0");
  item.answer = "words";
  writer.add({.key = item.id, .files = {{"json", to_json(item).dump()}}, .facts = {}});
  writer.finish();
  EXPECT_NE(summarize_data({.name = "tones", .shards = folder_ / "other", .tasks = {}}).items_sha256, before);
}

TEST_F(ModelCards, ALicenceThatIsNoIdentifier) {
  TrainRecipe other = recipe();
  other.licence = "mine: \"only\"";
  EXPECT_THAT(card_of(other), StartsWith("---\nlicense: other\nlicense_name: \"mine: \\\"only\\\"\"\n"));
  other.licence = "";
  const std::string card = card_of(other);
  EXPECT_THAT(card, StartsWith("---\nbase_model:"));
  EXPECT_THAT(card, HasSubstr("The recipe states none"));
}

// A report as `auris eval report` writes it (eval/report/report.h).
nlohmann::json report() {
  return nlohmann::json::parse(R"({"format": "auris-report-1",
    "data_set": {"name": "eval|set", "items": 12, "hours": 0.5},
    "systems": [{"name": "nano", "points": 50.25, "low": 40.0, "high": 60.0}, {"name": "oracle", "points": null}],
    "tasks": [{"title": "Speech recognition", "items": 12, "points": [50.25, null], "low": [40, null], "high": [60, null]}]})");
}

TEST_F(ModelCards, ShowMeasuredResults) {
  EXPECT_THAT(card_of(recipe()), HasSubstr("Not measured yet."));
  folder_.write("run/results/a.json", report().dump());
  const std::string card = card_of(recipe());
  EXPECT_THAT(card, HasSubstr("12 questions of eval\\|set, 0.50 hours."));
  EXPECT_THAT(card, HasSubstr("| task | questions | nano | oracle |\n|---|--:|--:|--:|\n"
                              "| Speech recognition | 12 | 50.2 [40.0, 60.0] | – |\n"
                              "| **all tasks** | 12 | 50.2 [40.0, 60.0] | – |\n"));
  EXPECT_THAT(card, Not(HasSubstr("Not measured yet.")));
}

TEST(CardResults, ShowNamedFigures) {
  const auto figures = nlohmann::json::parse(
      R"({"format": "auris-figures-1", "title": "Plain text", "more": 1,
    "figures": [{"name": "a|b", "value": "+0.2 %"}]})");
  EXPECT_EQ(card_results(figures, "f.json"), "Plain text\n\n| | |\n|---|--:|\n| a\\|b | +0.2 % |\n");
}

TEST(CardResults, RefuseWhatIsNoReport) {
  const auto message_of = [](const nlohmann::json& json) -> std::string {
    try {
      card_results(json, "r.json");
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInput);
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(message_of(nlohmann::json::array()), HasSubstr("r.json"));
  nlohmann::json other = report();
  other["format"] = "auris-report-9";
  EXPECT_THAT(message_of(other), HasSubstr("auris-report-1"));
  nlohmann::json short_list = report();
  short_list["tasks"][0]["low"] = {1};
  EXPECT_THAT(message_of(short_list), HasSubstr("a figure for each of 2 systems"));
}

TEST(LossChart, HasItsCurvesInItsFrame) {
  EXPECT_EQ(loss_chart({}), "");
  RunSummary run;
  for (int64_t step = 1; step <= 5; ++step) run.loss.add(step, 6.0 - static_cast<double>(step));
  const std::string chart = loss_chart(run);
  // From the top left corner of the frame (64, 36) to the bottom right one (740, 276), by equal steps.
  EXPECT_THAT(chart, HasSubstr("points=\"64.0,36.0 233.0,96.0 402.0,156.0 571.0,216.0 740.0,276.0\""));
  EXPECT_THAT(chart, AllOf(HasSubstr("prefers-color-scheme:dark"), Not(HasSubstr("evaluation (dashed)"))));
  run.evaluation_loss.add(3, 3.0);
  EXPECT_THAT(loss_chart(run),
              AllOf(HasSubstr("evaluation (dashed)"), HasSubstr("cx=\"402.0\" cy=\"156.0\"")));
}

TEST(RunSummaries, StretchesHoldAllPoints) {
  Curve curve;
  for (int64_t step = 1; step <= 7; ++step) curve.add(step, static_cast<double>(step));
  const std::vector<CurveStretch> three = stretches_of(curve, 3);
  ASSERT_EQ(three.size(), 3u);  // 2, 2 and 3 points
  EXPECT_EQ(three[0].last_step, 2);
  EXPECT_EQ(three[1].mean, 3.5);
  EXPECT_EQ(three[2].mean, 6);
  EXPECT_EQ(stretches_of(curve, 20).size(), 7u);
}

}  // namespace
}  // namespace auris::train
