// Audio folders as the library "datasets" of Hugging Face reads them: metadata.csv or metadata.jsonl in the
// root or in folders below it, the recording of a line in file_name, from that folder on. Other columns are
// named as in record.h. Without a column for it, the split is the first folder below the root (or below
// data/) that is called as one.

#include <algorithm>

#include "auris/data/sources/json_values.h"
#include "auris/data/sources/layouts.h"
#include "auris/data/sources/record.h"
#include "auris/data/sources/table.h"
#include "auris/data/sources/words.h"
#include "auris/text/text_rules.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;

Found found_in(const Record& record, const fs::path& folder, const std::string& origin) {
  const auto name = record.find("file_name");
  Found found{.recording = folder / (name != record.end() ? name->second : ""), .clip = clip_in(record)};
  found.clip.id = "hugging_face/" + found.recording.generic_string();
  if (found.clip.split.empty()) {
    const fs::path parent = found.recording.parent_path();
    found.clip.split = split_among(std::vector<std::string>(parent.begin(), parent.end()));
  }
  found.clip.origin = origin;
  return found;
}

void ingest_metadata(Ingest& ingest, const fs::path& file) {
  const fs::path folder = file.parent_path();
  const std::string origin = ingest.root().filename().string();
  if (file.extension() == ".jsonl") {
    return ingest_json_lines(ingest, file, [&](const nlohmann::json& value, const std::string& place) {
      JsonFields(value, place, ErrorCode::kInput).text("file_name");
      return std::vector<Found>{found_in(record_of(value), folder, origin)};
    });
  }
  ingest_table(ingest, file, {.needed = {"file_name"}}, [&](const TableReader& row) {
    Record record;
    for (const std::string& column : row.columns()) record[text::lower(column)] = row.text(column);
    add_found(ingest, {found_in(record, folder, origin)});
  });
}

}  // namespace

void ingest_hugging_face(Ingest& ingest) {
  std::vector<fs::path> files = files_below(ingest.root(), "metadata.csv");
  const std::vector<fs::path> lines = files_below(ingest.root(), "metadata.jsonl");
  files.insert(files.end(), lines.begin(), lines.end());
  std::erase_if(files, [](const fs::path& file) { return file.stem() != "metadata"; });
  if (files.empty()) ingest.needed("metadata.csv");
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) ingest_metadata(ingest, file);
}

}  // namespace auris::data
