#include "auris/server/api/api_error.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "auris/base/json_fields.h"
#include "auris/base/log.h"

namespace auris::server {
namespace {

std::exception_ptr thrown(const Error& error) { return std::make_exception_ptr(error); }

TEST(ApiError, HasTheFormOfOpenAi) {
  const HttpResponse response = response_of(
      {.status = 404, .message = "No \"such\" model.", .param = "model", .code = "model_not_found"});
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(nlohmann::json::parse(response.body),
            nlohmann::json::parse(R"({"error":{"message":"No \"such\" model.","type":"invalid_request_error",
                                      "param":"model","code":"model_not_found"}})"));
}

TEST(ApiError, NamesTheFieldThatIsWrong) {
  const nlohmann::json body = {{"stream_options", {{"include_usage", 3}}}};
  try {
    JsonFields(body, "request", ErrorCode::kUsage).object("stream_options").flag("include_usage");
    FAIL();
  } catch (...) {
    const ApiErrorParts parts = parts_of(std::current_exception());
    EXPECT_EQ(parts.status, 400);
    EXPECT_EQ(parts.param, "stream_options.include_usage");
  }
}

TEST(ApiError, OurOwnFaultsAreLoggedNotTold) {
  std::string logged;
  set_log_sink([&](LogLevel, std::string_view line) { logged += line; });
  const ApiErrorParts parts = parts_of(thrown(Error(
      ErrorCode::kModel, {.where = "/secret/place", .expected = "weights", .got = "none", .hint = ""})));
  set_log_sink({});
  EXPECT_EQ(parts.status, 500);
  EXPECT_EQ(parts.message.find("secret"), std::string::npos);
  EXPECT_NE(logged.find("secret"), std::string::npos);
}

TEST(ApiError, BusyServersSayWhenToTryAgain) {
  const HttpResponse response = response_of(overloaded().parts());
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.headers, (HttpHeaders{{"Retry-After", "1"}}));
}

}  // namespace
}  // namespace auris::server
