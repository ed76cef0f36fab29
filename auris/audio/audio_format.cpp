#include "auris/audio/audio_format.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace auris::audio {
namespace {

constexpr size_t kJunkBytes = 64 * 1024;  // searched for the first frame header
constexpr int kSureFrames = 3;  // headers in a row that agree: by chance less than once in 10^15 positions

uint32_t byte_at(std::span<const std::byte> bytes, size_t i) { return static_cast<uint32_t>(bytes[i]); }

bool has(std::span<const std::byte> bytes, size_t offset, std::string_view text) {
  return bytes.size() >= offset + text.size() &&
         std::memcmp(bytes.data() + offset, text.data(), text.size()) == 0;
}

uint64_t little_endian(std::span<const std::byte> bytes, size_t offset, size_t width) {
  uint64_t value = 0;
  for (size_t i = width; i-- > 0;) value = value << 8 | byte_at(bytes, offset + i);
  return value;
}

// Bytes of the ID3v2 tags at the beginning (ID3v2.4 section 3.1: a 10-byte header with a 28-bit size).
size_t id3_bytes(std::span<const std::byte> head) {
  size_t at = 0;
  while (has(head, at, "ID3") && head.size() >= at + 10) {
    size_t size = 0;
    for (size_t i = 6; i < 10; ++i) size = size << 7 | (byte_at(head, at + i) & 0x7f);
    bool footer = (byte_at(head, at + 5) & 0x10) != 0;
    at += 10 + size + (footer ? 10 : 0);
  }
  return at;
}

struct FrameHeader {
  uint32_t kind = 0;  // the bits that agree in all frames of a stream; 0 = not a header
  size_t bytes = 0;   // length of the frame
};

// ISO 11172-3 2.4.1.3 and ISO 13818-3; layers 1 to 3. Free-format streams are not recognised.
FrameHeader mpeg_header(std::span<const std::byte> bytes, size_t at) {
  if (bytes.size() < at + 4 || byte_at(bytes, at) != 0xff) return {};
  uint32_t b1 = byte_at(bytes, at + 1), b2 = byte_at(bytes, at + 2);
  uint32_t version = b1 >> 3 & 3, layer = b1 >> 1 & 3, bitrate = b2 >> 4, rate = b2 >> 2 & 3,
           padding = b2 >> 1 & 1;
  if ((b1 & 0xe0) != 0xe0 || version == 1 || layer == 0 || bitrate == 0 || bitrate == 15 || rate == 3)
    return {};
  static constexpr std::array<std::array<uint16_t, 14>, 5> kKbit = {{
      {32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},  // version 1, layer 1
      {32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},     // version 1, layer 2
      {32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},      // version 1, layer 3
      {32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},     // version 2, layer 1
      {8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},          // version 2, layers 2 and 3
  }};
  static constexpr std::array<uint32_t, 3> kRate = {44100, 48000, 32000};
  bool v1 = version == 3;
  uint32_t layer_number = 4 - layer;
  size_t row = v1 ? layer_number - 1 : (layer_number == 1 ? 3 : 4);
  uint32_t hz = kRate[rate] >> (v1 ? 0 : version == 2 ? 1 : 2);
  uint32_t bits = kKbit[row][bitrate - 1] * 1000u;
  size_t size = 0;
  if (layer_number == 1) {
    size = (12 * bits / hz + padding) * 4;
  } else {
    size = (layer_number == 3 && !v1 ? 72 : 144) * bits / hz + padding;
  }
  return {.kind = (b1 & 0x1e) << 8 | (b2 & 0x0c) | 1, .bytes = std::max<size_t>(size, 4)};
}

// ISO 13818-7 6.2.
FrameHeader adts_header(std::span<const std::byte> bytes, size_t at) {
  if (bytes.size() < at + 7 || byte_at(bytes, at) != 0xff) return {};
  uint32_t b1 = byte_at(bytes, at + 1), b2 = byte_at(bytes, at + 2), b3 = byte_at(bytes, at + 3);
  if ((b1 & 0xf6) != 0xf0 || (b2 >> 2 & 15) > 12) return {};
  size_t size = (b3 & 3) << 11 | byte_at(bytes, at + 4) << 3 | byte_at(bytes, at + 5) >> 5;
  if (size < 7) return {};
  return {.kind = (b1 & 0x0f) << 8 | (b2 & 0xfc) | 1, .bytes = size};
}

struct Chain {
  int frames = 0;
  bool reaches_end = false;
};

template <typename Header>
Chain chain_from(std::span<const std::byte> bytes, size_t at, Header header) {
  Chain chain;
  uint32_t kind = 0;
  while (chain.frames < kSureFrames && at < bytes.size()) {
    FrameHeader frame = header(bytes, at);
    if (frame.kind == 0 || (kind != 0 && frame.kind != kind)) return chain;
    kind = frame.kind;
    at += frame.bytes;
    ++chain.frames;
  }
  chain.reaches_end = at >= bytes.size();
  return chain;
}

template <typename Header>
bool surely(std::span<const std::byte> bytes, size_t begin, Header header) {
  size_t end = std::min(bytes.size(), begin + kJunkBytes);
  for (size_t at = begin; at < end; ++at) {
    if (byte_at(bytes, at) == 0xff && chain_from(bytes, at, header).frames >= kSureFrames) return true;
  }
  return false;
}

bool is_iso_media(std::span<const std::byte> head) {
  for (std::string_view box : {"ftyp", "moov", "mdat", "free", "skip", "wide", "pnot"}) {
    if (has(head, 4, box)) return true;
  }
  return false;
}

AudioFormat by_magic(std::span<const std::byte> head) {
  if ((has(head, 0, "RIFF") || has(head, 0, "RF64") || has(head, 0, "RIFX")) && has(head, 8, "WAVE")) {
    return AudioFormat::kWav;
  }
  if (has(head, 0, "FORM") && (has(head, 8, "AIFF") || has(head, 8, "AIFC"))) return AudioFormat::kAiff;
  if (has(head, 0, "fLaC")) return AudioFormat::kFlac;
  if (has(head, 0, "OggS")) return AudioFormat::kOgg;
  if (has(head, 0, "\x1a\x45\xdf\xa3")) return AudioFormat::kMatroska;
  if (is_iso_media(head)) return AudioFormat::kMp4;
  return AudioFormat::kUnknown;
}

}  // namespace

std::string_view name_of(AudioFormat format) {
  switch (format) {
    case AudioFormat::kUnknown: return "unknown";
    case AudioFormat::kWav: return "wav";
    case AudioFormat::kFlac: return "flac";
    case AudioFormat::kMp3: return "mp3";
    case AudioFormat::kOgg: return "ogg";
    case AudioFormat::kMatroska: return "webm";
    case AudioFormat::kMp4: return "mp4";
    case AudioFormat::kAdts: return "aac";
    case AudioFormat::kG722: return "g722";
    case AudioFormat::kAiff: return "aiff";
  }
  return "unknown";
}

AudioFormat sniff_format(std::span<const std::byte> head, bool whole, bool g722_expected) {
  if (AudioFormat format = by_magic(head); format != AudioFormat::kUnknown) return format;
  size_t begin = id3_bytes(head);
  if (begin > 0) {
    if (begin >= head.size())
      return AudioFormat::kMp3;  // a large cover picture; nobody else writes ID3v2 first
    if (has(head, begin, "fLaC")) return AudioFormat::kFlac;
  }
  if (surely(head, begin, adts_header)) return AudioFormat::kAdts;
  if (surely(head, begin, mpeg_header)) return AudioFormat::kMp3;
  if (begin > 0) return AudioFormat::kMp3;
  if (g722_expected) return AudioFormat::kG722;
  if (whole && chain_from(head, 0, adts_header).reaches_end) return AudioFormat::kAdts;
  if (whole && chain_from(head, 0, mpeg_header).reaches_end) return AudioFormat::kMp3;
  return AudioFormat::kUnknown;
}

std::optional<uint64_t> wav_end(std::span<const std::byte> head) {
  constexpr uint64_t kPretended = 0x7fff0000;
  constexpr uint64_t kLargest = uint64_t{1} << 60;
  bool rf64 = has(head, 0, "RF64");  // EBU Tech 3306: lengths of 64 bits in the chunk ds64
  if (!rf64 && !has(head, 0, "RIFF")) return std::nullopt;
  std::optional<uint64_t> data_bytes;
  uint64_t at = 12;
  while (head.size() >= 8 && at <= head.size() - 8) {
    uint64_t size = little_endian(head, at + 4, 4);
    if (rf64 && has(head, at, "ds64") && size >= 16 && head.size() >= at + 24) {
      data_bytes = little_endian(head, at + 16, 8);
    }
    if (has(head, at, "data")) {
      if (!rf64 && size < kPretended) data_bytes = size;
      if (data_bytes.value_or(0) == 0 || *data_bytes > kLargest) return std::nullopt;
      return at + 8 + *data_bytes;
    }
    at += 8 + size + size % 2;  // at most 2^32 more each time: no overflow before the end of `head`
  }
  return std::nullopt;
}

bool ogg_ends_properly(std::span<const std::byte> tail) {
  // RFC 3533 section 6: 27 bytes of header, a table of segment sizes, the segments.
  size_t at = tail.size();
  while (at > 0) {
    --at;
    if (!has(tail, at, "OggS")) continue;
    if (tail.size() < at + 27) return false;
    size_t segments = byte_at(tail, at + 26);
    size_t end = at + 27 + segments;
    if (tail.size() < end) return false;
    for (size_t i = 0; i < segments; ++i) end += byte_at(tail, at + 27 + i);
    bool last_page = (byte_at(tail, at + 5) & 0x04) != 0;
    return end == tail.size() && last_page;
  }
  return false;
}

}  // namespace auris::audio
