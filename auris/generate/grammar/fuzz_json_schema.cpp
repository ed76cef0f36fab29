// Up to the first zero byte a JSON schema, behind it choices: what a model could write under that schema's
// form, token by token. Each token is one that the automaton reads by itself, and what ends is JSON.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "auris/base/error.h"
#include "auris/base/json_text.h"
#include "auris/generate/grammar/json_grammar.h"
#include "auris/text/golden_path.h"

namespace {

using namespace auris;
using namespace auris::generate;

constexpr size_t kMostTokens = 200;

void require(bool condition) {
  if (!condition) std::abort();
}

const text::Tokenizer& tokenizer() {
  static const auto kTokenizer = text::load_tokenizer_json(text::golden_path("gpt2.tokenizer.json"));
  return *kTokenizer;
}

std::shared_ptr<const TokenTrie> trie() {
  static const auto kTrie = std::make_shared<const TokenTrie>(tokenizer());
  return kTrie;
}

// The token that `choice` stands for among those that are allowed; -1 if none is.
text::TokenId chosen(std::span<const uint64_t> bits, uint8_t choice) {
  std::vector<text::TokenId> allowed;
  for (text::TokenId token = 0; token < tokenizer().vocab_size(); ++token) {
    if ((bits[static_cast<size_t>(token) / 64] >> (token % 64) & 1) != 0) allowed.push_back(token);
  }
  return allowed.empty() ? -1 : allowed[choice % allowed.size()];
}

void write(TextGrammar form, std::string_view choices) {
  TextGrammar same = form;
  Automaton automaton(std::move(same.grammar), same.root);
  const text::TokenId end = *tokenizer().find("<|endoftext|>");
  TokenGrammar grammar(std::move(form), trie(), std::span(&end, 1));
  auto state = grammar.start();
  auto plain = automaton.start();
  std::string written;
  for (const char choice : choices.substr(0, kMostTokens)) {
    const text::TokenId token = chosen(grammar.allowed(state), static_cast<uint8_t>(choice));
    if (token < 0) return;  // a form that goes on for ever
    if (token == end) {
      require(automaton.is_end(plain));
      require(nlohmann::json::accept(written));
      return;
    }
    for (const char byte : tokenizer().piece(token)) {
      plain = automaton.next(plain, static_cast<uint8_t>(byte));
      require(plain != Automaton::kDead);
    }
    state = grammar.after(state, token, tokenizer());
    written += tokenizer().piece(token);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string_view schema = bytes.substr(0, bytes.find('\0'));
  try {
    parse_json(schema, "schema", ErrorCode::kUsage);  // as the server does: bounds size and depth
    TextGrammar form = json_schema_grammar(nlohmann::ordered_json::parse(schema), "schema");
    write(std::move(form), bytes.substr(std::min(bytes.size(), schema.size() + 1)));
  } catch (const Error& refused) {
    require(refused.code() == ErrorCode::kUsage);
  }
  return 0;
}
