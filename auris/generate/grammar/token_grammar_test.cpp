#include "auris/generate/grammar/token_grammar.h"

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>

#include "auris/generate/grammar/json_grammar.h"
#include "auris/weights/catalog.h"
#include "auris/weights/checkpoint.h"

namespace auris::generate {
namespace {

std::shared_ptr<const text::Tokenizer> tokenizer() {
  static const auto shared = text::tokenizer_from_gguf(
      weights::open_checkpoint(weights::Catalog::load().resolve("smollm2-135m-instruct"))->metadata());
  return shared;
}

std::shared_ptr<const TokenTrie> trie() {
  static const auto shared = std::make_shared<const TokenTrie>(*tokenizer());
  return shared;
}

TextGrammar person() {
  return json_schema_grammar(nlohmann::ordered_json::parse(R"({"type":"object","properties":{
      "name":{"type":"string","maxLength":12},"age":{"type":"integer","minimum":0,"maximum":130},
      "tags":{"type":"array","items":{"enum":["a","b"]},"maxItems":3}},"required":["name","age"]})"),
                             "schema");
}

bool has(std::span<const uint64_t> bits, text::TokenId token) {
  return (bits[static_cast<size_t>(token) / 64] >> (token % 64) & 1) != 0;
}

// Walks at random; at every step what is allowed is what the grammar reads of each token by itself.
TEST(TokenGrammar, AllowsTheTokensThatTheGrammarCanRead) {
  const text::TokenId end = *tokenizer()->eos();
  std::mt19937 random(1);
  for (int walk = 0; walk < 10; ++walk) {
    TokenGrammar grammar(person(), trie(), std::span(&end, 1));
    TextGrammar same = person();
    Automaton automaton(std::move(same.grammar), same.root);
    auto state = grammar.start();
    Automaton::State plain = automaton.start();
    std::string written;
    bool has_ended = false;
    for (int step = 0; step < 60 && !has_ended; ++step) {
      const auto bits = grammar.allowed(state);
      std::vector<text::TokenId> choices;
      for (text::TokenId token = 0; token < tokenizer()->vocab_size(); ++token) {
        Automaton::State reached = plain;
        if (!tokenizer()->is_special(token)) {
          for (const char byte : tokenizer()->piece(token))
            reached = automaton.next(reached, static_cast<uint8_t>(byte));
        }
        const bool is_allowed = token == end ? automaton.is_end(plain)
                                             : !tokenizer()->is_special(token) && reached != Automaton::kDead;
        ASSERT_EQ(has(bits, token), is_allowed) << "token " << token << " behind " << written;
        if (is_allowed) choices.push_back(token);
      }
      ASSERT_FALSE(choices.empty()) << written;
      const text::TokenId token = choices[random() % choices.size()];
      has_ended = token == end;
      if (has_ended) continue;
      written += tokenizer()->piece(token);
      state = grammar.after(state, token, *tokenizer());
      for (const char byte : tokenizer()->piece(token))
        plain = automaton.next(plain, static_cast<uint8_t>(byte));
    }
    if (!has_ended) continue;
    const auto answer = nlohmann::json::parse(written);
    EXPECT_TRUE(answer.at("name").is_string());
    EXPECT_LE(answer.at("age").get<int>(), 130);
  }
}

void expect_refused(const std::string& schema) {
  const text::TokenId end = *tokenizer()->eos();
  EXPECT_THROW(TokenGrammar(json_schema_grammar(nlohmann::ordered_json::parse(schema), "schema"), trie(),
                            std::span(&end, 1)),
               Error)
      << schema;
}

TEST(TokenGrammar, RefusesAGrammarThatMatchesNothing) {
  expect_refused(R"({"$ref":"#"})");
  expect_refused(R"({"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]})");
  expect_refused(R"({"type":"array","items":{"$ref":"#"},"minItems":1})");
}

TEST(TokenGrammar, WhatGoesTooDeepIsAnErrorNotSilence) {
  const text::TokenId end = *tokenizer()->eos();
  TokenGrammar grammar(json_schema_grammar(nlohmann::ordered_json::object(), "schema"), trie(),
                       std::span(&end, 1));
  const auto dive = [&] {
    auto state = grammar.start();
    for (int i = 0; i < 2 * Automaton::kMostDepth; ++i) {
      grammar.allowed(state);
      state = grammar.after(state, *tokenizer()->find("["), *tokenizer());
    }
  };
  EXPECT_THROW(dive(), Error);
}

// A form of many properties in any number has states of many places: it is refused in seconds, each time.
TEST(TokenGrammar, WorkIsBounded) {
  nlohmann::ordered_json schema = {{"type", "object"}, {"properties", nlohmann::ordered_json::object()}};
  for (int i = 0; i < 5000; ++i)
    schema["properties"][std::to_string(i) + "x"] = nlohmann::ordered_json::object({{"type", "null"}});
  const text::TokenId end = *tokenizer()->eos();
  TokenGrammar grammar(json_schema_grammar(schema, "schema"), trie(), std::span(&end, 1));
  const auto write_all = [&] {
    auto state = grammar.start();
    for (int i = 0; i < 5000; ++i) {
      const std::string text = (i == 0 ? "{\"" : ",\"") + std::to_string(i) + "x\":null";
      for (const text::TokenId token : tokenizer()->encode(text)) {
        grammar.allowed(state);
        state = grammar.after(state, token, *tokenizer());
      }
    }
  };
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_THROW(write_all(), Error);
  EXPECT_THROW(write_all(), Error) << "of the next answer with the same form";
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(60));
}

}  // namespace
}  // namespace auris::generate
