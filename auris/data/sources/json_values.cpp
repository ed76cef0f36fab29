#include "auris/data/sources/json_values.h"

#include <fstream>
#include <optional>

#include <fmt/format.h>

#include "auris/base/json_text.h"
#include "auris/data/sources/lines.h"

namespace auris::data {
namespace {

using nlohmann::json;

constexpr int kMaxDepth = 32;

// Only what `found` throws is the value's fault; the sinks' errors pass.
void add_values(Ingest& ingest, const json& value, const std::string& place, const std::string& name,
                const FoundIn& found) {
  std::vector<Found> all;
  try {
    all = found(value, name);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kInput) throw;
    return ingest.reject(place, "broken_line", error.what());
  }
  add_found(ingest, std::move(all));
}

// Stops nlohmann's parser.
struct TooDeep {};

}  // namespace

Found refused(std::string id, std::string reason, std::string detail) {
  Found found{.reason = std::move(reason), .detail = std::move(detail)};
  found.clip.id = std::move(id);
  return found;
}

void add_found(Ingest& ingest, std::vector<Found> found) {
  for (Found& one : found) {
    if (one.reason.empty()) {
      ingest.add(one.recording, std::move(one.clip));
    } else {
      ingest.reject(std::move(one.clip.id), std::move(one.reason), std::move(one.detail));
    }
  }
}

void ingest_json_lines(Ingest& ingest, const std::filesystem::path& file, const FoundIn& found) {
  std::optional<LineReader> lines;
  std::string line;
  int64_t number = 0;
  const auto next = [&] {
    try {
      if (!lines) lines.emplace(ingest.root() / file);
      ++number;
      return lines->next(line);
    } catch (const Error& error) {
      ingest.reject(file.generic_string(), "broken_file", error.what());
      return false;
    }
  };
  while (next()) {
    if (trimmed(line).empty()) continue;
    const std::string place = fmt::format("{}, line {}", file.generic_string(), number);
    json value;
    try {
      value = parse_json(line, place, ErrorCode::kInput, {.max_depth = kMaxDepth});
    } catch (const Error& error) {
      ingest.reject(place, "broken_line", error.what());
      continue;
    }
    add_values(ingest, value, place, place, found);
  }
}

void ingest_json_values(Ingest& ingest, const std::filesystem::path& file, int depth, const FoundIn& found) {
  const std::string where = file.generic_string();
  std::ifstream stream(ingest.root() / file, std::ios::binary);
  std::string name;
  int64_t number = 0;
  const auto visit = [&](int level, json::parse_event_t event, json& value) {
    if (level > kMaxDepth) throw TooDeep();
    if (event == json::parse_event_t::key && level == 1) name = value.get<std::string>();
    const bool ended = event == json::parse_event_t::value || event == json::parse_event_t::object_end ||
                       event == json::parse_event_t::array_end;
    if (level != depth || !ended) return true;
    add_values(ingest, value, fmt::format("{}, value {}", where, ++number), name, found);
    return false;  // it is not kept
  };
  try {
    const json rest = json::parse(stream, visit);
    if (!rest.is_structured()) ingest.reject(where, "broken_file", "neither an object nor an array");
  } catch (const json::exception& error) {
    ingest.reject(where, "broken_file", error.what());
  } catch (const TooDeep&) {
    ingest.reject(where, "broken_file", fmt::format("nested deeper than {} levels", kMaxDepth));
  }
}

}  // namespace auris::data
