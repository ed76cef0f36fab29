
#include <fmt/format.h>

#include "auris/base/toml_table.h"
#include "auris/data/audit/audit.h"

namespace auris::data {

AuditThresholds parse_thresholds(std::string_view toml, const std::string& where) {
  const toml::table root = parse_toml(toml, where, ErrorCode::kInput);
  const TomlTable table(root, where, ErrorCode::kInput, "auris/data/audit/audit.h shows the fields");
  table.allow({"min_duration_s", "max_duration_s", "duration_tolerance_s", "min_snr_db", "max_silence_share",
               "max_clipped_share", "max_offset", "duplicates", "near_duplicates", "max_character_error_rate",
               "max_other_language"});
  AuditThresholds thresholds;
  const auto number = [&](const char* key, double& value, double least) {
    if (!table.has(key)) return;
    value = table.number(key);
    if (value < least) table.fail(fmt::format("{} from {} on", key, least), fmt::format("{}", value));
  };
  const auto flag = [&](const char* key, bool& value) {
    if (table.has(key)) value = table.flag(key);
  };
  number("min_duration_s", thresholds.min_duration_s, 0);
  number("max_duration_s", thresholds.max_duration_s, 0);
  number("duration_tolerance_s", thresholds.duration_tolerance_s, 0);
  number("min_snr_db", thresholds.min_snr_db, -100);
  number("max_silence_share", thresholds.max_silence_share, 0);
  number("max_clipped_share", thresholds.max_clipped_share, 0);
  number("max_offset", thresholds.max_offset, 0);
  number("max_character_error_rate", thresholds.max_character_error_rate, 0);
  number("max_other_language", thresholds.max_other_language, 0);
  flag("duplicates", thresholds.duplicates);
  flag("near_duplicates", thresholds.near_duplicates);
  if (thresholds.min_duration_s > thresholds.max_duration_s) {
    table.fail("min_duration_s below max_duration_s",
               fmt::format("{} and {}", thresholds.min_duration_s, thresholds.max_duration_s));
  }
  return thresholds;
}

AuditThresholds read_thresholds(const std::filesystem::path& path) {
  return parse_thresholds(read_toml_text(path, ErrorCode::kInput), path.filename().string());
}

}  // namespace auris::data
