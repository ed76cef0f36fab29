#pragma once
// Where a recording comes from: a file, memory, or a stream that can be read only once (a pipe).

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace auris::audio {

// Names a source; nothing is opened before a reader does.
class AudioSource {
 public:
  // A regular file, or a FIFO (which is read as a stream). Throws kInput on opening for anything else.
  static AudioSource file(std::filesystem::path path);
  // A recording inside a regular file, such as a tar file: `bytes` > 0 from `offset` on. Throws kInput on
  // opening if the file does not hold them.
  static AudioSource part(std::filesystem::path path, uint64_t offset, uint64_t bytes);
  // Bytes that outlive the reader. They are not copied.
  static AudioSource memory(std::span<const std::byte> bytes, std::string name = "memory");
  // An open file descriptor, read from where it stands and left open.
  static AudioSource stream(int descriptor, std::string name);
  static AudioSource standard_input() { return stream(0, "standard input"); }

  AudioSource(const std::filesystem::path& path) : AudioSource(file(path)) {}  // NOLINT: a path is a source
  AudioSource(const char* path) : AudioSource(file(path)) {}                   // NOLINT
  AudioSource(const std::string& path) : AudioSource(file(path)) {}            // NOLINT

  const std::string& name() const { return name_; }  // for messages

 private:
  friend class SourceBytes;
  AudioSource() = default;

  enum class Kind { kFile, kMemory, kStream } kind_ = Kind::kFile;
  std::filesystem::path path_;
  uint64_t part_offset_ = 0, part_bytes_ = 0;  // part_bytes_ 0: all of the file
  std::span<const std::byte> bytes_;
  int descriptor_ = -1;
  std::string name_;
};

// The bytes of an opened source. A stream remembers its head (so that sniffing can look at it) and its tail.
class SourceBytes {
 public:
  // Throws kInput if it cannot be opened, is a folder or a device, or is larger than `max_bytes` (for a
  // stream: when reading passes them).
  SourceBytes(const AudioSource& source, uint64_t max_bytes);
  ~SourceBytes();
  SourceBytes(const SourceBytes&) = delete;
  SourceBytes& operator=(const SourceBytes&) = delete;

  const std::string& name() const { return name_; }
  bool seekable() const { return seekable_; }
  uint64_t size() const { return size_; }  // only if seekable()
  uint64_t position() const { return position_; }
  // The size, or what has been taken from a stream.
  uint64_t bytes_seen() const { return seekable_ ? size_ : stream_bytes_; }

  // The first `count` bytes, fewer if the source is shorter. Call before the first read; later
  // calls give no more than the first one did.
  std::span<const std::byte> head(size_t count);
  // Reads up to out.size() bytes; 0 at the end.
  size_t read(std::span<std::byte> out);
  void seek(uint64_t position);  // only if seekable()
  // The last bytes that a seekable source has, or that reading a stream has passed: up to `count` <=
  // kOggTailBytes.
  std::vector<std::byte> tail(size_t count);
  // Reads a stream to its end into memory, so that it becomes seekable. Throws kInput beyond `max_bytes`.
  void buffer_whole(uint64_t max_bytes);

 private:
  size_t read_descriptor(std::span<std::byte> out);
  void open_file(const AudioSource& source);
  void remember_tail(std::span<const std::byte> bytes);
  [[noreturn]] void fail_too_large(uint64_t limit, const char* option) const;

  std::string name_;
  uint64_t max_bytes_;
  bool seekable_ = false;
  bool owns_descriptor_ = false;
  int descriptor_ = -1;                // -1: everything is in memory_
  std::span<const std::byte> memory_;  // the caller's bytes, or buffer_
  std::vector<std::byte> buffer_;      // of buffer_whole, or the head of a seekable file
  std::vector<std::byte> head_;        // of a stream: read, but not yet given out beyond position_
  std::vector<std::byte> tail_;        // of a stream: a window over the last bytes
  uint64_t base_ = 0;                  // where the recording begins in its file
  uint64_t size_ = 0;
  uint64_t position_ = 0;
  uint64_t stream_bytes_ = 0;  // taken from a stream so far
};

}  // namespace auris::audio
