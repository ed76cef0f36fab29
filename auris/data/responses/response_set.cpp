#include "auris/data/responses/response_set.h"

#include <array>

#include <fmt/format.h>

#include "auris/base/json_fields.h"
#include "auris/base/json_text.h"

namespace auris::data {
namespace {

constexpr JsonLimits kLineLimits{.max_bytes = 4 << 20, .max_depth = 8};
constexpr std::array<std::string_view, 7> kLineFields{"clip",  "text",     "answer", "finish",
                                                      "bytes", "rejected", "detail"};

}  // namespace

void check_prompt(const std::string& prompt, const std::string& where, ErrorCode code) {
  const size_t mark = prompt.find(kTextMark);
  if (mark != std::string::npos && prompt.find(kTextMark, mark + 1) == std::string::npos) return;
  throw Error(code,
              {.where = where, .expected = "a prompt with {text} once", .got = quoted(prompt), .hint = ""});
}

nlohmann::ordered_json to_json(const Response& response) {
  return {{"clip", response.clip},
          {"text", response.text},
          {"answer", response.answer},
          {"finish", response.finish},
          {"bytes", response.bytes}};
}

ResponseLine response_line_from(const nlohmann::json& json, const std::string& where) {
  const JsonFields fields(json, where, ErrorCode::kInput);
  fields.allow(kLineFields);
  ResponseLine line;
  std::string clip = fields.text("clip");
  if (fields.has("rejected")) {
    line.rejection = {
        .what = std::move(clip), .reason = fields.text("rejected"), .detail = fields.text("detail")};
    return line;
  }
  line.response = {.clip = std::move(clip),
                   .text = fields.text("text"),
                   .answer = fields.text("answer"),
                   .finish = fields.text("finish"),
                   .bytes = static_cast<uint32_t>(fields.integer("bytes", {8, UINT32_MAX})),
                   .row = 0};
  if (line.response->answer.empty()) fields.fail("answer", "an answer", "an empty text");
  return line;
}

ResponseSet::ResponseSet(const std::filesystem::path& folder)
    : file_(MappedFile::open(folder / kLinesName, ErrorCode::kInput)),
      lines_(reinterpret_cast<const char*>(file_->bytes().data()), file_->bytes().size()),
      logits_(LogitsFile::open(folder / kLogitsName)),
      where_((folder / kLinesName).string()) {
  read_lines();
}

ResponseSet::ResponseSet(std::string_view lines, LogitsFile logits, const std::string& where)
    : lines_(lines), logits_(std::move(logits)), where_(where) {
  read_lines();
}

void ResponseSet::read_settings(std::string_view line) {
  const nlohmann::json value = parse_json(line, where_, ErrorCode::kInput, kLineLimits);
  const JsonFields fields(value, where_, ErrorCode::kInput);
  const JsonFields settings = fields.object("settings");
  prompt_ = settings.text("prompt");
  model_ = settings.text("model");
  check_prompt(prompt_, where_, ErrorCode::kInput);
  settings_ = nlohmann::ordered_json::parse(line).at("settings");
}

void ResponseSet::read_lines() {
  uint64_t rows = 0, number = 0;
  const auto fail = [&](std::string expected, std::string got) {
    throw Error(ErrorCode::kInput, {.where = fmt::format("{}, line {}", where_, number),
                                    .expected = std::move(expected),
                                    .got = std::move(got),
                                    .hint = ""});
  };
  for (size_t begin = 0; begin < lines_.size();) {
    const size_t end = std::min(lines_.find('\n', begin), lines_.size());
    const std::string_view text = lines_.substr(begin, end - begin);
    if (++number == 1) {
      read_settings(text);
    } else {
      const std::string place_name = fmt::format("{}, line {}", where_, number);
      const nlohmann::json value = parse_json(text, place_name, ErrorCode::kInput, kLineLimits);
      const ResponseLine line = response_line_from(value, place_name);
      if (line.response) {
        const Place place{.offset = begin, .size = text.size(), .row = rows++};
        if (place.row >= logits_.size()) fail("logits for each answer", fmt::format("{}", logits_.size()));
        if (logits_.place(place.row).bytes != line.response->bytes)
          fail(fmt::format("{} bytes of logits", line.response->bytes),
               fmt::format("{}", logits_.place(place.row).bytes));
        if (!places_.emplace(line.response->clip, place).second)
          fail("each clip once", quoted(line.response->clip));
      }
    }
    begin = end + 1;
  }
  if (number == 0) fail("settings", "nothing");
  if (rows != logits_.size()) fail(fmt::format("{} answers", logits_.size()), fmt::format("{}", rows));
}

std::optional<Response> ResponseSet::find(const std::string& clip) const {
  const auto found = places_.find(clip);
  if (found == places_.end()) return std::nullopt;
  const Place& place = found->second;
  const nlohmann::json value =
      parse_json(lines_.substr(place.offset, place.size), where_, ErrorCode::kInput, kLineLimits);
  ResponseLine line = response_line_from(value, where_);
  line.response->row = place.row;
  return line.response;
}

}  // namespace auris::data
