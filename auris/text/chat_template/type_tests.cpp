#include <algorithm>
#include <unordered_map>

#include "auris/text/chat_template/arithmetic.h"
#include "auris/text/chat_template/builtins.h"
#include "auris/text/chat_template/characters.h"
#include "auris/text/chat_template/filters.h"
#include "auris/text/chat_template/interpreter.h"
#include "auris/text/chat_template/text_methods.h"
#include "auris/text/chat_template/value_text.h"

namespace auris::text::jinja {
namespace {

using PlainTest = bool (*)(const Value& value);

bool is_flag(const Value& value, bool wanted) { return value.is<bool>() && *value.as<bool>() == wanted; }

bool is_sequence_like(const Value& value) {
  const Sequence* sequence = value.sequence();
  return value.is<Undefined>() || value.string() || value.dict() || (sequence && sequence->is_indexable());
}

bool is_iterable(const Value& value) {
  return value.is<Undefined>() || value.string() || value.dict() || value.sequence() || value.is<LoopPtr>();
}

const std::unordered_map<std::string_view, PlainTest>& plain_tests() {
  static const std::unordered_map<std::string_view, PlainTest> table = {
      {"defined", [](const Value& v) { return !v.is<Undefined>(); }},
      {"undefined", [](const Value& v) { return v.is<Undefined>(); }},
      {"none", [](const Value& v) { return v.is<None>(); }},
      {"boolean", [](const Value& v) { return v.is<bool>(); }},
      {"true", [](const Value& v) { return is_flag(v, true); }},
      {"false", [](const Value& v) { return is_flag(v, false); }},
      {"integer", [](const Value& v) { return v.is<Int>(); }},
      {"float", [](const Value& v) { return v.is<Float>(); }},
      {"number", is_number},
      {"string", [](const Value& v) { return v.string() != nullptr; }},
      {"mapping", [](const Value& v) { return v.dict() != nullptr; }},
      {"sequence", is_sequence_like},
      {"iterable", is_iterable},
      {"callable", [](const Value& v) { return v.is<CallablePtr>() || v.is<Undefined>(); }},
      {"escaped", [](const Value&) { return false; }}};
  return table;
}

// Names of comparisons as tests; empty for another name.
std::string_view comparison(std::string_view name) {
  static const std::unordered_map<std::string_view, std::string_view> table = {
      {"==", "=="}, {"eq", "=="}, {"equalto", "=="}, {"!=", "!="}, {"ne", "!="},
      {">", ">"},   {"gt", ">"},  {"<", "<"},        {"lt", "<"},  {"greaterthan", ">"},
      {">=", ">="}, {"ge", ">="}, {"<=", "<="},      {"le", "<="}, {"lessthan", "<"}};
  auto found = table.find(name);
  return found == table.end() ? std::string_view() : found->second;
}

constexpr std::string_view kOtherTests[] = {"odd",   "even",  "divisibleby", "in",  "sameas",
                                            "lower", "upper", "filter",      "test"};

bool is_same(const Value& a, const Value& b, Budget& budget) {
  if (a.string() || b.string()) return a.string() == b.string();
  if (a.sequence() || b.sequence()) return a.sequence() == b.sequence();
  if (a.dict() || b.dict()) return a.dict() == b.dict();
  if (a.is<bool>() != b.is<bool>() || a.is<Int>() != b.is<Int>()) return false;
  return equal(a, b, budget);
}

bool is_multiple(const Value& value, const Value& divisor, int64_t rest, Budget& budget) {
  if (value.string()) throw Failure{"a number", "a string"};
  return equal(arithmetic("%", value, divisor, budget), Value::integer(rest), budget);
}

}  // namespace

bool has_test(std::string_view name) {
  return plain_tests().contains(name) || !comparison(name).empty() ||
         std::find(std::begin(kOtherTests), std::end(kOtherTests), name) != std::end(kOtherTests);
}

bool Interpreter::apply_test(const std::string& name, const Value& value, Arguments arguments) {
  if (auto plain = plain_tests().find(name); plain != plain_tests().end()) {
    arguments.bind(name, {});
    return plain->second(value);
  }
  if (std::string_view op = comparison(name); !op.empty()) {
    arguments.bind(name, {"other"}, 1);
    return compare(op, value, arguments[0], budget_);
  }
  bool takes_argument = name == "divisibleby" || name == "in" || name == "sameas";
  if (takes_argument) {
    arguments.bind(name, {name == "divisibleby" ? "num" : name == "in" ? "seq" : "other"}, 1);
    if (name == "in") return contains(arguments[0], value, budget_);
    if (name == "sameas") return is_same(value, arguments[0], budget_);
    return is_multiple(value, arguments[0], 0, budget_);
  }
  if (!has_test(name)) throw Failure{"a test that chat templates use", quoted(name, 40)};
  arguments.bind(name, {});
  if (name == "odd" || name == "even")
    return is_multiple(value, Value::integer(2), name == "odd" ? 1 : 0, budget_);
  if (name == "filter") return value.string() && has_filter(value.string()->view());
  if (name == "test") return value.string() && has_test(value.string()->view());
  return all_cased(text_of(value, budget_), name == "lower" ? is_lower : is_upper, budget_);
}

}  // namespace auris::text::jinja
