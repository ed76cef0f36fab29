#pragma once
// For tests: a server of tests/servers, running on 127.0.0.1 as long as the object lives, and a guard for
// environment variables.

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <string>

#include <nlohmann/json.hpp>

#include "auris/base/test_folder.h"
#include "auris/http/request.h"
#include "tests/source_folder.h"

namespace auris::http {

class TestServer {
 public:
  explicit TestServer(const std::string& script = "model_server.py") {
    std::string command =
        "exec python3 " AURIS_SOURCE_DIR "/tests/servers/" + script + " '" + files.path().string() + "'";
    process_ = ::popen(command.c_str(), "r");
    int port = 0;
    if (process_ == nullptr || std::fscanf(process_, "%d", &port) != 1)
      throw std::runtime_error("no test server");
    url_ = "http://127.0.0.1:" + std::to_string(port);
  }
  ~TestServer() { quit(); }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  void quit() {
    if (process_ == nullptr) return;
    send({.url = url_ + "/_quit"});
    ::pclose(process_);
    process_ = nullptr;
  }

  const std::string& url() const { return url_; }
  nlohmann::json log() const { return nlohmann::json::parse(send({.url = url_ + "/_log"}).body); }

  TestFolder files;  // what it serves

 private:
  std::FILE* process_ = nullptr;
  std::string url_;
};

// Sets an environment variable and puts the old value back.
class TestVariable {
 public:
  TestVariable(const char* name, const std::string& value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    ::setenv(name, value.c_str(), 1);
  }
  ~TestVariable() { old_ ? ::setenv(name_, old_->c_str(), 1) : ::unsetenv(name_); }
  TestVariable(const TestVariable&) = delete;
  TestVariable& operator=(const TestVariable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> old_;
};

// Bytes that differ at every place: a piece put in the wrong place is noticed.
inline std::string test_content(size_t bytes) {
  std::string content(bytes, '\0');
  uint32_t state = 1;
  for (char& c : content) c = static_cast<char>((state = state * 1664525u + 1013904223u) >> 24);
  return content;
}

}  // namespace auris::http
