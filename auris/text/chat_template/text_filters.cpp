#include <cmath>

#include "auris/text/chat_template/arithmetic.h"
#include "auris/text/chat_template/characters.h"
#include "auris/text/chat_template/filters.h"
#include "auris/text/chat_template/interpreter.h"
#include "auris/text/chat_template/number_text.h"
#include "auris/text/chat_template/text_methods.h"
#include "auris/text/chat_template/value_text.h"

namespace auris::text::jinja {
namespace {

Value with_text(Interpreter& run, const Value& value, Arguments& arguments, const char* name,
                SourcedText (*work)(const SourcedText&, Budget&)) {
  arguments.bind(name, {});
  if (const SourcedText* text = value.string()) return Value::text(work(*text, run.budget()));
  return Value::text(work(text_of(value, run.budget()), run.budget()));
}

Value upper(Interpreter& run, const Value& value, Arguments& arguments) {
  return with_text(run, value, arguments, "upper", [](const SourcedText& text, Budget& budget) {
    return map_case(text, Case::kUpper, budget);
  });
}

Value lower(Interpreter& run, const Value& value, Arguments& arguments) {
  return with_text(run, value, arguments, "lower", [](const SourcedText& text, Budget& budget) {
    return map_case(text, Case::kLower, budget);
  });
}

Value title(Interpreter& run, const Value& value, Arguments& arguments) {
  return with_text(run, value, arguments, "title", title_words);
}

Value capitalized(Interpreter& run, const Value& value, Arguments& arguments) {
  return with_text(run, value, arguments, "capitalize", capitalize);
}

Value escape(Interpreter& run, const Value& value, Arguments& arguments) {
  return with_text(run, value, arguments, "escape", escape_html);
}

Value as_string(Interpreter& run, const Value& value, Arguments& arguments) {
  arguments.bind("string", {});
  return value.string() ? value : Value::text(text_of(value, run.budget()));
}

Value trim(Interpreter& run, const Value& value, Arguments& arguments) {
  arguments.bind("trim", {"chars"});
  const SourcedText* characters = arguments.has(0) && !arguments[0].is<None>() ? &arguments.text(0) : nullptr;
  return Value::text(strip(text_of(value, run.budget()), characters, Side::kBoth, run.budget()));
}

Value replaced(Interpreter& run, const Value& value, Arguments& arguments) {
  arguments.bind("replace", {"old", "new", "count"}, 2);
  Budget& budget = run.budget();
  bool all = !arguments.has(2) || arguments[2].is<None>();
  return Value::text(replace(text_of(value, budget), text_of(arguments[0], budget),
                             text_of(arguments[1], budget), all ? -1 : arguments.integer(2, -1), budget));
}

Value indented(Interpreter& run, const Value& value, Arguments& arguments) {
  arguments.bind("indent", {"width", "first", "blank"});
  if (!value.string()) throw Failure{"a string to indent", std::string(type_name(value))};
  SourcedText indention("    ", true);
  if (arguments.has(0)) {
    bool is_text = arguments[0].string() != nullptr;
    indention = is_text ? *arguments[0].string()
                        : *arithmetic("*", Value::text(" ", true), arguments[0], run.budget()).string();
  }
  return Value::text(
      indent(*value.string(), indention, arguments.flag(1, false), arguments.flag(2, false), run.budget()));
}

// The separators of json.dumps: none, or a pair of strings.
void read_separators(const Arguments& arguments, JsonStyle& style) {
  style.item_separator = SourcedText(style.has_indent ? "," : ", ", true);
  style.key_separator = SourcedText(": ", true);
  if (!arguments.has(2) || arguments[2].is<None>()) return;
  const Sequence* pair = arguments[2].sequence();
  if (!pair || pair->items.size() != 2 || !pair->items[0].string() || !pair->items[1].string()) {
    throw Failure{"two strings as separators", std::string(type_name(arguments[2]))};
  }
  style.item_separator = *pair->items[0].string();
  style.key_separator = *pair->items[1].string();
}

Value to_json(Interpreter& run, const Value& value, Arguments& arguments) {
  arguments.bind("tojson", {"ensure_ascii", "indent", "separators", "sort_keys"});
  JsonStyle style;
  style.ascii_only = arguments.flag(0, false);
  style.sort_keys = arguments.flag(3, false);
  if (arguments.has(1) && !arguments[1].is<None>()) {
    style.has_indent = true;
    bool is_text = arguments[1].string() != nullptr;
    style.indent = is_text ? *arguments[1].string()
                           : *arithmetic("*", Value::text(" ", true), arguments[1], run.budget()).string();
  }
  read_separators(arguments, style);
  return Value::text(json_text(value, style, run.budget()));
}

// int(float): toward zero; throws Failure beyond 64 bits.
int64_t truncated(double value) {
  if (!(std::fabs(value) < 0x1p63)) throw Failure{"an integer that fits 64 bits", real_text(value)};
  return static_cast<int64_t>(value);
}

Value to_int(Interpreter& run, const Value& value, Arguments& arguments) {
  arguments.bind("int", {"default", "base"});
  Value otherwise = arguments.has(0) ? arguments[0] : Value::integer(0);
  if (value.is<Undefined>()) throw Failure{"a value that is defined", "an undefined one"};
  if (is_integer(value)) return Value::integer(to_integer(value, "int"), from_data(value));
  if (const auto* real = value.as<Float>()) {
    return std::isnan(real->value) ? otherwise : Value::integer(truncated(real->value), real->from_data);
  }
  const SourcedText* text = value.string();
  if (!text) return otherwise;
  run.budget().scan(text->size());
  bool data = !text->empty() && !text->trusted_at(0);
  if (auto number = parse_integer(text->view(), arguments.integer(1, 10)))
    return Value::integer(*number, data);
  auto real = parse_real(text->view());
  if (!real || !std::isfinite(*real)) return otherwise;
  return Value::integer(truncated(*real), data);
}

Value to_float(Interpreter& run, const Value& value, Arguments& arguments) {
  arguments.bind("float", {"default"});
  Value otherwise = arguments.has(0) ? arguments[0] : Value::real(0);
  if (value.is<Undefined>()) throw Failure{"a value that is defined", "an undefined one"};
  if (is_number(value)) return Value::real(to_real(value), from_data(value));
  const SourcedText* text = value.string();
  if (!text) return otherwise;
  run.budget().scan(text->size());
  auto real = parse_real(text->view());
  return real ? Value::real(*real, !text->trusted_at(0)) : otherwise;
}

Value absolute_value(Interpreter&, const Value& value, Arguments& arguments) {
  arguments.bind("abs", {});
  return absolute(value);
}

Value round_value(Interpreter&, const Value& value, Arguments& arguments) {
  arguments.bind("round", {"precision", "method"});
  int64_t digits = arguments.integer(0, 0);
  std::string_view method = arguments.has(1) ? arguments.text(1).view() : "common";
  if (method == "common") return rounded(value, digits);
  if (method != "ceil" && method != "floor") throw Failure{"'common', 'ceil' or 'floor'", quoted(method, 40)};
  if (digits < 0 || digits > 22) throw Failure{"at most 22 digits for round", std::to_string(digits)};
  double scale = std::pow(10.0, static_cast<double>(digits));
  double scaled = to_real(value) * scale;
  return Value::real((method == "ceil" ? std::ceil(scaled) : std::floor(scaled)) / scale, from_data(value));
}

Value or_default(Interpreter&, const Value& value, Arguments& arguments) {
  arguments.bind("default", {"default_value", "boolean"});
  bool use_default = value.is<Undefined>() || (arguments.flag(1, false) && !truthy(value));
  if (!use_default) return value;
  return arguments.has(0) ? arguments[0] : Value::text("", true);
}

Value safe(Interpreter& run, const Value& value, Arguments& arguments) {
  return as_string(run, value, arguments);
}

Value word_count(Interpreter& run, const Value& value, Arguments& arguments) {
  arguments.bind("wordcount", {});
  SourcedText text = text_of(value, run.budget());
  int64_t count = 0;
  bool inside = false;
  run.budget().scan(text.size());
  for (size_t i = 0; i < text.size(); i += character_size(text.view(), i)) {
    int32_t code = code_point(text.view(), i);
    bool is_word = is_letter(code) || is_decimal(code) || code == '_';
    count += is_word && !inside;
    inside = is_word;
  }
  return Value::integer(count);
}

}  // namespace

const FilterTable& text_filters() {
  static const FilterTable table = {
      {"upper", upper},        {"lower", lower},      {"title", title},         {"capitalize", capitalized},
      {"escape", escape},      {"e", escape},         {"safe", safe},           {"string", as_string},
      {"trim", trim},          {"replace", replaced}, {"indent", indented},     {"tojson", to_json},
      {"int", to_int},         {"float", to_float},   {"abs", absolute_value},  {"round", round_value},
      {"default", or_default}, {"d", or_default},     {"wordcount", word_count}};
  return table;
}

}  // namespace auris::text::jinja
