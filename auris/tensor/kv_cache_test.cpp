#include "auris/tensor/kv_cache.h"

#include <gtest/gtest.h>

namespace auris {
namespace {

KvCache small_cache(int64_t max_pages = 0) {
  return KvCache({.layers = 2, .kv_heads = 1, .head_dim = 32, .dtype = DType::kF32, .max_pages = max_pages});
}

TEST(KvCache, ExtendTakesPagesAndTruncateGivesThemBack) {
  KvCache cache = small_cache();
  SequenceId a = cache.create();
  cache.extend(RowLayout::single(33, 0, a));
  EXPECT_EQ(cache.length(a), 33);
  EXPECT_EQ(cache.pages_in_use(), 2);
  cache.truncate(a, 32);
  EXPECT_EQ(cache.pages_in_use(), 1);
  cache.release(a);
  EXPECT_EQ(cache.pages_in_use(), 0);
}

TEST(KvCache, ForkSharesUntilWritten) {
  KvCache cache = small_cache();
  SequenceId a = cache.create();
  cache.extend(RowLayout::single(40, 0, a));
  auto* mark = reinterpret_cast<float*>(cache.keys(1, cache.pages(a)[1], 0));
  mark[0] = 7.0f;
  SequenceId b = cache.fork(a);
  EXPECT_EQ(cache.pages_in_use(), 2);
  cache.extend(RowLayout::single(1, 40, b));
  EXPECT_EQ(cache.pages_in_use(), 3);  // the half-filled page was copied, the full one is shared
  EXPECT_EQ(cache.pages(a)[0], cache.pages(b)[0]);
  EXPECT_NE(cache.pages(a)[1], cache.pages(b)[1]);
  EXPECT_EQ(reinterpret_cast<float*>(cache.keys(1, cache.pages(b)[1], 0))[0], 7.0f);
  cache.release(a);
  EXPECT_EQ(cache.length(b), 41);
  EXPECT_EQ(cache.pages_in_use(), 2);
}

TEST(KvCache, KeyBiasesStayWithTheirTokens) {
  KvCache cache = small_cache();
  SequenceId a = cache.create();
  RowLayout layout = RowLayout::single(34, 0, a);
  layout.key_bias.assign(34, 0.0f);
  layout.key_bias[33] = 2.0f;
  cache.extend(layout);
  EXPECT_EQ(cache.key_bias(cache.pages(a)[0]), nullptr);
  SequenceId b = cache.fork(a);
  cache.extend(RowLayout::single(1, 34, b));  // copies the page
  ASSERT_NE(cache.pages(a)[1], cache.pages(b)[1]);
  for (SequenceId sequence : {a, b}) EXPECT_EQ(cache.key_bias(cache.pages(sequence)[1])[1], 2.0f);
  cache.truncate(b, 33);
  cache.extend(RowLayout::single(1, 33, b));  // another token in the place of the biased one
  EXPECT_EQ(cache.key_bias(cache.pages(b)[1])[1], 0.0f);
  EXPECT_EQ(cache.key_bias(cache.pages(a)[1])[1], 2.0f);
  cache.release(b);
  SequenceId c = cache.create();  // on the page that b gave back
  cache.extend(RowLayout::single(32, 0, c));
  EXPECT_EQ(cache.key_bias(cache.pages(c)[0]), nullptr);
}

TEST(KvCache, PageBudgetIsAnError) {
  KvCache cache = small_cache(1);
  SequenceId a = cache.create();
  cache.extend(RowLayout::single(32, 0, a));
  EXPECT_THROW(cache.extend(RowLayout::single(1, 32, a)), Error);
}

TEST(KvCache, WrongPositionIsADefect) {
  KvCache cache = small_cache();
  SequenceId a = cache.create();
  EXPECT_THROW(cache.extend(RowLayout::single(1, 5, a)), Error);
}

}  // namespace
}  // namespace auris
