#pragma once
// An audit to look at: one HTML page with histograms, what was rejected and why, and how balanced the rest
// is.

#include <map>
#include <string>
#include <vector>

#include "auris/data/audit/audit.h"
#include "auris/data/manifest/rejections.h"

namespace auris::data {

// Keeps the first rejections of each reason, so that a page of a large manifest stays small.
class RejectionSample {
 public:
  static constexpr size_t kOfEachReason = 50;

  void add(const Rejection& rejection);
  const std::map<std::string, std::vector<Rejection>>& by_reason() const { return by_reason_; }

 private:
  std::map<std::string, std::vector<Rejection>> by_reason_;
};

// `name` is the manifest's.
std::string audit_page(const std::string& name, const AuditReport& report, const AuditThresholds& thresholds,
                       const RejectionSample& rejections);

}  // namespace auris::data
