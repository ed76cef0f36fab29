#pragma once
// Runs a parsed template once. Semantics are jinja2's with its default (lenient) undefined: an undefined
// value prints as nothing and is false, but looking into it fails.

#include <ctime>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "auris/text/chat_template/arguments.h"
#include "auris/text/chat_template/budget.h"
#include "auris/text/chat_template/syntax_tree.h"
#include "auris/text/chat_template/value.h"

namespace auris::text::jinja {

// Variables of one block; those of the blocks around it are seen through `parent`.
struct Scope {
  std::shared_ptr<Scope> parent;
  std::unordered_map<std::string_view, Value> variables;
};
using ScopePtr = std::shared_ptr<Scope>;

// A macro together with the variables it sees. The statement belongs to the program.
struct Macro {
  const Stmt* stmt = nullptr;
  ScopePtr scope;
};

class Interpreter {
 public:
  Interpreter(const RenderLimits& limits, std::tm now) : budget_(limits), now_(now) {}

  void define(std::string_view name, Value value);
  // Throws Failure; line() then tells where.
  SourcedText run(const Program& program);
  int line() const { return line_; }

  // For filters, tests and methods.
  Budget& budget() { return budget_; }
  const std::tm& now() const { return now_; }
  Value get_attribute(const Value& object, const std::string& name);
  Value get_item(const Value& object, const Value& key);
  Value apply_filter(const std::string& name, const Value& value, Arguments arguments);
  bool apply_test(const std::string& name, const Value& value, Arguments arguments);
  Value call(const Value& callee, Arguments arguments);
  Namespace* new_namespace() { return &namespaces_.emplace_back(); }

 private:
  enum class Flow { kNext, kBreak, kContinue };

  // Counts evaluations and blocks within each other, and refuses too many: the C++ stack is finite.
  class Nesting {
   public:
    explicit Nesting(Interpreter& interpreter);
    ~Nesting() { --interpreter_.depth_; }

   private:
    Interpreter& interpreter_;
  };

  // Statements (statements.cpp)
  Flow run_block(const Block& block, const ScopePtr& scope, TextBuilder& out);
  Flow run_statement(const Stmt& stmt, const ScopePtr& scope, TextBuilder& out);
  Flow run_if(const Stmt& stmt, const ScopePtr& scope, TextBuilder& out);
  Flow run_for(const Stmt& stmt, const ScopePtr& scope, TextBuilder& out);
  void run_with(const Stmt& stmt, const ScopePtr& scope, TextBuilder& out);
  void run_call_block(const Stmt& stmt, const ScopePtr& scope, TextBuilder& out);
  SourcedText capture(const Stmt& stmt, const ScopePtr& scope);
  SequencePtr select_elements(const Stmt& stmt, const ScopePtr& scope);
  void assign(const Target& target, const Value& value, const ScopePtr& scope);
  void print(const Value& value, TextBuilder& out);
  Value call_macro(const Macro& macro, Arguments arguments);
  Value make_macro(const Stmt& stmt, const ScopePtr& scope);

  // Expressions (expressions.cpp)
  Value evaluate(const Expr& expr, const ScopePtr& scope);
  Value evaluate_node(const Expr& expr, const ScopePtr& scope);
  Value look_up(const std::string& name, const Scope* scope);
  Value evaluate_compare(const Expr& expr, const ScopePtr& scope);
  Value evaluate_concat(const Expr& expr, const ScopePtr& scope);
  Value evaluate_dict(const Expr& expr, const ScopePtr& scope);
  Value evaluate_slice(const Expr& expr, const ScopePtr& scope);
  Value evaluate_call(const Expr& expr, const ScopePtr& scope);
  Arguments evaluate_arguments(const Expr& expr, const ScopePtr& scope);
  std::vector<Value> evaluate_all(const std::vector<ExprPtr>& exprs, const ScopePtr& scope);

  Budget budget_;
  std::tm now_;
  int line_ = 1;
  int depth_ = 0;
  Value captured_;  // what ExprKind::kBody stands for
  ScopePtr globals_ = std::make_shared<Scope>();
  std::deque<Namespace> namespaces_;
  std::deque<Macro> macros_;
};

}  // namespace auris::text::jinja
