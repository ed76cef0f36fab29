// The card that a run writes when it has ended.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/test_folder.h"
#include "auris/models/registry.h"
#include "auris/tensor/backend/torch/torch_backend.h"
#include "auris/train/card/model_card.h"
#include "auris/train/loop/trainer.h"
#include "auris/train/testing/small_run.h"

namespace auris::train {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(TrainedCard, LiesBesideTheModel) {
  register_torch_backends();
  TestFolder folder;
  testing::write_small_data(folder / "data");
  TrainRecipe recipe = testing::small_recipe({.data = folder / "data", .output = folder / "run", .steps = 4});
  recipe.licence = "CC-BY-4.0";
  ASSERT_EQ(train(recipe).end, TrainEnd::kFinished);
  const std::string card = folder.read("run/model/README.md");
  EXPECT_THAT(card,
              AllOf(HasSubstr("| steps | 4 of 4 |"), HasSubstr("| examples | 12 |"),
                    HasSubstr("| examples learned from | 16 |"), HasSubstr("![Loss by step](loss.svg)")));
  EXPECT_THAT(folder.read("run/model/loss.svg"), HasSubstr("<polyline class=\"training\""));
  EXPECT_EQ(models::describe(folder / "run/model").licence, "cc-by-4.0");  // what `auris inspect` shows
  // It can be made again from what the run left.
  std::filesystem::remove(folder / "run/model/README.md");
  write_model_card(recipe);
  EXPECT_EQ(folder.read("run/model/README.md"), card);
}

}  // namespace
}  // namespace auris::train
