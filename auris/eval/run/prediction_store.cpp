#include "auris/eval/run/prediction_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "auris/base/error.h"
#include "auris/base/json_fields.h"
#include "auris/base/json_text.h"

namespace auris::eval {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

ordered_json to_json(const Prediction& prediction) {
  ordered_json out = {{"key", prediction.key}, {"item", prediction.item}, {"answer", prediction.answer}};
  if (!prediction.transcript.empty()) out["transcript"] = prediction.transcript;
  if (!prediction.error.empty()) out["error"] = prediction.error;
  if (prediction.truncated) out["truncated"] = true;
  out["seconds"] = prediction.seconds;
  return out;
}

Prediction prediction_from(const json& value) {
  const JsonFields fields(value, "prediction", ErrorCode::kInput);
  return {.key = fields.text("key"),
          .item = fields.text("item"),
          .answer = fields.text("answer"),
          .transcript = fields.text("transcript", ""),
          .error = fields.text("error", ""),
          .truncated = fields.flag("truncated", false),
          .seconds = fields.number("seconds", {0, 1e9}, 0.0)};
}

}  // namespace

void PredictionStore::fail(const char* doing) const {
  throw Error(ErrorCode::kInput, {.where = "predictions",
                                  .expected = fmt::format("to {} {}", doing, quoted(path_.string())),
                                  .got = std::strerror(errno),
                                  .hint = ""});
}

PredictionStore::PredictionStore(std::filesystem::path path) : path_(std::move(path)) {
  if (path_.has_parent_path()) {
    std::error_code ignored;
    std::filesystem::create_directories(path_.parent_path(), ignored);
  }
  fd_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd_ < 0) fail("open");
  if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    ::close(fd_);
    fd_ = -1;
    fail("have alone");
  }
  std::ifstream file(path_, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  size_t begin = 0;
  for (size_t end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    take_line(std::string_view(text).substr(begin, end - begin));
  }
  if (::ftruncate(fd_, static_cast<off_t>(begin)) != 0 || ::lseek(fd_, 0, SEEK_END) < 0) fail("go on with");
}

PredictionStore::~PredictionStore() {
  if (fd_ >= 0) ::close(fd_);
}

const Prediction* PredictionStore::find(const std::string& key) const {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : &found->second;
}

void PredictionStore::take_line(std::string_view line) {
  try {
    const json value = parse_json(line, "prediction", ErrorCode::kInput, {.max_depth = 16});
    if (value.is_object() && value.size() == 1 && value.contains("settings")) {
      settings_ = ordered_json::parse(line).at("settings");
      return;
    }
    Prediction prediction = prediction_from(value);
    by_key_[prediction.key] = std::move(prediction);
  } catch (const Error&) {
    ++damaged_lines_;
  }
}

void PredictionStore::begin(const ordered_json& settings) {
  if (settings.dump() == settings_.dump()) return;
  append({{"settings", settings}});
  settings_ = settings;
}

void PredictionStore::add(const Prediction& prediction) {
  append(to_json(prediction));
  by_key_[prediction.key] = prediction;
}

void PredictionStore::append(const ordered_json& value) {
  const std::string line = json_line(value) + "\n";
  for (size_t done = 0; done < line.size();) {
    const ssize_t count = ::write(fd_, line.data() + done, line.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) fail("write");
    done += static_cast<size_t>(count);
  }
  if (::fdatasync(fd_) != 0) fail("write");
}

}  // namespace auris::eval
