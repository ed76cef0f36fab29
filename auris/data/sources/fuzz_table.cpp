// The first byte chooses the kind of table, the others are its text.

#include <cstdlib>
#include <sstream>

#include "auris/base/error.h"
#include "auris/data/sources/table.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace auris::data;
  if (size == 0) return 0;
  TableOptions options;
  options.separator = (data[0] & 1) != 0 ? '\t' : ',';
  options.quoted = (data[0] & 2) != 0;
  options.trimmed = (data[0] & 4) != 0;
  if ((data[0] & 8) != 0) options.needed = {"path"};
  std::istringstream text(std::string(reinterpret_cast<const char*>(data) + 1, size - 1));
  int64_t lines = 0;
  const auto next = [&](std::string& line) {
    if (!std::getline(text, line)) return false;
    ++lines;
    return true;
  };
  try {
    TableReader table(next, options, "fuzz");
    int64_t last = 0;
    while (table.next()) {
      if (table.line() <= last || table.line() > lines) std::abort();
      last = table.line();
      for (const std::string& column : table.columns()) table.text(column);
    }
  } catch (const auris::Error& error) {
    if (error.code() != auris::ErrorCode::kInput) throw;
  }
  return 0;
}
