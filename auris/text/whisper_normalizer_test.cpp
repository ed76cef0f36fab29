#include "auris/text/whisper_normalizer.h"

#include <gtest/gtest.h>

#include <fstream>

#include <nlohmann/json.hpp>

#include "auris/base/error.h"
#include "auris/text/golden_cases.h"

namespace auris::text {
namespace {

// tools/reference/dump_whisper_normalizers.py
TEST(WhisperNormalizer, IsTheReference) {
  std::ifstream file(golden_path("whisper-normalizers.json"));
  ASSERT_TRUE(file);
  const auto golden = nlohmann::json::parse(file);
  ASSERT_GE(golden.size(), 250u);
  const EnglishNormalizer english;
  for (const auto& item : golden) {
    const auto text = item.at("text").get<std::string>();
    SCOPED_TRACE(auris::quoted(text, 200));
    EXPECT_EQ(normalize_basic(text), item.at("basic").get<std::string>());
    EXPECT_EQ(normalize_basic(text, {.remove_diacritics = true}),
              item.at("without_diacritics").get<std::string>());
    EXPECT_EQ(normalize_basic(text, {.split_letters = true}), item.at("letters").get<std::string>());
    EXPECT_EQ(english(text), item.at("english").get<std::string>());
  }
}

TEST(WhisperNormalizer, MapsTheSpellingsItIsGiven) {
  const EnglishNormalizer english(Spellings{{"colour", "color"}});
  EXPECT_EQ(english("The Colour of colours"), "the color of colours");
}

TEST(WhisperNormalizer, TakesBrokenText) {
  EXPECT_EQ(normalize_basic("a\xff b"), "a b");
  EXPECT_EQ(EnglishNormalizer()("twenty \xc3 one"), "21");
}

}  // namespace
}  // namespace auris::text
