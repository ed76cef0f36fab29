#pragma once
// What a rendering may still spend, and how parts of the interpreter report that a template failed.

#include <cstdint>
#include <string>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/text/chat_template/limits.h"
#include "auris/text/chat_template/sourced_text.h"

namespace auris::text::jinja {

// Thrown inside the interpreter; render() adds the line and turns it into an Error.
struct Failure {
  std::string expected;
  std::string got;
  ErrorCode code = ErrorCode::kModel;
  bool is_limit = false;  // of the budget: nothing may put it off
};

class Budget {
 public:
  explicit Budget(const RenderLimits& limits) : limits_(limits) {}

  // One step is about the evaluation of one node.
  void steps(size_t count) {
    steps_ += static_cast<int64_t>(count);
    if (steps_ > limits_.max_steps) fail("steps", limits_.max_steps);
  }
  // Call before making `bytes` of new text. Their cost in time is charged too.
  void text(size_t bytes) {
    constexpr size_t kBytesPerStep = 64;
    if (bytes > static_cast<size_t>(limits_.max_text_bytes - text_))
      fail("bytes of text", limits_.max_text_bytes);
    text_ += static_cast<int64_t>(bytes);
    steps(1 + bytes / kBytesPerStep);
  }
  // Reading `bytes` (searching, comparing) without making new text.
  void scan(size_t bytes) { steps(1 + bytes / 64); }

  const RenderLimits& limits() const { return limits_; }

 private:
  [[noreturn]] static void fail(const char* what, int64_t limit) {
    throw Failure{fmt::format("a template that needs at most {} {}", limit, what), "more", ErrorCode::kModel,
                  true};
  }

  RenderLimits limits_;
  int64_t steps_ = 0;
  int64_t text_ = 0;
};

// Builds a text within the budget.
class TextBuilder {
 public:
  explicit TextBuilder(Budget& budget) : budget_(budget) {}

  void append(std::string_view bytes, bool trusted) {
    charge(bytes.size());
    text_.append(bytes, trusted);
  }
  void append(const SourcedText& other) { append(other, 0, other.size()); }
  void append(const SourcedText& other, size_t begin, size_t end) {
    charge(end - begin);
    text_.append(other, begin, end);
    // Origin takes room too: a text may consist of many tiny ranges.
    if (text_.trusted().size() > ranges_ + 64) {
      budget_.text((text_.trusted().size() - ranges_) * sizeof(TrustedRange));
      ranges_ = text_.trusted().size();
    }
  }
  size_t size() const { return text_.size(); }
  SourcedText take() { return std::move(text_); }

 private:
  // Small appends (single characters) are charged in batches.
  void charge(size_t bytes) {
    pending_ += bytes;
    if (pending_ >= 256) {
      budget_.text(pending_);
      pending_ = 0;
    }
  }

  Budget& budget_;
  SourcedText text_;
  size_t pending_ = 0;
  size_t ranges_ = 0;
};

}  // namespace auris::text::jinja
