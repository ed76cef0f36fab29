#pragma once
// Where a feed stands between two steps: a few numbers, whatever the size of the data.

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace auris::train {

struct FeedPosition {
  int64_t step = 0;    // of the step that comes next
  uint64_t draws = 0;  // examples drawn so far, from all sets
  struct InSet {
    uint64_t epoch = 0;  // of the example that comes next
    uint64_t next = 0;   // its place in the order of that epoch, 0 .. size of the set
    uint64_t drawn = 0;  // examples drawn so far

    bool operator==(const InSet&) const = default;
  };
  std::vector<InSet> sets;
  std::string fingerprint;  // of data and options: positions in another feed mean nothing

  bool operator==(const FeedPosition&) const = default;
};

nlohmann::ordered_json to_json(const FeedPosition& position);
// kInput, naming `where` and the field, for anything that is no position.
FeedPosition feed_position_from(const nlohmann::json& json, const std::string& where);

}  // namespace auris::train
