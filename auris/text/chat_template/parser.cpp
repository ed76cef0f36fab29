#include "auris/text/chat_template/parser.h"

#include <algorithm>

#include <fmt/format.h>

#include "auris/base/error.h"

namespace auris::text::jinja {
namespace {

std::string describe(const Token& token) {
  switch (token.kind) {
    case TokenKind::kText: return "template text";
    case TokenKind::kBlockBegin: return "'{%'";
    case TokenKind::kBlockEnd: return "'%}'";
    case TokenKind::kVariableBegin: return "'{{'";
    case TokenKind::kVariableEnd: return "'}}'";
    case TokenKind::kEnd: return "the end of the template";
    default: return quoted(token.text, 40);
  }
}

bool assigns(const Target& target, std::string_view name) {
  return target.name == name || std::any_of(target.parts.begin(), target.parts.end(),
                                            [&](const Target& part) { return assigns(part, name); });
}

}  // namespace

bool Parser::skip_operator(std::string_view text) {
  if (!is_operator(text)) return false;
  advance();
  return true;
}

bool Parser::skip_word(std::string_view text) {
  if (!is_word(text)) return false;
  advance();
  return true;
}

void Parser::expect_operator(std::string_view text) {
  if (!skip_operator(text)) fail(fmt::format("'{}'", text));
}

void Parser::expect_word(std::string_view text) {
  if (!skip_word(text)) fail(fmt::format("'{}'", text));
}

std::string Parser::expect_name() {
  if (current().kind != TokenKind::kName) fail("a name");
  std::string name = current().text;
  advance();
  return name;
}

void Parser::fail(std::string expected) const {
  fail_syntax(current().line, std::move(expected), describe(current()));
}

void Parser::expect_block_end() {
  if (current().kind != TokenKind::kBlockEnd) fail("'%}'");
  advance();
}

Block Parser::parse_template() {
  Block block = parse_block({});
  if (current().kind != TokenKind::kEnd) fail("a known statement");
  return block;
}

// Statements up to a block whose first word is one of `ends`; that word is the current token afterwards.
Block Parser::parse_block(std::initializer_list<std::string_view> ends) {
  if (++block_depth_ > kMaxBlockDepth) fail(fmt::format("blocks nested at most {} deep", kMaxBlockDepth));
  Block block;
  while (current().kind != TokenKind::kEnd) {
    auto stmt = std::make_unique<Stmt>();
    stmt->line = current().line;
    if (current().kind == TokenKind::kText) {
      stmt->text = std::make_shared<const SourcedText>(current().text, true);
      advance();
    } else if (current().kind == TokenKind::kVariableBegin) {
      advance();
      stmt->kind = StmtKind::kPrint;
      stmt->expression = parse_tuple(true);
      if (current().kind != TokenKind::kVariableEnd) fail("'}}'");
      advance();
    } else {
      if (current().kind != TokenKind::kBlockBegin) fail("a tag");
      advance();
      if (current().kind != TokenKind::kName) fail("the name of a statement");
      if (std::find(ends.begin(), ends.end(), current().text) != ends.end()) {
        --block_depth_;
        return block;
      }
      stmt = parse_statement();
    }
    block.push_back(std::move(stmt));
  }
  if (ends.size() > 0) fail(fmt::format("'{{% {} %}}'", *(ends.end() - 1)));
  --block_depth_;
  return block;
}

std::unique_ptr<Stmt> Parser::parse_statement() {
  auto stmt = std::make_unique<Stmt>();
  stmt->line = current().line;
  std::string name = expect_name();
  if (name == "if") {
    parse_if(*stmt);
  } else if (name == "for") {
    parse_for(*stmt);
  } else if (name == "set") {
    parse_set(*stmt);
  } else if (name == "macro") {
    parse_macro(*stmt);
  } else if (name == "call") {
    parse_call_block(*stmt);
  } else if (name == "with") {
    parse_with(*stmt);
  } else if (name == "filter") {
    stmt->kind = StmtKind::kFilterBlock;
    stmt->condition = parse_filter(finish(make(ExprKind::kBody)));
    while (skip_operator("|")) stmt->condition = parse_filter(std::move(stmt->condition));
    stmt->blocks.push_back(parse_isolated_block("endfilter"));
  } else if (name == "generation") {
    stmt->kind = StmtKind::kGeneration;
    stmt->blocks.push_back(parse_isolated_block("endgeneration"));
  } else if (name == "break" || name == "continue") {
    stmt->kind = name == "break" ? StmtKind::kBreak : StmtKind::kContinue;
    if (loop_depth_ == 0) fail_syntax(stmt->line, "a loop around it", fmt::format("'{}'", name));
    expect_block_end();
  } else {
    fail_syntax(stmt->line, "a statement that chat templates may use", quoted(name, 40));
  }
  return stmt;
}

void Parser::parse_if(Stmt& stmt) {
  stmt.kind = StmtKind::kIf;
  while (true) {
    stmt.conditions.push_back(parse_tuple(false));
    expect_block_end();
    stmt.blocks.push_back(parse_block({"elif", "else", "endif"}));
    if (skip_word("elif")) continue;
    if (skip_word("else")) {
      expect_block_end();
      stmt.blocks.push_back(parse_block({"endif"}));
    }
    expect_word("endif");
    return expect_block_end();
  }
}

void Parser::parse_for(Stmt& stmt) {
  stmt.kind = StmtKind::kFor;
  stmt.target = parse_target(false);
  if (assigns(stmt.target, "loop")) fail("a loop that does not assign to 'loop'");
  expect_word("in");
  stmt.expression = parse_tuple(false);
  if (skip_word("if")) stmt.condition = parse_expression();
  if (is_word("recursive")) fail("a loop that is not recursive");
  expect_block_end();
  ++loop_depth_;
  stmt.blocks.push_back(parse_block({"else", "endfor"}));
  --loop_depth_;
  if (skip_word("else")) {
    expect_block_end();
    stmt.blocks.push_back(parse_block({"endfor"}));
  }
  expect_word("endfor");
  expect_block_end();
}

void Parser::parse_set(Stmt& stmt) {
  stmt.target = parse_target(true);
  if (skip_operator("=")) {
    stmt.kind = StmtKind::kSet;
    stmt.expression = parse_tuple(true);
    return expect_block_end();
  }
  stmt.kind = StmtKind::kSetBlock;
  if (is_operator("|")) stmt.condition = finish(make(ExprKind::kBody));
  while (skip_operator("|")) stmt.condition = parse_filter(std::move(stmt.condition));
  stmt.blocks.push_back(parse_isolated_block("endset"));
}

// A body that is rendered on its own, so that break and continue cannot leave it: "%} ... {% end %}".
Block Parser::parse_isolated_block(std::string_view end) {
  expect_block_end();
  int outer_loops = std::exchange(loop_depth_, 0);
  Block block = parse_block({end});
  loop_depth_ = outer_loops;
  expect_word(end);
  expect_block_end();
  return block;
}

void Parser::parse_signature(Stmt& stmt) {
  expect_operator("(");
  while (!is_operator(")")) {
    if (!stmt.parameters.empty()) expect_operator(",");
    Parameter parameter{expect_name(), nullptr};
    if (skip_operator("=")) {
      parameter.default_value = parse_expression();
    } else if (!stmt.parameters.empty() && stmt.parameters.back().default_value) {
      fail("a default value");
    }
    if (parameter.name == "caller" && !parameter.default_value) fail("a default value for 'caller'");
    stmt.parameters.push_back(std::move(parameter));
  }
  advance();
}

void Parser::parse_macro_body(Stmt& stmt, std::string_view end) {
  macros_.emplace_back();
  stmt.blocks.push_back(parse_isolated_block(end));
  stmt.uses_caller = macros_.back().caller;
  stmt.uses_varargs = macros_.back().varargs;
  stmt.uses_kwargs = macros_.back().kwargs;
  macros_.pop_back();
}

void Parser::parse_macro(Stmt& stmt) {
  stmt.kind = StmtKind::kMacro;
  stmt.name = expect_name();
  parse_signature(stmt);
  parse_macro_body(stmt, "endmacro");
}

void Parser::parse_call_block(Stmt& stmt) {
  stmt.kind = StmtKind::kCallBlock;
  stmt.name = "caller";
  if (is_operator("(")) parse_signature(stmt);
  stmt.expression = parse_expression();
  if (stmt.expression->kind != ExprKind::kCall) fail("a call");
  parse_macro_body(stmt, "endcall");
}

void Parser::parse_with(Stmt& stmt) {
  stmt.kind = StmtKind::kWith;
  while (current().kind != TokenKind::kBlockEnd) {
    if (!stmt.targets.empty()) expect_operator(",");
    stmt.targets.push_back(parse_target(false));
    expect_operator("=");
    stmt.conditions.push_back(parse_expression());
  }
  advance();
  stmt.blocks.push_back(parse_block({"endwith"}));
  advance();
  expect_block_end();
}

Target Parser::parse_target_part(bool with_attribute) {
  if (++expr_depth_ > kMaxExprDepth) fail("a simpler target");
  Target target;
  if (skip_operator("(")) {
    target = parse_target(with_attribute);
    expect_operator(")");
  } else {
    target.name = expect_name();
    if (target.name == "true" || target.name == "false" || target.name == "none" || target.name == "True" ||
        target.name == "False" || target.name == "None") {
      fail("a name that can be assigned");
    }
    if (with_attribute && skip_operator(".")) {
      target.kind = Target::kAttribute;
      target.attribute = expect_name();
    }
  }
  --expr_depth_;
  return target;
}

Target Parser::parse_target(bool with_attribute) {
  Target first = parse_target_part(with_attribute);
  if (!is_operator(",")) return first;
  Target tuple;
  tuple.kind = Target::kTuple;
  tuple.parts.push_back(std::move(first));
  while (skip_operator(",")) {
    if (current().kind != TokenKind::kName && !is_operator("(")) break;
    if (is_word("in")) break;
    tuple.parts.push_back(parse_target_part(with_attribute));
  }
  return tuple;
}

std::shared_ptr<const Program> parse_program(std::string_view source) {
  if (source.size() > kMaxSourceBytes) {
    throw Error(ErrorCode::kModel, {.where = "chat template",
                                    .expected = fmt::format("at most {} bytes", kMaxSourceBytes),
                                    .got = std::to_string(source.size()),
                                    .hint = ""});
  }
  auto program = std::make_shared<Program>();
  program->body = Parser(tokenize(source)).parse_template();
  return program;
}

}  // namespace auris::text::jinja
