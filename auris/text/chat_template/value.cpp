#include "auris/text/chat_template/value.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>

#include "auris/text/chat_template/budget.h"
#include "auris/text/chat_template/characters.h"

namespace auris::text::jinja {
namespace {

int checked_depth(int depth) {
  if (depth > kMaxValueDepth) {
    throw Failure{fmt::format("lists and dicts nested at most {} deep", kMaxValueDepth), "deeper ones"};
  }
  return depth;
}

void check_hashable(const Value& key) {
  const Sequence* sequence = key.sequence();
  bool is_list = sequence && sequence->kind == SequenceKind::kList;
  if (key.dict() || is_list || key.is<Undefined>()) {
    throw Failure{"a key that can be hashed", std::string(type_name(key))};
  }
}

bool equal_dicts(const Dict& a, const Dict& b, Budget& budget) {
  if (a.entries.size() != b.entries.size()) return false;
  for (const auto& [key, value] : a.entries) {
    const Value* other = find_key(b, key, budget);
    if (!other || !equal(value, *other, budget)) return false;
  }
  return true;
}

bool is_view(SequenceKind kind) {
  return kind == SequenceKind::kKeys || kind == SequenceKind::kValues || kind == SequenceKind::kItems;
}

bool equal_sequences(const Sequence& a, const Sequence& b, Budget& budget) {
  if (&a == &b) return true;
  if (a.kind != b.kind || a.kind == SequenceKind::kIterator || is_view(a.kind)) return false;
  if (a.items.size() != b.items.size()) return false;
  for (size_t i = 0; i < a.items.size(); ++i) {
    if (!equal(a.items[i], b.items[i], budget)) return false;
  }
  return true;
}

bool less_sequences(const Sequence& a, const Sequence& b, Budget& budget) {
  size_t common = std::min(a.items.size(), b.items.size());
  for (size_t i = 0; i < common; ++i) {
    if (!equal(a.items[i], b.items[i], budget)) return less(a.items[i], b.items[i], budget);
  }
  return a.items.size() < b.items.size();
}

// Compares an int with a float exactly, as Python does: -1, 0, 1, or 2 for NaN.
int compare_int_real(int64_t a, double b) {
  if (std::isnan(b)) return 2;
  if (b >= 0x1p63) return -1;
  if (b < -0x1p63) return 1;
  auto whole = static_cast<int64_t>(std::trunc(b));
  if (a != whole) return a < whole ? -1 : 1;
  double rest = b - std::trunc(b);
  return rest > 0 ? -1 : rest < 0 ? 1 : 0;
}

int compare_numbers(const Value& a, const Value& b) {
  bool a_real = a.is<Float>(), b_real = b.is<Float>();
  if (!a_real && !b_real) {
    int64_t x = to_integer(a, ""), y = to_integer(b, "");
    return x < y ? -1 : x > y ? 1 : 0;
  }
  if (a_real && b_real) {
    double x = to_real(a), y = to_real(b);
    return x < y ? -1 : x > y ? 1 : x == y ? 0 : 2;
  }
  if (b_real) return compare_int_real(to_integer(a, ""), to_real(b));
  int reversed = compare_int_real(to_integer(b, ""), to_real(a));
  return reversed == 2 ? 2 : -reversed;
}

// Where `key` stands among the entries.
std::optional<size_t> find_index(const Dict& dict, const Value& key, Budget& budget) {
  if (const SourcedText* text = key.string()) {
    budget.scan(text->size());
    auto found = dict.by_text.find(text->view());
    return found == dict.by_text.end() ? std::nullopt : std::optional(found->second);
  }
  if (dict.by_text.size() == dict.entries.size()) return std::nullopt;
  for (size_t i = 0; i < dict.entries.size(); ++i) {
    if (equal(dict.entries[i].first, key, budget)) return i;
  }
  return std::nullopt;
}

}  // namespace

const Value* Dict::find(std::string_view key) const {
  auto found = by_text.find(key);
  return found == by_text.end() ? nullptr : &entries[found->second].second;
}

Value* Namespace::find(std::string_view name) {
  for (auto& [key, value] : attributes) {
    if (key == name) return &value;
  }
  return nullptr;
}

Value make_sequence(SequenceKind kind, std::vector<Value> items, bool is_from_data) {
  auto sequence = std::make_shared<Sequence>();
  int depth = 0;
  for (const Value& item : items) depth = std::max(depth, depth_of(item));
  sequence->kind = kind;
  sequence->items = std::move(items);
  sequence->from_data = is_from_data;
  sequence->depth = checked_depth(depth + 1);
  return Value(SequencePtr(std::move(sequence)));
}

Value make_dict(std::vector<std::pair<Value, Value>> entries, Budget& budget, bool is_from_data) {
  auto dict = std::make_shared<Dict>();
  dict->from_data = is_from_data;
  dict->entries.reserve(entries.size());  // by_text holds views of the keys' shared texts, which do not move
  int depth = 0;
  for (auto& [key, value] : entries) {
    budget.steps(4);
    check_hashable(key);
    depth = std::max({depth, depth_of(key), depth_of(value)});
    if (std::optional<size_t> old = find_index(*dict, key, budget)) {
      dict->entries[*old].second = std::move(value);
      continue;
    }
    if (const SourcedText* text = key.string()) dict->by_text.emplace(text->view(), dict->entries.size());
    dict->entries.emplace_back(std::move(key), std::move(value));
  }
  dict->depth = checked_depth(depth + 1);
  return Value(DictPtr(std::move(dict)));
}

const Value* find_key(const Dict& dict, const Value& key, Budget& budget) {
  std::optional<size_t> index = find_index(dict, key, budget);
  return index ? &dict.entries[*index].second : nullptr;
}

int depth_of(const Value& value) {
  if (const Sequence* sequence = value.sequence()) return sequence->depth;
  if (const Dict* dict = value.dict()) return dict->depth;
  if (const auto* loop = value.as<LoopPtr>()) return (*loop)->items->depth + 1;
  if (const auto* callable = value.as<CallablePtr>()) return checked_depth(depth_of((*callable)->self) + 1);
  return 0;
}

bool from_data(const Value& value) {
  if (const auto* number = value.as<Int>()) return number->from_data;
  if (const auto* number = value.as<Float>()) return number->from_data;
  if (const Sequence* sequence = value.sequence()) return sequence->from_data;
  if (const Dict* dict = value.dict()) return dict->from_data;
  return false;
}

bool truthy(const Value& value) {
  if (value.is<Undefined>() || value.is<None>()) return false;
  if (const auto* flag = value.as<bool>()) return *flag;
  if (const auto* number = value.as<Int>()) return number->value != 0;
  if (const auto* number = value.as<Float>()) return number->value != 0;
  if (const SourcedText* text = value.string()) return !text->empty();
  if (const Sequence* sequence = value.sequence()) {
    return sequence->kind == SequenceKind::kIterator || !sequence->items.empty();
  }
  if (const Dict* dict = value.dict()) return !dict->entries.empty();
  return true;
}

std::string_view type_name(const Value& value) {
  if (value.is<Undefined>()) return "an undefined value";
  if (value.is<None>()) return "none";
  if (value.is<bool>()) return "a boolean";
  if (value.is<Int>()) return "an integer";
  if (value.is<Float>()) return "a float";
  if (value.is<TextPtr>()) return "a string";
  if (value.is<DictPtr>()) return "a dict";
  if (value.is<Namespace*>()) return "a namespace";
  if (value.is<LoopPtr>()) return "the loop variable";
  if (value.is<CallablePtr>()) return "a function";
  switch (value.sequence()->kind) {
    case SequenceKind::kList: return "a list";
    case SequenceKind::kTuple: return "a tuple";
    case SequenceKind::kRange: return "a range";
    case SequenceKind::kIterator: return "an iterator";
    default: return "a view of a dict";
  }
}

bool is_integer(const Value& value) { return value.is<bool>() || value.is<Int>(); }
bool is_number(const Value& value) { return is_integer(value) || value.is<Float>(); }

int64_t to_integer(const Value& value, std::string_view what) {
  if (const auto* flag = value.as<bool>()) return *flag ? 1 : 0;
  if (const auto* number = value.as<Int>()) return number->value;
  throw Failure{fmt::format("an integer as {}", what), std::string(type_name(value))};
}

double to_real(const Value& value) {
  if (const auto* number = value.as<Float>()) return number->value;
  return static_cast<double>(to_integer(value, "a number"));
}

bool equal(const Value& a, const Value& b, Budget& budget) {
  budget.steps(1);
  if (is_number(a) && is_number(b)) return compare_numbers(a, b) == 0;
  if (a.is<Undefined>() && b.is<Undefined>()) return true;
  if (a.is<None>() && b.is<None>()) return true;
  if (a.string() && b.string()) {
    if (a.string()->size() != b.string()->size()) return false;
    budget.scan(a.string()->size());
    return a.string()->view() == b.string()->view();
  }
  if (a.sequence() && b.sequence()) return equal_sequences(*a.sequence(), *b.sequence(), budget);
  if (a.dict() && b.dict()) return equal_dicts(*a.dict(), *b.dict(), budget);
  if (const auto* space = a.as<Namespace*>()) return b.is<Namespace*>() && *space == *b.as<Namespace*>();
  return false;
}

bool less(const Value& a, const Value& b, Budget& budget) {
  budget.steps(1);
  if (is_number(a) && is_number(b)) return compare_numbers(a, b) == -1;
  if (a.string() && b.string()) {
    budget.scan(std::min(a.string()->size(), b.string()->size()));
    return a.string()->view() < b.string()->view();  // the order of UTF-8 bytes is that of code points
  }
  const Sequence *x = a.sequence(), *y = b.sequence();
  bool ordered =
      x && y && x->kind == y->kind && (x->kind == SequenceKind::kList || x->kind == SequenceKind::kTuple);
  if (ordered) return less_sequences(*x, *y, budget);
  throw Failure{"values that have an order", fmt::format("{} and {}", type_name(a), type_name(b))};
}

size_t length(const Value& value, Budget& budget) {
  if (value.is<Undefined>()) return 0;
  if (const SourcedText* text = value.string()) {
    budget.scan(text->size());
    return count_characters(text->view());
  }
  if (const Dict* dict = value.dict()) return dict->entries.size();
  if (const auto* loop = value.as<LoopPtr>()) return (*loop)->items->items.size();
  const Sequence* sequence = value.sequence();
  if (sequence && sequence->kind != SequenceKind::kIterator) return sequence->items.size();
  throw Failure{"a value with a length", std::string(type_name(value))};
}

SequencePtr elements(const Value& value, Budget& budget) {
  auto out = std::make_shared<Sequence>();
  if (const SourcedText* text = value.string()) {
    TrustCursor trust(*text);
    for (size_t i = 0; i < text->size();) {
      size_t size = character_size(text->view(), i);
      budget.steps(8);
      out->items.push_back(Value::text(text->view().substr(i, size), trust.at(i)));
      i += size;
    }
  } else if (const Dict* dict = value.dict()) {
    budget.steps(dict->entries.size());
    for (const auto& [key, unused] : dict->entries) out->items.push_back(key);
    out->depth = dict->depth;
  } else if (Sequence* sequence = value.sequence()) {
    if (sequence->kind != SequenceKind::kIterator) return *value.as<SequencePtr>();
    budget.steps(sequence->items.size() - sequence->consumed);
    out->items.assign(sequence->items.begin() + static_cast<std::ptrdiff_t>(sequence->consumed),
                      sequence->items.end());
    out->depth = sequence->depth;
    sequence->consumed = sequence->items.size();
    if (sequence->failure) throw *sequence->failure;
  } else if (!value.is<Undefined>()) {
    throw Failure{"something to iterate over", std::string(type_name(value))};
  }
  return out;
}

bool contains(const Value& container, const Value& item, Budget& budget) {
  if (const SourcedText* text = container.string()) {
    if (!item.string()) throw Failure{"a string to look for in a string", std::string(type_name(item))};
    budget.scan(text->size() + item.string()->size());
    std::string_view needle = item.string()->view();
    return needle.empty() ||
           memmem(text->view().data(), text->size(), needle.data(), needle.size()) != nullptr;
  }
  if (const Dict* dict = container.dict()) {
    check_hashable(item);
    return find_key(*dict, item, budget) != nullptr;
  }
  SequencePtr items = elements(container, budget);
  for (const Value& candidate : items->items) {
    if (equal(candidate, item, budget)) return true;
  }
  return false;
}

}  // namespace auris::text::jinja
