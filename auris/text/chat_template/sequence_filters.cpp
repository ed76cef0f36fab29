#include <algorithm>
#include <unordered_set>

#include "auris/text/chat_template/arithmetic.h"
#include "auris/text/chat_template/characters.h"
#include "auris/text/chat_template/filters.h"
#include "auris/text/chat_template/interpreter.h"
#include "auris/text/chat_template/value_text.h"

namespace auris::text::jinja {
namespace {

// "a.b.0": names and indices to follow one after the other.
using Path = std::vector<Value>;

Path parse_path(const Value& attribute, Budget& budget) {
  if (attribute.is<None>()) return {};
  const SourcedText* text = attribute.string();
  if (!text) return {attribute};
  if (text->size() > 4096) throw Failure{"an attribute of at most 4096 bytes", std::to_string(text->size())};
  Path path;
  std::string_view rest = text->view();
  while (true) {
    budget.steps(4);
    std::string_view part = rest.substr(0, rest.find('.'));
    bool is_index = !part.empty() && part.size() < 18 &&
                    std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
    path.push_back(is_index ? Value::integer(std::stoll(std::string(part))) : Value::text(part, true));
    if (part.size() == rest.size()) return path;
    rest.remove_prefix(part.size() + 1);
  }
}

Value follow(Interpreter& run, Value item, const Path& path, const Value* otherwise = nullptr) {
  for (const Value& part : path) {
    run.budget().steps(1);
    item = run.get_item(item, part);
    if (otherwise && item.is<Undefined>()) item = *otherwise;
  }
  return item;
}

Value without_case(const Value& value, bool case_sensitive, Budget& budget) {
  if (case_sensitive || !value.string()) return value;
  return Value::text(map_case(*value.string(), Case::kLower, budget));
}

// Filters that are generators in jinja2 give an iterator: no length, always true, used up by walking over it.
Value iterator(std::vector<Value> items) { return make_sequence(SequenceKind::kIterator, std::move(items)); }

// Such a filter fails in jinja2 only when somebody walks that far, which may be never.
template <typename Produce>
Value lazy_iterator(const Produce& produce) {
  std::vector<Value> items;
  std::shared_ptr<const Failure> failure;
  try {
    produce(items);
  } catch (const Failure& caught) {
    if (caught.is_limit) throw;
    failure = std::make_shared<const Failure>(caught);
  }
  Value out = iterator(std::move(items));
  out.sequence()->failure = std::move(failure);
  return out;
}

Value count(Interpreter& run, const Value& value, Arguments& arguments) {
  arguments.bind("length", {});
  return Value::integer(static_cast<int64_t>(length(value, run.budget())));
}

Value join(Interpreter& run, const Value& value, Arguments& arguments) {
  arguments.bind("join", {"d", "attribute"});
  Budget& budget = run.budget();
  SourcedText separator = arguments.has(0) ? text_of(arguments[0], budget) : SourcedText();
  Path path = arguments.has(1) ? parse_path(arguments[1], budget) : Path();
  SequencePtr items = elements(value, budget);
  TextBuilder out(budget);
  for (size_t i = 0; i < items->items.size(); ++i) {
    budget.steps(1);
    if (i > 0) out.append(separator);
    append_text(follow(run, items->items[i], path), out, budget);
  }
  return Value::text(out.take());
}

Value first(Interpreter& run, const Value& value, Arguments& arguments) {
  arguments.bind("first", {});
  Sequence* sequence = value.sequence();
  if (sequence && sequence->kind == SequenceKind::kIterator) {
    if (sequence->consumed == sequence->items.size() && sequence->failure) throw *sequence->failure;
    if (sequence->consumed == sequence->items.size()) return Value::undefined("first item");
    return sequence->items[sequence->consumed++];
  }
  if (const SourcedText* text = value.string(); text && !text->empty()) {
    return Value::text(text->slice(0, character_size(text->view(), 0)));
  }
  SequencePtr items = elements(value, run.budget());
  return items->items.empty() ? Value::undefined("first item") : items->items.front();
}

Value last(Interpreter& run, const Value& value, Arguments& arguments) {
  arguments.bind("last", {});
  const Sequence* sequence = value.sequence();
  if (sequence && sequence->kind == SequenceKind::kIterator) {
    throw Failure{"something that can be walked backwards", std::string(type_name(value))};
  }
  if (const SourcedText* text = value.string(); text && !text->empty()) {
    return Value::text(text->slice(previous_character(text->view(), text->size()), text->size()));
  }
  SequencePtr items = elements(value, run.budget());
  return items->items.empty() ? Value::undefined("last item") : items->items.back();
}

// Attributes only: the keys of a dict are none.
Value attribute(Interpreter& run, const Value& value, Arguments& arguments) {
  arguments.bind("attr", {"name"}, 1);
  Value found = run.get_attribute(value, std::string(arguments.text(0).view().substr(0, 256)));
  return value.dict() && !found.is<CallablePtr>() ? Value::undefined("attribute") : found;
}

Value as_list(Interpreter& run, const Value& value, Arguments& arguments) {
  arguments.bind("list", {});
  SequencePtr items = elements(value, run.budget());
  run.budget().steps(4 * items->items.size());
  return make_sequence(SequenceKind::kList, items->items, items->from_data);
}

Value items_of(Interpreter& run, const Value& value, Arguments& arguments) {
  arguments.bind("items", {});
  return lazy_iterator([&](std::vector<Value>& pairs) {
    if (value.is<Undefined>()) return;
    if (!value.dict()) throw Failure{"a mapping for items", std::string(type_name(value))};
    run.budget().steps(16 * value.dict()->entries.size());
    for (const auto& [key, entry] : value.dict()->entries) {
      pairs.push_back(make_sequence(SequenceKind::kTuple, {key, entry}, value.dict()->from_data));
    }
  });
}

Value reverse(Interpreter& run, const Value& value, Arguments& arguments) {
  arguments.bind("reverse", {});
  Budget& budget = run.budget();
  if (const SourcedText* text = value.string()) {
    TextBuilder out(budget);
    for (size_t end = text->size(); end > 0;) {
      size_t begin = previous_character(text->view(), end);
      budget.steps(1);
      out.append(*text, begin, end);
      end = begin;
    }
    return Value::text(out.take());
  }
  const Sequence* sequence = value.sequence();
  bool gives_list = sequence && sequence->kind == SequenceKind::kIterator;
  std::vector<Value> items = elements(value, budget)->items;
  budget.steps(4 * items.size());
  std::reverse(items.begin(), items.end());
  return make_sequence(gives_list ? SequenceKind::kList : SequenceKind::kIterator, std::move(items));
}

struct Keyed {
  Value key;
  Value value;
};

Value sorted(std::vector<Keyed> items, bool reversed, Budget& budget) {
  std::stable_sort(items.begin(), items.end(), [&](const Keyed& a, const Keyed& b) {
    return reversed ? less(b.key, a.key, budget) : less(a.key, b.key, budget);
  });
  std::vector<Value> out;
  out.reserve(items.size());
  for (Keyed& item : items) out.push_back(std::move(item.value));
  return make_sequence(SequenceKind::kList, std::move(out));
}

Value sort(Interpreter& run, const Value& value, Arguments& arguments) {
  arguments.bind("sort", {"reverse", "case_sensitive", "attribute"});
  Budget& budget = run.budget();
  bool case_sensitive = arguments.flag(1, false);
  std::vector<Path> paths;
  if (arguments.has(2) && arguments[2].string()) {
    std::string_view rest = arguments[2].string()->view();
    while (true) {
      std::string_view part = rest.substr(0, rest.find(','));
      paths.push_back(parse_path(Value::text(part, true), budget));
      if (part.size() == rest.size()) break;
      rest.remove_prefix(part.size() + 1);
    }
  } else {
    paths.push_back(arguments.has(2) ? parse_path(arguments[2], budget) : Path());
  }
  std::vector<Keyed> items;
  SequencePtr source = elements(value, budget);
  for (const Value& item : source->items) {
    budget.steps(8);
    std::vector<Value> keys;
    keys.reserve(paths.size());
    for (const Path& path : paths)
      keys.push_back(without_case(follow(run, item, path), case_sensitive, budget));
    items.push_back({make_sequence(SequenceKind::kList, std::move(keys)), item});
  }
  return sorted(std::move(items), arguments.flag(0, false), budget);
}

Value sort_dict(Interpreter& run, const Value& value, Arguments& arguments) {
  arguments.bind("dictsort", {"case_sensitive", "by", "reverse"});
  Budget& budget = run.budget();
  std::string_view by = arguments.has(1) ? arguments.text(1).view() : "key";
  if (by != "key" && by != "value") throw Failure{"'key' or 'value'", quoted(by, 40)};
  if (!value.dict()) throw Failure{"a mapping for dictsort", std::string(type_name(value))};
  std::vector<Keyed> items;
  for (const auto& [key, entry] : value.dict()->entries) {
    budget.steps(16);
    Value sort_key = without_case(by == "key" ? key : entry, arguments.flag(0, false), budget);
    items.push_back(
        {std::move(sort_key), make_sequence(SequenceKind::kTuple, {key, entry}, value.dict()->from_data)});
  }
  return sorted(std::move(items), arguments.flag(2, false), budget);
}

void unique_into(std::vector<Value>& out, Interpreter& run, const Value& value, Arguments& arguments) {
  arguments.bind("unique", {"case_sensitive", "attribute"});
  Budget& budget = run.budget();
  Path path = arguments.has(1) ? parse_path(arguments[1], budget) : Path();
  std::unordered_set<std::string> texts;
  std::vector<Value> others;
  SequencePtr source = elements(value, budget);
  for (const Value& item : source->items) {
    budget.steps(8);
    Value key = without_case(follow(run, item, path), arguments.flag(0, false), budget);
    bool fresh = true;
    if (const SourcedText* text = key.string()) {
      budget.text(text->size());
      fresh = texts.emplace(text->view()).second;
    } else {
      if (key.dict() || (key.sequence() && key.sequence()->kind == SequenceKind::kList)) {
        throw Failure{"values that can be hashed", std::string(type_name(key))};
      }
      fresh = std::none_of(others.begin(), others.end(),
                           [&](const Value& old) { return equal(old, key, budget); });
      if (fresh) others.push_back(key);
    }
    if (fresh) out.push_back(item);
  }
}

Value unique(Interpreter& run, const Value& value, Arguments& arguments) {
  return lazy_iterator([&](std::vector<Value>& out) { unique_into(out, run, value, arguments); });
}

Value extreme(Interpreter& run, const Value& value, Arguments& arguments, bool largest) {
  arguments.bind(largest ? "max" : "min", {"case_sensitive", "attribute"});
  Budget& budget = run.budget();
  Path path = arguments.has(1) ? parse_path(arguments[1], budget) : Path();
  SequencePtr source = elements(value, budget);
  if (source->items.empty()) return Value::undefined("item");
  const Value* best = nullptr;
  Value best_key;
  for (const Value& item : source->items) {
    budget.steps(1);
    Value key = without_case(follow(run, item, path), arguments.flag(0, false), budget);
    if (best && !(largest ? less(best_key, key, budget) : less(key, best_key, budget))) continue;
    best = &item;
    best_key = std::move(key);
  }
  return *best;
}

Value smallest(Interpreter& run, const Value& value, Arguments& arguments) {
  return extreme(run, value, arguments, false);
}
Value largest(Interpreter& run, const Value& value, Arguments& arguments) {
  return extreme(run, value, arguments, true);
}

Value sum(Interpreter& run, const Value& value, Arguments& arguments) {
  arguments.bind("sum", {"attribute", "start"});
  Path path = arguments.has(0) ? parse_path(arguments[0], run.budget()) : Path();
  Value total = arguments.has(1) ? arguments[1] : Value::integer(0);
  if (total.string()) throw Failure{"numbers to add", "strings"};
  SequencePtr source = elements(value, run.budget());
  for (const Value& item : source->items)
    total = arithmetic("+", total, follow(run, item, path), run.budget());
  return total;
}

// map(attribute="a.b", default=x) or map("filter", arguments ...)
void map_into(std::vector<Value>& out, Interpreter& run, const Value& value, Arguments& arguments) {
  if (!truthy(value)) return;
  SequencePtr source = elements(value, run.budget());
  if (arguments.positional.empty()) {
    arguments.bind("map", {"attribute", "default"}, 1);
    Path path = parse_path(arguments[0], run.budget());
    const Value* otherwise = arguments.has(1) && !arguments[1].is<None>() ? &arguments[1] : nullptr;
    for (const Value& item : source->items) out.push_back(follow(run, item, path, otherwise));
    return;
  }
  const SourcedText* name = arguments.positional[0].string();
  if (!name) throw Failure{"the name of a filter for map", std::string(type_name(arguments.positional[0]))};
  std::string filter(name->view().substr(0, 64));
  Arguments rest;
  rest.positional.assign(arguments.positional.begin() + 1, arguments.positional.end());
  rest.named = arguments.named;
  for (const Value& item : source->items) {
    run.budget().steps(4 + 4 * (rest.positional.size() + rest.named.size()));
    out.push_back(run.apply_filter(filter, item, rest));
  }
}

Value map(Interpreter& run, const Value& value, Arguments& arguments) {
  return lazy_iterator([&](std::vector<Value>& out) { map_into(out, run, value, arguments); });
}

// select, reject: [test, arguments ...]; selectattr, rejectattr: attribute, [test, arguments ...]
void choose_into(std::vector<Value>& out, Interpreter& run, const Value& value, Arguments& arguments,
                 bool by_attribute, bool wanted) {
  if (!truthy(value)) return;
  size_t used = 0;
  Path path;
  if (by_attribute) {
    if (arguments.positional.empty()) throw Failure{"an attribute to select by", "nothing"};
    path = parse_path(arguments.positional[used++], run.budget());
  }
  std::string test;
  if (used < arguments.positional.size()) {
    const SourcedText* name = arguments.positional[used++].string();
    if (!name) throw Failure{"the name of a test", "another value"};
    test = name->view().substr(0, 64);
  }
  Arguments rest;
  rest.positional.assign(arguments.positional.begin() + static_cast<std::ptrdiff_t>(used),
                         arguments.positional.end());
  rest.named = arguments.named;
  SequencePtr source = elements(value, run.budget());
  for (const Value& item : source->items) {
    run.budget().steps(4 + 4 * (rest.positional.size() + rest.named.size()));
    Value subject = follow(run, item, path);
    bool passes = test.empty() ? truthy(subject) : run.apply_test(test, subject, rest);
    if (passes == wanted) out.push_back(item);
  }
}

Value choose(Interpreter& run, const Value& value, Arguments& arguments, bool by_attribute, bool wanted) {
  return lazy_iterator(
      [&](std::vector<Value>& out) { choose_into(out, run, value, arguments, by_attribute, wanted); });
}

Value select(Interpreter& run, const Value& v, Arguments& a) { return choose(run, v, a, false, true); }
Value reject(Interpreter& run, const Value& v, Arguments& a) { return choose(run, v, a, false, false); }
Value select_by(Interpreter& run, const Value& v, Arguments& a) { return choose(run, v, a, true, true); }
Value reject_by(Interpreter& run, const Value& v, Arguments& a) { return choose(run, v, a, true, false); }

}  // namespace

const FilterTable& sequence_filters() {
  static const FilterTable table = {{"length", count},
                                    {"count", count},
                                    {"join", join},
                                    {"first", first},
                                    {"last", last},
                                    {"list", as_list},
                                    {"attr", attribute},
                                    {"items", items_of},
                                    {"reverse", reverse},
                                    {"sort", sort},
                                    {"dictsort", sort_dict},
                                    {"unique", unique},
                                    {"min", smallest},
                                    {"max", largest},
                                    {"sum", sum},
                                    {"map", map},
                                    {"select", select},
                                    {"reject", reject},
                                    {"selectattr", select_by},
                                    {"rejectattr", reject_by}};
  return table;
}

bool has_filter(std::string_view name) {
  return text_filters().contains(name) || sequence_filters().contains(name);
}

Value Interpreter::apply_filter(const std::string& name, const Value& value, Arguments arguments) {
  Nesting nesting(*this);
  auto found = text_filters().find(name);
  if (found != text_filters().end()) return found->second(*this, value, arguments);
  found = sequence_filters().find(name);
  if (found == sequence_filters().end()) throw Failure{"a filter that chat templates use", quoted(name, 40)};
  return found->second(*this, value, arguments);
}

}  // namespace auris::text::jinja
