#include "auris/audio/audio_reader.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "auris/audio/libav_decoder.h"
#include "auris/audio/resampler.h"
#include "auris/base/error.h"

namespace auris::audio {
namespace {

bool named_g722(const std::string& name) {
  // Names of files stand in quotation marks (AudioSource::file).
  auto ends = [&](std::string_view end) {
    return name.size() > end.size() && std::string_view(name).ends_with(end);
  };
  return ends(".g722'") || ends(".722'") || ends(".G722'") || ends(".g722") || ends(".722");
}

std::string beginning_of(std::span<const std::byte> head) {
  return quoted(
      std::string_view(reinterpret_cast<const char*>(head.data()), std::min<size_t>(head.size(), 16)));
}

AudioFormat recognise(SourceBytes& bytes, const DecodeOptions& options) {
  std::span<const std::byte> head = bytes.head(kSniffBytes);
  if (head.empty()) {
    throw Error(
        ErrorCode::kInput,
        {.where = "audio", .expected = "a recording", .got = bytes.name() + ": no bytes at all", .hint = ""});
  }
  bool g722 = options.expect_g722 || named_g722(bytes.name());
  AudioFormat format = sniff_format(head, head.size() < kSniffBytes, g722);
  if (format == AudioFormat::kUnknown) {
    throw Error(ErrorCode::kInput,
                {.where = "audio",
                 .expected = "WAV, AIFF, FLAC, MP3, Ogg, WebM, MP4/M4A, AAC or G.722",
                 .got = bytes.name() + " that starts with " + beginning_of(head),
                 .hint = "raw G.722 needs a name ending in .g722, or --g722 (in the library: expect_g722)"});
  }
  return format;
}

}  // namespace

struct AudioReader::State {
  SourceBytes bytes;
  DecodeOptions options;
  std::optional<LibavDecoder> decoder;
  LibavDecoder::Block block;
  std::optional<Resampler> resampler;
  int in_rate_hz = 0;
  int out_rate_hz = 0;
  std::vector<float> ready;  // at the wanted rate, given out from `ready_begin` on
  size_t ready_begin = 0;
  bool done = false;

  State(const AudioSource& source, const DecodeOptions& wanted)
      : bytes(source, wanted.max_file_bytes), options(wanted), out_rate_hz(wanted.sample_rate_hz) {
    AudioFormat format = recognise(bytes, options);
    if (format == AudioFormat::kMp4) bytes.buffer_whole(options.max_buffer_bytes);
    decoder.emplace(bytes, format, options);
    if (out_rate_hz <= 0) out_rate_hz = decoder->report().sample_rate_hz;
  }

  // Fills `ready` with at least one sample, or sets `done`.
  void refill() {
    ready.clear();
    ready_begin = 0;
    while (ready.empty() && !done) {
      if (!decoder->next(block)) {
        if (resampler) resampler->finish(ready);
        done = true;
        return;
      }
      if (block.sample_rate_hz != in_rate_hz) change_rate();
      if (resampler) {
        resampler->push(block.samples, ready);
      } else {
        ready.insert(ready.end(), block.samples.begin(), block.samples.end());
      }
    }
  }

  void change_rate() {
    if (resampler) resampler->finish(ready);
    resampler.reset();
    in_rate_hz = block.sample_rate_hz;
    if (in_rate_hz != out_rate_hz) {
      resampler.emplace(ResampleOptions{.in_rate_hz = static_cast<double>(in_rate_hz),
                                        .out_rate_hz = static_cast<double>(out_rate_hz)});
    }
  }
};

AudioReader::AudioReader(const AudioSource& source, const DecodeOptions& options)
    : state_(std::make_unique<State>(source, options)) {}
AudioReader::~AudioReader() = default;
AudioReader::AudioReader(AudioReader&&) noexcept = default;
AudioReader& AudioReader::operator=(AudioReader&&) noexcept = default;

int AudioReader::sample_rate_hz() const { return state_->out_rate_hz; }
const DecodeReport& AudioReader::report() const { return state_->decoder->report(); }
double AudioReader::declared_s() const { return state_->decoder->declared_s(); }

uint64_t AudioReader::source_bytes() const { return state_->bytes.bytes_seen(); }

size_t AudioReader::read(std::span<float> block) {
  State& state = *state_;
  size_t filled = 0;
  while (filled < block.size()) {
    if (state.ready_begin == state.ready.size()) {
      if (state.done) break;
      state.refill();
      continue;
    }
    size_t count = std::min(block.size() - filled, state.ready.size() - state.ready_begin);
    std::memcpy(block.data() + filled, state.ready.data() + state.ready_begin, count * sizeof(float));
    state.ready_begin += count;
    filled += count;
  }
  return filled;
}

}  // namespace auris::audio
