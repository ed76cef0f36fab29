#include "auris/server/models/served_models.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/server/api/api_error.h"
#include "auris/server/models/metrics.h"

namespace auris::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ServedModels, OneModelOfAKindAnswersToAnyName) {
  const ServedModels models({.names = {"smollm2-135m-instruct", "whisper-tiny.en"}});
  EXPECT_EQ(models.chat("gpt-4o-audio-preview").id, "smollm2-135m-instruct");
  EXPECT_EQ(models.speech("whisper-1").id, "whisper-tiny.en");
  EXPECT_EQ(models.find("whisper-1"), nullptr);
  // It reads what the speech model writes down.
  EXPECT_THAT(models.chat("").inputs, ElementsAre("text", "audio"));

  Metrics metrics;
  metrics.count({.route = "/v1/models", .status = 200, .total_s = 0.1});
  const std::string text = metrics.text(&models);
  EXPECT_THAT(text, HasSubstr("auris_requests_total{route=\"/v1/models\",status=\"200\"} 1"));
  EXPECT_THAT(text, HasSubstr("auris_requests_waiting{model=\"whisper-tiny.en\"} 0"));
  EXPECT_THAT(text, HasSubstr("auris_requests_waiting{model=\"smollm2-135m-instruct\"} 0"));
}

TEST(ServedModels, AKindThatIsNotThereIsNotFound) {
  const ServedModels models({.names = {"whisper-tiny.en"}});
  try {
    models.chat("anything");
    FAIL();
  } catch (const ApiError& error) {
    EXPECT_EQ(error.parts().status, 404);
    EXPECT_EQ(error.parts().code, "model_not_found");
  }
}

TEST(ServedModels, RefusesNoneAndTwice) {
  EXPECT_THROW(ServedModels({.names = {}}), Error);
  EXPECT_THROW(ServedModels({.names = {"whisper-tiny.en", "whisper-tiny.en"}}), Error);
}

}  // namespace
}  // namespace auris::server
