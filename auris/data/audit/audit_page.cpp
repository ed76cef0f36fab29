#include "auris/data/audit/audit_page.h"

#include "auris/data/audit/audit_script.h"
#include "auris/page/page.h"

namespace auris::data {

void RejectionSample::add(const Rejection& rejection) {
  std::vector<Rejection>& known = by_reason_[rejection.reason];
  if (known.size() < kOfEachReason) known.push_back(rejection);
}

std::string audit_page(const std::string& name, const AuditReport& report, const AuditThresholds& thresholds,
                       const RejectionSample& rejections) {
  nlohmann::ordered_json data = {{"name", name},
                                 {"report", to_json(report)},
                                 {"limits",
                                  {{"min_duration_s", thresholds.min_duration_s},
                                   {"max_duration_s", thresholds.max_duration_s},
                                   {"min_snr_db", thresholds.min_snr_db},
                                   {"max_silence_share", thresholds.max_silence_share},
                                   {"max_character_error_rate", thresholds.max_character_error_rate}}},
                                 {"sample_of_each_reason", RejectionSample::kOfEachReason},
                                 {"rejections", nlohmann::ordered_json::object()}};
  for (const auto& [reason, sample] : rejections.by_reason()) {
    auto& list = data["rejections"][reason] = nlohmann::ordered_json::array();
    for (const Rejection& rejection : sample) {
      list.push_back({{"id", rejection.what}, {"detail", rejection.detail}});
    }
  }
  return page::html_of({.title = "Audit: " + name, .script = audit_script(), .data = std::move(data)});
}

}  // namespace auris::data
