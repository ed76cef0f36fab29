#include <algorithm>

#include <fmt/format.h>

#include "auris/text/chat_template/parser.h"

namespace auris::text::jinja {
namespace {

constexpr std::string_view kComparisons[] = {"==", "!=", "<", "<=", ">", ">="};

// Counts nesting while a rule runs, so that hostile brackets end in an error and not in a full stack.
class Nesting {
 public:
  explicit Nesting(int& depth) : depth_(depth) { ++depth_; }
  ~Nesting() { --depth_; }

 private:
  int& depth_;
};

}  // namespace

ExprPtr Parser::make(ExprKind kind, ExprPtr a, ExprPtr b) const {
  auto node = std::make_unique<Expr>();
  node->kind = kind;
  node->line = current().line;
  if (a) node->children.push_back(std::move(a));
  if (b) node->children.push_back(std::move(b));
  return node;
}

ExprPtr Parser::finish(ExprPtr node) const {
  int depth = 0;
  for (const ExprPtr& child : node->children) depth = std::max(depth, child ? child->depth : 0);
  for (const Argument& argument : node->arguments) depth = std::max(depth, argument.value->depth);
  node->depth = depth + 1;
  if (node->depth > kMaxExprDepth) fail(fmt::format("expressions nested at most {} deep", kMaxExprDepth));
  return node;
}

bool Parser::is_tuple_end() const {
  return current().kind == TokenKind::kVariableEnd || current().kind == TokenKind::kBlockEnd ||
         is_operator(")");
}

ExprPtr Parser::parse_tuple(bool with_conditional, bool in_parentheses) {
  std::vector<ExprPtr> items;
  bool is_tuple = false;
  while (true) {
    if (!items.empty()) expect_operator(",");
    if (is_tuple_end() || is_word("recursive")) break;
    items.push_back(with_conditional ? parse_expression() : parse_or());
    if (!is_operator(",")) break;
    is_tuple = true;
  }
  if (!is_tuple && !items.empty()) return std::move(items[0]);
  if (!is_tuple && !in_parentheses) fail("an expression");
  ExprPtr node = make(ExprKind::kTuple);
  node->children = std::move(items);
  return finish(std::move(node));
}

ExprPtr Parser::parse_expression() { return parse_conditional(); }

ExprPtr Parser::parse_conditional() {
  Nesting nesting(expr_depth_);
  if (expr_depth_ > kMaxExprDepth) fail(fmt::format("expressions nested at most {} deep", kMaxExprDepth));
  ExprPtr value = parse_or();
  while (skip_word("if")) {
    ExprPtr node = make(ExprKind::kConditional, std::move(value), parse_or());
    node->children.push_back(skip_word("else") ? parse_conditional() : nullptr);
    value = finish(std::move(node));
  }
  return value;
}

ExprPtr Parser::parse_or() {
  ExprPtr left = parse_and();
  while (skip_word("or")) left = finish(make(ExprKind::kOr, std::move(left), parse_and()));
  return left;
}

ExprPtr Parser::parse_and() {
  ExprPtr left = parse_not();
  while (skip_word("and")) left = finish(make(ExprKind::kAnd, std::move(left), parse_not()));
  return left;
}

ExprPtr Parser::parse_not() {
  Nesting nesting(expr_depth_);
  if (expr_depth_ > kMaxExprDepth) fail(fmt::format("expressions nested at most {} deep", kMaxExprDepth));
  if (skip_word("not")) return finish(make(ExprKind::kNot, parse_not()));
  return parse_compare();
}

ExprPtr Parser::parse_compare() {
  ExprPtr first = parse_sum();
  ExprPtr node;
  while (true) {
    std::string op;
    bool is_symbol =
        current().kind == TokenKind::kOperator &&
        std::find(std::begin(kComparisons), std::end(kComparisons), current().text) != std::end(kComparisons);
    if (is_symbol || is_word("in")) {
      op = current().text;
      advance();
    } else if (is_word("not") && next().kind == TokenKind::kName && next().text == "in") {
      op = "not in";
      advance();
      advance();
    } else {
      break;
    }
    if (!node) node = make(ExprKind::kCompare, std::move(first));
    node->operators.push_back(op);
    node->children.push_back(parse_sum());
  }
  return node ? finish(std::move(node)) : std::move(first);
}

ExprPtr Parser::parse_sum() {
  ExprPtr left = parse_concat();
  while (is_operator("+") || is_operator("-")) {
    std::string op = current().text;
    advance();
    left = make(ExprKind::kArithmetic, std::move(left), parse_concat());
    left->text = op;
    left = finish(std::move(left));
  }
  return left;
}

ExprPtr Parser::parse_concat() {
  ExprPtr first = parse_product();
  if (!is_operator("~")) return first;
  ExprPtr node = make(ExprKind::kConcat, std::move(first));
  while (skip_operator("~")) node->children.push_back(parse_product());
  return finish(std::move(node));
}

ExprPtr Parser::parse_product() {
  ExprPtr left = parse_power();
  while (is_operator("*") || is_operator("/") || is_operator("//") || is_operator("%")) {
    std::string op = current().text;
    advance();
    left = make(ExprKind::kArithmetic, std::move(left), parse_power());
    left->text = op;
    left = finish(std::move(left));
  }
  return left;
}

ExprPtr Parser::parse_power() {
  ExprPtr left = parse_unary(true);
  while (skip_operator("**")) {
    left = make(ExprKind::kArithmetic, std::move(left), parse_unary(true));
    left->text = "**";
    left = finish(std::move(left));
  }
  return left;
}

ExprPtr Parser::parse_unary(bool with_filters) {
  Nesting nesting(expr_depth_);
  if (expr_depth_ > kMaxExprDepth) fail(fmt::format("expressions nested at most {} deep", kMaxExprDepth));
  ExprPtr node;
  if (skip_operator("-")) {
    node = finish(make(ExprKind::kNegative, parse_unary(false)));
  } else if (skip_operator("+")) {
    node = finish(make(ExprKind::kPositive, parse_unary(false)));
  } else {
    node = parse_primary();
  }
  node = parse_postfix(std::move(node));
  return with_filters ? parse_filters_and_tests(std::move(node)) : std::move(node);
}

ExprPtr Parser::parse_primary() {
  ExprPtr node = make(ExprKind::kConstant);
  const Token& token = current();
  if (token.kind == TokenKind::kName) {
    const std::string& name = token.text;
    if (name == "true" || name == "True" || name == "false" || name == "False") {
      node->value = Value(name[0] == 't' || name[0] == 'T');
    } else if (name == "none" || name == "None") {
      node->value = Value(None{});
    } else {
      node->kind = ExprKind::kName;
      node->text = name;
      for (SpecialNames& macro : macros_) {
        macro.caller |= name == "caller";
        macro.varargs |= name == "varargs";
        macro.kwargs |= name == "kwargs";
      }
    }
    advance();
  } else if (token.kind == TokenKind::kString) {
    std::string text;
    for (; current().kind == TokenKind::kString; advance()) text += current().text;
    node->value = Value::text(text, true);
  } else if (token.kind == TokenKind::kInteger || token.kind == TokenKind::kFloat) {
    node->value = token.kind == TokenKind::kInteger ? Value::integer(token.integer) : Value::real(token.real);
    advance();
  } else if (skip_operator("(")) {
    node = parse_tuple(true, true);
    expect_operator(")");
  } else if (is_operator("[")) {
    node = parse_list();
  } else if (is_operator("{")) {
    node = parse_dict();
  } else {
    fail("an expression");
  }
  return node;
}

ExprPtr Parser::parse_list() {
  ExprPtr node = make(ExprKind::kList);
  advance();
  while (!is_operator("]")) {
    if (!node->children.empty()) expect_operator(",");
    if (is_operator("]")) break;
    node->children.push_back(parse_expression());
  }
  advance();
  return finish(std::move(node));
}

ExprPtr Parser::parse_dict() {
  ExprPtr node = make(ExprKind::kDict);
  advance();
  while (!is_operator("}")) {
    if (!node->children.empty()) expect_operator(",");
    if (is_operator("}")) break;
    node->children.push_back(parse_expression());
    expect_operator(":");
    node->children.push_back(parse_expression());
  }
  advance();
  return finish(std::move(node));
}

ExprPtr Parser::parse_postfix(ExprPtr node) {
  while (true) {
    if (is_operator(".") || is_operator("[")) {
      node = parse_subscript(std::move(node));
    } else if (is_operator("(")) {
      node = make(ExprKind::kCall, std::move(node));
      node->arguments = parse_arguments();
      node = finish(std::move(node));
    } else {
      return node;
    }
  }
}

ExprPtr Parser::parse_subscript(ExprPtr object) {
  if (skip_operator(".")) {
    ExprPtr node;
    if (current().kind == TokenKind::kName) {
      node = make(ExprKind::kAttribute, std::move(object));
      node->text = current().text;
    } else if (current().kind == TokenKind::kInteger) {
      ExprPtr index = make(ExprKind::kConstant);
      index->value = Value::integer(current().integer);
      node = make(ExprKind::kItem, std::move(object), std::move(index));
    } else {
      fail("a name or a number");
    }
    advance();
    return finish(std::move(node));
  }
  advance();  // [
  ExprPtr parts[3];
  int count = 0;  // colons seen
  while (true) {
    if (skip_operator(":")) {
      if (++count > 2) fail("']'");
    } else if (is_operator("]")) {
      break;
    } else if (parts[count]) {
      fail("']'");
    } else {
      parts[count] = parse_expression();
    }
  }
  advance();
  if (count == 0) {
    if (!parts[0]) fail("an index");
    return finish(make(ExprKind::kItem, std::move(object), std::move(parts[0])));
  }
  ExprPtr node = make(ExprKind::kSlice, std::move(object));
  for (ExprPtr& part : parts) node->children.push_back(std::move(part));
  return finish(std::move(node));
}

ExprPtr Parser::parse_filters_and_tests(ExprPtr node) {
  while (true) {
    if (skip_operator("|")) {
      node = parse_filter(std::move(node));
    } else if (skip_word("is")) {
      node = parse_test(std::move(node));
    } else if (is_operator("(")) {  // calls are allowed behind filters
      node = make(ExprKind::kCall, std::move(node));
      node->arguments = parse_arguments();
      node = finish(std::move(node));
    } else {
      return node;
    }
  }
}

ExprPtr Parser::parse_filter(ExprPtr value) {
  ExprPtr node = make(ExprKind::kFilter, std::move(value));
  node->text = expect_name();
  while (skip_operator(".")) node->text += "." + expect_name();
  if (is_operator("(")) node->arguments = parse_arguments();
  return finish(std::move(node));
}

ExprPtr Parser::parse_test(ExprPtr value) {
  ExprPtr node = make(ExprKind::kTest, std::move(value));
  bool negated = skip_word("not");
  node->text = expect_name();
  while (skip_operator(".")) node->text += "." + expect_name();
  bool is_word_argument =
      current().kind == TokenKind::kName && !is_word("else") && !is_word("or") && !is_word("and");
  bool is_literal = current().kind == TokenKind::kString || current().kind == TokenKind::kInteger ||
                    current().kind == TokenKind::kFloat || is_operator("[") || is_operator("{");
  if (is_operator("(")) {
    node->arguments = parse_arguments();
  } else if (is_word_argument || is_literal) {
    if (is_word("is")) fail("one test");
    node->arguments.push_back({Argument::kPositional, "", parse_postfix(parse_primary())});
  }
  node = finish(std::move(node));
  return negated ? finish(make(ExprKind::kNot, std::move(node))) : std::move(node);
}

std::vector<Argument> Parser::parse_arguments() {
  expect_operator("(");
  std::vector<Argument> arguments;
  auto seen = [&](Argument::Kind kind) {
    return std::any_of(arguments.begin(), arguments.end(), [&](const Argument& a) { return a.kind == kind; });
  };
  while (!is_operator(")")) {
    if (!arguments.empty()) expect_operator(",");
    if (is_operator(")")) break;
    Argument argument;
    if (skip_operator("*")) {
      argument.kind = Argument::kSpread;
    } else if (skip_operator("**")) {
      argument.kind = Argument::kSpreadNamed;
    } else if (current().kind == TokenKind::kName && next().kind == TokenKind::kOperator &&
               next().text == "=") {
      argument.kind = Argument::kNamed;
      argument.name = expect_name();
      advance();
    }
    bool repeated =
        argument.kind != Argument::kPositional && argument.kind != Argument::kNamed && seen(argument.kind);
    bool late = argument.kind == Argument::kPositional && (seen(Argument::kNamed) || seen(Argument::kSpread));
    if (repeated || late || seen(Argument::kSpreadNamed)) fail("arguments in their order");
    argument.value = parse_expression();
    arguments.push_back(std::move(argument));
  }
  advance();
  return arguments;
}

}  // namespace auris::text::jinja
