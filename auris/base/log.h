#pragma once
// Log lines on stderr. The library logs sparingly: what a user can act on. Thread-safe.

#include <functional>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace auris {

enum class LogLevel { kDebug, kInfo, kWarning, kError, kOff };

void set_log_level(LogLevel level);
LogLevel log_level();

// Where lines go instead of stderr (tests, embedders). An empty sink means stderr again.
using LogSink = std::function<void(LogLevel level, std::string_view line)>;
void set_log_sink(LogSink sink);

// Control characters in `line` are escaped, so that text from files cannot forge lines.
void log_line(LogLevel level, std::string_view line);

template <typename... Args>
void log(LogLevel level, fmt::format_string<Args...> format, Args&&... args) {
  if (level >= log_level()) log_line(level, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace auris
