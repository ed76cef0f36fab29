#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/error.h"
#include "auris/base/json_text.h"
#include "auris/base/test_folder.h"
#include "auris/train/watch/run_monitor.h"
#include "tests/source_folder.h"

namespace auris::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

StepRecord step_record(int64_t step) {
  return {.step = step,
          .time_s = 1000.0 + static_cast<double>(step),
          .loss = 10.0 / static_cast<double>(step),
          .losses = {{"answer", 2.5}},
          .token_accuracy = 0.25,
          .learning_rates = {{"projector", 1e-3}, {"language_model_adapter", 1e-4}},
          .gradient_norm = 1.5,
          .examples = 16,
          .tokens = 2000,
          .audio_s = 60,
          .step_s = 2,
          .wait_s = 0.1,
          .projector_rms = 0.2,
          .embedding_rms = 0.1};
}

EvaluationRecord evaluation_record(int64_t step) {
  return {.step = step, .time_s = 2000, .loss = 3, .token_accuracy = 0.5, .losses = {{"dev", 3}}};
}

std::vector<int64_t> steps_in(const std::filesystem::path& path, RunLogReport* report = nullptr) {
  std::vector<int64_t> steps;
  const RunLogReport got =
      read_run_log(path, [&](const RunRecord& record) { steps.push_back(step_of(record)); });
  if (report != nullptr) *report = got;
  return steps;
}

TEST(RunRecord, ComesBackFromJson) {
  for (const RunRecord& record : {RunRecord(step_record(3)), RunRecord(evaluation_record(4))})
    EXPECT_EQ(run_record_from(nlohmann::json::parse(to_json(record).dump())), record);
  StepRecord broken = step_record(3);
  broken.loss = std::numeric_limits<double>::infinity();
  broken.losses["answer"] = kNan;
  const auto read = std::get<StepRecord>(run_record_from(nlohmann::json::parse(to_json(broken).dump())));
  EXPECT_TRUE(std::isnan(read.loss));
  EXPECT_TRUE(std::isnan(read.losses.at("answer")));
  EXPECT_THROW(run_record_from(nlohmann::json::parse(R"({"step": -1})")), Error);
  EXPECT_THROW(run_record_from(nlohmann::json::parse(R"({"step": 1, "lossy": 2})")), Error);
  EXPECT_THROW(run_record_from(nlohmann::json::parse("[]")), Error);
}

TEST(RunRecord, NamesItsCurves) {
  const auto curves = curves_of(step_record(5));
  EXPECT_DOUBLE_EQ(curves.at("loss"), 2);
  EXPECT_DOUBLE_EQ(curves.at("loss/answer"), 2.5);
  EXPECT_DOUBLE_EQ(curves.at("learning_rate/projector"), 1e-3);
  EXPECT_DOUBLE_EQ(curves.at("audio_s_per_s"), 30);
  EXPECT_DOUBLE_EQ(curves.at("tokens_per_s"), 1000);
  EXPECT_DOUBLE_EQ(curves.at("waiting_share"), 0.05);
  EXPECT_DOUBLE_EQ(curves.at("projector_over_embedding_rms"), 2);
  EXPECT_DOUBLE_EQ(curves_of(evaluation_record(5)).at("evaluation/loss/dev"), 3);
}

void write_steps(const std::filesystem::path& path, int64_t from, int64_t to) {
  RunLog log(path, from - 1, [](const RunRecord&) {});
  for (int64_t step = from; step <= to; ++step) {
    log.add(step_record(step));
    if (step % 3 == 0) log.add(evaluation_record(step));
  }
}

TEST(RunLog, ATornLastLineIsNoLine) {
  TestFolder folder;
  write_steps(folder / "log", 1, 4);
  const std::string whole = folder.read("log");
  const size_t last = whole.rfind('\n', whole.size() - 2) + 1;
  for (size_t end = last; end < whole.size(); ++end) {
    folder.write("log", whole.substr(0, end));
    EXPECT_THAT(steps_in(folder / "log"), ElementsAre(1, 2, 3, 3));
  }
  write_steps(folder / "log", 4, 4);  // as if nothing had been torn
  EXPECT_EQ(folder.read("log"), whole);
}

TEST(RunLog, ForgetsWhatCameBehindTheCheckpoint) {
  TestFolder folder;
  write_steps(folder / "log", 1, 7);
  std::vector<int64_t> seen;
  {
    RunLog log(folder / "log", 3, [&](const RunRecord& record) { seen.push_back(step_of(record)); });
    EXPECT_EQ(log.report().records, 4);
    EXPECT_EQ(log.report().forgotten_lines, 5);
    log.add(step_record(4));
  }
  EXPECT_THAT(seen, ElementsAre(1, 2, 3, 3));
  EXPECT_THAT(steps_in(folder / "log"), ElementsAre(1, 2, 3, 3, 4));
  const RunLog begun_anew(folder / "log", 0, [](const RunRecord&) {});
  EXPECT_EQ(folder.read("log"), "");
}

TEST(RunLog, DamagedLinesArePassedOver) {
  TestFolder folder;
  write_steps(folder / "log", 1, 2);
  folder.write("log", folder.read("log") + "{\"step\": }\n{\"step\": 3}\n\x01\n");
  RunLogReport report;
  EXPECT_THAT(steps_in(folder / "log", &report), ElementsAre(1, 2));
  EXPECT_EQ(report.damaged_lines, 3);
}

TEST(RunLog, BelongsToOneRun) {
  TestFolder folder;
  const RunLog log(folder / "log", 0, [](const RunRecord&) {});
  EXPECT_THROW(RunLog(folder / "log", 0, [](const RunRecord&) {}), Error);
}

// RFC 3720, B.4.
TEST(EventFile, ChecksumsAreCastagnolis) {
  const auto crc_of = [](const std::string& bytes) { return crc32c(std::as_bytes(std::span(bytes))); };
  EXPECT_EQ(crc_of(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(crc_of(std::string(32, '\xff')), 0x62a8ab43u);
  std::string rising;
  for (int i = 0; i < 32; ++i) rising += static_cast<char>(i);
  EXPECT_EQ(crc_of(rising), 0x46dd794eu);
}

// tools/reference/dump_event_file.py
TEST(EventFile, EqualsTensorboardX) {
  const std::filesystem::path golden = AURIS_SOURCE_DIR "/tests/golden/train";
  const auto content = read_json_file(golden / "events.json", ErrorCode::kInput);
  TestFolder folder;
  {
    EventFile file(folder / "events", content["begin_s"]);
    for (const auto& event : content["events"]) {
      auto scalars = event["scalars"].get<std::map<std::string, double>>();
      scalars["not/finite"] = kNan;  // left out
      file.add(event["step"], event["time_s"], scalars);
    }
  }
  EXPECT_EQ(content["events"].size(), 5u);
  EXPECT_EQ(folder.read("events"), TestFolder::content_of(golden / "events.tfevents"));
}

TEST(EventFile, SaysWhenItCannotBeWritten) { EXPECT_THROW(EventFile("/nowhere/events", 0), Error); }

TEST(Pace, IsThatOfTheLastSteps) {
  Pace pace;
  EXPECT_EQ(pace.step_s(), 0);
  EXPECT_EQ(pace.audio_s_per_s(), 0);
  for (int64_t i = 1; i <= 10; ++i) {
    StepRecord slow = step_record(i);
    slow.step_s = 100;
    pace.add(slow);
  }
  for (int64_t i = 11; i <= 60; ++i) pace.add(step_record(i));
  EXPECT_DOUBLE_EQ(pace.step_s(), 2);
  EXPECT_DOUBLE_EQ(pace.audio_s_per_s(), 30);
  EXPECT_NEAR(pace.waiting_share(), 0.05, 1e-12);
  EXPECT_EQ(progress_line(step_record(60), pace, 4000),
            "step 60/4000  loss 0.167  tokens 25.0 %  lr 1.0e-03  30.0 s audio/s  2 h 11 min left");
}

TEST(Pace, WritesDurations) {
  EXPECT_EQ(duration_text(0.4), "0 s");
  EXPECT_EQ(duration_text(59.6), "1 min 00 s");
  EXPECT_EQ(duration_text(425), "7 min 05 s");
  EXPECT_EQ(duration_text(3780), "1 h 03 min");
  EXPECT_EQ(duration_text(3 * 86'400 + 4 * 3600), "3 d 04 h");
  EXPECT_EQ(duration_text(kNan), "an unknown time");
}

// Kinds of the warnings of a run, with their steps.
class Warned {
 public:
  std::vector<WarningKind> take(const std::function<void(StepRecord&)>& change) {
    StepRecord record = step_record(++step_);
    change(record);
    pace_.add(record);
    std::vector<WarningKind> kinds;
    for (const RunWarning& warning : warnings_.take(record, pace_)) {
      EXPECT_EQ(warning.step, step_);
      kinds.push_back(warning.kind);
    }
    return kinds;
  }

 private:
  int64_t step_ = 0;
  Pace pace_;
  RunWarnings warnings_;
};

TEST(RunWarnings, ComeWhenTheirReasonBegins) {
  Warned run;
  const auto fine = [](StepRecord&) {};
  EXPECT_THAT(run.take(fine), ElementsAre());
  const auto loud = [](StepRecord& record) { record.projector_rms = 0.31; };
  EXPECT_THAT(run.take(loud), ElementsAre(WarningKind::kScale));
  EXPECT_THAT(run.take(loud), ElementsAre());  // known
  EXPECT_THAT(run.take(fine), ElementsAre());
  EXPECT_THAT(run.take([](StepRecord& record) { record.projector_rms = 0.033; }),
              ElementsAre(WarningKind::kScale));
  EXPECT_THAT(run.take([](StepRecord& record) { record.projector_rms = 0.29; }), ElementsAre());
  EXPECT_THAT(run.take([](StepRecord& record) { record.projector_rms = kNan; }), ElementsAre());
  EXPECT_THAT(run.take([](StepRecord& record) { record.loss = kNan; }), ElementsAre(WarningKind::kNotFinite));
  EXPECT_THAT(run.take(fine), ElementsAre());
  EXPECT_THAT(run.take([](StepRecord& record) { record.gradient_norm = INFINITY; }),
              ElementsAre(WarningKind::kNotFinite));
  EXPECT_THAT(run.take([](StepRecord& record) { record.lost_examples = 1; }),
              ElementsAre(WarningKind::kLost));
}

TEST(RunWarnings, StarvationIsThatOfManySteps) {
  Warned run;
  const auto waits = [](StepRecord& record) { record.wait_s = 0.5; };  // of 2 s
  for (size_t i = 1; i < WarningLimits::kLeastSteps; ++i) EXPECT_THAT(run.take(waits), ElementsAre());
  EXPECT_THAT(run.take(waits), ElementsAre(WarningKind::kStarvation));
  Warned patient;
  for (int i = 0; i < 100; ++i) {
    const bool slow = i % 10 == 0;  // 5 % of the time and a little more
    EXPECT_THAT(patient.take([&](StepRecord& record) { record.wait_s = slow ? 1 : 0; }), ElementsAre());
  }
}

TEST(Curve, KeepsItsShapeInFewPoints) {
  Curve curve;
  constexpr int64_t kSteps = 100'000;
  for (int64_t step = 1; step <= kSteps; ++step) curve.add(step, 2.0 * static_cast<double>(step));
  curve.add(kSteps + 1, kNan);
  const std::vector<CurvePoint> points = curve.points();
  EXPECT_LE(points.size(), Curve::kMaxPoints);
  EXPECT_GE(points.size(), Curve::kMaxPoints / 2);
  for (size_t i = 0; i < points.size(); ++i) {
    EXPECT_DOUBLE_EQ(points[i].value, 2 * points[i].step);
    EXPECT_TRUE(i == 0 || points[i].step > points[i - 1].step);
  }
  EXPECT_LT(points.front().step, 200);
  EXPECT_GT(points.back().step, kSteps - 200);
  Curve few;
  few.add(7, 1);
  EXPECT_THAT(few.points(), ElementsAre(CurvePoint{7, 1}));
}

nlohmann::json data_of(const std::string& page) {
  const std::string mark = "id=\"data\">";
  const size_t begin = page.find(mark) + mark.size();
  return nlohmann::json::parse(page.substr(begin, page.find("</script>", begin) - begin));
}

TEST(RunMonitor, ShowsARunInThreeFiles) {
  TestFolder folder;
  std::vector<std::string> lines;
  std::vector<RunWarning> warnings;
  RunMonitor monitor({.folder = folder / "run",
                      .title = "</script><b>mine",
                      .steps = 40,
                      .page_every_s = 0,
                      .facts = {{"encoder", "whisper-base"}},
                      .line = [&](const std::string& line) { lines.push_back(line); },
                      .warning = [&](const RunWarning& warning) { warnings.push_back(warning); }});
  for (int64_t step = 1; step <= 5; ++step) {
    StepRecord record = step_record(step);
    if (step == 4) record.loss = kNan;
    monitor.add(record);
  }
  monitor.add(evaluation_record(5));
  EXPECT_EQ(lines.size(), 5u);
  EXPECT_THAT(lines[0], HasSubstr("step 1/40  loss 10.000"));
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_EQ(warnings[0].step, 4);
  EXPECT_THAT(steps_in(folder / "run/steps.jsonl"), ElementsAre(1, 2, 3, 4, 5, 5));
  const std::string page = folder.read("run/live.html");
  EXPECT_THAT(page.substr(0, page.find("<script>")), Not(HasSubstr("<b>mine")));
  const auto data = data_of(page);
  EXPECT_EQ(data["step"], 5);
  EXPECT_EQ(data["finished"], false);
  EXPECT_EQ(data["curves"]["loss"].size(), 4u);  // but for the one that is no number
  EXPECT_EQ(data["curves"]["evaluation/loss"][0], (nlohmann::json{5.0, 3.0}));
  EXPECT_EQ(data["warnings"][0][0], 4);
  EXPECT_EQ(data["facts"][0][1], "whisper-base");
  monitor.finish();
  EXPECT_EQ(data_of(folder.read("run/live.html"))["finished"], true);
}

TEST(RunMonitor, GoesOnAsIfItHadNotStopped) {
  TestFolder folder;
  const auto run = [&](const std::string& name, int64_t last_step, int64_t to) {
    RunMonitor monitor({.folder = folder / name, .title = "run", .steps = 40, .last_step = last_step});
    for (int64_t step = last_step + 1; step <= to; ++step) monitor.add(step_record(step));
    monitor.finish();
  };
  run("whole", 0, 12);
  run("stopped", 0, 9);
  run("stopped", 6, 12);
  for (const char* file : {"steps.jsonl", "events.out.tfevents.auris", "live.html"})
    EXPECT_EQ(folder.read(std::filesystem::path("stopped") / file),
              folder.read(std::filesystem::path("whole") / file))
        << file;
}

}  // namespace
}  // namespace auris::train
