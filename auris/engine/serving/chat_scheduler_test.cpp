// Many conversations at once with real and small models: what is said must not depend on company or caches.

#include "auris/engine/serving/chat_scheduler.h"

#include <future>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/error.h"
#include "auris/engine/session.h"
#include "auris/weights/catalog.h"
#include "tests/source_folder.h"

namespace auris::engine {
namespace {

using generate::FinishReason;
using testing::HasSubstr;

std::shared_ptr<const LanguageModel> reader() {
  static const auto model =
      load_language_model(weights::Catalog::load().resolve("smollm2-135m-instruct"), "smollm2");
  return model;
}

// Small random weights.
std::shared_ptr<const LanguageModel> hearer() {
  static const auto model = load_language_model(
      std::filesystem::path(AURIS_SOURCE_DIR) / "tests/golden/audio_llm/ultravox", "ultravox");
  return model;
}

Clip tone(float hertz, double seconds = 0.5) {
  auto clip = std::make_shared<audio::AudioClip>();
  const auto count = static_cast<size_t>(seconds * clip->sample_rate_hz);
  for (size_t i = 0; i < count; ++i)
    clip->samples.push_back(0.3f * std::sin(6.2831853f * hertz * static_cast<float>(i) / 16000.0f));
  return clip;
}

struct Asked {
  std::string text;
  std::vector<Clip> audio = {};
  int max_tokens = 12;
};

ChatRequest request_of(const LanguageModel& model, const Asked& asked) {
  ChatRequest request{.turns = model.turns_of({{"user", asked.text, asked.audio}})};
  request.options.max_tokens = asked.max_tokens;
  request.options.stop_repetition = false;
  return request;
}

// An answer that is on its way.
struct Pending {
  std::shared_ptr<Ticket> ticket;
  std::future<ChatOutcome> outcome;
  std::shared_ptr<std::string> shown = std::make_shared<std::string>();
};

Pending submit(ChatScheduler& scheduler, ChatRequest request) {
  Pending pending;
  auto promise = std::make_shared<std::promise<ChatOutcome>>();
  pending.outcome = promise->get_future();
  pending.ticket = scheduler.submit(
      std::move(request),
      {.on_text = [shown = pending.shown](const std::string& text) { *shown += text; },
       .on_end = [promise](ChatOutcome outcome) { promise->set_value(std::move(outcome)); }});
  return pending;
}

ChatOutcome answered(ChatScheduler& scheduler, const Asked& asked) {
  return submit(scheduler, request_of(scheduler.model(), asked)).outcome.get();
}

std::string error_of(const ChatOutcome& outcome) {
  try {
    if (outcome.error) std::rethrow_exception(outcome.error);
  } catch (const Error& error) {
    return std::string(name_of(error.code())) + ": " + error.what();
  }
  return "none";
}

std::vector<Asked> questions() {
  const std::string story = "There was a lighthouse far out at sea whose keeper counted the ships. ";
  std::string long_story;
  for (int i = 0; i < 12; ++i) long_story += story;
  return {{"Name a color."},
          {"What is two and two?", {}, 20},
          {long_story + "Who counted?", {}, 10},
          {"Name a color."},
          {"Name a river in Europe.", {}, 1},
          {story + "Where was it?", {}, 30},
          {story + "Who was there?", {}, 8},
          {"Name a color.", {}, 40}};
}

TEST(ChatScheduler, AnswersUnderLoadAreThoseOfOneAlone) {
  ChatScheduler scheduler(reader());
  std::vector<Pending> pending;
  for (const Asked& asked : questions()) pending.push_back(submit(scheduler, request_of(*reader(), asked)));
  for (size_t i = 0; i < pending.size(); ++i) {
    SCOPED_TRACE(i);
    const Asked asked = questions()[i];
    const ChatOutcome outcome = pending[i].outcome.get();
    EXPECT_EQ(error_of(outcome), "none");
    Session session(reader(), {}, reader()->llama->config().context_length);
    generate::GenerationOptions options;
    options.max_tokens = asked.max_tokens;
    options.stop_repetition = false;
    const generate::Generation alone = session.send(asked.text, options);
    EXPECT_EQ(outcome.answer.tokens, alone.tokens);
    EXPECT_EQ(outcome.answer.text, alone.text);
    EXPECT_EQ(*pending[i].shown, alone.text);
    EXPECT_EQ(outcome.answer.finish_reason, alone.finish_reason);
    EXPECT_EQ(outcome.answer.prompt_tokens, alone.prompt_tokens);
  }
  const SchedulerCounts counts = scheduler.counts();
  EXPECT_EQ(counts.running + counts.waiting, 0u);
}

// Whoever asks about what another is reading waits for that, and reads only what is new.
TEST(ChatScheduler, APromptThatManyShareIsReadOnce) {
  std::string story;
  for (int i = 0; i < 12; ++i) story += "The keeper of the lighthouse counted the ships far out at sea. ";
  ChatScheduler scheduler(reader());
  std::vector<Pending> pending;
  for (const char* question : {"Who?", "Where?", "Who?", "What?"})
    pending.push_back(submit(scheduler, request_of(*reader(), {story + question, {}, 6})));
  std::vector<ChatOutcome> outcomes;
  for (Pending& one : pending) outcomes.push_back(one.outcome.get());
  EXPECT_EQ(outcomes[0].answer.cached_tokens, 0);
  for (size_t i = 1; i < outcomes.size(); ++i)
    EXPECT_LT(outcomes[i].answer.prompt_tokens - outcomes[i].answer.cached_tokens, 16) << i;
  EXPECT_EQ(outcomes[0].answer.tokens, outcomes[2].answer.tokens);
}

// The same words about recording A, B, A again and C.
TEST(ChatScheduler, CachesDoNotMistakeRecordings) {
  const std::vector<Clip> clips{tone(300), tone(900), tone(300), tone(2000)};
  ChatScheduler scheduler(hearer());
  std::vector<ChatOutcome> together;
  for (const Clip& clip : clips) together.push_back(answered(scheduler, {"What is it?", {clip}}));
  for (size_t i = 0; i < clips.size(); ++i) {
    ChatScheduler fresh(hearer());
    const ChatOutcome alone = answered(fresh, {"What is it?", {clips[i]}});
    EXPECT_EQ(together[i].answer.tokens, alone.answer.tokens) << i;
    EXPECT_EQ(alone.answer.cached_tokens, 0);
    EXPECT_GT(alone.sound_tokens, 0);
  }
  const auto shared_beginning = together[1].answer.cached_tokens;
  EXPECT_EQ(together[2].answer.cached_tokens, together[2].answer.prompt_tokens - 1);
  EXPECT_EQ(together[3].answer.cached_tokens, shared_beginning);
  EXPECT_LT(shared_beginning, together[1].answer.prompt_tokens - together[1].sound_tokens);
  EXPECT_EQ(scheduler.counts().hearing.misses, 3u);
  EXPECT_EQ(scheduler.counts().hearing.hits, 1u);
}

TEST(ChatScheduler, RecordingsInTurnsUnderLoad) {
  ChatScheduler scheduler(hearer(), {.most_running = 3, .step_rows = 8});
  std::vector<Asked> all;
  for (int i = 0; i < 12; ++i) {
    std::vector<Clip> audio;
    for (int j = 0; j < i % 3; ++j)
      audio.push_back(tone(static_cast<float>(200 + 150 * (i + j)), 0.3 + 0.2 * j));
    all.push_back({"Number " + std::to_string(i), audio, 4 + i});
  }
  std::vector<Pending> pending;
  for (const Asked& asked : all) pending.push_back(submit(scheduler, request_of(*hearer(), asked)));
  for (size_t i = 0; i < all.size(); ++i) {
    const ChatOutcome outcome = pending[i].outcome.get();
    ChatScheduler fresh(hearer());
    EXPECT_EQ(outcome.answer.tokens, answered(fresh, all[i]).answer.tokens) << i;
  }
}

TEST(ChatScheduler, LittleRoomIsSharedInTurn) {
  const KvCache cache(hearer()->llama->cache_options(DType::kF32));
  const KvCacheOptions& options = cache.options();
  const size_t page = cache.panel_bytes() * 2 * static_cast<size_t>(options.layers * options.kv_heads);
  ChatScheduler scheduler(hearer(), {.cache_bytes = 6 * page});
  std::vector<Pending> pending;
  for (int i = 0; i < 10; ++i) {
    pending.push_back(submit(scheduler, request_of(*hearer(), {"Question " + std::to_string(i), {}, 20})));
  }
  for (Pending& one : pending) EXPECT_EQ(error_of(one.outcome.get()), "none");
  EXPECT_LE(scheduler.counts().cache_bytes, 6 * page);
  const ChatOutcome large = answered(scheduler, {"Question", {}, 6 * 32});
  EXPECT_THAT(error_of(large), HasSubstr("[chat] expected a conversation that fits 192 tokens"));
}

TEST(ChatScheduler, WhoIsCancelledOrLateLeavesTheOthersAlone) {
  ChatScheduler scheduler(reader());
  const Asked tale{"Write a long story about a ship.", {}, 200};
  Pending stopped = submit(scheduler, request_of(*reader(), tale));
  ChatRequest late = request_of(*reader(), tale);
  late.deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(300);
  Pending too_late = submit(scheduler, std::move(late));
  Pending other = submit(scheduler, request_of(*reader(), {"Name a color."}));
  EXPECT_EQ(error_of(other.outcome.get()), "none");
  stopped.ticket->cancel();
  EXPECT_THAT(error_of(stopped.outcome.get()),
              HasSubstr("cancelled: [serving] expected to finish, got a request to stop"));
  const ChatOutcome cut = too_late.outcome.get();
  EXPECT_THAT(error_of(cut), HasSubstr("no time left"));
  EXPECT_EQ(cut.answer.finish_reason, FinishReason::kCancelled);
  EXPECT_EQ(cut.answer.text, *too_late.shown);
  ChatRequest never = request_of(*reader(), tale);
  never.deadline = std::chrono::steady_clock::now();
  const ChatOutcome unbegun = submit(scheduler, std::move(never)).outcome.get();
  EXPECT_THAT(error_of(unbegun), HasSubstr("no time left"));
  EXPECT_EQ(unbegun.answer.finish_reason, FinishReason::kCancelled);
}

TEST(ChatScheduler, AFullQueueTurnsAway) {
  ChatScheduler scheduler(reader(), {.most_running = 1, .most_waiting = 1});
  Pending running = submit(scheduler, request_of(*reader(), {"Write a story.", {}, 100}));
  while (scheduler.counts().running == 0) std::this_thread::yield();
  Pending waiting = submit(scheduler, request_of(*reader(), {"Write a story.", {}, 2}));
  ASSERT_NE(waiting.ticket, nullptr);
  EXPECT_EQ(submit(scheduler, request_of(*reader(), {"Write a story.", {}, 2})).ticket, nullptr);
  running.ticket->cancel();
  EXPECT_EQ(error_of(waiting.outcome.get()), "none");
}

TEST(ChatScheduler, RefusalsNameWhatIsWrong) {
  ChatScheduler scheduler(reader(), {.context_tokens = 512});
  EXPECT_THAT(error_of(answered(scheduler, {"Hello", {tone(440)}})), HasSubstr("usage: "))
      << "it does not hear";
  std::string text;
  for (int i = 0; i < 600; ++i) text += "more words ";
  EXPECT_THAT(error_of(answered(scheduler, {text})), HasSubstr("[chat] expected a conversation that fits"));
  ChatRequest hot = request_of(*reader(), {"Hello"});
  hot.options.sampling.temperature = -1;
  EXPECT_THAT(error_of(submit(scheduler, std::move(hot)).outcome.get()), HasSubstr("temperature"));
  EXPECT_EQ(error_of(answered(scheduler, {"Name a color."})), "none");
  EXPECT_THROW(ChatScheduler(reader(), {.cache_bytes = 1}), Error);
}

TEST(ChatScheduler, EndingEndsWhatIsLeft) {
  std::vector<Pending> pending;
  {
    ChatScheduler scheduler(hearer(), {.most_running = 1});
    for (int i = 0; i < 4; ++i) {
      pending.push_back(
          submit(scheduler, request_of(*hearer(), {"Go on.", {tone(300.0f + static_cast<float>(i))}, 400})));
      pending.push_back(submit(scheduler, request_of(*hearer(), {"Go on and on.", {}, 400})));
    }
  }
  for (Pending& one : pending) {
    ASSERT_EQ(one.outcome.wait_for(std::chrono::seconds(0)), std::future_status::ready);
    one.outcome.get();
  }
}

}  // namespace
}  // namespace auris::engine
