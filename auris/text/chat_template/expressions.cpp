#include <algorithm>

#include "auris/text/chat_template/arithmetic.h"
#include "auris/text/chat_template/builtins.h"
#include "auris/text/chat_template/characters.h"
#include "auris/text/chat_template/interpreter.h"
#include "auris/text/chat_template/value_text.h"

namespace auris::text::jinja {
namespace {

[[noreturn]] void fail_undefined(const Value& value) {
  const auto& name = value.as<Undefined>()->name;
  throw Failure{"a value that is defined",
                name ? fmt::format("undefined {}", quoted(*name, 40)) : "an undefined one"};
}

// Where a Python slice begins and ends, and how many elements it takes.
struct SliceBounds {
  int64_t start = 0, step = 1, count = 0;
};

SliceBounds slice_bounds(const Value& start, const Value& stop, const Value& step, int64_t size) {
  SliceBounds bounds;
  if (!step.is<None>()) bounds.step = to_integer(step, "a slice");
  if (bounds.step == 0) throw Failure{"a slice step other than zero", "0"};
  bool forward = bounds.step > 0;
  int64_t low = forward ? 0 : -1, high = forward ? size : size - 1;
  auto clamp = [&](const Value& value, int64_t otherwise) {
    if (value.is<None>()) return otherwise;
    int64_t index = to_integer(value, "a slice");
    if (index < 0) index = index < -size ? -1 - size : index + size;
    return std::clamp(index, low, high);
  };
  bounds.start = clamp(start, forward ? low : high);
  int64_t end = clamp(stop, forward ? high : low);
  int64_t span = forward ? end - bounds.start : bounds.start - end;
  int64_t stride = forward ? bounds.step : bounds.step == INT64_MIN ? INT64_MAX : -bounds.step;
  if (span > 0) bounds.count = (span - 1) / stride + 1;
  if (bounds.count <= 1) bounds.step = 1;  // a huge step must not overflow the walk
  return bounds;
}

Value slice_text(const SourcedText& text, const Value& start, const Value& stop, const Value& step,
                 Budget& budget) {
  budget.scan(text.size());
  std::vector<size_t> offsets;
  bool is_ascii = std::all_of(text.view().begin(), text.view().end(), [](char c) { return (c & 0x80) == 0; });
  if (!is_ascii) {
    budget.steps(text.size() / 4);
    for (size_t i = 0; i < text.size(); i += character_size(text.view(), i)) offsets.push_back(i);
    offsets.push_back(text.size());
  }
  auto offset = [&](int64_t index) {
    return is_ascii ? static_cast<size_t>(index) : offsets[static_cast<size_t>(index)];
  };
  auto size = static_cast<int64_t>(is_ascii ? text.size() : offsets.size() - 1);
  SliceBounds bounds = slice_bounds(start, stop, step, size);
  TextBuilder out(budget);
  if (bounds.count == 0) {
    return Value::text(out.take());
  } else if (bounds.step == 1) {
    out.append(text, offset(bounds.start), offset(bounds.start + bounds.count));
  } else {
    for (int64_t k = 0, i = bounds.start; k < bounds.count; ++k, i += bounds.step) {
      budget.steps(1);
      out.append(text, offset(i), offset(i + 1));
    }
  }
  return Value::text(out.take());
}

Value slice_sequence(const Sequence& sequence, const Value& start, const Value& stop, const Value& step,
                     Budget& budget) {
  SliceBounds bounds = slice_bounds(start, stop, step, static_cast<int64_t>(sequence.items.size()));
  budget.steps(4 * static_cast<size_t>(bounds.count));
  std::vector<Value> items;
  for (int64_t k = 0, i = bounds.start; k < bounds.count; ++k, i += bounds.step) {
    items.push_back(sequence.items[static_cast<size_t>(i)]);
  }
  SequenceKind kind = sequence.kind == SequenceKind::kRange ? SequenceKind::kList : sequence.kind;
  return make_sequence(kind, std::move(items), sequence.from_data);
}

Value character_at(const SourcedText& text, int64_t index, Budget& budget) {
  budget.scan(text.size());
  if (index < 0) index += static_cast<int64_t>(count_characters(text.view()));
  size_t offset = index < 0 ? text.size() : offset_of(text.view(), static_cast<size_t>(index));
  if (offset >= text.size()) return Value::undefined(std::to_string(index));
  return Value::text(text.slice(offset, offset + character_size(text.view(), offset)));
}

}  // namespace

Interpreter::Nesting::Nesting(Interpreter& interpreter) : interpreter_(interpreter) {
  int limit = interpreter.budget_.limits().max_call_depth;
  if (interpreter.depth_ >= limit) throw Failure{fmt::format("at most {} nested evaluations", limit), "more"};
  ++interpreter.depth_;
}

Value Interpreter::evaluate(const Expr& expr, const ScopePtr& scope) {
  budget_.steps(1);
  Nesting nesting(*this);
  line_ = expr.line;
  return evaluate_node(expr, scope);
}

Value Interpreter::evaluate_node(const Expr& expr, const ScopePtr& scope) {
  const auto& children = expr.children;
  switch (expr.kind) {
    case ExprKind::kConstant: return expr.value;
    case ExprKind::kName: return look_up(expr.text, scope.get());
    case ExprKind::kList: return make_sequence(SequenceKind::kList, evaluate_all(children, scope));
    case ExprKind::kTuple: return make_sequence(SequenceKind::kTuple, evaluate_all(children, scope));
    case ExprKind::kDict: return evaluate_dict(expr, scope);
    case ExprKind::kAttribute: return get_attribute(evaluate(*children[0], scope), expr.text);
    case ExprKind::kItem: {
      Value object = evaluate(*children[0], scope);
      return get_item(object, evaluate(*children[1], scope));
    }
    case ExprKind::kSlice: return evaluate_slice(expr, scope);
    case ExprKind::kCall: return evaluate_call(expr, scope);
    case ExprKind::kFilter: {
      Value value = evaluate(*children[0], scope);
      return apply_filter(expr.text, value, evaluate_arguments(expr, scope));
    }
    case ExprKind::kTest: {
      Value value = evaluate(*children[0], scope);
      return Value(apply_test(expr.text, value, evaluate_arguments(expr, scope)));
    }
    case ExprKind::kNot: return Value(!truthy(evaluate(*children[0], scope)));
    case ExprKind::kNegative: return negative(evaluate(*children[0], scope));
    case ExprKind::kPositive: return positive(evaluate(*children[0], scope));
    case ExprKind::kAnd: {
      Value left = evaluate(*children[0], scope);
      return truthy(left) ? evaluate(*children[1], scope) : left;
    }
    case ExprKind::kOr: {
      Value left = evaluate(*children[0], scope);
      return truthy(left) ? left : evaluate(*children[1], scope);
    }
    case ExprKind::kArithmetic: {
      Value left = evaluate(*children[0], scope);
      return arithmetic(expr.text, left, evaluate(*children[1], scope), budget_);
    }
    case ExprKind::kConcat: return evaluate_concat(expr, scope);
    case ExprKind::kCompare: return evaluate_compare(expr, scope);
    case ExprKind::kConditional:
      if (truthy(evaluate(*children[1], scope))) return evaluate(*children[0], scope);
      return children[2] ? evaluate(*children[2], scope) : Value::undefined("else");
    case ExprKind::kBody: return captured_;
  }
  AURIS_CHECK(false);
}

Value Interpreter::look_up(const std::string& name, const Scope* scope) {
  for (; scope; scope = scope->parent.get()) {
    auto found = scope->variables.find(name);
    if (found != scope->variables.end()) return found->second;
  }
  return Value::undefined(name);
}

std::vector<Value> Interpreter::evaluate_all(const std::vector<ExprPtr>& exprs, const ScopePtr& scope) {
  std::vector<Value> values;
  values.reserve(exprs.size());
  budget_.steps(4 * exprs.size());
  for (const ExprPtr& expr : exprs) values.push_back(evaluate(*expr, scope));
  return values;
}

Value Interpreter::evaluate_dict(const Expr& expr, const ScopePtr& scope) {
  std::vector<std::pair<Value, Value>> entries;
  for (size_t i = 0; i < expr.children.size(); i += 2) {
    Value key = evaluate(*expr.children[i], scope);
    entries.emplace_back(std::move(key), evaluate(*expr.children[i + 1], scope));
  }
  return make_dict(std::move(entries), budget_);
}

Value Interpreter::evaluate_concat(const Expr& expr, const ScopePtr& scope) {
  TextBuilder out(budget_);
  for (const ExprPtr& child : expr.children) append_text(evaluate(*child, scope), out, budget_);
  return Value::text(out.take());
}

Value Interpreter::evaluate_compare(const Expr& expr, const ScopePtr& scope) {
  Value left = evaluate(*expr.children[0], scope);
  for (size_t i = 0; i < expr.operators.size(); ++i) {
    const std::string& op = expr.operators[i];
    Value right = evaluate(*expr.children[i + 1], scope);
    bool holds = op == "in"       ? contains(right, left, budget_)
                 : op == "not in" ? !contains(right, left, budget_)
                                  : compare(op, left, right, budget_);
    if (!holds) return Value(false);
    left = std::move(right);
  }
  return Value(true);
}

Value Interpreter::evaluate_slice(const Expr& expr, const ScopePtr& scope) {
  Value object = evaluate(*expr.children[0], scope);
  Value parts[3];
  for (size_t i = 0; i < 3; ++i)
    parts[i] = expr.children[i + 1] ? evaluate(*expr.children[i + 1], scope) : Value(None{});
  if (object.is<Undefined>()) fail_undefined(object);
  if (const SourcedText* text = object.string())
    return slice_text(*text, parts[0], parts[1], parts[2], budget_);
  const Sequence* sequence = object.sequence();
  if (!sequence || !sequence->is_indexable())
    throw Failure{"something to slice", std::string(type_name(object))};
  return slice_sequence(*sequence, parts[0], parts[1], parts[2], budget_);
}

Arguments Interpreter::evaluate_arguments(const Expr& expr, const ScopePtr& scope) {
  Arguments out;
  for (const Argument& argument : expr.arguments) {
    Value value = evaluate(*argument.value, scope);
    if (argument.kind == Argument::kPositional) {
      out.positional.push_back(std::move(value));
    } else if (argument.kind == Argument::kNamed) {
      out.named.emplace_back(argument.name, std::move(value));
    } else if (argument.kind == Argument::kSpread) {
      SequencePtr items = elements(value, budget_);
      budget_.steps(4 * items->items.size());
      out.positional.insert(out.positional.end(), items->items.begin(), items->items.end());
    } else {
      const Dict* dict = value.dict();
      if (!dict) throw Failure{"a dict behind '**'", std::string(type_name(value))};
      budget_.steps(4 * dict->entries.size());
      for (const auto& [key, entry] : dict->entries) {
        if (!key.string()) throw Failure{"strings as argument names", std::string(type_name(key))};
        out.named.emplace_back(std::string(key.string()->view()), entry);
      }
    }
  }
  return out;
}

Value Interpreter::evaluate_call(const Expr& expr, const ScopePtr& scope) {
  Value callee = evaluate(*expr.children[0], scope);
  Arguments arguments = evaluate_arguments(expr, scope);
  line_ = expr.line;
  return call(callee, std::move(arguments));
}

Value Interpreter::call(const Value& callee, Arguments arguments) {
  if (callee.is<Undefined>()) fail_undefined(callee);
  const auto* callable = callee.as<CallablePtr>();
  if (!callable) throw Failure{"a function to call", std::string(type_name(callee))};
  CallablePtr function = *callable;
  if (function->macro) return call_macro(*function->macro, std::move(arguments));
  if (function->is_method) return call_method(*this, function->self, function->name, std::move(arguments));
  return call_function(*this, function->name, std::move(arguments));
}

Value Interpreter::get_attribute(const Value& object, const std::string& name) {
  if (object.is<Undefined>()) fail_undefined(object);
  if (const auto* space = object.as<Namespace*>()) {
    const Value* value = (*space)->find(name);
    return value ? *value : Value::undefined(name);
  }
  if (const auto* loop = object.as<LoopPtr>()) return loop_attribute(*loop, name);
  if (const auto* callable = object.as<CallablePtr>()) {
    return (*callable)->macro && name == "name" ? Value::text((*callable)->name, true)
                                                : Value::undefined(name);
  }
  if (is_method(object, name)) {
    depth_of(object);
    return Value(CallablePtr(std::make_shared<const Callable>(Callable{nullptr, name, object, true})));
  }
  if (const Dict* dict = object.dict()) {
    const Value* value = dict->find(name);
    if (value) return *value;
  }
  return Value::undefined(name);
}

Value Interpreter::get_item(const Value& object, const Value& key) {
  if (object.is<Undefined>()) fail_undefined(object);
  if (const Dict* dict = object.dict()) {
    if (const Value* value = find_key(*dict, key, budget_)) return *value;
  }
  if (const SourcedText* name = key.string()) {
    if (name->size() > 256) return Value::undefined("attribute");
    return get_attribute(object, std::string(name->view()));
  }
  if (!is_integer(key)) return Value::undefined("item");
  int64_t index = to_integer(key, "an index");
  if (const SourcedText* text = object.string()) return character_at(*text, index, budget_);
  const Sequence* sequence = object.sequence();
  if (!sequence || !sequence->is_indexable()) return Value::undefined(std::to_string(index));
  auto size = static_cast<int64_t>(sequence->items.size());
  if (index < 0) index += size;
  if (index < 0 || index >= size) return Value::undefined(std::to_string(index));
  return sequence->items[static_cast<size_t>(index)];
}

}  // namespace auris::text::jinja
