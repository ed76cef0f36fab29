#include "auris/train/feed/feed_position.h"

#include <array>

#include "auris/base/json_fields.h"

namespace auris::train {
namespace {

constexpr JsonFields::IntegerRange kCount{0, INT64_MAX};

uint64_t count_in(const JsonFields& fields, std::string_view key) {
  return static_cast<uint64_t>(fields.integer(key, kCount));
}

}  // namespace

nlohmann::ordered_json to_json(const FeedPosition& position) {
  nlohmann::ordered_json sets = nlohmann::ordered_json::array();
  for (const FeedPosition::InSet& set : position.sets)
    sets.push_back({{"epoch", set.epoch}, {"next", set.next}, {"drawn", set.drawn}});
  return {{"step", position.step},
          {"draws", position.draws},
          {"sets", sets},
          {"fingerprint", position.fingerprint}};
}

FeedPosition feed_position_from(const nlohmann::json& json, const std::string& where) {
  constexpr std::array<std::string_view, 4> kFields{"step", "draws", "sets", "fingerprint"};
  constexpr std::array<std::string_view, 3> kSetFields{"epoch", "next", "drawn"};
  const JsonFields fields(json, where, ErrorCode::kInput);
  fields.allow(kFields);
  FeedPosition position{.step = fields.integer("step", kCount),
                        .draws = count_in(fields, "draws"),
                        .sets = {},
                        .fingerprint = fields.text("fingerprint")};
  for (const nlohmann::json& set : fields.list("sets")) {
    const JsonFields in_set(set, where + ", sets", ErrorCode::kInput);
    in_set.allow(kSetFields);
    position.sets.push_back({.epoch = count_in(in_set, "epoch"),
                             .next = count_in(in_set, "next"),
                             .drawn = count_in(in_set, "drawn")});
  }
  return position;
}

}  // namespace auris::train
