#pragma once
// For tests: what reading an item says of it after some damage.

#include <functional>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "auris/base/error.h"
#include "auris/data/items/item.h"

namespace auris::data {

using Damage = std::function<void(nlohmann::json&)>;

// The error, which must be one of the input; "none" if the item is read all the same.
inline std::string problem_of(nlohmann::json item, const Damage& damage) {
  damage(item);
  try {
    item_from(item, "items.jsonl, line 3");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInput);
    return error.what();
  }
  return "none";
}

}  // namespace auris::data
