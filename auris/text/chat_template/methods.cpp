#include <algorithm>
#include <limits>
#include <optional>
#include <span>

#include "auris/text/chat_template/builtins.h"
#include "auris/text/chat_template/characters.h"
#include "auris/text/chat_template/interpreter.h"
#include "auris/text/chat_template/text_methods.h"
#include "auris/text/chat_template/value_text.h"

namespace auris::text::jinja {
namespace {

using Names = std::span<const std::string_view>;

constexpr std::string_view kStringMethods[] = {
    "strip",    "lstrip",  "rstrip",  "split",     "rsplit",       "splitlines",   "startswith",
    "endswith", "upper",   "lower",   "title",     "find",         "rfind",        "index",
    "rindex",   "count",   "join",    "replace",   "isdigit",      "isalpha",      "isalnum",
    "isspace",  "isupper", "islower", "isdecimal", "removeprefix", "removesuffix", "capitalize"};
constexpr std::string_view kOtherStringMethods[] = {
    "casefold",     "center",     "encode",      "expandtabs", "format", "format_map", "isascii",
    "isidentifier", "isnumeric",  "isprintable", "istitle",    "ljust",  "maketrans",  "partition",
    "rjust",        "rpartition", "swapcase",    "translate",  "zfill"};
constexpr std::string_view kDictMethods[] = {"get", "items", "keys", "values", "copy"};
constexpr std::string_view kListMethods[] = {"index", "count", "copy"};
constexpr std::string_view kTupleMethods[] = {"index", "count"};
constexpr std::string_view kChangingMethods[] = {"append", "extend",  "insert",     "pop",
                                                 "remove", "clear",   "reverse",    "sort",
                                                 "update", "popitem", "setdefault", "fromkeys"};

bool is_one_of(std::string_view name, Names names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

const SourcedText& text_of_argument(const Value& value, std::string_view function) {
  if (!value.string()) throw Failure{fmt::format("a string for {}", function), std::string(type_name(value))};
  return *value.string();
}

// startswith and endswith take one string or a tuple of them.
bool has_affix(const SourcedText& self, const Value& affix, bool at_end, const std::string& name) {
  if (const Sequence* options = affix.sequence(); options && options->kind == SequenceKind::kTuple) {
    return std::any_of(options->items.begin(), options->items.end(),
                       [&](const Value& option) { return has_affix(self, option, at_end, name); });
  }
  std::string_view part = text_of_argument(affix, name).view();
  return at_end ? self.view().ends_with(part) : self.view().starts_with(part);
}

Value list_of(std::vector<SourcedText> texts) {
  std::vector<Value> items;
  items.reserve(texts.size());
  for (SourcedText& text : texts) items.push_back(Value::text(std::move(text)));
  return make_sequence(SequenceKind::kList, std::move(items));
}

Value join(const SourcedText& separator, const Value& parts, Budget& budget) {
  TextBuilder out(budget);
  SequencePtr items = elements(parts, budget);
  for (size_t i = 0; i < items->items.size(); ++i) {
    if (i > 0) out.append(separator);
    out.append(text_of_argument(items->items[i], "join"));
  }
  return Value::text(out.take());
}

Value call_strip(const SourcedText& self, const std::string& name, Arguments& arguments, Budget& budget) {
  arguments.bind(name, {"chars"});
  const SourcedText* characters = arguments.has(0) && !arguments[0].is<None>() ? &arguments.text(0) : nullptr;
  Side side = name == "lstrip" ? Side::kLeft : name == "rstrip" ? Side::kRight : Side::kBoth;
  return Value::text(strip(self, characters, side, budget));
}

Value call_split(const SourcedText& self, const std::string& name, Arguments& arguments, Budget& budget) {
  arguments.bind(name, {"sep", "maxsplit"});
  const SourcedText* separator = arguments.has(0) && !arguments[0].is<None>() ? &arguments.text(0) : nullptr;
  Side side = name == "rsplit" ? Side::kRight : Side::kLeft;
  return list_of(split(self, separator, arguments.integer(1, -1), side, budget));
}

Value call_find(const SourcedText& self, const std::string& name, Arguments& arguments, Budget& budget) {
  arguments.bind(name, {"sub", "start", "end"}, 1);
  bool last = name[0] == 'r';
  int64_t index = find(self, arguments.text(0), arguments.integer(1, 0),
                       arguments.integer(2, std::numeric_limits<int64_t>::max()), last, budget);
  if (index < 0 && name.ends_with("index")) throw Failure{"a string that is found by index()", "none"};
  return Value::integer(index);
}

Value call_affix(const SourcedText& self, const std::string& name, Arguments& arguments, Budget& budget) {
  arguments.bind(name, {"affix"}, 1);
  budget.scan(self.size());
  bool at_end = name == "endswith" || name == "removesuffix";
  bool has = has_affix(self, arguments[0], at_end, name);
  if (name == "startswith" || name == "endswith") return Value(has);
  size_t size = has ? arguments.text(0).size() : 0;
  budget.text(self.size());
  return Value::text(at_end ? self.slice(0, self.size() - size) : self.slice(size, self.size()));
}

// Methods without arguments; nullopt for another name.
std::optional<Value> call_plain(const SourcedText& self, const std::string& name, Arguments& arguments,
                                Budget& budget) {
  auto none = [&] { arguments.bind(name, {}); };
  if (name == "upper") return none(), Value::text(map_case(self, Case::kUpper, budget));
  if (name == "lower") return none(), Value::text(map_case(self, Case::kLower, budget));
  if (name == "title") return none(), Value::text(map_case(self, Case::kTitle, budget));
  if (name == "capitalize") return none(), Value::text(capitalize(self, budget));
  if (name == "isdigit" || name == "isdecimal")
    return none(), Value(all_characters(self, is_decimal, budget));
  if (name == "isalpha") return none(), Value(all_characters(self, is_letter, budget));
  if (name == "isspace") return none(), Value(all_characters(self, is_space, budget));
  if (name == "isupper") return none(), Value(all_cased(self, is_upper, budget));
  if (name == "islower") return none(), Value(all_cased(self, is_lower, budget));
  if (name == "isalnum") {
    return none(), Value(all_characters(
                       self, [](int32_t c) { return is_letter(c) || is_decimal(c); }, budget));
  }
  return std::nullopt;
}

Value call_string_method(const SourcedText& self, const std::string& name, Arguments& arguments,
                         Budget& budget) {
  if (std::optional<Value> result = call_plain(self, name, arguments, budget)) return *result;
  if (name == "strip" || name == "lstrip" || name == "rstrip")
    return call_strip(self, name, arguments, budget);
  if (name == "split" || name == "rsplit") return call_split(self, name, arguments, budget);
  if (name == "startswith" || name == "endswith" || name == "removeprefix" || name == "removesuffix") {
    return call_affix(self, name, arguments, budget);
  }
  if (name == "splitlines") {
    arguments.bind(name, {"keepends"});
    return list_of(split_lines(self, arguments.flag(0, false), budget));
  }
  if (name == "replace") {
    arguments.bind(name, {"old", "new", "count"}, 2);
    return Value::text(replace(self, arguments.text(0), arguments.text(1), arguments.integer(2, -1), budget));
  }
  if (name == "join") {
    arguments.bind(name, {"iterable"}, 1);
    return join(self, arguments[0], budget);
  }
  if (name == "count") {
    arguments.bind(name, {"sub"}, 1);
    return Value::integer(count_parts(self, arguments.text(0), budget));
  }
  return call_find(self, name, arguments, budget);
}

Value call_dict_method(const Value& self, const std::string& name, Arguments& arguments, Budget& budget) {
  const Dict& dict = *self.dict();
  if (name == "get") {
    arguments.bind(name, {"key", "default"}, 1);
    const Value* value = find_key(dict, arguments[0], budget);
    return value ? *value : arguments.has(1) ? arguments[1] : Value(None{});
  }
  arguments.bind(name, {});
  if (name == "copy") return self;
  budget.steps((name == "items" ? 16 : 4) * dict.entries.size());
  std::vector<Value> items;
  items.reserve(dict.entries.size());
  for (const auto& [key, value] : dict.entries) {
    if (name == "items") {
      items.push_back(make_sequence(SequenceKind::kTuple, {key, value}, dict.from_data));
    } else {
      items.push_back(name == "keys" ? key : value);
    }
  }
  SequenceKind kind = name == "items"  ? SequenceKind::kItems
                      : name == "keys" ? SequenceKind::kKeys
                                       : SequenceKind::kValues;
  return make_sequence(kind, std::move(items), dict.from_data);
}

Value call_list_method(const Value& self, const std::string& name, Arguments& arguments, Budget& budget) {
  const Sequence& sequence = *self.sequence();
  if (name == "copy") {
    arguments.bind(name, {});
    return self;
  }
  arguments.bind(name, {"value"}, 1);
  int64_t count = 0;
  for (size_t i = 0; i < sequence.items.size(); ++i) {
    if (!equal(sequence.items[i], arguments[0], budget)) continue;
    if (name == "index") return Value::integer(static_cast<int64_t>(i));
    ++count;
  }
  if (name == "index") throw Failure{"a value that is in the list", "another one"};
  return Value::integer(count);
}

}  // namespace

bool compare(std::string_view op, const Value& a, const Value& b, Budget& budget) {
  if (op == "==") return equal(a, b, budget);
  if (op == "!=") return !equal(a, b, budget);
  if (op == "<") return less(a, b, budget);
  if (op == ">") return less(b, a, budget);
  if (op == "<=") return less(a, b, budget) || equal(a, b, budget);
  return less(b, a, budget) || equal(a, b, budget);
}

bool is_method(const Value& object, std::string_view name) {
  const Sequence* sequence = object.sequence();
  bool is_list = sequence && sequence->kind == SequenceKind::kList;
  if ((is_list || object.dict()) && is_one_of(name, kChangingMethods)) {
    bool on_list = name == "append" || name == "extend" || name == "insert" || name == "remove" ||
                   name == "reverse" || name == "sort";
    bool on_both = name == "pop" || name == "clear";
    if (on_both || on_list == is_list) {
      throw Failure{"a method that changes nothing", quoted(name, 40)};
    }
  }
  if (object.string() && is_one_of(name, kOtherStringMethods)) {
    throw Failure{"a string method that chat templates use", quoted(name, 40)};
  }
  if (object.string()) return is_one_of(name, kStringMethods);
  if (object.dict()) return is_one_of(name, kDictMethods);
  if (is_list) return is_one_of(name, kListMethods);
  return sequence && sequence->is_indexable() && is_one_of(name, kTupleMethods);
}

Value call_method(Interpreter& interpreter, const Value& self, const std::string& name, Arguments arguments) {
  Budget& budget = interpreter.budget();
  if (const SourcedText* text = self.string()) return call_string_method(*text, name, arguments, budget);
  if (self.is<LoopPtr>()) return cycle_loop(self, arguments);
  if (self.dict()) return call_dict_method(self, name, arguments, budget);
  return call_list_method(self, name, arguments, budget);
}

}  // namespace auris::text::jinja
