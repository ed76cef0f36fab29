#include "auris/data/sources/table.h"

#include <algorithm>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/text/utf8.h"

namespace auris::data {
namespace {

constexpr size_t kMaxRowLines = 64;
constexpr size_t kMaxRowBytes = 4 << 20;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

TableReader::TableReader(Lines lines, TableOptions options, std::string where)
    : lines_(std::move(lines)), options_(std::move(options)), where_(std::move(where)) {
  columns_ = options_.columns;
  if (line_at(0) && waiting_.front().starts_with(kByteOrderMark))
    waiting_.front().erase(0, kByteOrderMark.size());
  if (columns_.empty()) {
    if (next() && problem_.empty()) columns_ = cells_;
    for (std::string& column : columns_) column = trimmed(column);
  }
  for (const std::string& column : options_.needed) {
    if (has(column)) continue;
    throw Error(ErrorCode::kInput, {.where = where_,
                                    .expected = "a table with the column " + quoted(column),
                                    .got = columns_.empty() ? "none" : "other columns",
                                    .hint = ""});
  }
}

bool TableReader::line_at(size_t index) {
  std::string line;
  while (waiting_.size() <= index) {
    if (!lines_(line)) return false;
    waiting_.push_back(std::move(line));
  }
  return true;
}

void TableReader::drop(size_t lines) {
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(lines));
  first_line_ += static_cast<int64_t>(lines);
}

// Cells into cells_; what is wrong with the record. open_ tells that a quote was not closed.
std::string TableReader::split(std::string_view record) {
  cells_.clear();
  open_ = false;
  for (size_t at = 0;; ++at) {  // at the beginning of a cell
    std::string cell;
    if (options_.quoted && at < record.size() && record[at] == '"') {
      for (++at;; ++at) {
        if (at >= record.size()) {
          open_ = true;
          return "a quote is not closed";
        }
        if (record[at] == '"') {
          if (at + 1 >= record.size() || record[at + 1] != '"') break;
          ++at;
        }
        cell.push_back(record[at]);
      }
      ++at;
      if (at < record.size() && record[at] != options_.separator) return "text behind a closed quote";
    } else {
      const size_t end = std::min(record.find(options_.separator, at), record.size());
      cell = record.substr(at, end - at);
      at = end;
    }
    cells_.push_back(options_.trimmed ? trimmed(cell) : std::move(cell));
    if (at >= record.size()) break;
  }
  if (!columns_.empty() && cells_.size() != columns_.size()) {
    return fmt::format("{} cells where the table has {} columns", cells_.size(), columns_.size());
  }
  return text::is_valid_utf8(record) ? "" : "bytes that are not UTF-8";
}

// A record over several lines counts only if it is whole: a stray quote must not swallow the rows behind it.
void TableReader::read_row() {
  std::string record = waiting_.front();
  problem_ = split(record);
  size_t lines = 1;
  while (open_ && lines < kMaxRowLines && record.size() < kMaxRowBytes && line_at(lines)) {
    record += '\n';
    record += waiting_[lines++];
    const std::string problem = split(record);
    if (open_) continue;
    if (!problem.empty()) break;
    problem_.clear();
  }
  if (!problem_.empty()) {
    cells_.clear();
    lines = 1;
  }
  line_ = first_line_;
  drop(lines);
}

bool TableReader::next() {
  while (line_at(0) && trimmed(waiting_.front()).empty()) drop(1);
  if (waiting_.empty()) return false;
  read_row();
  return true;
}

bool TableReader::has(std::string_view column) const {
  return std::find(columns_.begin(), columns_.end(), column) != columns_.end();
}

std::string_view TableReader::cell(std::string_view column) const {
  const auto found = std::find(columns_.begin(), columns_.end(), column);
  const auto index = static_cast<size_t>(found - columns_.begin());
  return index < cells_.size() ? std::string_view(cells_[index]) : std::string_view();
}

void ingest_table(Ingest& ingest, const std::filesystem::path& file, const TableOptions& options,
                  const std::function<void(const TableReader& row)>& row) {
  const std::string name = file.generic_string();
  std::optional<LineReader> lines;
  std::optional<TableReader> table;
  const auto step = [&](const auto& act) {  // errors of `row` are not the file's
    try {
      return act();
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kInput) throw;
      ingest.reject(name, "broken_file", error.what());
      return false;
    }
  };
  const bool opened = step([&] {
    lines.emplace(ingest.root() / file);
    table.emplace([&](std::string& line) { return lines->next(line); }, options, name);
    return true;
  });
  while (opened && step([&] { return table->next(); })) {
    if (table->problem().empty()) {
      row(*table);
    } else {
      ingest.reject(fmt::format("{}, line {}", name, table->line()), "broken_line", table->problem());
    }
  }
}

}  // namespace auris::data
