#pragma once
// Answers that a language model gave to the words of clips: targets for a model that hears those clips
// (Fathullah and others 2023, arXiv 2311.06753). A folder of two files:
//
//   responses.jsonl  {"settings": {"prompt": ..., "model": ...}}, then a line for each clip: the answer, or
//   why
//                    there is none
//   logits.bin       what the model thought at every token (logits_file.h); its rows are the answers in order

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include <nlohmann/json.hpp>

#include "auris/base/mapped_file.h"
#include "auris/data/manifest/rejections.h"
#include "auris/data/responses/logits_file.h"

namespace auris::data {

inline constexpr std::string_view kTextMark = "{text}";

struct Response {
  std::string clip;    // its id
  std::string text;    // the clip's, as it was asked
  std::string answer;  // what is left of the tokens without the end of the turn
  std::string finish;  // why it ended: "end_of_turn", "max_tokens", ...
  uint32_t bytes = 0;  // of its logits
  uint64_t row = 0;    // of its logits

  bool operator==(const Response&) const = default;
};

// A line behind the settings: an answer (its row is not in the line, but its place among the answers), or a
// rejection.
nlohmann::ordered_json to_json(const Response& response);
struct ResponseLine {
  std::optional<Response> response;
  Rejection rejection;  // without an answer
};
// kInput, naming `where`, for anything else.
ResponseLine response_line_from(const nlohmann::json& json, const std::string& where);

class ResponseSet {
 public:
  static constexpr const char* kLinesName = "responses.jsonl";
  static constexpr const char* kLogitsName = "logits.bin";

  // kInput if the folder holds no finished responses, or damaged ones.
  explicit ResponseSet(const std::filesystem::path& folder);
  // Lines and logits in memory, which must outlive the object.
  ResponseSet(std::string_view lines, LogitsFile logits, const std::string& where);

  const nlohmann::ordered_json& settings() const { return settings_; }
  const std::string& prompt() const { return prompt_; }  // with "{text}" once
  const std::string& model() const { return model_; }
  uint64_t size() const { return places_.size(); }
  const LogitsFile& logits() const { return logits_; }

  // By the clip's id; nothing if it has no answer.
  std::optional<Response> find(const std::string& clip) const;

 private:
  struct Place {
    size_t offset = 0, size = 0;  // of its line
    uint64_t row = 0;
  };
  void read_lines();
  void read_settings(std::string_view line);

  std::shared_ptr<const MappedFile> file_;
  std::string_view lines_;
  LogitsFile logits_;
  std::string where_;
  nlohmann::ordered_json settings_;
  std::string prompt_, model_;
  std::unordered_map<std::string, Place> places_;
};

// kInput unless {text} is in a prompt once.
void check_prompt(const std::string& prompt, const std::string& where, ErrorCode code);

}  // namespace auris::data
