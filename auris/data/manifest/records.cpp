#include "auris/data/manifest/records.h"

#include <fmt/format.h>

namespace auris::data {
namespace {

constexpr auto kEnd = std::char_traits<char>::eof();

bool is_blank(int c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

}  // namespace

int RecordReader::take() {
  const int c = bytes_.sbumpc();
  if (c == '\n') ++line_;
  return c;
}

// Of what is too long only the beginning is kept.
void RecordReader::keep(int c) {
  if (text_.size() < limits_.max_bytes) {
    text_.push_back(static_cast<char>(c));
  } else {
    too_long_ = true;
  }
}

void RecordReader::begin() {
  text_.clear();
  too_long_ = false;
  begin_ = line_;
}

bool RecordReader::next_line() {
  begin();
  int c = take();
  if (c == kEnd) return false;
  for (; c != kEnd && c != '\n'; c = take()) keep(c);
  ++counts_.lines;
  return true;
}

// Elements end at a comma or the list's bracket outside brackets and quotes; an empty one is a text without
// anything, but "[]" holds none.
bool RecordReader::next_element(const RejectionSink& rejected) {
  begin();
  int64_t depth = 0;
  bool any = false, quoted = false, escaped = false;
  int c = take();
  for (; c != kEnd; c = take()) {
    if (depth == 0 && !quoted && (c == ',' || c == ']')) break;
    any = true;
    if (is_blank(c) && text_.empty()) continue;
    if (text_.empty()) begin_ = line_;
    keep(c);
    if (quoted) {
      if (c == '"' && !escaped) quoted = false;
      escaped = c == '\\' && !escaped;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  if (c == ']') form_ = Form::kEnded;
  const bool none = c == kEnd ? !any : c == ']' && text_.empty() && elements_ == 0;
  if (!none) {
    ++elements_;
    ++counts_.lines;
    return true;
  }
  if (c == kEnd) {
    form_ = Form::kEnded;
    reject(rejected, "open_list", "the list does not end");
  }
  return false;
}

// What stands behind the list, once.
void RecordReader::end_list(const RejectionSink& rejected) {
  int c = take();
  while (is_blank(c)) c = take();
  if (c == kEnd) return;
  begin_ = line_;
  while (take() != kEnd) {
  }
  reject(rejected, "text_behind_list", "expected nothing behind the list");
}

void RecordReader::reject(const RejectionSink& rejected, const char* reason, std::string detail) {
  ++counts_.lines;
  ++counts_.rejected;
  rejected({number(), reason, std::move(detail)});
}

bool RecordReader::next_text(const RejectionSink& rejected) {
  if (form_ == Form::kUnknown) {
    form_ = Form::kLines;
    if (limits_.lists) {
      while (is_blank(bytes_.sgetc())) take();
      if (bytes_.sgetc() == '[') {
        take();
        form_ = Form::kList;
      }
    }
  }
  if (form_ == Form::kLines) return next_line();
  if (form_ == Form::kList && next_element(rejected)) return true;
  if (form_ == Form::kEnded) end_list(rejected);
  return false;
}

bool RecordReader::next(nlohmann::json& value, const RejectionSink& rejected) {
  while (next_text(rejected)) {
    const bool blank = !too_long_ && text_.find_first_not_of(" \t\r") == std::string::npos;
    if (blank && form_ == Form::kLines) {
      ++counts_.blank;
      continue;
    }
    try {
      if (too_long_) {
        throw Error(ErrorCode::kInput,
                    {.where = place(),
                     .expected = fmt::format("a record of at most {} bytes", limits_.max_bytes),
                     .got = "more",
                     .hint = ""});
      }
      value = parse_json(text_, place(), ErrorCode::kInput,
                         {.max_bytes = limits_.max_bytes, .max_depth = limits_.max_depth});
      return true;
    } catch (const Error& error) {
      ++counts_.rejected;
      rejected({number(), "no_json", error.what()});
    }
  }
  return false;
}

std::string RecordReader::number() const { return fmt::format("line {}", begin_); }
std::string RecordReader::place() const {
  return where_.empty() ? number() : fmt::format("{}, {}", where_, number());
}

}  // namespace auris::data
