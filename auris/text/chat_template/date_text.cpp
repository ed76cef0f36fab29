#include "auris/text/chat_template/date_text.h"

#include <array>

#include "auris/text/chat_template/budget.h"

namespace auris::text::jinja {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                   "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> kMonths = {"January",   "February", "March",    "April",
                                                      "May",       "June",     "July",     "August",
                                                      "September", "October",  "November", "December"};

template <size_t N>
std::string_view name_at(const std::array<std::string_view, N>& names, int index) {
  return names[static_cast<size_t>(index) % N];
}

// A number padded to `width`, or bare behind "%-".
std::string padded(int value, int width, char pad, bool bare) {
  if (bare) return std::to_string(value);
  return pad == '0' ? fmt::format("{:0{}}", value, width) : fmt::format("{:{}}", value, width);
}

std::string conversion(char letter, const std::tm& time, bool bare) {
  int hour12 = time.tm_hour % 12 == 0 ? 12 : time.tm_hour % 12;
  switch (letter) {
    case 'a': return std::string(name_at(kDays, time.tm_wday).substr(0, 3));
    case 'A': return std::string(name_at(kDays, time.tm_wday));
    case 'b':
    case 'h': return std::string(name_at(kMonths, time.tm_mon).substr(0, 3));
    case 'B': return std::string(name_at(kMonths, time.tm_mon));
    case 'd': return padded(time.tm_mday, 2, '0', bare);
    case 'e': return padded(time.tm_mday, 2, ' ', bare);
    case 'H': return padded(time.tm_hour, 2, '0', bare);
    case 'I': return padded(hour12, 2, '0', bare);
    case 'j': return padded(time.tm_yday + 1, 3, '0', bare);
    case 'm': return padded(time.tm_mon + 1, 2, '0', bare);
    case 'M': return padded(time.tm_min, 2, '0', bare);
    case 'p': return time.tm_hour < 12 ? "AM" : "PM";
    case 'S': return padded(time.tm_sec, 2, '0', bare);
    case 'u': return std::to_string(time.tm_wday == 0 ? 7 : time.tm_wday);
    case 'w': return std::to_string(time.tm_wday);
    case 'y': return padded(time.tm_year % 100, 2, '0', bare);
    case 'Y': return std::to_string(time.tm_year + 1900);
    case 'D': return date_text("%m/%d/%y", time);
    case 'F': return date_text("%Y-%m-%d", time);
    case 'R': return date_text("%H:%M", time);
    case 'T': return date_text("%H:%M:%S", time);
    case 'c': return date_text("%a %b %e %H:%M:%S %Y", time);
    case 'x': return date_text("%m/%d/%y", time);
    case 'X': return date_text("%H:%M:%S", time);
    case 'n': return "\n";
    case 't': return "\t";
    case 'z':
    case 'Z': return "";  // Python's datetime.now() has no time zone
    case '%': return "%";
    default: throw Failure{"a date format that strftime knows", quoted(std::string("%") + letter)};
  }
}

}  // namespace

std::string date_text(std::string_view format, const std::tm& time) {
  if (format.size() > 256) throw Failure{"a date format of at most 256 bytes", std::to_string(format.size())};
  std::string out;
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') {
      out += format[i];
      continue;
    }
    bool bare = i + 1 < format.size() && format[i + 1] == '-';
    if (bare) ++i;
    if (++i >= format.size()) throw Failure{"a date format that strftime knows", "a lone %"};
    out += conversion(format[i], time, bare);
  }
  return out;
}

}  // namespace auris::text::jinja
