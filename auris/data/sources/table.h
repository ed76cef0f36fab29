#pragma once
// Tables in text, with commas (RFC 4180: cells in quotes may hold separators, quotes as "" and ends of lines)
// or tabs. The first row names the columns. Rows that are none are told apart, with the reason; those behind
// them are read all the same.

#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "auris/data/sources/ingest.h"

namespace auris::data {

struct TableOptions {
  char separator = ',';
  bool quoted = true;                     // quotes have the meaning above; else they are characters
  bool trimmed = false;                   // blanks around cells do not count
  std::vector<std::string> needed = {};   // columns without which it is no such table
  std::vector<std::string> columns = {};  // of a table without a first row that names them
};

class TableReader {
 public:
  // The next line of the text, false at its end.
  using Lines = std::function<bool(std::string& line)>;

  // Reads the first row. kInput, naming `where`, if that is none or lacks a column.
  TableReader(Lines lines, TableOptions options, std::string where);

  // The next row that is not blank; false at the end.
  bool next();
  // Of that row: what is wrong with it, empty if nothing; its line, from 1; its cells by column, empty if the
  // table lacks the column.
  const std::string& problem() const { return problem_; }
  int64_t line() const { return line_; }
  std::string_view cell(std::string_view column) const;
  std::string text(std::string_view column) const { return std::string(cell(column)); }
  bool has(std::string_view column) const;
  const std::vector<std::string>& columns() const { return columns_; }

 private:
  bool line_at(size_t index);
  void read_row();
  void drop(size_t lines);
  std::string split(std::string_view record);

  Lines lines_;
  TableOptions options_;
  std::string where_;
  std::vector<std::string> columns_, cells_;
  std::deque<std::string> waiting_;  // lines from first_line_ on
  int64_t first_line_ = 1, line_ = 0;
  std::string problem_;
  bool open_ = false;  // a quote
};

// Calls `row` for each good row of a file below the root; others are rejected ("broken_line"), and so is a
// file that is no such table ("broken_file").
void ingest_table(Ingest& ingest, const std::filesystem::path& file, const TableOptions& options,
                  const std::function<void(const TableReader& row)>& row);

}  // namespace auris::data
