// Audio language models against their references. Golden values:
// tools/reference/dump_audio_language_models.py.

#include "auris/models/audio_llm/audio_llm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "auris/base/test_folder.h"
#include "auris/models/testing/device_under_test.h"
#include "auris/models/testing/golden.h"

namespace auris::models {
namespace {

using testing::FirstDifference;
using testing::Golden;
using testing::golden_folder;
using ::testing::HasSubstr;
using testing::relative_error;

constexpr double kTolerance = 1e-5;

class AudioLlmParity : public ::testing::TestWithParam<std::string> {
 protected:
  AudioLlmParity() : golden_(GetParam()) {
    std::filesystem::path folder = golden_folder() / GetParam();
    model_ = load_audio_llm(AudioLlmSources{.model = folder}, {.device = testing::device_under_test()});
    std::vector<int32_t> valid = golden_.ids("windows.valid");
    for (size_t i = 0; i < valid.size(); ++i) {
      Tensor mel = golden_.tensor("windows." + std::to_string(i) + ".mel");
      int64_t frames = mel.rows();  // with the padding, as far as the processor of the family gives it
      if (model_->config().context_frames > 0)
        frames = std::min(frames, valid[i] + int64_t{model_->config().context_frames});
      windows_.push_back({.mel = mel.slice_rows(0, frames), .frames = valid[i]});
    }
  }

  Golden golden_;
  std::shared_ptr<const AudioLlm> model_;
  std::vector<AudioWindow> windows_;
};

TEST_P(AudioLlmParity, EveryLayerAgrees) {
  FirstDifference difference(golden_, "", kTolerance);
  auto see = [&](std::string_view name, const Tensor& rows) { difference.see(name, rows); };
  std::vector<int32_t> ids = golden_.ids("ids");
  ProjectedRows sound = model_->encode(windows_, see);
  Tensor rows = model_->embed(ids, sound.rows);
  Tensor hidden = model_->language().forward(rows, RowLayout::single(rows.rows()), {.observer = see});
  difference.see("logits", model_->language().logits(hidden));
  EXPECT_EQ(difference.found(), "");
  EXPECT_EQ(hidden.device(), testing::device_under_test());
  // Two encoder layers and their norm, projector, embeddings, two layers, norm, logits.
  EXPECT_EQ(difference.compared(), 9);
  ASSERT_EQ(sound.layout.spans.size(), windows_.size());
  for (size_t i = 0; i < windows_.size(); ++i) {
    EXPECT_EQ(sound.layout.spans[i].row_count, audio_rows(model_->config(), windows_[i].frames));
  }
}

// The prompt read in pieces through a cache, next to another sequence, as a server would.
TEST_P(AudioLlmParity, CachedAndBesideAnotherSequence) {
  std::vector<int32_t> ids = golden_.ids("ids"), other{5, 6, 7};
  Tensor golden = golden_.tensor("logits");
  Tensor rows = model_->embed(ids, model_->encode(windows_).rows);
  const Llama& language = model_->language();
  KvCache cache(language.cache_options(DType::kF32));
  SequenceId a = cache.create(), b = cache.create();
  int64_t first = rows.rows() - 3;
  RowLayout layout;
  layout.add(3, 0, b);
  layout.add(first, 0, a);
  Tensor both = ops::concat_rows(model_->embed(other, {}), rows.slice_rows(0, first));
  Tensor logits = language.logits(language.forward(both, layout, {.cache = &cache}));
  EXPECT_LE(relative_error(logits.slice_rows(3, first), golden.slice_rows(0, first)), kTolerance);
  for (int64_t row = first; row < rows.rows(); ++row) {
    RowLayout one = RowLayout::single(1, row, a);
    logits = language.logits(language.forward(rows.slice_rows(row, 1), one, {.cache = &cache}));
    EXPECT_LE(relative_error(logits, golden.slice_rows(row, 1)), kTolerance) << row;
  }
}

// What was heard may be kept, in a file say, and projected later.
TEST_P(AudioLlmParity, HearingAndProjectingIsEncoding) {
  ProjectedRows expected = model_->encode(windows_);
  EncodedAudio heard = model_->hear(windows_);
  ASSERT_EQ(heard.hidden.cols(), model_->config().encoder.d_model);
  EncodedAudio kept{.hidden = Tensor::from(heard.hidden.span<float>(), heard.hidden.shape()),
                    .layout = heard.layout};
  ProjectedRows projected = model_->project(kept);
  EXPECT_EQ(relative_error(projected.rows, expected.rows), 0.0);
  ASSERT_EQ(projected.layout.spans.size(), windows_.size());
  EXPECT_EQ(projected.layout.rows(), expected.rows.rows());
}

TEST_P(AudioLlmParity, HooksSeeEveryTensorByTheComposedName) {
  std::vector<std::string> names;
  load_audio_llm(AudioLlmSources{.model = golden_folder() / GetParam()},
                 {.adopt = [&](std::string_view name, const Tensor& tensor) {
                   names.emplace_back(name);
                   return tensor;
                 }});
  const char* projector = GetParam() == "llaso"         ? "projector.2.bias"
                          : GetParam() == "qwen2-audio" ? "projector.linear.bias"
                                                        : "projector.linear_1.weight";
  EXPECT_THAT(names, ::testing::IsSupersetOf({projector, "encoder.layers.1.self_attn.k_proj.weight",
                                              "encoder.layer_norm.bias", "encoder.embed_positions.weight",
                                              "language_model.layers.1.mlp.down_proj.weight"}));
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
}

TEST_P(AudioLlmParity, WindowsDoNotSeeEachOther) {
  ProjectedRows all = model_->encode(windows_);
  for (size_t i = 0; i < windows_.size(); ++i) {
    Tensor alone = model_->encode(std::span(windows_).subspan(i, 1)).rows;
    const RowSpan& span = all.layout.spans[i];
    EXPECT_LE(relative_error(alone, all.rows.slice_rows(span.row_begin, span.row_count)), kTolerance);
  }
}

TEST_P(AudioLlmParity, PlacesAndRowsMustMatch) {
  std::vector<int32_t> ids = golden_.ids("ids");
  Tensor rows = model_->encode(windows_).rows;
  EXPECT_THROW(model_->embed(ids, {}), Error);
  EXPECT_THROW(model_->embed(ids, rows.slice_rows(1, rows.rows() - 1)), Error);
  EXPECT_THROW(model_->embed(std::vector<int32_t>{1, 2}, rows), Error);
}

INSTANTIATE_TEST_SUITE_P(Family, AudioLlmParity,
                         ::testing::Values("llaso", "ultravox", "ultravox-0.4", "qwen2-audio"),
                         [](const auto& test) {
                           std::string name = test.param;
                           for (char& c : name)
                             c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
                           return name;
                         });

std::string failure_of(const AudioLlmSources& sources) {
  try {
    load_audio_llm(sources);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kModel);
    return error.what();
  }
  return "";
}

TEST(LoadAudioLlm, SaysWhichPartIsMissing) {
  TestFolder bare;
  for (const char* file : {"config.json", "model.safetensors"}) {
    std::filesystem::copy(golden_folder() / "llaso" / file, bare / file);
  }
  EXPECT_THAT(failure_of({.model = bare.path()}),
              ::testing::AllOf(HasSubstr("encoder/"), HasSubstr("whisper-large-v3")));
  EXPECT_THAT(failure_of({.model = golden_folder() / "smollm2"}), HasSubstr("audio language model"));
  EXPECT_THAT(failure_of({.model = golden_folder() / "ultravox", .encoder = golden_folder() / "smollm2"}),
              HasSubstr("d_model"));
}

// An Ultravox checkpoint without its language model, as published: any file of that model will do.
TEST(LoadAudioLlm, PartsComeFromElsewhere) {
  auto model = load_audio_llm(AudioLlmSources{.model = golden_folder() / "ultravox",
                                              .encoder = golden_folder() / "llaso" / "encoder",
                                              .language = golden_folder() / "llama3.2" / "model.gguf"});
  EXPECT_EQ(model->config().language.vocab_size, 192);
  EXPECT_EQ(model->config().language.rope_style, RopeStyle::kInterleaved);
}

}  // namespace
}  // namespace auris::models
