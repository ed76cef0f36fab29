#pragma once
// Python's arithmetic on template values. All throw Failure where Python raises, and where an integer leaves
// 64 bits.

#include <string_view>

#include "auris/text/chat_template/budget.h"
#include "auris/text/chat_template/value.h"

namespace auris::text::jinja {

// op: + - * / // % **
Value arithmetic(std::string_view op, const Value& a, const Value& b, Budget& budget);
Value negative(const Value& value);
Value positive(const Value& value);
Value absolute(const Value& value);
// round(value, digits): to even where two results are equally near.
Value rounded(const Value& value, int64_t digits);

}  // namespace auris::text::jinja
