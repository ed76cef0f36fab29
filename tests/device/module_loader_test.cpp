#include "auris/tensor/backend/module_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/error.h"

namespace auris {
namespace {

using testing::HasSubstr;

void expect_refusal(const std::filesystem::path& file, const std::string& reason) {
  try {
    load_backend_module(file);
    ADD_FAILURE() << file << " was loaded";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
    EXPECT_THAT(error.what(), HasSubstr(file.string()));
    EXPECT_THAT(error.what(), HasSubstr(reason));
  }
}

TEST(ModuleLoader, RefusesWhatIsNoModule) {
  expect_refusal("/no/such/module.so", "No such file or directory");
  expect_refusal(AURIS_PROGRAM, "expected a module that can be loaded");  // programs cannot be loaded
  expect_refusal(EMPTY_MODULE, "a library without it");
}

TEST(ModuleLoader, RefusesOtherHeaders) {
  expect_refusal(FOREIGN_MODULE, "one for 'Auris 0.0.1, headers 0123456789ab'");
  expect_refusal(FOREIGN_MODULE, kModuleInterface);
}

}  // namespace
}  // namespace auris
