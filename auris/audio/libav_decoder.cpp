#include "auris/audio/libav_decoder.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/dict.h>
#include <libavutil/log.h>
}

#include <algorithm>
#include <exception>
#include <mutex>
#include <optional>

#include <fmt/format.h>

#include "auris/audio/mix_down.h"
#include "auris/base/error.h"

namespace auris::audio {
namespace {

constexpr int kIoBytes = 64 * 1024;
constexpr int kMaxDamagedInARow = 2000;  // packets; then the rest is noise
constexpr char kCodecs[] =
    "flac,mp3float,mp3,mp2float,mp2,mp1float,mp1,vorbis,opus,aac,alac,g722,pcm_u8,pcm_s8,pcm_s16le,pcm_s16be,"
    "pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_s64le,pcm_f32le,pcm_f32be,pcm_f64le,pcm_f64be,pcm_alaw,pcm_"
    "mulaw,"
    "adpcm_ms,adpcm_ima_wav";

const char* demuxer_of(AudioFormat format) {
  switch (format) {
    case AudioFormat::kWav: return "wav";
    case AudioFormat::kFlac: return "flac";
    case AudioFormat::kMp3: return "mp3";
    case AudioFormat::kOgg: return "ogg";
    case AudioFormat::kMatroska: return "matroska";
    case AudioFormat::kMp4: return "mov";
    case AudioFormat::kAdts: return "aac";
    case AudioFormat::kG722: return "g722";
    case AudioFormat::kAiff: return "aiff";
    case AudioFormat::kUnknown: break;
  }
  return "";
}

std::string text_of(int av_error) {
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(av_error, text, sizeof(text));
  return text;
}

int deny_open(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) { return AVERROR(EACCES); }

struct CloseFormat {
  void operator()(AVFormatContext* context) const { avformat_close_input(&context); }
};
struct CloseIo {
  void operator()(AVIOContext* context) const {
    av_freep(&context->buffer);
    avio_context_free(&context);
  }
};
struct CloseCodec {
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
};
struct FreePacket {
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
struct FreeFrame {
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};

}  // namespace

struct LibavDecoder::State {
  SourceBytes& bytes;
  AudioFormat format;
  DecodeOptions options;
  std::exception_ptr io_error;  // exceptions must not cross FFmpeg's C frames: kept here until it returns
  std::unique_ptr<AVIOContext, CloseIo> io;
  std::unique_ptr<AVFormatContext, CloseFormat> container;  // before io in destruction order
  std::unique_ptr<AVCodecContext, CloseCodec> codec;
  std::unique_ptr<AVPacket, FreePacket> packet{av_packet_alloc()};
  std::unique_ptr<AVFrame, FreeFrame> frame{av_frame_alloc()};
  AVStream* stream = nullptr;
  DecodeReport report;
  double declared_s = 0;
  std::optional<uint64_t> stated_end;  // of a WAV file
  MixCounts counts;
  int damaged_in_a_row = 0;
  bool last_packet_damaged = false;
  bool draining = false;
  bool done = false;

  State(SourceBytes& source, AudioFormat kind, const DecodeOptions& limits)
      : bytes(source), format(kind), options(limits) {}

  [[noreturn]] void fail(const std::string& got, const std::string& hint = "the file may be damaged") {
    if (io_error) std::rethrow_exception(io_error);
    throw Error(ErrorCode::kInput, {.where = "audio",
                                    .expected = fmt::format("a decodable {} recording", name_of(format)),
                                    .got = bytes.name() + ": " + got,
                                    .hint = hint});
  }
  [[noreturn]] void fail_limit(const std::string& limit, const std::string& got) {
    throw Error(ErrorCode::kInput, {.where = "audio",
                                    .expected = "a recording with " + limit,
                                    .got = bytes.name() + ": " + got,
                                    .hint = "raise the limit or convert the recording first"});
  }

  static int read_io(void* opaque, uint8_t* out, int size);
  static int64_t seek_io(void* opaque, int64_t offset, int whence);
  void open_container();
  void open_codec();
  void check_rate(int rate_hz, int channels);
  void check_seconds(double seconds, const char* how);
  bool feed();
  void note_damage();
  void finish();
  bool take_frame(Block& block);
};

int LibavDecoder::State::read_io(void* opaque, uint8_t* out, int size) {
  auto* self = static_cast<State*>(opaque);
  try {
    size_t count =
        self->bytes.read({reinterpret_cast<std::byte*>(out), static_cast<size_t>(std::max(size, 0))});
    return count == 0 ? AVERROR_EOF : static_cast<int>(count);
  } catch (...) {
    self->io_error = std::current_exception();
    return AVERROR_EXIT;
  }
}

int64_t LibavDecoder::State::seek_io(void* opaque, int64_t offset, int whence) {
  auto* self = static_cast<State*>(opaque);
  auto size = static_cast<int64_t>(self->bytes.size());
  switch (whence & ~AVSEEK_FORCE) {
    case AVSEEK_SIZE: return size;
    case SEEK_SET: break;
    case SEEK_CUR: offset += static_cast<int64_t>(self->bytes.position()); break;
    case SEEK_END: offset += size; break;
    default: return AVERROR(EINVAL);
  }
  if (offset < 0) return AVERROR(EINVAL);
  self->bytes.seek(static_cast<uint64_t>(offset));
  return offset;
}

void LibavDecoder::State::open_container() {
  auto* buffer = static_cast<unsigned char*>(av_malloc(kIoBytes));
  AURIS_CHECK(buffer != nullptr && packet != nullptr && frame != nullptr);
  io.reset(
      avio_alloc_context(buffer, kIoBytes, 0, this, read_io, nullptr, bytes.seekable() ? seek_io : nullptr));
  AURIS_CHECK(io != nullptr);
  AVFormatContext* context = avformat_alloc_context();
  AURIS_CHECK(context != nullptr);
  context->pb = io.get();
  context->flags |= AVFMT_FLAG_CUSTOM_IO;
  context->io_open = deny_open;
  const char* demuxer = demuxer_of(format);
  AVDictionary* settings = nullptr;
  av_dict_set(&settings, "format_whitelist",
              format == AudioFormat::kMp4        ? "mov,mp4,m4a,3gp,3g2,mj2"
              : format == AudioFormat::kMatroska ? "matroska,webm"
                                                 : demuxer,
              0);
  av_dict_set(&settings, "codec_whitelist", kCodecs, 0);
  av_dict_set(&settings, "protocol_whitelist", "none", 0);
  av_dict_set(&settings, "max_streams", "32", 0);
  int status = avformat_open_input(&context, nullptr, av_find_input_format(demuxer), &settings);
  av_dict_free(&settings);
  if (status < 0) fail(text_of(status));  // open_input has freed the context
  container.reset(context);
  status = avformat_find_stream_info(context, nullptr);
  if (io_error) std::rethrow_exception(io_error);
  if (status < 0) fail(text_of(status));
  int index = av_find_best_stream(context, AVMEDIA_TYPE_AUDIO, -1, -1, nullptr, 0);
  if (index < 0) fail("no audio track that can be decoded");
  for (unsigned i = 0; i < context->nb_streams; ++i) {
    context->streams[i]->discard = static_cast<int>(i) == index ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
  }
  stream = context->streams[index];
}

void LibavDecoder::State::open_codec() {
  const AVCodecParameters* parameters = stream->codecpar;
  const AVCodec* decoder = avcodec_find_decoder(parameters->codec_id);
  if (decoder == nullptr) fail("a codec this program does not know");
  check_rate(parameters->sample_rate, parameters->ch_layout.nb_channels);
  codec.reset(avcodec_alloc_context3(decoder));
  AURIS_CHECK(codec != nullptr);
  int status = avcodec_parameters_to_context(codec.get(), parameters);
  if (status < 0) fail(text_of(status));
  codec->thread_count = 1;
  codec->pkt_timebase = stream->time_base;
  codec->codec_whitelist = av_strdup(kCodecs);
  status = avcodec_open2(codec.get(), decoder, nullptr);
  if (status < 0) fail(fmt::format("codec {}: {}", quoted(decoder->name), text_of(status)));
  report.format = name_of(format);
  report.codec = decoder->name;
  report.sample_rate_hz = parameters->sample_rate;
  report.channels = parameters->ch_layout.nb_channels;
}

void LibavDecoder::State::check_rate(int rate_hz, int channels) {
  if (rate_hz < options.min_rate_hz || rate_hz > options.max_rate_hz) {
    fail_limit(fmt::format("a sampling rate of {} to {} Hz (min_rate_hz, max_rate_hz)", options.min_rate_hz,
                           options.max_rate_hz),
               fmt::format("{} Hz", rate_hz));
  }
  if (channels < 1 || channels > options.max_channels) {
    fail_limit(fmt::format("1 to {} channels (max_channels)", options.max_channels),
               fmt::format("{}", channels));
  }
  if (options.channel >= channels) {
    throw Error(ErrorCode::kUsage, {.where = "audio",
                                    .expected = fmt::format("a channel number below {}", channels),
                                    .got = fmt::format("{} for {}", options.channel, bytes.name()),
                                    .hint = "channels are counted from 0; -1 mixes all"});
  }
}

void LibavDecoder::State::check_seconds(double seconds, const char* how) {
  if (seconds > options.max_seconds) {
    fail_limit(fmt::format("at most {:.0f} seconds (max_seconds)", options.max_seconds),
               fmt::format("{} {:.0f} seconds", how, seconds));
  }
}

// Gives the codec its next packet. False when nothing more will come.
bool LibavDecoder::State::feed() {
  if (draining) return false;
  for (;;) {
    int status = av_read_frame(container.get(), packet.get());
    if (io_error) std::rethrow_exception(io_error);
    if (status < 0) {
      // A demuxer that loses its way in the middle has still decoded what came before.
      if (status != AVERROR_EOF) last_packet_damaged = true;
      draining = true;
      avcodec_send_packet(codec.get(), nullptr);
      return true;
    }
    if (packet->stream_index != stream->index) {
      av_packet_unref(packet.get());
      continue;
    }
    // Of WAV, libav marks every last packet that is shorter than usual; the header tells (finish()).
    last_packet_damaged = format != AudioFormat::kWav && (packet->flags & AV_PKT_FLAG_CORRUPT) != 0;
    status = avcodec_send_packet(codec.get(), packet.get());
    av_packet_unref(packet.get());
    if (status < 0 && status != AVERROR(EAGAIN)) note_damage();
    return true;
  }
}

void LibavDecoder::State::note_damage() {
  last_packet_damaged = true;
  ++report.damaged_packets;
  if (++damaged_in_a_row > kMaxDamagedInARow) {
    if (report.duration_s == 0) fail("nothing that decodes");
    draining = true;
  }
}

bool LibavDecoder::State::take_frame(Block& block) {
  int rate = frame->sample_rate;
  int channels = frame->ch_layout.nb_channels;
  check_rate(rate, channels);
  damaged_in_a_row = 0;
  block.sample_rate_hz = rate;
  bool known = mix_down(*frame, options.channel, block.samples, counts);
  report.duration_s += static_cast<double>(frame->nb_samples) / rate;
  // The container may have known less than the codec (AAC with parametric stereo or SBR).
  report.sample_rate_hz = rate;
  report.channels = channels;
  report.non_finite = counts.non_finite;
  report.clipped_share =
      counts.samples == 0 ? 0 : static_cast<double>(counts.clipped) / static_cast<double>(counts.samples);
  av_frame_unref(frame.get());
  if (!known) fail("a sample format this program does not know");
  check_seconds(report.duration_s, "more than");
  return !block.samples.empty();
}

void LibavDecoder::State::finish() {
  done = true;
  if (report.duration_s == 0 && report.damaged_packets > 0) fail("nothing that decodes");
  // A tenth of a second: lossy codecs round their length to packets and trim their delay.
  // A WAV header's own length is looked at in bytes, because libav forgets it when the file is shorter.
  bool short_of_declared = format != AudioFormat::kWav && declared_s > 0 &&
                           report.duration_s < declared_s - 0.1 - 0.001 * declared_s;
  bool open_end = format == AudioFormat::kOgg && !ogg_ends_properly(bytes.tail(kOggTailBytes));
  bool short_of_header = stated_end.has_value() && bytes.bytes_seen() < *stated_end;
  report.truncated = last_packet_damaged || short_of_declared || open_end || short_of_header;
}

LibavDecoder::LibavDecoder(SourceBytes& bytes, AudioFormat format, const DecodeOptions& options)
    : state_(std::make_unique<State>(bytes, format, options)) {
  static std::once_flag silenced;
  std::call_once(silenced, [] { av_log_set_level(AV_LOG_QUIET); });
  if (format == AudioFormat::kWav) state_->stated_end = wav_end(bytes.head(kSniffBytes));
  state_->open_container();
  state_->open_codec();
  State& state = *state_;
  if (format == AudioFormat::kG722 && bytes.seekable()) {  // no header, but always 64 kbit/s
    constexpr double kG722BytesPerS = 8000;
    state.declared_s = static_cast<double>(bytes.size()) / kG722BytesPerS;
    return;
  }
  if (state.stream->duration == AV_NOPTS_VALUE || state.stream->duration <= 0 ||
      state.container->duration_estimation_method == AVFMT_DURATION_FROM_BITRATE) {
    if (format != AudioFormat::kMatroska || state.container->duration <= 0) return;
    state.declared_s = static_cast<double>(state.container->duration) / AV_TIME_BASE;
  } else {
    state.declared_s = static_cast<double>(state.stream->duration) * av_q2d(state.stream->time_base);
  }
  // A container with an index knows its length: a bomb need not be decoded to be refused.
  bool trusted = format == AudioFormat::kOgg || format == AudioFormat::kMatroska ||
                 format == AudioFormat::kMp4 || format == AudioFormat::kFlac;
  if (trusted) state.check_seconds(state.declared_s, "a declared length of");
}

LibavDecoder::~LibavDecoder() = default;

bool LibavDecoder::next(Block& block) {
  State& state = *state_;
  block.samples.clear();
  while (!state.done) {
    int status = avcodec_receive_frame(state.codec.get(), state.frame.get());
    if (status == 0) {
      if (state.take_frame(block)) return true;
      continue;
    }
    if (status != AVERROR(EAGAIN) && status != AVERROR_EOF) state.note_damage();
    if (status == AVERROR_EOF || !state.feed()) state.finish();
  }
  return false;
}

const DecodeReport& LibavDecoder::report() const { return state_->report; }
double LibavDecoder::declared_s() const { return state_->declared_s; }

}  // namespace auris::audio
