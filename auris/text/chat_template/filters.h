#pragma once
// The filters, one table for those on text and numbers, one for those on sequences.

#include <string>
#include <string_view>
#include <unordered_map>

#include "auris/text/chat_template/arguments.h"
#include "auris/text/chat_template/value.h"

namespace auris::text::jinja {

class Interpreter;

using Filter = Value (*)(Interpreter& interpreter, const Value& value, Arguments& arguments);
using FilterTable = std::unordered_map<std::string_view, Filter>;

const FilterTable& text_filters();      // text_filters.cpp
const FilterTable& sequence_filters();  // sequence_filters.cpp

bool has_filter(std::string_view name);
bool has_test(std::string_view name);  // type_tests.cpp

}  // namespace auris::text::jinja
