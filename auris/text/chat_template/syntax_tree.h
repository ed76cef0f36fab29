#pragma once
// A parsed template.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "auris/text/chat_template/value.h"

namespace auris::text::jinja {

struct Expr;
using ExprPtr = std::unique_ptr<Expr>;

struct Argument {
  enum Kind { kPositional, kNamed, kSpread, kSpreadNamed } kind = kPositional;
  std::string name;  // kNamed
  ExprPtr value;
};

enum class ExprKind {
  kConstant,   // value
  kName,       // text
  kList,       // children
  kTuple,      // children
  kDict,       // children: key, value, key, value ...
  kAttribute,  // children[0].text
  kItem,       // children[0][children[1]]
  kSlice,      // children[0][children[1]:children[2]:children[3]], the last three may be null
  kCall,       // children[0](arguments)
  kFilter,     // children[0]|text(arguments)
  kTest,       // children[0] is text(arguments)
  kNot,
  kNegative,
  kPositive,
  kAnd,
  kOr,
  kArithmetic,   // children[0] text children[1]; text: + - * / // % **
  kConcat,       // children joined by ~
  kCompare,      // children[0] operators[0] children[1] operators[1] children[2] ...
  kConditional,  // children[0] if children[1] else children[2]; the last may be null
  kBody,         // the captured text that a filter block or {% set x | f %} works on
};

struct Expr {
  ExprKind kind = ExprKind::kConstant;
  int line = 1;
  int depth = 1;
  std::string text;
  Value value;
  std::vector<ExprPtr> children;
  std::vector<Argument> arguments;
  std::vector<std::string> operators;
};

// What `set`, `for` and `with` assign to.
struct Target {
  enum Kind { kName, kAttribute, kTuple } kind = kName;
  std::string name;           // kAttribute: of the namespace
  std::string attribute;      // kAttribute
  std::vector<Target> parts;  // kTuple
};

struct Stmt;
using Block = std::vector<std::unique_ptr<Stmt>>;

struct Parameter {
  std::string name;
  ExprPtr default_value;  // may be null
};

enum class StmtKind {
  kText,
  kPrint,
  kIf,
  kFor,
  kSet,
  kSetBlock,
  kMacro,
  kCallBlock,
  kFilterBlock,
  kWith,
  kGeneration,
  kBreak,
  kContinue,
};

struct Stmt {
  StmtKind kind = StmtKind::kText;
  int line = 1;
  TextPtr text;        // kText
  ExprPtr expression;  // kPrint, kSet; kFor: what to walk over; kCallBlock: the call
  ExprPtr condition;   // kFor: the filter, may be null; kSetBlock, kFilterBlock: filters, may be null
  Target target;       // kFor, kSet, kSetBlock
  std::vector<ExprPtr> conditions;  // kIf: one for each branch but a final else; kWith: values
  std::vector<Target> targets;      // kWith
  std::vector<Block> blocks;        // kIf: branches; kFor: body, else; others: body
  // kMacro, kCallBlock
  std::string name;
  std::vector<Parameter> parameters;
  bool uses_caller = false, uses_varargs = false, uses_kwargs = false;
};

struct Program {
  Block body;
};

// Throws Error(kModel).
std::shared_ptr<const Program> parse_program(std::string_view source);

}  // namespace auris::text::jinja
