#include "auris/text/golden_cases.h"

#include <gtest/gtest.h>

#include <fstream>

#include <nlohmann/json.hpp>

#include "auris/base/error.h"
#include "auris/text/stream_decoder.h"

namespace auris::text {
namespace {

using nlohmann::json;
using Ids = std::vector<TokenId>;

std::string streamed(const Tokenizer& tokenizer, const Ids& ids, bool with_special) {
  StreamDecoder decoder(tokenizer, with_special);
  std::string text;
  for (const TokenId id : ids) text += decoder.push(id);
  return text + decoder.finish();
}

void check_case(const Tokenizer& tokenizer, const json& golden) {
  const std::string text = bytes_from_hex(golden.at("text"));
  SCOPED_TRACE(auris::quoted(text, 200));
  MarkedText marked;
  marked.append(text, true);
  const auto ids = golden.at("ids").get<Ids>();
  EXPECT_EQ(tokenizer.encode(marked), ids);
  const auto untrusted = golden.value("untrusted", ids);
  EXPECT_EQ(tokenizer.encode(text), untrusted);
  const auto decoded = golden.at("decoded").get<std::string>();
  EXPECT_EQ(tokenizer.decode(ids), decoded);
  const json with_special = golden.value("decoded_with_special", json(decoded));
  if (!with_special.is_null()) {  // SentencePiece itself cannot show its control pieces
    EXPECT_EQ(tokenizer.decode(ids, true), with_special.get<std::string>());
    EXPECT_EQ(streamed(tokenizer, ids, true), with_special.get<std::string>());
  }
  EXPECT_EQ(tokenizer.decode(untrusted), golden.value("untrusted_decoded", decoded));
  EXPECT_EQ(streamed(tokenizer, ids, false), decoded);
}

}  // namespace

std::string bytes_from_hex(const std::string& hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

void check_golden(const Tokenizer& tokenizer, const std::string& name) {
  std::ifstream file(golden_path(name + ".json"));
  ASSERT_TRUE(file) << name;
  const json golden = json::parse(file);
  ASSERT_GE(golden.at("cases").size(), 250u);
  for (const json& item : golden.at("cases")) check_case(tokenizer, item);
  for (const json& run : golden.at("runs")) {
    const auto ids = run.at("ids").get<Ids>();
    SCOPED_TRACE(run.at("ids").dump());
    EXPECT_EQ(tokenizer.decode(ids), run.at("decoded").get<std::string>());
    if (run.value("streams", true)) {
      EXPECT_EQ(streamed(tokenizer, ids, false), run.at("decoded").get<std::string>());
    }
  }
}

}  // namespace auris::text
