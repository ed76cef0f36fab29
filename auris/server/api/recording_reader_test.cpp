#include "auris/server/api/recording_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>

#include "auris/audio/wav_writer.h"
#include "auris/http/test_server.h"
#include "auris/server/api/api_error.h"
#include "auris/text/base64.h"

namespace auris::server {
namespace {

using testing::HasSubstr;

std::string wav_of(double seconds) {
  audio::AudioClip clip;
  clip.samples.assign(static_cast<size_t>(16000 * seconds), 0.25F);
  return audio::wav_bytes(clip);
}

ApiErrorParts refused(const std::function<void()>& action) {
  try {
    action();
  } catch (const ApiError& error) {
    return error.parts();
  }
  return {.status = 200, .message = ""};
}

TEST(RecordingReader, ReadsBase64AndDataUrlsAlike) {
  const RecordingReader reader;
  const std::string data = text::to_base64(wav_of(0.5));
  const auto plain = reader.from_base64(data, "data");
  const auto url = reader.from_url("data:audio/wav;base64," + data, "url");
  EXPECT_EQ(plain->samples.size(), 8000u);
  EXPECT_EQ(plain->samples, url->samples);
}

TEST(RecordingReader, NamesTheFieldOfWhatItCannotRead) {
  const RecordingReader reader({.most_seconds = 1});
  for (const std::string& bad : {std::string("?"), std::string("AAA"), text::to_base64("no recording at all"),
                                 text::to_base64(wav_of(1.5)), std::string()}) {
    const ApiErrorParts parts =
        refused([&] { reader.from_base64(bad, "messages[0].content[1].input_audio.data"); });
    EXPECT_EQ(parts.status, 400) << bad.substr(0, 40);
    EXPECT_EQ(parts.param, "messages[0].content[1].input_audio.data");
  }
}

TEST(RecordingReader, FetchesFromNowhereUnlessItIsAllowed) {
  const RecordingReader reader;
  for (const char* url : {"http://127.0.0.1/a.wav", "https://example.org/a.wav", "file:///etc/passwd",
                          "http://169.254.169.254/latest/meta-data", "", "data:,x"}) {
    EXPECT_EQ(refused([&] { reader.from_url(url, "url"); }).status, 400) << url;
  }
}

TEST(RecordingReader, FetchesFromTheHostsThatAreNamed) {
  http::TestServer server;
  {
    std::ofstream file(server.files.path() / "a.wav", std::ios::binary);
    file << wav_of(0.5);
  }
  const std::string host = server.url().substr(std::string("http://").size());
  const std::string url = server.url() + "/plain/a.wav";
  const RecordingReader reader({.hosts = {host}, .private_hosts = true});
  EXPECT_EQ(reader.from_url(url, "url")->samples.size(), 8000u);

  // Another host, another port, a name before the host, another protocol, what is not there.
  for (const std::string& other :
       {"http://localhost" + host.substr(host.find(':')) + "/plain/a.wav",
        std::string("http://127.0.0.1/plain/a.wav"), "http://user@" + host + "/plain/a.wav",
        "http://" + host + "@evil.example/a.wav", "ftp://" + host + "/plain/a.wav",
        "http://" + host + "/plain/none.wav", std::string("http://")})
    EXPECT_EQ(refused([&] { reader.from_url(other, "url"); }).status, 400) << other;

  // The host is allowed, its address is not.
  const size_t before = server.log().size();
  const RecordingReader careful({.hosts = {host}});
  EXPECT_EQ(refused([&] { careful.from_url(url, "url"); }).status, 400);
  EXPECT_EQ(server.log().size(), before);
  // An address that sends the server elsewhere is not followed.
  const std::string moved = server.url() + "/org/repo/resolve/main/a.bin";
  EXPECT_EQ(refused([&] { reader.from_url(moved, "url"); }).status, 400);
}

}  // namespace
}  // namespace auris::server
