#include "auris/train/card/model_card.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include <fmt/format.h>

#include "auris/base/atomic_file.h"
#include "auris/base/version.h"
#include "auris/models/registry.h"
#include "auris/text/markdown_text.h"
#include "auris/train/card/card_results.h"
#include "auris/train/card/loss_chart.h"
#include "auris/train/watch/run_monitor.h"
#include "auris/weights/catalog.h"
#include "auris/weights/fingerprint.h"

namespace auris::train {
namespace {

namespace fs = std::filesystem;
using text::markdown_text;
using Counts = std::map<std::string, int64_t>;

constexpr size_t kMostNames = 12;  // of one list
constexpr size_t kStretches = 10;  // of the table of losses
constexpr const char* kChartName = "loss.svg";

CardPart part_named(const char* what, const std::string& name) {
  const auto catalog = weights::Catalog::load();
  const fs::path path = catalog.resolve(name);
  CardPart part{.what = what, .name = name, .fingerprint = weights::model_fingerprint(path)};
  const weights::CatalogEntry* known = catalog.find(name);
  part.licence = known != nullptr ? known->licence : models::describe(path).licence;
  return part;
}

// ---- front matter, as hubs read it

bool is_plain(const std::string& text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '+' || c == '_';
  });
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// A JSON list is one in YAML too.
std::string yaml_list(const std::vector<std::string>& values) {
  return nlohmann::json(values).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string front_matter(const ModelCard& card, const TrainRecipe& recipe) {
  std::string out = "---\n";
  if (is_plain(recipe.licence)) {
    out += fmt::format("license: {}\n", lower(recipe.licence));
  } else if (!recipe.licence.empty()) {
    out += fmt::format("license: other\nlicense_name: {}\n", nlohmann::json(recipe.licence).dump());
  }
  std::vector<std::string> models, languages;
  for (const CardPart& part : card.parts) models.push_back(part.name);
  for (const DataSummary& set : card.data) {
    for (const auto& [language, examples] : set.languages) {
      if (!language.empty() && std::ranges::count(languages, language) == 0) languages.push_back(language);
    }
  }
  std::ranges::sort(languages);
  out += fmt::format("base_model: {}\n", yaml_list(models));
  if (!languages.empty()) out += fmt::format("language: {}\n", yaml_list(languages));
  return out + "library_name: auris\ntags: [\"audio\", \"audio-text-to-text\"]\n---\n\n";
}

// ---- text

std::string duration_words(double seconds) {
  if (seconds < 120) return fmt::format("{:.1f} s", seconds);
  if (seconds < 7200) return fmt::format("{:.1f} min", seconds / 60);
  return fmt::format("{:.1f} h", seconds / 3600);
}

// "en 800, fr 100": the most first.
std::string counted(const Counts& counts) {
  std::vector<std::pair<std::string, int64_t>> sorted(counts.begin(), counts.end());
  std::ranges::stable_sort(sorted, std::greater(), &std::pair<std::string, int64_t>::second);
  std::string out;
  for (size_t i = 0; i < std::min(sorted.size(), kMostNames); ++i) {
    const auto& [name, examples] = sorted[i];
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", name.empty() ? "not stated" : markdown_text(name),
                       examples);
  }
  if (sorted.size() > kMostNames) out += fmt::format(" and {} more", sorted.size() - kMostNames);
  return out;
}

class Facts {
 public:
  void add(std::string_view name, const std::string& value) {
    if (!value.empty()) rows_ += fmt::format("| {} | {} |\n", name, value);
  }
  std::string table() const { return "| | |\n|---|---|\n" + rows_ + "\n"; }

 private:
  std::string rows_;
};

std::string projector_words(const ProjectorRecipe& projector) {
  std::string out = fmt::format("projector {}", name_in(kProjectorTypes, projector.type));
  if (projector.inner > 0) out += fmt::format(", {} columns inside", projector.inner);
  if (projector.stack > 1) out += fmt::format(", {} rows become one", projector.stack);
  return out;
}

std::string adapter_words(const char* what, const AdapterRecipe& adapter) {
  std::string layers;
  for (const std::string& layer : adapter.layers)
    layers += (layers.empty() ? "" : ", ") + markdown_text(layer);
  return fmt::format("adapter of the {}, rank {}, alpha {}, layers {}", what, adapter.rank, adapter.alpha,
                     layers);
}

std::string trained_words(const TrainRecipe& recipe, Part part) {
  const TrainedPart* trained = recipe.find(part);
  std::string words = trained == nullptr ? "no" : fmt::format("learning rate {}", trained->learning_rate);
  if (const auto begin = recipe.model.begin.find(part); begin != recipe.model.begin.end())
    words += ", begun as in " + markdown_text(begin->second.string());
  return words;
}

std::string parts_section(const ModelCard& card, const TrainRecipe& recipe) {
  std::string out = "## Parts\n\n| part | model | licence | fingerprint | trained |\n|---|---|---|---|---|\n";
  for (const CardPart& part : card.parts) {
    const Part kind = part.what == "encoder" ? Part::kEncoder : Part::kLanguageModel;
    out += fmt::format("| {} | {} | {} | {} | {} |\n", part.what, markdown_text(part.name),
                       part.licence.empty() ? "not stated" : markdown_text(part.licence), part.fingerprint,
                       trained_words(recipe, kind));
  }
  const std::string licence = recipe.licence.empty() ? "not stated" : markdown_text(recipe.licence);
  const auto own = [&](const std::string& words, Part part) {
    out += fmt::format("| {} | in this folder | {} | | {} |\n", words, licence, trained_words(recipe, part));
  };
  own(projector_words(recipe.model.projector), Part::kProjector);
  if (const auto& adapter = recipe.model.language_model_adapter)
    own(adapter_words("language model", *adapter), Part::kLanguageModelAdapter);
  if (const auto& adapter = recipe.model.encoder_adapter)
    own(adapter_words("encoder", *adapter), Part::kEncoderAdapter);
  return out + "\n";
}

std::string data_facts(const DataSummary& set, const DataSet& recipe) {
  Facts facts;
  facts.add("examples", std::to_string(set.examples));
  if (set.left_out > 0) facts.add("of other tasks, left out", std::to_string(set.left_out));
  if (set.damaged > 0) facts.add("damaged, left out", std::to_string(set.damaged));
  facts.add("weight", fmt::format("{}", recipe.weight));
  facts.add("sound", duration_words(set.audio_s));
  facts.add("tasks", counted(set.tasks));
  facts.add("languages", counted(set.languages));
  facts.add("licences", counted(set.licences));
  facts.add("sources", counted(set.origins));
  facts.add("consent of the speakers", counted(set.consents));
  if (set.synthetic > 0) facts.add("of sound that a program made", std::to_string(set.synthetic));
  facts.add("answers written by", counted(set.responders));
  facts.add("shards", fmt::format("{}, {:.1f} MB", set.shards, static_cast<double>(set.bytes) / 1e6));
  facts.add("SHA-256 of all items", set.items_sha256);
  facts.add("SHA-256 of index.bin", set.index_sha256);
  return facts.table();
}

std::string data_section(const char* title, const std::vector<DataSummary>& summaries,
                         const std::vector<DataSet>& sets) {
  std::string out = fmt::format("## {}\n\n", title);
  for (size_t i = 0; i < summaries.size(); ++i)
    out +=
        fmt::format("### {}\n\n{}", markdown_text(summaries[i].name), data_facts(summaries[i], sets.at(i)));
  return out;
}

std::string loss_table(const RunSummary& run) {
  const std::vector<CurveStretch> losses = stretches_of(run.loss, kStretches);
  if (losses.empty()) return "";
  std::string out = "| steps | loss, mean |\n|---|--:|\n";
  for (const CurveStretch& stretch : losses)
    out +=
        fmt::format("| {:.0f} to {:.0f} | {:.4f} |\n", stretch.first_step, stretch.last_step, stretch.mean);
  return out + "\n";
}

std::string objectives_words(const TrainRecipe& recipe) {
  std::string out;
  for (const Objective& objective : recipe.objectives) {
    out += fmt::format("{}{}{}", out.empty() ? "" : ", ",
                       markdown_text(name_in(kObjectiveKinds, objective.kind)),
                       objective.weight == 1 ? "" : fmt::format(" (weight {})", objective.weight));
  }
  return out;
}

std::string training_section(const ModelCard& card, const TrainRecipe& recipe) {
  const RunSummary& run = card.run;
  Facts facts;
  facts.add("objectives", objectives_words(recipe));
  facts.add("steps", fmt::format("{} of {}", run.steps, recipe.schedule.steps));
  facts.add("seed", std::to_string(recipe.seed));
  facts.add("precision", std::string(name_in(kPrecisions, recipe.precision)));
  facts.add("examples learned from", std::to_string(run.examples));
  if (run.lost_examples > 0) facts.add("examples lost on the way", std::to_string(run.lost_examples));
  facts.add("tokens and rows of sound", std::to_string(run.tokens));
  facts.add("sound heard", duration_words(run.audio_s));
  facts.add("time of all steps", fmt::format("{}, of it {} waiting for data", duration_words(run.step_s),
                                             duration_words(run.wait_s)));
  facts.add("trained by", fmt::format("Auris {}", kVersion));
  if (run.best) {
    facts.add(
        "best evaluation",
        fmt::format(
            "loss {:.4f}, {:.1f} % of the answers' tokens, behind step {} ({} evaluations): the model here",
            run.best->loss, 100 * run.best->token_accuracy, run.best->step, run.evaluations));
  }
  std::string out = "## Training\n\n" + facts.table();
  if (card.has_chart) out += fmt::format("![Loss by step]({})\n\n", kChartName);
  out += loss_table(run);
  if (!run.best || run.best->losses.size() < 2) return out;
  out += "| set of the best evaluation | loss |\n|---|--:|\n";
  for (const auto& [name, loss] : run.best->losses)
    out += fmt::format("| {} | {:.4f} |\n", markdown_text(name), loss);
  return out + "\n";
}

std::string results_section(const ModelCard& card) {
  if (card.results.empty()) {
    return "## Results\n\nNot measured yet. `auris eval run` and `auris eval report` measure a model, `auris "
           "card RUN --results "
           "report.json` puts it here.\n\n";
  }
  std::string out = "## Results\n\n";
  for (const std::string& result : card.results) out += result + "\n";
  return out;
}

std::string licence_section(const ModelCard& card, const TrainRecipe& recipe) {
  std::string out = "## Licence\n\n";
  out += recipe.licence.empty() ? "The recipe states none (`licence = \"...\"`) for the weights in this "
                                  "folder; choose one that the models and the data "
                                  "below allow.\n\n"
                                : fmt::format(
                                      "The weights in this folder: {}. The models and the data they were "
                                      "made from keep their own.\n\n",
                                      markdown_text(recipe.licence));
  Counts licences;
  for (const DataSummary& set : card.data) {
    for (const auto& [licence, examples] : set.licences) licences[licence] += examples;
  }
  out += "| from | licence |\n|---|---|\n";
  for (const CardPart& part : card.parts) {
    out += fmt::format("| {} {} | {} |\n", part.what, markdown_text(part.name),
                       part.licence.empty() ? "not stated" : markdown_text(part.licence));
  }
  for (const auto& [licence, examples] : licences) {
    out += fmt::format("| {} examples | {} |\n", examples,
                       licence.empty() ? "not stated" : markdown_text(licence));
  }
  return out + "\n";
}

std::vector<std::string> results_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  std::vector<std::string> results;
  results.reserve(files.size());
  for (const fs::path& file : files) results.push_back(read_card_results(file));
  return results;
}

}  // namespace

std::string markdown_of(const ModelCard& card, const TrainRecipe& recipe) {
  std::string out = front_matter(card, recipe);
  out += fmt::format(
      "# {}\n\nAn audio language model: an encoder hears, a projector brings what it heard into the space of "
      "a language "
      "model, which answers. This folder\nholds what was trained; its config.json names the models around "
      "it.\n\n"
      "    auris ask recording.opus \"What is said?\" --model FOLDER\n\n",
      markdown_text(card.name));
  out += parts_section(card, recipe);
  out += data_section("Data", card.data, recipe.data);
  if (!card.evaluation_data.empty())
    out += data_section("Data of the evaluations", card.evaluation_data, recipe.evaluation->data);
  out += training_section(card, recipe) + results_section(card) + licence_section(card, recipe);
  return out + "## Recipe\n\n" + text::markdown_block(recipe.text, "toml");
}

void write_model_card(const TrainRecipe& recipe) {
  ModelCard card{.name = (recipe.output / "").parent_path().filename().string(),
                 .parts = {part_named("encoder", recipe.model.encoder),
                           part_named("language model", recipe.model.language_model)}};
  for (const DataSet& set : recipe.data) card.data.push_back(summarize_data(set));
  if (recipe.evaluation) {
    for (const DataSet& set : recipe.evaluation->data) card.evaluation_data.push_back(summarize_data(set));
  }
  card.run = summarize_run(recipe.output / RunMonitor::kLogName,
                           recipe.evaluation ? recipe.evaluation->min_improvement : 0.0);
  card.results = results_in(recipe.output / kCardResultsFolder);
  const std::string chart = loss_chart(card.run);
  card.has_chart = !chart.empty();
  const fs::path folder = recipe.output / "model";
  if (card.has_chart) write_whole(folder / kChartName, chart, ErrorCode::kUsage);
  write_whole(folder / "README.md", markdown_of(card, recipe), ErrorCode::kUsage);
}

}  // namespace auris::train
