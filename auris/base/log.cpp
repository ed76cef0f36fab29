#include "auris/base/log.h"

#include <atomic>
#include <cstdio>
#include <mutex>

namespace auris {
namespace {

std::atomic<LogLevel> g_level{LogLevel::kWarning};
std::mutex g_mutex;
LogSink g_sink;

std::string_view prefix_of(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return "debug: ";
    case LogLevel::kInfo: return "";
    case LogLevel::kWarning: return "warning: ";
    case LogLevel::kError: return "error: ";
    case LogLevel::kOff: break;
  }
  return "";
}

std::string escaped(std::string_view line) {
  std::string out;
  out.reserve(line.size());
  for (char c : line) {
    auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

void set_log_level(LogLevel level) { g_level = level; }
LogLevel log_level() { return g_level; }

void set_log_sink(LogSink sink) {
  std::lock_guard lock(g_mutex);
  g_sink = std::move(sink);
}

void log_line(LogLevel level, std::string_view line) {
  if (level < g_level || level == LogLevel::kOff) return;
  std::string text = escaped(line);
  std::lock_guard lock(g_mutex);
  if (g_sink) {
    g_sink(level, text);
    return;
  }
  text.insert(0, prefix_of(level)).push_back('\n');
  std::fwrite(text.data(), 1, text.size(), stderr);  // a log that cannot be written must not end the work
}

}  // namespace auris
