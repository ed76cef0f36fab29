#include "auris/audio/resampler.h"

#include <soxr.h>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "auris/base/error.h"

namespace auris::audio {
namespace {

constexpr double kMaxRateHz = 1e7;
constexpr size_t kPieceSamples = 1 << 15;  // given to soxr at once, which bounds its buffers

}  // namespace

struct Resampler::State {
  ResampleOptions options;
  soxr_t soxr = nullptr;
  uint64_t taken = 0;  // samples in
  uint64_t given = 0;  // samples out
  ~State() { soxr_delete(soxr); }

  // in == nullptr ends the stream. Returns how much of `in` was taken.
  size_t process(const float* in, size_t count, std::vector<float>& out) {
    size_t room =
        static_cast<size_t>(static_cast<double>(count) * options.out_rate_hz / options.in_rate_hz) + 4096;
    size_t before = out.size();
    out.resize(before + room);
    size_t used = 0;
    size_t made = 0;
    soxr_error_t error = soxr_process(soxr, in, count, &used, out.data() + before, room, &made);
    out.resize(before + made);
    if (error != nullptr) {
      throw Error(ErrorCode::kInternal,
                  {.where = "resampler", .expected = "soxr to convert", .got = error, .hint = ""});
    }
    taken += used;
    given += made;
    return in == nullptr ? made : used;
  }
};

Resampler::Resampler(const ResampleOptions& options) : state_(std::make_unique<State>()) {
  auto valid = [](double rate) { return rate >= 1 && rate <= kMaxRateHz; };
  if (!valid(options.in_rate_hz) || !valid(options.out_rate_hz)) {
    throw Error(ErrorCode::kUsage, {.where = "resampler",
                                    .expected = "rates of 1 to 10000000 Hz",
                                    .got = fmt::format("{} and {}", options.in_rate_hz, options.out_rate_hz),
                                    .hint = ""});
  }
  state_->options = options;
  soxr_error_t error = nullptr;
  soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
  soxr_quality_spec_t quality =
      soxr_quality_spec(options.quality == ResampleQuality::kHigh ? SOXR_HQ : SOXR_VHQ, 0);
  soxr_runtime_spec_t runtime = soxr_runtime_spec(1);
  state_->soxr = soxr_create(options.in_rate_hz, options.out_rate_hz, 1, &error, &io, &quality, &runtime);
  if (error != nullptr || state_->soxr == nullptr) {
    throw Error(ErrorCode::kInternal, {.where = "resampler",
                                       .expected = "soxr to start",
                                       .got = error == nullptr ? "nothing" : error,
                                       .hint = ""});
  }
}

Resampler::~Resampler() = default;
Resampler::Resampler(Resampler&&) noexcept = default;
Resampler& Resampler::operator=(Resampler&&) noexcept = default;

void Resampler::push(std::span<const float> in, std::vector<float>& out) {
  while (!in.empty()) {
    size_t used = state_->process(in.data(), std::min(in.size(), kPieceSamples), out);
    in = in.subspan(used);
  }
}

void Resampler::finish(std::vector<float>& out) {
  while (state_->process(nullptr, 0, out) > 0) {
  }
  auto wanted = static_cast<uint64_t>(std::llround(static_cast<double>(state_->taken) *
                                                   state_->options.out_rate_hz / state_->options.in_rate_hz));
  // soxr rounds its last samples up or down; the length is a promise of this class.
  while (state_->given > wanted && !out.empty()) {
    out.pop_back();
    --state_->given;
  }
  for (; state_->given < wanted; ++state_->given) out.push_back(0.0f);
}

std::vector<float> resample(std::span<const float> in, const ResampleOptions& options) {
  std::vector<float> out;
  if (options.in_rate_hz == options.out_rate_hz) {
    out.assign(in.begin(), in.end());
    return out;
  }
  out.reserve(static_cast<size_t>(static_cast<double>(in.size()) * options.out_rate_hz / options.in_rate_hz) +
              8192);
  Resampler resampler(options);
  resampler.push(in, out);
  resampler.finish(out);
  return out;
}

}  // namespace auris::audio
