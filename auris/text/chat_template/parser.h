#pragma once
// Recursive descent over tokens, after jinja2's grammar. Depth of recursion and of the resulting tree is
// bounded.

#include <vector>

#include "auris/text/chat_template/lexer.h"
#include "auris/text/chat_template/syntax_tree.h"

namespace auris::text::jinja {

inline constexpr size_t kMaxSourceBytes = 256 << 10;  // the longest published templates have about 20 KB
inline constexpr int kMaxExprDepth = 100;
inline constexpr int kMaxBlockDepth = 40;

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}
  Block parse_template();

 private:
  // Tokens
  const Token& current() const { return tokens_[pos_]; }
  const Token& next() const { return tokens_[std::min(pos_ + 1, tokens_.size() - 1)]; }
  void advance() { pos_ = std::min(pos_ + 1, tokens_.size() - 1); }
  bool is_operator(std::string_view text) const { return is(TokenKind::kOperator, text); }
  bool is_word(std::string_view text) const { return is(TokenKind::kName, text); }
  bool is(TokenKind kind, std::string_view text) const {
    return current().kind == kind && current().text == text;
  }
  bool skip_operator(std::string_view text);
  bool skip_word(std::string_view text);
  void expect_operator(std::string_view text);
  void expect_word(std::string_view text);
  std::string expect_name();
  [[noreturn]] void fail(std::string expected) const;

  // Statements (parser.cpp)
  Block parse_block(std::initializer_list<std::string_view> ends);
  std::unique_ptr<Stmt> parse_statement();
  void parse_if(Stmt& stmt);
  void parse_for(Stmt& stmt);
  void parse_set(Stmt& stmt);
  void parse_macro(Stmt& stmt);
  void parse_call_block(Stmt& stmt);
  void parse_with(Stmt& stmt);
  void parse_signature(Stmt& stmt);
  void parse_macro_body(Stmt& stmt, std::string_view end);
  Block parse_isolated_block(std::string_view end);
  Target parse_target(bool with_attribute);
  Target parse_target_part(bool with_attribute);
  void expect_block_end();

  // Expressions (expression_parser.cpp)
  ExprPtr parse_tuple(bool with_conditional, bool in_parentheses = false);
  ExprPtr parse_expression();
  ExprPtr parse_conditional();
  ExprPtr parse_or();
  ExprPtr parse_and();
  ExprPtr parse_not();
  ExprPtr parse_compare();
  ExprPtr parse_sum();
  ExprPtr parse_concat();
  ExprPtr parse_product();
  ExprPtr parse_power();
  ExprPtr parse_unary(bool with_filters);
  ExprPtr parse_primary();
  ExprPtr parse_list();
  ExprPtr parse_dict();
  ExprPtr parse_postfix(ExprPtr node);
  ExprPtr parse_subscript(ExprPtr node);
  ExprPtr parse_filters_and_tests(ExprPtr node);
  ExprPtr parse_filter(ExprPtr node);
  ExprPtr parse_test(ExprPtr node);
  std::vector<Argument> parse_arguments();
  bool is_tuple_end() const;
  ExprPtr make(ExprKind kind, ExprPtr a = nullptr, ExprPtr b = nullptr) const;
  ExprPtr finish(ExprPtr node) const;  // computes and checks the depth

  std::vector<Token> tokens_;
  size_t pos_ = 0;
  int expr_depth_ = 0;
  int block_depth_ = 0;
  int loop_depth_ = 0;  // loops around, within the same macro or generation block
  struct SpecialNames {
    bool caller = false, varargs = false, kwargs = false;
  };
  std::vector<SpecialNames> macros_;  // those being parsed, outermost first
};

}  // namespace auris::text::jinja
