#include "auris/generate/grammar/json_grammar.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "auris/base/error.h"
#include "auris/base/nearest.h"

namespace auris::generate {
namespace {

using nlohmann::ordered_json;

constexpr int64_t kMostRepeats = 1000;   // of minItems, maxLength, ...
constexpr int64_t kMostIntegers = 1000;  // between minimum and maximum
constexpr int kMostDepth = 64;
constexpr int kMostIndent = 16;

constexpr std::array<std::string_view, 18> kKnown = {
    "type",    "properties",  "required",  "additionalProperties",
    "items",   "prefixItems", "minItems",  "maxItems",
    "enum",    "const",       "anyOf",     "oneOf",
    "allOf",   "$ref",        "minLength", "maxLength",
    "minimum", "maximum"};
constexpr std::array<std::string_view, 12> kAnnotations = {
    "title", "description", "default",  "examples",   "$schema",  "$id",
    "$defs", "definitions", "$comment", "deprecated", "readOnly", "writeOnly"};

struct Repeats {
  int64_t least = 0;
  int64_t most = -1;  // -1: any number
};

class Writer {
 public:
  Writer(const ordered_json& root, std::string where) : root_(root), where_(std::move(where)) {}

  TextGrammar write() {
    const RuleId root = value(root_, 0);
    return {.grammar = std::move(grammar_), .root = root};
  }

  TextGrammar write_object() {
    const RuleId root = any_object();
    return {.grammar = std::move(grammar_), .root = root};
  }

 private:
  using Sequence = GrammarSequence;

  [[noreturn]] void fail(const std::string& expected, const std::string& got,
                         const std::string& hint = "") const {
    throw Error(ErrorCode::kUsage, {.where = where_, .expected = expected, .got = got, .hint = hint});
  }

  // Building stones

  RuleId rule_of(std::vector<Sequence> alternatives) {
    const RuleId rule = grammar_.add_rule();
    for (Sequence& alternative : alternatives) grammar_.add_alternative(rule, std::move(alternative));
    return rule;
  }

  template <typename... Parts>
  Sequence sequence(const Parts&... parts) {
    Sequence whole;
    (append(whole, parts), ...);
    return whole;
  }
  void append(Sequence& whole, const char* text) { append(whole, grammar_.literal(text)); }
  void append(Sequence& whole, const std::string& text) { append(whole, grammar_.literal(text)); }
  void append(Sequence& whole, RuleId rule) { whole.push_back(Grammar::rule(rule)); }
  void append(Sequence& whole, GrammarSymbol symbol) { whole.push_back(symbol); }
  void append(Sequence& whole, const Sequence& part) { whole.insert(whole.end(), part.begin(), part.end()); }

  // `first`, then each time `next`.
  RuleId repeated(const Sequence& first, const Sequence& next, Repeats repeats) {
    // Behind the least number: none more, or one more and so on.
    RuleId tail = grammar_.add_rule();
    grammar_.add_alternative(tail, {});
    const auto item_at = [&](int64_t i) { return i == 0 ? first : next; };
    if (repeats.most < 0) {
      grammar_.add_alternative(tail, sequence(next, tail));
      if (repeats.least == 0) {
        tail = rule_of({{}, sequence(first, tail)});
        return tail;
      }
    } else {
      for (int64_t i = repeats.most; i-- > repeats.least;) tail = rule_of({{}, sequence(item_at(i), tail)});
    }
    Sequence whole;
    for (int64_t i = 0; i < repeats.least; ++i) append(whole, item_at(i));
    append(whole, tail);
    return rule_of({whole});
  }

  // Little of it: models that may write blanks for ever do.
  RuleId space() {
    if (space_ < 0) {
      const RuleId indent = repeated(sequence(" "), sequence(" "), {.least = 0, .most = kMostIndent});
      space_ = rule_of({{}, sequence(" "), sequence("\n", indent)});
    }
    return space_;
  }

  // A character of a string: UTF-8 (RFC 3629), or an escape.
  RuleId character() {
    if (character_ >= 0) return character_;
    const auto tail = grammar_.bytes(0x80, 0xBF);
    ByteSet plain, escaped, hex;
    for (unsigned byte = 0x20; byte < 0x80; ++byte)
      plain.set(byte, byte != '"' && byte != '\\' && byte != 0x7F);
    for (const char c : std::string_view("\"\\/bfnrt")) escaped.set(static_cast<unsigned char>(c));
    for (const char c : std::string_view("0123456789abcdefABCDEF")) hex.set(static_cast<unsigned char>(c));
    // No surrogates: one alone is no character.
    ByteSet not_d = hex;
    not_d.reset('d').reset('D');
    const auto any_hex = grammar_.bytes(hex);
    const RuleId code = rule_of({sequence(grammar_.bytes(not_d), any_hex, any_hex, any_hex),
                                 sequence("d", grammar_.bytes('0', '7'), any_hex, any_hex)});
    character_ = rule_of({
        sequence(grammar_.bytes(plain)),
        sequence("\\", grammar_.bytes(escaped)),
        sequence("\\u", code),
        sequence(grammar_.bytes(0xC2, 0xDF), tail),
        sequence("\xE0", grammar_.bytes(0xA0, 0xBF), tail),
        sequence(grammar_.bytes(0xE1, 0xEC), tail, tail),
        sequence("\xED", grammar_.bytes(0x80, 0x9F), tail),
        sequence(grammar_.bytes(0xEE, 0xEF), tail, tail),
        sequence("\xF0", grammar_.bytes(0x90, 0xBF), tail, tail),
        sequence(grammar_.bytes(0xF1, 0xF3), tail, tail, tail),
        sequence("\xF4", grammar_.bytes(0x80, 0x8F), tail, tail),
    });
    return character_;
  }

  RuleId string_of(Repeats repeats) {
    const Sequence one = sequence(character());
    return rule_of({sequence("\"", repeated(one, one, repeats), "\"")});
  }

  RuleId digits() {
    if (digits_ < 0) {
      const Sequence digit = sequence(grammar_.bytes('0', '9'));
      digits_ = repeated(digit, digit, {.least = 0, .most = 15});
    }
    return digits_;
  }

  RuleId integer(bool may_be_negative, bool may_be_zero) {
    const RuleId positive = rule_of({sequence(grammar_.bytes('1', '9'), digits())});
    std::vector<Sequence> alternatives = {sequence(positive)};
    if (may_be_zero) alternatives.push_back(sequence("0"));
    if (may_be_negative) alternatives.push_back(sequence("-", positive));
    return rule_of(std::move(alternatives));
  }

  RuleId number() {
    const auto digit = grammar_.bytes('0', '9');
    const RuleId fraction = rule_of({{}, sequence(".", digit, digits())});
    const RuleId sign = rule_of({{}, sequence("+"), sequence("-")});
    const RuleId exponent_letter = rule_of({sequence("e"), sequence("E")});
    const RuleId power = rule_of({sequence(digit), sequence(digit, digit)});
    const RuleId exponent = rule_of({{}, sequence(exponent_letter, sign, power)});
    const RuleId minus = rule_of({{}, sequence("-")});
    return rule_of({sequence(minus, integer(false, true), fraction, exponent)});
  }

  RuleId any_value() {
    if (any_ >= 0) return any_;
    any_ = grammar_.add_rule();
    const RuleId text = string_of({});
    for (const Sequence& alternative :
         std::vector<Sequence>{sequence(text), sequence(number()), sequence("true"), sequence("false"),
                               sequence("null"), sequence(any_object()), sequence(array_of({}, any_, {}))})
      grammar_.add_alternative(any_, alternative);
    return any_;
  }

  RuleId any_object() {
    if (any_object_ < 0) {
      any_object_ = grammar_.add_rule();
      grammar_.add_alternative(any_object_, sequence("{", space(), more_properties(any_value(), false), "}"));
    }
    return any_object_;
  }

  RuleId pair(const Sequence& name, RuleId content) {
    return rule_of({sequence(name, space(), ":", space(), content, space())});
  }

  // Any properties, behind others or not.
  RuleId more_properties(RuleId content, bool is_behind) {
    const Sequence one = sequence(pair(sequence(string_of({})), content));
    const Sequence next = sequence(",", space(), one);
    return repeated(is_behind ? next : one, next, {});
  }

  // `first` of their own, then any number of `rest` (< 0: none).
  RuleId array_of(const std::vector<RuleId>& first, RuleId rest, Repeats repeats) {
    Sequence whole = sequence("[", space());
    for (size_t i = 0; i < first.size(); ++i) {
      if (i > 0) append(whole, sequence(",", space()));
      append(whole, sequence(first[i], space()));
    }
    if (rest >= 0) {
      const Sequence one = sequence(rest, space());
      const Sequence next = sequence(",", space(), one);
      const auto taken = static_cast<int64_t>(first.size());
      repeats.least = std::max<int64_t>(0, repeats.least - taken);
      if (repeats.most >= 0) repeats.most = std::max<int64_t>(0, repeats.most - taken);
      append(whole, repeated(first.empty() ? one : next, next, repeats));
    }
    append(whole, "]");
    return rule_of({whole});
  }

  // Schemas

  RuleId value(const ordered_json& schema, int depth) {
    if (depth > kMostDepth) fail("a schema of " + std::to_string(kMostDepth) + " levels", "a deeper one");
    if (schema.is_boolean() && schema.get<bool>()) return any_value();
    if (!schema.is_object()) fail("a schema, an object", schema.type_name());
    check_keywords(schema);
    if (const auto ref = schema.find("$ref"); ref != schema.end()) return reference(*ref, depth);
    if (const auto one = schema.find("const"); one != schema.end()) return rule_of({literal(*one)});
    if (const auto some = schema.find("enum"); some != schema.end()) return enumeration(*some);
    for (const char* key : {"anyOf", "oneOf"}) {
      if (const auto some = schema.find(key); some != schema.end()) return choice(*some, key, depth);
    }
    if (const auto all = schema.find("allOf"); all != schema.end()) {
      if (!all->is_array() || all->size() != 1) fail("\"allOf\" with one schema", "another number of them");
      return value(all->front(), depth + 1);
    }
    return typed(schema, depth);
  }

  void check_keywords(const ordered_json& schema) const {
    for (const auto& [key, ignored] : schema.items()) {
      const auto is_key = [&key = key](std::string_view known) { return known == key; };
      if (std::ranges::any_of(kKnown, is_key) || std::ranges::any_of(kAnnotations, is_key)) continue;
      fail("a schema of keywords that answers can be held to", quoted(key), nearest_hint(key, kKnown));
    }
  }

  Sequence literal(const ordered_json& value) { return grammar_.literal(value.dump()); }

  RuleId enumeration(const ordered_json& some) {
    if (!some.is_array() || some.empty()) fail("\"enum\" with values", some.dump().substr(0, 40));
    const RuleId rule = grammar_.add_rule();
    for (const ordered_json& one : some) grammar_.add_alternative(rule, literal(one));
    return rule;
  }

  RuleId choice(const ordered_json& some, const char* key, int depth) {
    if (!some.is_array() || some.empty()) fail(quoted(key) + " with schemas", "none");
    std::vector<Sequence> alternatives;
    for (const ordered_json& one : some) alternatives.push_back(sequence(value(one, depth + 1)));
    return rule_of(std::move(alternatives));
  }

  RuleId reference(const ordered_json& ref, int depth) {
    const std::string path = ref.is_string() ? ref.get<std::string>() : "";
    if (path != "#" && !path.starts_with("#/"))
      fail("\"$ref\" to a place in the schema, #/...", quoted(path));
    const auto known = references_.find(path);
    if (known != references_.end()) return known->second;
    const RuleId rule = references_[path] = grammar_.add_rule();
    const ordered_json* schema = nullptr;
    try {
      schema = &root_.at(ordered_json::json_pointer(path.substr(1)));
    } catch (const ordered_json::exception&) {
      fail("\"$ref\" to a place in the schema", quoted(path));
    }
    grammar_.add_alternative(rule, sequence(value(*schema, depth + 1)));
    return rule;
  }

  RuleId typed(const ordered_json& schema, int depth) {
    const auto type = schema.find("type");
    if (type == schema.end()) {
      if (schema.contains("properties")) return object(schema, depth);
      if (schema.contains("items") || schema.contains("prefixItems")) return array(schema, depth);
      return any_value();
    }
    if (!type->is_array()) return of_type(*type, schema, depth);
    if (type->empty()) fail("\"type\" with types", "none");
    std::vector<Sequence> alternatives;
    for (const ordered_json& one : *type) alternatives.push_back(sequence(of_type(one, schema, depth)));
    return rule_of(std::move(alternatives));
  }

  RuleId of_type(const ordered_json& type, const ordered_json& schema, int depth) {
    if (type == "object") return object(schema, depth);
    if (type == "array") return array(schema, depth);
    if (type == "string") return string_of(repeats_of(schema, "minLength", "maxLength"));
    if (type == "integer") return bounded_integer(schema);
    if (type == "number") {
      if (schema.contains("minimum") || schema.contains("maximum"))
        fail("\"minimum\" and \"maximum\" of integers", "of numbers");
      return number();
    }
    if (type == "boolean") return rule_of({sequence("true"), sequence("false")});
    if (type == "null") return rule_of({sequence("null")});
    fail("\"type\" object, array, string, integer, number, boolean or null", type.dump().substr(0, 40));
  }

  // In [0, kMostRepeats]; -1 if it is not there.
  int64_t count_of(const ordered_json& schema, const char* key) const {
    const auto found = schema.find(key);
    if (found == schema.end()) return -1;
    if (found->is_number_unsigned() && found->get<uint64_t>() <= static_cast<uint64_t>(kMostRepeats))
      return found->get<int64_t>();
    fail(quoted(key) + " of 0 to " + std::to_string(kMostRepeats), found->dump().substr(0, 40));
  }

  Repeats repeats_of(const ordered_json& schema, const char* least, const char* most) const {
    const Repeats repeats{.least = std::max<int64_t>(0, count_of(schema, least)),
                          .most = count_of(schema, most)};
    if (repeats.most >= 0 && repeats.most < repeats.least)
      fail(quoted(most) + " not below " + quoted(least), std::to_string(repeats.most));
    return repeats;
  }

  RuleId bounded_integer(const ordered_json& schema) {
    const auto bound = [&](const char* key) -> const ordered_json* {
      const auto found = schema.find(key);
      if (found == schema.end()) return nullptr;
      const bool is_small =
          found->is_number_integer() && found->get<double>() > -1e15 && found->get<double>() < 1e15;
      if (!is_small) fail(quoted(key) + " that is an integer", found->dump().substr(0, 40));
      return &*found;
    };
    const ordered_json* least = bound("minimum");
    const ordered_json* most = bound("maximum");
    if (least == nullptr && most == nullptr) return integer(true, true);
    if (least != nullptr && most == nullptr) {
      const auto bottom = least->get<int64_t>();
      if (bottom == 0 || bottom == 1) return integer(false, bottom == 0);
    }
    if (least == nullptr || most == nullptr)
      fail("\"minimum\" of 0 or 1, or \"minimum\" and \"maximum\"", "another bound alone");
    const auto first = least->get<int64_t>(), last = most->get<int64_t>();
    if (last < first || last - first >= kMostIntegers)
      fail("1 to " + std::to_string(kMostIntegers) + " integers from \"minimum\" to \"maximum\"",
           std::to_string(last - first + 1));
    std::vector<Sequence> alternatives;
    for (int64_t i = first; i <= last; ++i) alternatives.push_back(sequence(std::to_string(i)));
    return rule_of(std::move(alternatives));
  }

  RuleId array(const ordered_json& schema, int depth) {
    std::vector<RuleId> first;
    if (const auto given = schema.find("prefixItems"); given != schema.end()) {
      if (!given->is_array()) fail("\"prefixItems\" with schemas", given->type_name());
      for (const ordered_json& one : *given) first.push_back(value(one, depth + 1));
    }
    const auto items = schema.find("items");
    const bool is_closed = items != schema.end() && items->is_boolean() && !items->get<bool>();
    RuleId rest = -1;
    if (items != schema.end() && !is_closed) rest = value(*items, depth + 1);
    if (items == schema.end() && first.empty()) rest = any_value();
    return array_of(first, rest, repeats_of(schema, "minItems", "maxItems"));
  }

  RuleId object(const ordered_json& schema, int depth) {
    static const ordered_json kNone = ordered_json::object();
    const auto given = schema.find("properties");
    const ordered_json& properties = given == schema.end() ? kNone : *given;
    if (!properties.is_object()) fail("\"properties\" with schemas", properties.type_name());
    std::set<std::string> names, required;
    for (const auto& [name, ignored] : properties.items()) names.insert(name);
    if (const auto wanted = schema.find("required"); wanted != schema.end()) {
      if (!wanted->is_array()) fail("\"required\" with names", wanted->type_name());
      for (const ordered_json& name : *wanted) {
        if (!name.is_string() || !names.contains(name.get<std::string>()))
          fail("\"required\" names of \"properties\"", name.dump().substr(0, 40));
        required.insert(name.get<std::string>());
      }
    }
    struct Property {
      RuleId pair;
      bool is_required;
    };
    std::vector<Property> all;
    for (const auto& [name, content] : properties.items()) {
      all.push_back({.pair = pair(grammar_.literal(ordered_json(name).dump()), value(content, depth + 1)),
                     .is_required = required.contains(name)});
    }
    // From the last to the first: what may come where some came before, and where none did.
    const RuleId others = additional(schema, given != schema.end(), depth);
    RuleId behind = others < 0 ? rule_of({{}}) : more_properties(others, true);
    RuleId first = others < 0 ? rule_of({{}}) : more_properties(others, false);
    for (size_t i = all.size(); i-- > 0;) {
      std::vector<Sequence> as_next = {sequence(",", space(), all[i].pair, behind)};
      std::vector<Sequence> as_first = {sequence(all[i].pair, behind)};
      if (!all[i].is_required) {
        as_next.push_back(sequence(behind));
        as_first.push_back(sequence(first));
      }
      behind = rule_of(std::move(as_next));
      first = rule_of(std::move(as_first));
    }
    return rule_of({sequence("{", space(), first, "}")});
  }

  // What properties that are not named hold; < 0: there are none. A schema that names some and says nothing
  // of others means these.
  RuleId additional(const ordered_json& schema, bool names_some, int depth) {
    const auto given = schema.find("additionalProperties");
    if (given == schema.end()) return names_some ? -1 : any_value();
    if (given->is_boolean()) return given->get<bool>() ? any_value() : -1;
    return value(*given, depth + 1);
  }

  const ordered_json& root_;
  std::string where_;
  Grammar grammar_;
  std::map<std::string, RuleId> references_;
  RuleId space_ = -1, character_ = -1, digits_ = -1, any_ = -1, any_object_ = -1;
};

}  // namespace

TextGrammar json_schema_grammar(const nlohmann::ordered_json& schema, const std::string& where) {
  return Writer(schema, where).write();
}

TextGrammar json_object_grammar() {
  static const ordered_json kAny = ordered_json::object();
  return Writer(kAny, "json_object").write_object();
}

}  // namespace auris::generate
