#include <algorithm>

#include "auris/text/chat_template/builtins.h"
#include "auris/text/chat_template/date_text.h"
#include "auris/text/chat_template/interpreter.h"
#include "auris/text/chat_template/value_text.h"

namespace auris::text::jinja {
namespace {

constexpr int64_t kMaxRange = 100'000;  // jinja2's sandbox has the same

Value make_range(Arguments& arguments, Budget& budget) {
  if (!arguments.named.empty() || arguments.positional.empty())
    throw Failure{"numbers for range", "something else"};
  arguments.bind("range", {"start", "stop", "step"}, 1);
  bool one = !arguments.has(1);
  auto sequence = std::make_shared<Sequence>();
  sequence->kind = SequenceKind::kRange;
  sequence->start = one ? 0 : arguments.integer(0, 0);
  sequence->stop = arguments.integer(one ? 0 : 1, 0);
  sequence->step = arguments.integer(2, 1);
  if (sequence->step == 0) throw Failure{"a range step other than zero", "0"};
  bool forward = sequence->step > 0;
  auto low = static_cast<uint64_t>(forward ? sequence->start : sequence->stop);
  auto high = static_cast<uint64_t>(forward ? sequence->stop : sequence->start);
  bool empty = forward ? sequence->start >= sequence->stop : sequence->start <= sequence->stop;
  uint64_t stride =
      forward ? static_cast<uint64_t>(sequence->step) : 0 - static_cast<uint64_t>(sequence->step);
  uint64_t count = empty ? 0 : (high - low - 1) / stride + 1;
  if (count > kMaxRange)
    throw Failure{fmt::format("a range of at most {} numbers", kMaxRange), std::to_string(count)};
  budget.steps(4 * count);
  int64_t value = sequence->start;
  for (uint64_t i = 0; i < count; ++i) {
    sequence->items.push_back(Value::integer(value));
    if (i + 1 < count) value += sequence->step;
  }
  return Value(SequencePtr(std::move(sequence)));
}

// dict(mapping, name=value ...)
std::vector<std::pair<Value, Value>> dict_entries(Arguments& arguments, Budget& budget) {
  std::vector<std::pair<Value, Value>> entries;
  if (arguments.positional.size() > 1) throw Failure{"at most 1 argument for dict", "more"};
  if (!arguments.positional.empty()) {
    const Value& source = arguments.positional[0];
    if (const Dict* dict = source.dict()) {
      budget.steps(4 * dict->entries.size());
      entries = dict->entries;
    } else {
      SequencePtr pairs = elements(source, budget);
      for (const Value& pair : pairs->items) {
        SequencePtr parts = elements(pair, budget);
        if (parts->items.size() != 2) throw Failure{"pairs for dict", std::to_string(parts->items.size())};
        entries.emplace_back(parts->items[0], parts->items[1]);
      }
    }
  }
  for (auto& [name, value] : arguments.named) entries.emplace_back(Value::text(name, true), value);
  return entries;
}

Value make_namespace(Interpreter& interpreter, Arguments& arguments) {
  Namespace* space = interpreter.new_namespace();
  for (auto& [key, value] : dict_entries(arguments, interpreter.budget())) {
    if (!key.string()) throw Failure{"strings as namespace attributes", std::string(type_name(key))};
    std::string name(key.string()->view());
    if (name.starts_with('_'))
      throw Failure{"a namespace attribute without a leading underscore", quoted(name, 40)};
    interpreter.budget().steps(4);
    if (Value* old = space->find(name)) {
      *old = value;
    } else {
      space->attributes.emplace_back(std::move(name), value);
    }
  }
  return Value(space);
}

}  // namespace

std::vector<std::string_view> function_names() {
  return {"raise_exception", "strftime_now", "range", "namespace", "dict"};
}

Value call_function(Interpreter& interpreter, const std::string& name, Arguments arguments) {
  Budget& budget = interpreter.budget();
  if (name == "raise_exception") {
    arguments.bind(name, {"message"}, 1);
    std::string message(text_of(arguments[0], budget).view());
    throw Failure{"a conversation that the template accepts", message, ErrorCode::kInput};
  }
  if (name == "strftime_now") {
    arguments.bind(name, {"format"}, 1);
    return Value::text(date_text(arguments.text(0).view(), interpreter.now()), false);
  }
  if (name == "range") return make_range(arguments, budget);
  if (name == "namespace") return make_namespace(interpreter, arguments);
  return make_dict(dict_entries(arguments, budget), budget);
}

Value loop_attribute(const LoopPtr& loop, std::string_view name) {
  const std::vector<Value>& items = loop->items->items;
  auto index0 = static_cast<int64_t>(loop->index0);
  auto size = static_cast<int64_t>(items.size());
  if (name == "index") return Value::integer(index0 + 1);
  if (name == "index0") return Value::integer(index0);
  if (name == "revindex") return Value::integer(size - index0);
  if (name == "revindex0") return Value::integer(size - index0 - 1);
  if (name == "first") return Value(index0 == 0);
  if (name == "last") return Value(index0 + 1 == size);
  if (name == "length") return Value::integer(size);
  if (name == "depth") return Value::integer(1);
  if (name == "depth0") return Value::integer(0);
  if (name == "previtem")
    return index0 > 0 ? items[loop->index0 - 1] : Value::undefined("there is no previous item");
  if (name == "nextitem")
    return index0 + 1 < size ? items[loop->index0 + 1] : Value::undefined("there is no next item");
  if (name == "cycle") {
    return Value(
        CallablePtr(std::make_shared<const Callable>(Callable{nullptr, "cycle", Value(loop), true})));
  }
  if (name == "changed") throw Failure{"an attribute of loop that chat templates use", "'changed'"};
  return Value::undefined(std::string(name));
}

Value cycle_loop(const Value& self, const Arguments& arguments) {
  const Loop& loop = **self.as<LoopPtr>();
  if (arguments.positional.empty()) throw Failure{"values for loop.cycle", "none"};
  return arguments.positional[loop.index0 % arguments.positional.size()];
}

}  // namespace auris::text::jinja
