#pragma once
// What kind of recording a run of bytes is. Content decides, never the name, with one exception: raw G.722
// has no magic bytes at all. The order is:
//   1. magic bytes (RIFF/RF64 WAVE, FORM AIFF/AIFC, fLaC, OggS, EBML, ISO media boxes), or a chain of at
//      least three MPEG audio or ADTS frame headers that agree (after an ID3v2 tag, and after up to 64 KiB
//      of junk)
//   2. otherwise, the caller's hint or the name ending .g722 or .722: raw G.722, 64 kbit/s
//   3. otherwise, one or two frame headers at the very start that reach the end of the bytes: a very short
//   MP3 or AAC
//   4. otherwise unknown

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace auris::audio {

enum class AudioFormat : uint8_t { kUnknown, kWav, kFlac, kMp3, kOgg, kMatroska, kMp4, kAdts, kG722, kAiff };

std::string_view name_of(AudioFormat format);

// `head` is the beginning of the recording, the more the better up to kSniffBytes; `whole` says that it is
// all of it.
constexpr size_t kSniffBytes = 256 * 1024;
AudioFormat sniff_format(std::span<const std::byte> head, bool whole, bool g722_expected);

// Where the sound of a WAV file must end by its own header, if `head` holds that and it is not one of the
// lengths that programs claim when they write into a pipe (0, or about 2 or 4 GiB).
std::optional<uint64_t> wav_end(std::span<const std::byte> head);

// Whether an Ogg stream that ends with these bytes ends at a page boundary with the end-of-stream flag set.
// The last kOggTailBytes are enough, because a page has at most 65,307 bytes.
constexpr size_t kOggTailBytes = 128 * 1024;
bool ogg_ends_properly(std::span<const std::byte> tail);

}  // namespace auris::audio
