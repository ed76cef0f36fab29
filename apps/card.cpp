// auris card RUN: the model card of a run, written anew with measured results.

#include <fmt/format.h>

#include "apps/program.h"
#include "auris/base/atomic_file.h"
#include "auris/base/mapped_file.h"
#include "auris/train/card/card_results.h"
#include "auris/train/card/model_card.h"

namespace auris::apps {
namespace {

namespace fs = std::filesystem;

struct CardFlags {
  std::string run;
  std::vector<std::string> results;
};

// A report is called report.json everywhere: then it is known by its folder.
std::string name_of_report(const fs::path& report) {
  const fs::path path = fs::absolute(report).lexically_normal();
  const bool usual = path.filename() == "report.json" && path.parent_path().has_filename();
  return usual ? path.parent_path().filename().string() + ".json" : path.stem().string() + ".json";
}

int write_card(const Program& program, const CardFlags& flags) {
  const fs::path run = flags.run;
  train::TrainRecipe recipe = train::read_train_recipe(run / "recipe.toml");
  recipe.output = run;
  if (!fs::exists(run / "model" / "config.json")) {
    throw Error(ErrorCode::kInput, {.where = flags.run,
                                    .expected = "a run that has ended, with a model",
                                    .got = "none",
                                    .hint = "`auris train` with its recipe goes on with it"});
  }
  for (const fs::path report : flags.results)
    train::read_card_results(report);  // all of them, before any is taken
  for (const fs::path report : flags.results) {
    write_whole(run / train::kCardResultsFolder / name_of_report(report),
                MappedFile::open(report, ErrorCode::kInput)->bytes(), ErrorCode::kUsage);
  }
  train::write_model_card(recipe);
  const std::string card = (run / "model" / "README.md").string();
  if (program.common.json) {
    print_json_line({{"card", card}});
  } else {
    print_line(card);
  }
  return 0;
}

}  // namespace

void add_card(Program& program) {
  auto flags = std::make_shared<CardFlags>();
  CLI::App* command = program.add_command("card", "Write the model card of a run anew, with measured results",
                                          [&program, flags] { return write_card(program, *flags); });
  command->add_option("run", flags->run, "Folder of a run of `auris train`")->required()->type_name("RUN");
  command
      ->add_option("--results", flags->results,
                   "report.json of `auris eval report`; kept in RUN/results, whose reports the card shows")
      ->type_name("FILE...");
  command->footer(
      "Relative paths of the recipe begin at the folder that the command is run in, as in `auris train`.");
}

}  // namespace auris::apps
