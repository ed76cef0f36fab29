#pragma once
// The values a template computes with: Python's, as far as templates can see them. Strings, sequences and
// dicts are shared and never change (the reference's sandbox forbids changes too); only a namespace() does.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "auris/text/chat_template/sourced_text.h"

namespace auris::text::jinja {

class Value;
struct Sequence;
struct Dict;
struct Namespace;
struct Loop;
struct Callable;

struct Undefined {
  std::shared_ptr<const std::string> name;  // what was not found, for messages; may be null
};
struct None {};
// Numbers keep their origin as well: digits may be put beside other text.
struct Int {
  int64_t value = 0;
  bool from_data = false;
};
struct Float {
  double value = 0;
  bool from_data = false;
};

using TextPtr = std::shared_ptr<const SourcedText>;
using SequencePtr = std::shared_ptr<Sequence>;
using DictPtr = std::shared_ptr<const Dict>;
using LoopPtr = std::shared_ptr<const Loop>;
using CallablePtr = std::shared_ptr<const Callable>;

template <typename T, typename... Options>
inline constexpr bool kIsOneOf = (std::is_same_v<T, Options> || ...);
template <typename T>
inline constexpr bool kIsStored = kIsOneOf<T, Undefined, None, bool, Int, Float, TextPtr, SequencePtr,
                                           DictPtr, Namespace*, LoopPtr, CallablePtr>;

class Value {
 public:
  // A namespace belongs to the interpreter: it may contain itself, which shared pointers would never free.
  using Storage = std::variant<Undefined, None, bool, Int, Float, TextPtr, SequencePtr, DictPtr, Namespace*,
                               LoopPtr, CallablePtr>;

  Value() = default;
  template <typename T>
  requires kIsStored<T> Value(T value) : storage_(std::in_place_type<T>, std::move(value)) {}

  static Value undefined(std::string name) {
    return Value(Undefined{std::make_shared<const std::string>(std::move(name))});
  }
  static Value text(SourcedText text) {
    return Value(TextPtr(std::make_shared<SourcedText>(std::move(text))));
  }
  static Value text(std::string_view bytes, bool trusted) { return text(SourcedText(bytes, trusted)); }
  static Value integer(int64_t value, bool from_data = false) { return Value(Int{value, from_data}); }
  static Value real(double value, bool from_data = false) { return Value(Float{value, from_data}); }

  template <typename T>
  const T* as() const {
    return std::get_if<T>(&storage_);
  }
  template <typename T>
  bool is() const {
    return std::holds_alternative<T>(storage_);
  }
  // The text of a string, null for anything else.
  const SourcedText* string() const {
    const TextPtr* pointer = as<TextPtr>();
    return pointer ? pointer->get() : nullptr;
  }
  const Dict* dict() const {
    const DictPtr* pointer = as<DictPtr>();
    return pointer ? pointer->get() : nullptr;
  }
  Sequence* sequence() const {
    const SequencePtr* pointer = as<SequencePtr>();
    return pointer ? pointer->get() : nullptr;
  }

 private:
  Storage storage_;
};

enum class SequenceKind { kList, kTuple, kRange, kKeys, kValues, kItems, kIterator };

struct Failure;

struct Sequence {
  SequenceKind kind = SequenceKind::kList;
  std::vector<Value> items;
  bool from_data = false;
  int depth = 1;                           // nesting below this one, for bounded recursion
  size_t consumed = 0;                     // kIterator: items already handed out
  std::shared_ptr<const Failure> failure;  // kIterator: thrown behind the last item
  int64_t start = 0, stop = 0, step = 1;   // kRange

  bool is_indexable() const {
    return kind == SequenceKind::kList || kind == SequenceKind::kTuple || kind == SequenceKind::kRange;
  }
};

struct Dict {
  std::vector<std::pair<Value, Value>> entries;  // in order of insertion, keys unique
  bool from_data = false;
  int depth = 1;
  std::unordered_map<std::string_view, size_t> by_text;  // string keys; the views point into `entries`

  const Value* find(std::string_view key) const;
};

struct Namespace {
  std::vector<std::pair<std::string, Value>> attributes;

  Value* find(std::string_view name);
};

// The `loop` variable of one round.
struct Loop {
  SequencePtr items;
  size_t index0 = 0;
};

struct Macro;

// A macro, a global function or a method bound to its object.
struct Callable {
  const Macro* macro = nullptr;
  std::string name;
  Value self;  // methods only
  bool is_method = false;
};

// Deepest nesting of lists and dicts.
inline constexpr int kMaxValueDepth = 100;

class Budget;

// These throw Failure if the result would nest too deeply.
Value make_sequence(SequenceKind kind, std::vector<Value> items, bool from_data = false);
// Later entries replace earlier ones with an equal key. Throws Failure for keys that Python cannot hash.
Value make_dict(std::vector<std::pair<Value, Value>> entries, Budget& budget, bool from_data = false);
const Value* find_key(const Dict& dict, const Value& key, Budget& budget);

int depth_of(const Value& value);
bool from_data(const Value& value);
bool truthy(const Value& value);
// "string", "list", "none" ...: for messages.
std::string_view type_name(const Value& value);

// Python's == and <. less() throws Failure for values that have no order.
bool equal(const Value& a, const Value& b, Budget& budget);
bool less(const Value& a, const Value& b, Budget& budget);
// The value as a number: bool, int or float; throws Failure otherwise.
bool is_number(const Value& value);
bool is_integer(const Value& value);  // bool or int
int64_t to_integer(const Value& value, std::string_view what);
double to_real(const Value& value);

// len(); throws Failure where Python has no length.
size_t length(const Value& value, Budget& budget);
// The elements that `for` walks over: those of a sequence, the keys of a dict, the characters of a string. An
// iterator is used up by this.
SequencePtr elements(const Value& value, Budget& budget);
bool contains(const Value& container, const Value& item, Budget& budget);

}  // namespace auris::text::jinja
