#include "auris/audio/audio_source.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "auris/audio/audio_format.h"
#include "auris/base/checked.h"
#include "auris/base/error.h"

namespace auris::audio {
namespace {

constexpr int kWriterWaitMs = 5000;  // for somebody to open the other end of a FIFO

[[noreturn]] void fail_open(const std::string& name, const std::string& got, const std::string& hint) {
  throw Error(ErrorCode::kInput,
              {.where = "audio", .expected = "a readable recording", .got = name + ": " + got, .hint = hint});
}

}  // namespace

AudioSource AudioSource::file(std::filesystem::path path) {
  AudioSource source;
  source.kind_ = Kind::kFile;
  source.name_ = quoted(path.string(), 200);
  source.path_ = std::move(path);
  return source;
}

AudioSource AudioSource::part(std::filesystem::path path, uint64_t offset, uint64_t bytes) {
  AudioSource source = file(std::move(path));
  source.part_offset_ = offset;
  source.part_bytes_ = bytes;
  source.name_ += fmt::format(" from byte {} on", offset);
  return source;
}

AudioSource AudioSource::memory(std::span<const std::byte> bytes, std::string name) {
  AudioSource source;
  source.kind_ = Kind::kMemory;
  source.bytes_ = bytes;
  source.name_ = std::move(name);
  return source;
}

AudioSource AudioSource::stream(int descriptor, std::string name) {
  AudioSource source;
  source.kind_ = Kind::kStream;
  source.descriptor_ = descriptor;
  source.name_ = std::move(name);
  return source;
}

SourceBytes::SourceBytes(const AudioSource& source, uint64_t max_bytes)
    : name_(source.name_), max_bytes_(max_bytes) {
  switch (source.kind_) {
    case AudioSource::Kind::kFile: open_file(source); break;
    case AudioSource::Kind::kMemory:
      memory_ = source.bytes_;
      seekable_ = true;
      size_ = memory_.size();
      break;
    case AudioSource::Kind::kStream: descriptor_ = source.descriptor_; break;
  }
  if (seekable_ && size_ > max_bytes_) fail_too_large(max_bytes_, "max_file_bytes");
}

SourceBytes::~SourceBytes() {
  if (owns_descriptor_) ::close(descriptor_);
}

void SourceBytes::open_file(const AudioSource& source) {
  // O_NONBLOCK: opening a FIFO must not wait for a writer for ever.
  int descriptor = ::open(source.path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) fail_open(name_, std::strerror(errno), "check the path");
  descriptor_ = descriptor;
  owns_descriptor_ = true;
  struct stat info {};
  if (::fstat(descriptor, &info) != 0) fail_open(name_, std::strerror(errno), "");
  if (S_ISREG(info.st_mode)) {
    seekable_ = true;
    size_ = static_cast<uint64_t>(info.st_size);
    if (source.part_bytes_ > 0) {
      if (!fits(source.part_offset_, source.part_bytes_, size_))
        fail_open(name_, "the file ends before it", "");
      base_ = source.part_offset_;
      size_ = source.part_bytes_;
    }
    return;
  }
  if (!S_ISFIFO(info.st_mode)) {
    fail_open(name_, S_ISDIR(info.st_mode) ? "a folder" : "neither a regular file nor a pipe",
              "give a sound file");
  }
  pollfd waiting{.fd = descriptor, .events = POLLIN, .revents = 0};
  if (::poll(&waiting, 1, kWriterWaitMs) <= 0)
    fail_open(name_, "a pipe that nobody writes to", "start the writer first");
  ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) & ~O_NONBLOCK);
}

void SourceBytes::fail_too_large(uint64_t limit, const char* option) const {
  throw Error(ErrorCode::kInput,
              {.where = "audio",
               .expected = fmt::format("a recording of at most {} bytes ({})", limit, option),
               .got = name_ + " with more",
               .hint = "raise the limit, or cut or compress the recording"});
}

size_t SourceBytes::read_descriptor(std::span<std::byte> out) {
  if (seekable_) out = out.first(std::min<uint64_t>(out.size(), size_ - std::min(position_, size_)));
  for (;;) {
    ssize_t count = seekable_
                        ? ::pread(descriptor_, out.data(), out.size(), static_cast<off_t>(base_ + position_))
                        : ::read(descriptor_, out.data(), out.size());
    if (count >= 0) return static_cast<size_t>(count);
    if (errno != EINTR) fail_open(name_, std::strerror(errno), "");
  }
}

std::span<const std::byte> SourceBytes::head(size_t count) {
  if (seekable_ && descriptor_ < 0) return memory_.first(std::min<size_t>(count, memory_.size()));
  std::vector<std::byte>& buffer = seekable_ ? buffer_ : head_;
  if (!buffer.empty()) return std::span(buffer).first(std::min(count, buffer.size()));
  buffer.resize(count);
  size_t filled = 0;
  while (filled < count) {
    size_t got = read_descriptor(std::span(buffer).subspan(filled));
    if (got == 0) break;
    filled += got;
    if (seekable_) position_ += got;
  }
  buffer.resize(filled);
  if (seekable_) {
    position_ = 0;
  } else {
    stream_bytes_ += filled;
    remember_tail(buffer);
    if (stream_bytes_ > max_bytes_) fail_too_large(max_bytes_, "max_file_bytes");
  }
  return buffer;
}

size_t SourceBytes::read(std::span<std::byte> out) {
  size_t count = 0;
  if (seekable_ && descriptor_ < 0) {
    count = position_ < size_ ? std::min<size_t>(out.size(), size_ - position_) : 0;
    if (count > 0) std::memcpy(out.data(), memory_.data() + position_, count);
  } else if (!seekable_ && position_ < head_.size()) {
    count = std::min<size_t>(out.size(), head_.size() - position_);
    std::memcpy(out.data(), head_.data() + position_, count);
  } else {
    if (seekable_ && position_ >= size_) return 0;  // the file may have grown since: keep to what was seen
    count = read_descriptor(out);
    if (!seekable_) {
      stream_bytes_ += count;
      if (stream_bytes_ > max_bytes_) fail_too_large(max_bytes_, "max_file_bytes");
      remember_tail(out.first(count));
    }
  }
  position_ += count;
  return count;
}

void SourceBytes::seek(uint64_t position) { position_ = position; }

void SourceBytes::remember_tail(std::span<const std::byte> bytes) {
  if (bytes.size() > kOggTailBytes) bytes = bytes.last(kOggTailBytes);
  tail_.insert(tail_.end(), bytes.begin(), bytes.end());
  if (tail_.size() > 4 * kOggTailBytes) tail_.erase(tail_.begin(), tail_.end() - kOggTailBytes);
}

std::vector<std::byte> SourceBytes::tail(size_t count) {
  if (!seekable_) {
    count = std::min(count, tail_.size());
    return {tail_.end() - static_cast<std::ptrdiff_t>(count), tail_.end()};
  }
  std::vector<std::byte> out(std::min<uint64_t>(count, size_));
  uint64_t before = position_;
  seek(size_ - out.size());
  size_t filled = 0;
  while (filled < out.size()) {
    size_t got = read(std::span(out).subspan(filled));
    if (got == 0) break;
    filled += got;
  }
  out.resize(filled);
  seek(before);
  return out;
}

void SourceBytes::buffer_whole(uint64_t max_bytes) {
  if (seekable_) return;
  buffer_ = std::move(head_);
  size_t filled = buffer_.size();
  for (;;) {
    if (filled > max_bytes)
      fail_too_large(max_bytes, "max_buffer_bytes: this format must be read whole from a pipe");
    if (filled == buffer_.size()) buffer_.resize(std::max<size_t>(2 * filled, 1 << 20));
    size_t got = read_descriptor(std::span(buffer_).subspan(filled));
    if (got == 0) break;
    filled += got;
  }
  buffer_.resize(filled);
  if (owns_descriptor_) ::close(descriptor_);
  owns_descriptor_ = false;
  descriptor_ = -1;
  memory_ = buffer_;
  size_ = buffer_.size();
  position_ = 0;
  seekable_ = true;
}

}  // namespace auris::audio
