#pragma once
// What could not be used, and why.

#include <functional>
#include <string>

#include <nlohmann/json.hpp>

namespace auris::data {

struct Rejection {
  std::string what;    // the id of a clip or an item, or "line 7" where there is none
  std::string reason;  // a short name that can be counted: "missing_file"
  std::string detail;  // the message, with its figures

  bool operator==(const Rejection&) const = default;
};

using RejectionSink = std::function<void(Rejection rejection)>;

inline nlohmann::ordered_json to_json(const Rejection& rejection) {
  return {{"id", rejection.what}, {"reason", rejection.reason}, {"detail", rejection.detail}};
}

}  // namespace auris::data
