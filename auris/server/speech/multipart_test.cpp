#include "auris/server/speech/multipart.h"

#include <gtest/gtest.h>

#include "auris/server/api/api_error.h"

namespace auris::server {
namespace {

constexpr const char* kType = "multipart/form-data; boundary=XX";

int status_of(std::string_view type, std::string_view body) {
  try {
    parse_multipart(type, body);
  } catch (const ApiError& error) {
    return error.parts().status;
  }
  return 200;
}

TEST(Multipart, ReadsFieldsAndFiles) {
  const std::string body =
      "--XX\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n"
      "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a \\\"b\\\".wav\"\r\n"
      "Content-Type: audio/wav\r\n\r\n\r\n--X\r\n-binary\r\n"
      "--XX\r\ncontent-disposition:form-data;name=empty\r\n\r\n\r\n--XX--\r\n";
  const std::vector<FormField> fields = parse_multipart(kType, body);
  ASSERT_EQ(fields.size(), 3u);
  EXPECT_EQ(fields[0].name, "model");
  EXPECT_EQ(fields[0].content, "whisper-1");
  EXPECT_EQ(fields[1].file_name, "a \"b\".wav");
  EXPECT_EQ(fields[1].content, "\r\n--X\r\n-binary");
  EXPECT_EQ(fields[2].name, "empty");
  EXPECT_EQ(fields[2].content, "");
  EXPECT_TRUE(parse_multipart("multipart/form-data; boundary=\"X X\"", "--X X--\r\n").empty());
}

TEST(Multipart, RefusesWhatIsNoForm) {
  EXPECT_EQ(status_of("application/json", "{}"), 415);
  EXPECT_EQ(status_of("", ""), 415);
  const std::string part = "\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb";
  EXPECT_EQ(status_of(kType, "--XX" + part + "\r\n--XX--"), 200);
  for (const std::string& bad :
       {std::string(), "--YY" + part + "\r\n--YY--", "--XX" + part, "--XX" + part + "\r\n--XX",
        "--XX" + part + "\r\n--XXjunk", std::string("--XX\r\n\r\nno name\r\n--XX--"),
        std::string("--XX\r\nContent-Disposition: form-data\r\n\r\nb\r\n--XX--"),
        std::string("--XX\r\nContent-Disposition: form-data; name=\"a\r\n\r\nb\r\n--XX--"),
        std::string("--XX\r\nContent-Disposition: form-data; name=a; name=b\r\n\r\nb\r\n--XX--"),
        std::string("--XX\r\nContent-Disposition: form-data; name=a\r\nContent-Disposition: form-data; "
                    "name=b\r\n\r\nb\r\n--XX--"),
        std::string("--XX\r\nContent-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: "
                    "base64\r\n\r\nb\r\n--XX--"),
        "--XX\r\nContent-Disposition: form-data; name=" + std::string(10000, 'a') + "\r\n\r\nb\r\n--XX--"})
    EXPECT_EQ(status_of(kType, bad), 400) << bad.substr(0, 120);
  EXPECT_EQ(status_of("multipart/form-data", "--XX--"), 400);
  EXPECT_EQ(status_of("multipart/form-data; boundary=" + std::string(71, 'X'), "--XX--"), 400);
}

TEST(Multipart, ManyFieldsAreRefused) {
  std::string body = "--XX";
  for (int i = 0; i < 1000; ++i) body += "\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--XX";
  EXPECT_EQ(status_of(kType, body + "--"), 400);
}

}  // namespace
}  // namespace auris::server
