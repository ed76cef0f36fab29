#include "auris/eval/report/answers_of_systems.h"

#include <algorithm>
#include <memory>
#include <set>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/eval/run/answers.h"
#include "auris/eval/run/system.h"

namespace auris::eval {
namespace {

namespace fs = std::filesystem;

// The system's own name where that tells it apart, else its file's; numbered if even those are equal.
std::vector<std::string> names_of(const std::vector<std::unique_ptr<PredictionStore>>& stores,
                                  const std::vector<fs::path>& files) {
  std::vector<std::string> names, own;
  for (const auto& store : stores) own.push_back(store->settings().value("system", std::string()));
  std::set<std::string> taken;
  for (size_t i = 0; i < own.size(); ++i) {
    const bool clear = !own[i].empty() && std::count(own.begin(), own.end(), own[i]) == 1;
    const std::string name = clear ? own[i] : files[i].stem().string();
    std::string unique = name;
    for (int number = 2; !taken.insert(unique).second; ++number) unique = fmt::format("{} {}", name, number);
    names.push_back(unique);
  }
  return names;
}

std::string file_of(const data::Sample& sample, const std::string& name) {
  for (const data::SampleFile& file : sample.files) {
    if (file.extension == name) return file.content;
  }
  return {};
}

void add(SystemAnswers& system, const PredictionStore& store, const LoadedItem& loaded,
         std::optional<double> snr_db) {
  const Prediction* known = store.find(prediction_key(store.settings(), loaded));
  AnsweredItem answered{.item = loaded.item, .answer = {}, .snr_db = snr_db};
  if (known != nullptr && known->error.empty()) {
    answered.answer = known->answer;
    answered.probabilities = known->probabilities;
  }
  system.items.push_back(std::move(answered));
  system.heard.push_back(known == nullptr ? "" : known->transcript);
  system.errors.push_back(known == nullptr ? "not asked" : known->error);
}

}  // namespace

void add_grades(AnswersOfSystems& answers, const std::vector<fs::path>& judgements) {
  nlohmann::ordered_json settings;
  for (const fs::path& path : judgements) {
    const JudgementStore store = read_judgements(path);
    if (settings.is_null()) settings = store.settings();
    if (store.settings() != settings) {
      throw Error(ErrorCode::kUsage, {.where = path.string(),
                                      .expected = "judgements of the same judge with the same settings",
                                      .got = "those of another",
                                      .hint = "write a report for each judge"});
    }
    for (SystemAnswers& system : answers.systems) {
      const FoundGrades found = add_judgements(system.items, store);
      // A file knows all answers of a system or none, unless it was interrupted.
      if (found.answers > 0 && (!system.grades || found.answers > system.grades->answers))
        system.grades = found;
    }
  }
  std::vector<std::vector<AnsweredItem>*> systems;
  for (SystemAnswers& system : answers.systems) systems.push_back(&system.items);
  grade_alike(systems);
}

AnswersOfSystems read_answers_of_systems(const fs::path& data_set, const std::vector<fs::path>& predictions,
                                         const std::function<bool(int64_t, int64_t)>& progress) {
  if (predictions.empty()) {
    throw Error(ErrorCode::kUsage, {.where = "report",
                                    .expected = "at least one file of predictions",
                                    .got = "none",
                                    .hint = "auris eval run writes them"});
  }
  const auto data = std::make_shared<const data::ShardReader>(data_set);
  std::vector<std::unique_ptr<PredictionStore>> stores;
  for (const fs::path& file : predictions) {
    if (!fs::is_regular_file(file)) {
      throw Error(ErrorCode::kInput,
                  {.where = file.string(), .expected = "predictions", .got = "no such file", .hint = ""});
    }
    stores.push_back(std::make_unique<PredictionStore>(file));
  }
  AnswersOfSystems answers{.data_set = fs::absolute(data_set).lexically_normal().filename().string(),
                           .systems = {}};
  if (answers.data_set.empty()) {  // the path ended with '/'
    answers.data_set = fs::absolute(data_set).lexically_normal().parent_path().filename().string();
  }
  const std::vector<std::string> names = names_of(stores, predictions);
  for (size_t i = 0; i < stores.size(); ++i) {
    answers.damaged_lines += stores[i]->damaged_lines();
    answers.systems.push_back({.name = names[i], .settings = stores[i]->settings(), .items = {}});
  }
  std::vector<uint64_t> places;  // in the data set
  for (uint64_t place = 0; place < data->size(); ++place) {
    if (progress && !progress(static_cast<int64_t>(place), static_cast<int64_t>(data->size()))) {
      throw Error(ErrorCode::kCancelled,
                  {.where = "report", .expected = "to finish", .got = "a request to stop", .hint = ""});
    }
    try {
      const LoadedItem loaded = data::load_item(*data, place);
      const std::optional<double> snr_db = snr_db_of(loaded);
      for (size_t i = 0; i < stores.size(); ++i) add(answers.systems[i], *stores[i], loaded, snr_db);
      places.push_back(place);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kInput) throw;
      ++answers.damaged;
    }
  }
  answers.recording = [data, places](size_t item, const std::string& name) {
    return file_of(data->read(places.at(item)), name);
  };
  return answers;
}

}  // namespace auris::eval
