#include <algorithm>
#include <utility>

#include "auris/text/chat_template/interpreter.h"
#include "auris/text/chat_template/value_text.h"

namespace auris::text::jinja {
namespace {

ScopePtr inner_scope(const ScopePtr& parent) {
  auto scope = std::make_shared<Scope>();
  scope->parent = parent;
  return scope;
}

}  // namespace

void Interpreter::define(std::string_view name, Value value) {
  globals_->variables.insert_or_assign(name, std::move(value));
}

SourcedText Interpreter::run(const Program& program) {
  TextBuilder out(budget_);
  run_block(program.body, inner_scope(globals_), out);
  return out.take();
}

Interpreter::Flow Interpreter::run_block(const Block& block, const ScopePtr& scope, TextBuilder& out) {
  Nesting nesting(*this);
  for (const auto& stmt : block) {
    Flow flow = run_statement(*stmt, scope, out);
    if (flow != Flow::kNext) return flow;
  }
  return Flow::kNext;
}

Interpreter::Flow Interpreter::run_statement(const Stmt& stmt, const ScopePtr& scope, TextBuilder& out) {
  budget_.steps(1);
  line_ = stmt.line;
  switch (stmt.kind) {
    case StmtKind::kText: print(Value(stmt.text), out); break;
    case StmtKind::kPrint: print(evaluate(*stmt.expression, scope), out); break;
    case StmtKind::kIf: return run_if(stmt, scope, out);
    case StmtKind::kFor: return run_for(stmt, scope, out);
    case StmtKind::kSet: assign(stmt.target, evaluate(*stmt.expression, scope), scope); break;
    case StmtKind::kSetBlock: assign(stmt.target, Value::text(capture(stmt, scope)), scope); break;
    case StmtKind::kMacro: scope->variables.insert_or_assign(stmt.name, make_macro(stmt, scope)); break;
    case StmtKind::kCallBlock: run_call_block(stmt, scope, out); break;
    case StmtKind::kFilterBlock: print(Value::text(capture(stmt, scope)), out); break;
    case StmtKind::kWith: run_with(stmt, scope, out); break;
    case StmtKind::kGeneration: run_block(stmt.blocks[0], inner_scope(scope), out); break;
    case StmtKind::kBreak: return Flow::kBreak;
    case StmtKind::kContinue: return Flow::kContinue;
  }
  return Flow::kNext;
}

void Interpreter::print(const Value& value, TextBuilder& out) {
  append_text(value, out, budget_);
  if (static_cast<int64_t>(out.size()) > budget_.limits().max_output_bytes) {
    throw Failure{fmt::format("a result of at most {} bytes", budget_.limits().max_output_bytes), "more"};
  }
}

Interpreter::Flow Interpreter::run_if(const Stmt& stmt, const ScopePtr& scope, TextBuilder& out) {
  size_t branch = 0;
  while (branch < stmt.conditions.size() && !truthy(evaluate(*stmt.conditions[branch], scope))) ++branch;
  if (branch >= stmt.blocks.size()) return Flow::kNext;
  return run_block(stmt.blocks[branch], scope, out);
}

// What the loop walks over, its filter applied.
SequencePtr Interpreter::select_elements(const Stmt& stmt, const ScopePtr& scope) {
  SequencePtr all = elements(evaluate(*stmt.expression, scope), budget_);
  if (!stmt.condition) return all;
  auto selected = std::make_shared<Sequence>();
  selected->depth = all->depth;
  ScopePtr inner = inner_scope(scope);
  for (const Value& item : all->items) {
    budget_.steps(1);
    inner->variables.clear();
    assign(stmt.target, item, inner);
    if (truthy(evaluate(*stmt.condition, inner))) selected->items.push_back(item);
  }
  return selected;
}

Interpreter::Flow Interpreter::run_for(const Stmt& stmt, const ScopePtr& scope, TextBuilder& out) {
  SequencePtr items = select_elements(stmt, scope);
  bool is_completed = false;  // like jinja2: rounds left by break or continue do not count
  for (size_t i = 0; i < items->items.size(); ++i) {
    budget_.steps(4);
    ScopePtr inner = inner_scope(scope);
    inner->variables.emplace("loop", Value(LoopPtr(std::make_shared<const Loop>(Loop{items, i}))));
    assign(stmt.target, items->items[i], inner);
    Flow flow = run_block(stmt.blocks[0], inner, out);
    if (flow == Flow::kBreak) break;
    is_completed |= flow == Flow::kNext;
  }
  if (is_completed || stmt.blocks.size() < 2) return Flow::kNext;
  return run_block(stmt.blocks[1], inner_scope(scope), out);
}

void Interpreter::run_with(const Stmt& stmt, const ScopePtr& scope, TextBuilder& out) {
  ScopePtr inner = inner_scope(scope);
  for (size_t i = 0; i < stmt.targets.size(); ++i) {
    assign(stmt.targets[i], evaluate(*stmt.conditions[i], scope), inner);
  }
  run_block(stmt.blocks[0], inner, out);
}

// The body of a {% set %} or {% filter %} block as text, its filters applied.
SourcedText Interpreter::capture(const Stmt& stmt, const ScopePtr& scope) {
  TextBuilder body(budget_);
  ScopePtr inner = inner_scope(scope);
  run_block(stmt.blocks[0], inner, body);
  if (!stmt.condition) return body.take();
  captured_ = Value::text(body.take());
  return text_of(evaluate(*stmt.condition, inner), budget_);
}

void Interpreter::assign(const Target& target, const Value& value, const ScopePtr& scope) {
  if (target.kind == Target::kName) {
    budget_.steps(1);
    scope->variables.insert_or_assign(target.name, value);
    return;
  }
  if (target.kind == Target::kAttribute) {
    Value object = look_up(target.name, scope.get());
    const auto* space = object.as<Namespace*>();
    if (!space)
      throw Failure{fmt::format("a namespace as '{}'", target.name), std::string(type_name(object))};
    if (target.attribute.starts_with('_')) {
      throw Failure{"a namespace attribute without a leading underscore", quoted(target.attribute, 40)};
    }
    if (Value* old = (*space)->find(target.attribute)) {
      *old = value;
    } else {
      (*space)->attributes.emplace_back(target.attribute, value);
    }
    return;
  }
  SequencePtr parts = elements(value, budget_);
  if (parts->items.size() != target.parts.size()) {
    throw Failure{fmt::format("{} values to unpack", target.parts.size()),
                  std::to_string(parts->items.size())};
  }
  for (size_t i = 0; i < target.parts.size(); ++i) assign(target.parts[i], parts->items[i], scope);
}

Value Interpreter::make_macro(const Stmt& stmt, const ScopePtr& scope) {
  budget_.steps(4);
  const Macro& macro = macros_.emplace_back(Macro{&stmt, scope});
  return Value(CallablePtr(std::make_shared<const Callable>(Callable{&macro, stmt.name, Value(), false})));
}

void Interpreter::run_call_block(const Stmt& stmt, const ScopePtr& scope, TextBuilder& out) {
  Value caller = make_macro(stmt, scope);
  Value callee = evaluate(*stmt.expression->children[0], scope);
  Arguments arguments = evaluate_arguments(*stmt.expression, scope);
  arguments.named.emplace_back("caller", std::move(caller));
  print(call(callee, std::move(arguments)), out);
}

Value Interpreter::call_macro(const Macro& macro, Arguments arguments) {
  const Stmt& stmt = *macro.stmt;
  ScopePtr scope = inner_scope(macro.scope);
  size_t count = std::min(arguments.positional.size(), stmt.parameters.size());
  auto take_named = [&](std::string_view name) {
    for (auto it = arguments.named.begin(); it != arguments.named.end(); ++it) {
      if (it->first != name) continue;
      std::optional<Value> value = std::move(it->second);
      arguments.named.erase(it);
      return value;
    }
    return std::optional<Value>();
  };
  for (size_t i = 0; i < stmt.parameters.size(); ++i) {
    const Parameter& parameter = stmt.parameters[i];
    Value value = Value::undefined(parameter.name);
    if (i < count) {
      value = arguments.positional[i];
    } else if (std::optional<Value> given = take_named(parameter.name)) {
      value = std::move(*given);
    } else if (parameter.default_value) {
      value = evaluate(*parameter.default_value, scope);
    }
    scope->variables.insert_or_assign(parameter.name, std::move(value));
  }
  if (stmt.uses_caller && !scope->variables.contains("caller")) {
    std::optional<Value> caller = take_named("caller");
    scope->variables.insert_or_assign("caller", caller ? *caller : Value::undefined("caller"));
  }
  if (stmt.uses_kwargs) {
    std::vector<std::pair<Value, Value>> rest;
    for (auto& [name, value] : arguments.named) rest.emplace_back(Value::text(name, true), std::move(value));
    scope->variables.insert_or_assign("kwargs", make_dict(std::move(rest), budget_));
  } else if (!arguments.named.empty()) {
    throw Failure{fmt::format("arguments that macro '{}' takes", stmt.name),
                  quoted(arguments.named[0].first, 40)};
  }
  std::vector<Value> rest(arguments.positional.begin() + static_cast<std::ptrdiff_t>(count),
                          arguments.positional.end());
  if (stmt.uses_varargs) {
    scope->variables.insert_or_assign("varargs", make_sequence(SequenceKind::kTuple, std::move(rest)));
  } else if (!rest.empty()) {
    throw Failure{fmt::format("at most {} arguments for macro '{}'", count, stmt.name), "more"};
  }
  TextBuilder out(budget_);
  run_block(stmt.blocks[0], scope, out);
  return Value::text(out.take());
}

}  // namespace auris::text::jinja
