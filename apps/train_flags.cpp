#include "apps/train_flags.h"

#include <utility>

namespace auris::apps {

void add_train_command(Program& program, std::function<int(const TrainFlags& flags)> run) {
  auto flags = std::make_shared<TrainFlags>();
  CLI::App* command =
      program.add_command("train", "Train a model as a recipe says; what was interrupted goes on",
                          [flags, run = std::move(run)] { return run(*flags); });
  command->add_option("recipe", flags->recipe, "Recipe (docs/training.md)")->required()->type_name("FILE");
  command->add_option("-o,--output", flags->output, "Folder of the run, in the place of the recipe's")
      ->type_name("FOLDER");
  command->add_option("--device", flags->device, "cpu or torch: LibTorch on the processor; cuda: a GPU")
      ->check(CLI::IsMember({"cpu", "torch", "cuda"}))
      ->capture_default_str();
  command->add_flag("--check", flags->check,
                    "Read recipe, models and data, say what would be done, and do nothing");
  command->add_flag("--hear", flags->hear,
                    "Only hear what the run will hear, and keep it for the run (several processes can share "
                    "this: --shard)");
  command->add_option("--shard", flags->share, "With --hear: only part i of n, for several processes")
      ->type_name("i/n")
      ->capture_default_str();
}

}  // namespace auris::apps
