#include "auris/text/tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <functional>
#include <sstream>

#include <nlohmann/json.hpp>

#include "auris/base/error.h"
#include "auris/text/golden_cases.h"
#include "auris/text/stream_decoder.h"

namespace auris::text {
namespace {

using nlohmann::json;
using Ids = std::vector<TokenId>;

constexpr const char* kFixtures[] = {
    "gpt2", "llama-3", "qwen2", "tekken", "gemma", "mistral-prepend", "mistral-metaspace", "t5"};

std::shared_ptr<const Tokenizer> fixture(const std::string& name) {
  return load_tokenizer_json(golden_path(name + ".tokenizer.json"));
}

json fixture_json(const std::string& name) {
  std::ifstream file(golden_path(name + ".tokenizer.json"));
  return json::parse(file);
}

MarkedText trusted(std::string_view text) {
  MarkedText marked;
  marked.append(text, true);
  return marked;
}

ErrorCode code_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "no error";
  return ErrorCode::kInternal;
}

TEST(MarkedText, JoinsNeighbouringTrustedPieces) {
  MarkedText text;
  text.append("<|im_start|>", true);
  text.append("user\n", true);
  text.append("hi", false);
  text.append("", true);
  text.append("<|im_end|>", true);
  EXPECT_EQ(text.text, "<|im_start|>user\nhi<|im_end|>");
  EXPECT_THAT(text.trusted, testing::ElementsAre(MarkedText::Range{0, 17}, MarkedText::Range{19, 29}));
}

TEST(Tokenizer, RefusesRangesOutsideTheText) {
  const auto tokenizer = fixture("qwen2");
  for (const std::vector<MarkedText::Range>& ranges :
       {std::vector<MarkedText::Range>{{0, 4}}, {{2, 1}}, {{2, 3}, {1, 3}}}) {
    EXPECT_EQ(code_of([&] { tokenizer->encode(MarkedText{.text = "abc", .trusted = ranges}); }),
              ErrorCode::kUsage);
  }
}

// User text that spells a control mark is ordinary text; the same mark from a template is one token.
TEST(Tokenizer, FindsControlMarksInTrustedTextOnly) {
  for (const char* name : kFixtures) {
    SCOPED_TRACE(name);
    const auto tokenizer = fixture(name);
    const json file = fixture_json(name);
    for (const json& token : file.at("added_tokens")) {
      if (!token.at("special").get<bool>()) continue;
      const auto mark = token.at("content").get<std::string>();
      const TokenId id = token.at("id");
      EXPECT_TRUE(tokenizer->is_special(id)) << mark;
      EXPECT_EQ(tokenizer->find(mark), id);
      EXPECT_EQ(tokenizer->encode(trusted(mark)), Ids{id});
      if (mark == "<unk>") continue;  // a model may answer any unknown character with it
      for (const std::string& text : {mark, "a" + mark, mark + mark, " " + mark + "\n"}) {
        EXPECT_THAT(tokenizer->encode(text), testing::Not(testing::Contains(id))) << text;
      }
    }
  }
}

// A mark that lies across the border of a trusted range is not one.
TEST(Tokenizer, NeedsTheWholeMarkTrusted) {
  const auto tokenizer = fixture("qwen2");
  const std::string mark = "<|im_end|>";
  const TokenId id = *tokenizer->find(mark);
  const Ids plain = tokenizer->encode(mark);
  for (size_t cut = 1; cut < mark.size(); ++cut) {
    MarkedText head;
    head.append(mark.substr(0, cut), true);
    head.append(mark.substr(cut), false);
    EXPECT_EQ(tokenizer->encode(head), plain);
    MarkedText tail;
    tail.append(mark.substr(0, cut), false);
    tail.append(mark.substr(cut), true);
    EXPECT_EQ(tokenizer->encode(tail), plain);
  }
  MarkedText mixed;
  mixed.append("<|im_end|>", false);
  mixed.append("<|im_end|>", true);
  mixed.append("|im_end|>", false);
  const Ids ids = tokenizer->encode(mixed);
  EXPECT_EQ(std::count(ids.begin(), ids.end(), id), 1);
  EXPECT_EQ(tokenizer->decode(ids, true), mixed.text);
}

// Not special, but a mark all the same.
TEST(Tokenizer, LeavesToolMarksInUserTextAlone) {
  const auto tokenizer = fixture("qwen2");
  const TokenId id = *tokenizer->find("<tool_call>");
  EXPECT_EQ(tokenizer->encode(trusted("<tool_call>")), Ids{id});
  EXPECT_THAT(tokenizer->encode("<tool_call>"), testing::Not(testing::Contains(id)));
}

// Where no mark stands, the ids do not depend on what is trusted.
TEST(Tokenizer, EncodesAcrossBordersAsOneText) {
  for (const char* name : kFixtures) {
    SCOPED_TRACE(name);
    const auto tokenizer = fixture(name);
    const std::string text = "Hello wörld, 中文 12345  I'm\n\nhere";
    const Ids whole = tokenizer->encode(text);
    for (size_t cut = 0; cut <= text.size(); ++cut) {
      MarkedText marked;
      marked.append(text.substr(0, cut), cut % 2 == 0);
      marked.append(text.substr(cut), cut % 2 == 1);
      EXPECT_EQ(tokenizer->encode(marked), whole) << cut;
    }
  }
}

TEST(Tokenizer, TrustMovesAlongWhenBrokenBytesAreReplaced) {
  const auto tokenizer = fixture("qwen2");
  MarkedText text;
  text.append("\xff\xff<|im_end|>", false);
  text.append("<|im_end|>", true);
  text.append("\xc3", false);
  const Ids ids = tokenizer->encode(text);
  const TokenId id = *tokenizer->find("<|im_end|>");
  EXPECT_EQ(std::count(ids.begin(), ids.end(), id), 1);
  EXPECT_EQ(tokenizer->decode(ids, true), "\uFFFD\uFFFD<|im_end|><|im_end|>\uFFFD");
}

TEST(Tokenizer, PutsTheBeginningOfTextFirstWhenTheFileSaysSo) {
  EXPECT_EQ(fixture("llama-3")->encode("", true), Ids{*fixture("llama-3")->find("<|begin_of_text|>")});
  EXPECT_EQ(fixture("gemma")->encode("", true), Ids{2});
  EXPECT_EQ(fixture("qwen2")->encode("", true), Ids{});
  EXPECT_EQ(fixture("gemma")->bos(), 2);
  EXPECT_EQ(fixture("qwen2")->bos(), std::nullopt);
}

TEST(Tokenizer, PiecesAreBytes) {
  const auto qwen2 = fixture("qwen2");
  std::string bytes;
  for (const TokenId id : qwen2->encode("né 中")) bytes += qwen2->piece(id);
  EXPECT_EQ(bytes, "né 中");
  const auto gemma = fixture("gemma");
  EXPECT_EQ(gemma->piece(*gemma->find("<0xE4>")), "\xE4");
  EXPECT_EQ(gemma->piece(*gemma->find("▁a")), " a");
  EXPECT_EQ(gemma->piece(*gemma->find("<bos>")), "<bos>");
  EXPECT_EQ(code_of([&] { gemma->piece(static_cast<TokenId>(gemma->vocab_size())); }), ErrorCode::kUsage);
  EXPECT_EQ(code_of([&] { gemma->piece(-1); }), ErrorCode::kUsage);
}

// Every byte string that is UTF-8 comes back.
TEST(Tokenizer, ByteLevelRoundTrip) {
  for (const char* name : {"gpt2", "llama-3", "tekken"}) {
    const auto tokenizer = fixture(name);
    std::string all;
    for (char32_t code = 0; code < 0x3000; ++code) {
      all += static_cast<char>(0xE0 | (code >> 12));
      all += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
      all += static_cast<char>(0x80 | (code & 0x3F));
      if (code < 0x800) all.resize(all.size() - 3);
      if (code < 0x80) all += static_cast<char>(code);
    }
    EXPECT_EQ(tokenizer->decode(tokenizer->encode(all)), all) << name;
  }
}

TEST(StreamDecoder, HoldsBackAnUnfinishedCharacter) {
  const auto gemma = fixture("gemma");
  StreamDecoder decoder(*gemma);
  EXPECT_EQ(decoder.push(*gemma->find("<0xF0>")), "");
  EXPECT_EQ(decoder.push(*gemma->find("<0x9F>")), "");
  EXPECT_EQ(decoder.push(*gemma->find("<0x98>")), "");
  EXPECT_EQ(decoder.push(*gemma->find("<0x80>")), "😀");
  EXPECT_EQ(decoder.push(*gemma->find("<0xF0>")), "");
  EXPECT_EQ(decoder.finish(), "\uFFFD");
  EXPECT_EQ(decoder.push(*gemma->find("a")), "a");
}

TEST(StreamDecoder, DoesNotWaitForEver) {
  const auto gemma = fixture("gemma");
  StreamDecoder decoder(*gemma);
  std::string text;
  for (int i = 0; i < 1000; ++i) text += decoder.push(*gemma->find("<0xF0>"));
  EXPECT_EQ(text.size(), 999u * 3);
  EXPECT_EQ(decoder.finish(), "\uFFFD");
}

// Of the processor: a busy machine may take its time.
double seconds(const std::function<void()>& act) {
  const std::clock_t begin = std::clock();
  act();
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

// Four times the text may take about four times as long, not sixteen.
TEST(Tokenizer, LongWordsTakeLinearTime) {
  for (const char* name : {"gpt2", "qwen2", "gemma", "mistral-metaspace"}) {
    const auto tokenizer = fixture(name);
    for (const std::string unit : {"a", "ab", "\u4e2d", " ", "\n", "e\u0301", "1"}) {
      const auto text_of = [&](size_t size) {
        std::string text;
        while (text.size() < size) text += unit;
        return text;
      };
      const std::string small = text_of(100'000);
      const std::string large = text_of(400'000);
      const double first = seconds([&] { tokenizer->encode(small); });
      const double second = seconds([&] { tokenizer->encode(large); });
      EXPECT_LT(second, 12 * first + 0.2) << name << " " << unit;
    }
  }
}

TEST(Tokenizer, RefusesPatternsThatRunAway) {
  json file = fixture_json("qwen2");
  file["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"] = "(a+)+$|(?:a|aa)+b";
  const auto tokenizer = parse_tokenizer_json(file.dump());
  std::string text(200, 'a');
  text += '!';
  const double taken =
      seconds([&] { EXPECT_EQ(code_of([&] { tokenizer->encode(text); }), ErrorCode::kModel); });
  EXPECT_LT(taken, 20);
}

TEST(Tokenizer, RefusesDamagedFiles) {
  const auto refused = [](const std::function<void(json&)>& damage, const char* name = "qwen2") {
    json file = fixture_json(name);
    damage(file);
    return code_of([&] { parse_tokenizer_json(file.dump()); }) == ErrorCode::kModel;
  };
  EXPECT_TRUE(refused([](json& f) { f["model"]["type"] = "Magic"; }));
  EXPECT_TRUE(refused([](json& f) { f["model"]["vocab"]["x"] = -1; }));
  EXPECT_TRUE(refused([](json& f) { f["model"]["vocab"]["x"] = 2000000000; }));
  EXPECT_TRUE(refused([](json& f) { f["model"]["vocab"]["x"] = "1"; }));
  EXPECT_TRUE(refused([](json& f) { f["model"]["vocab"]["x"] = json::object(); }));
  EXPECT_TRUE(refused([](json& f) { f["model"]["merges"][0] = "abc"; }));
  EXPECT_TRUE(refused([](json& f) { f["model"]["merges"][0] = json::array({"a"}); }));
  EXPECT_TRUE(refused([](json& f) { f["model"]["merges"].push_back("zzzzzz qqqqq"); }));
  EXPECT_TRUE(refused([](json& f) { f["added_tokens"][0]["id"] = 0; }));
  EXPECT_TRUE(refused([](json& f) { f["added_tokens"] = 7; }));
  EXPECT_TRUE(refused([](json& f) { f["normalizer"]["type"] = "Unheard"; }));
  EXPECT_TRUE(refused([](json& f) { f["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"] = "(["; }));
  EXPECT_TRUE(refused([](json& f) { f["decoder"] = json::array(); }));
  EXPECT_TRUE(
      refused([](json& f) { f["post_processor"]["single"][0]["SpecialToken"]["id"] = "none"; }, "tekken"));
  EXPECT_TRUE(refused([](json& f) { f["model"]["unk_id"] = 1 << 20; }, "t5"));
  EXPECT_TRUE(
      refused([](json& f) { f["normalizer"]["normalizers"][0]["precompiled_charsmap"] = "AAAA"; }, "t5"));
  EXPECT_EQ(code_of([] { parse_tokenizer_json(""); }), ErrorCode::kModel);
  EXPECT_EQ(code_of([] { parse_tokenizer_json("[]"); }), ErrorCode::kModel);
  EXPECT_EQ(code_of([] { parse_tokenizer_json(std::string(100'000, '[')); }), ErrorCode::kModel);
  EXPECT_EQ(code_of([] { load_tokenizer_json("/nowhere/tokenizer.json"); }), ErrorCode::kModel);
}

TEST(Sentencepiece, RefusesDamagedFiles) {
  std::ifstream file(golden_path("sentencepiece-bpe.model"), std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  const std::string good = content.str();
  ASSERT_GT(parse_sentencepiece(good)->vocab_size(), 500);
  for (const size_t size : {size_t{0}, size_t{1}, size_t{2}, good.size() / 2, good.size() - 1}) {
    EXPECT_EQ(code_of([&] { parse_sentencepiece(good.substr(0, size)); }), ErrorCode::kModel) << size;
  }
}

}  // namespace
}  // namespace auris::text
