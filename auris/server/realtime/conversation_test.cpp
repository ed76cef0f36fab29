#include "auris/server/realtime/conversation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/error.h"
#include "auris/server/api/api_error.h"
#include "auris/text/base64.h"

namespace auris::server {
namespace {

using nlohmann::json;
using testing::ElementsAre;

constexpr PcmFormat kPlain = {.encoding = PcmEncoding::kPcm16, .rate_hz = kListeningRateHz};

ConversationItem said(const std::string& id, processor::Role role, const std::string& text) {
  return {.id = id, .role = role, .parts = {{.text = text}}};
}

ConversationItem spoken(const std::string& id, double seconds) {
  auto clip = std::make_shared<audio::AudioClip>();
  clip->samples.resize(static_cast<size_t>(seconds * kListeningRateHz));
  return {.id = id, .parts = {{.clip = clip}}};
}

std::vector<std::string> ids(const Conversation& conversation) {
  std::vector<std::string> result;
  for (const ConversationItem& item : conversation.items()) result.push_back(item.id);
  return result;
}

TEST(Conversation, ItemsStandWhereTheyArePut) {
  Conversation conversation;
  EXPECT_EQ(conversation.insert(spoken("b", 1)), "");
  EXPECT_EQ(conversation.insert(spoken("d", 1)), "b");
  EXPECT_EQ(conversation.insert(spoken("c", 1), "b"), "b");
  EXPECT_EQ(conversation.insert(spoken("a", 1), "root"), "");
  EXPECT_THAT(ids(conversation), ElementsAre("a", "b", "c", "d"));
  EXPECT_THROW(conversation.insert(spoken("a", 1)), ApiError);
  EXPECT_THROW(conversation.insert(spoken("e", 1), "nobody"), ApiError);
  conversation.erase("b");
  EXPECT_THROW(conversation.erase("b"), ApiError);
  EXPECT_THAT(ids(conversation), ElementsAre("a", "c", "d"));
}

TEST(Conversation, KeepsTheNewestSeconds) {
  Conversation conversation;
  for (const char* id : {"a", "b", "c"}) conversation.insert(spoken(id, 4));
  conversation.keep_seconds(8);
  EXPECT_THAT(ids(conversation), ElementsAre("b", "c"));
  conversation.keep_seconds(1);
  EXPECT_THAT(ids(conversation), ElementsAre("c"));
}

TEST(Conversation, TheOldestTurnMakesRoom) {
  using processor::Role;
  Conversation conversation;
  conversation.insert(said("rules", Role::kSystem, "Be kind."));
  conversation.insert(said("q1", Role::kUser, "?"));
  conversation.insert(said("a1", Role::kAssistant, "!"));
  conversation.insert(said("q2", Role::kUser, "?"));
  EXPECT_TRUE(conversation.drop_oldest_turn());
  EXPECT_THAT(ids(conversation), ElementsAre("rules", "q2"));
  EXPECT_FALSE(conversation.drop_oldest_turn());
}

TEST(Conversation, ReadsItems) {
  const std::string bytes(6400, '\x10');
  const json item = {{"type", "message"},
                     {"role", "user"},
                     {"content",
                      {{{"type", "input_text"}, {"text", "<|audio|> is text"}},
                       {{"type", "input_audio"}, {"audio", text::to_base64(bytes)}}}}};
  const ConversationItem read = Conversation::parse(item, "item_1", kPlain, 10);
  EXPECT_EQ(read.id, "item_1");
  ASSERT_EQ(read.parts.size(), 2u);
  EXPECT_EQ(read.parts[0].text, "<|audio|> is text");
  EXPECT_EQ(read.parts[1].clip->samples.size(), 3200u);
  const nlohmann::ordered_json again = read.as_json({.audio = kPlain});
  EXPECT_EQ(text::from_base64(again["content"][1]["audio"].get<std::string>()), bytes);
  EXPECT_TRUE(again["content"][1]["transcript"].is_null());
}

TEST(Conversation, RefusesWhatIsNoItem) {
  const auto refused = [](const json& item) {
    EXPECT_THROW(Conversation::parse(item, "item_1", kPlain, 1), Error) << item;
  };
  const auto message = [](const json& part, const char* role = "user") {
    return json{{"role", role}, {"content", json::array({part})}};
  };
  refused(json::array());
  refused({{"role", "user"}});
  refused({{"role", "user"}, {"content", json::array()}});
  refused({{"type", "function_call"}});
  refused(message({{"type", "input_image"}, {"image_url", "http://example.org"}}));
  refused(message({{"type", "input_text"}, {"text", 7}}));
  refused(message({{"type", "input_audio"}, {"audio", "?"}}));
  refused(
      message({{"type", "input_audio"}, {"audio", text::to_base64(std::string(100, 'a'))}}));  // too short
  refused(
      message({{"type", "input_audio"}, {"audio", text::to_base64(std::string(40000, 'a'))}}));  // too long
  refused(
      message({{"type", "input_audio"}, {"audio", text::to_base64(std::string(6400, 'a'))}}, "assistant"));
  refused(message({{"type", "input_text"}, {"text", "hi"}}, "judge"));
  json long_name = message({{"type", "input_text"}, {"text", "hi"}});
  long_name["id"] = std::string(65, 'x');
  refused(long_name);
}

// A model that does not hear reads what was written down, in the words in which the scheduler would have.
TEST(Conversation, TurnsOfWhatIsKnown) {
  ConversationItem item = spoken("a", 1);
  item.parts[0].text = "What time is it?";
  const auto has_clip = [&](bool hears) {
    const auto turns = turns_of({item}, "Be kind.", hears);
    EXPECT_EQ(turns.size(), 2u);
    EXPECT_EQ(turns[0].role, processor::Role::kSystem);
    return std::holds_alternative<processor::AudioPart>(turns[1].parts.front());
  };
  EXPECT_TRUE(has_clip(false));  // nobody has listened yet
  item.parts[0].is_written_down = true;
  EXPECT_FALSE(has_clip(false));
  EXPECT_TRUE(has_clip(true));
  EXPECT_EQ(std::get<processor::TextPart>(turns_of({item}, "", false)[0].parts[0]).text, "What time is it?");
}

}  // namespace
}  // namespace auris::server
