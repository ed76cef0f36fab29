#pragma once
// The logits of many answers in one file, mapped into memory:
//
//   0-7      "AURISLG1"
//   8-15     rows
//   16-23    where the index begins (behind the records); 0 in a file that was not finished
//   24-27    size of the vocabulary
//   28-31    0
//   32-      records (answer_logits.h), one behind the other
//   index    rows of 16 bytes: offset u64, bytes u32, tokens u32
//
// All numbers are little-endian.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "auris/base/mapped_file.h"
#include "auris/data/responses/answer_logits.h"

namespace auris::data {

struct LogitsPlace {
  uint64_t offset = 0;
  uint32_t bytes = 0;
  uint32_t tokens = 0;
};

class LogitsFile {
 public:
  // kInput if it is no such file, or was not finished. Rows are checked when they are asked for.
  static LogitsFile open(const std::filesystem::path& path);
  // The same for bytes in memory, which must outlive the object.
  static LogitsFile parse(std::span<const std::byte> bytes, const std::string& where);

  uint64_t size() const { return rows_; }
  int32_t vocab_size() const { return vocab_size_; }
  // kUsage beyond the last row; kInput if it lies outside the file.
  LogitsPlace place(uint64_t row) const;
  std::span<const std::byte> bytes(uint64_t row) const;
  // kInput also for a damaged record, or ids beyond the vocabulary.
  AnswerLogits operator[](uint64_t row) const;

 private:
  std::shared_ptr<const MappedFile> file_;
  std::span<const std::byte> bytes_;
  std::string where_;
  uint64_t rows_ = 0, index_ = 0;
  int32_t vocab_size_ = 0;
};

// Grows a file record by record under another name, "PATH.part", and finishes it. What was interrupted goes
// on behind the records that are known to be whole.
class LogitsWriter {
 public:
  // `bytes`: of the records that are there and wanted. kInput if the file is shorter, or cannot be written.
  LogitsWriter(std::filesystem::path path, int32_t vocab_size, std::span<const uint32_t> bytes);
  ~LogitsWriter();
  LogitsWriter(const LogitsWriter&) = delete;
  LogitsWriter& operator=(const LogitsWriter&) = delete;

  // On the disk when it returns. Returns the record's bytes.
  uint32_t add(const AnswerLogits& answer);
  uint64_t rows() const { return places_.size(); }
  void finish();

 private:
  [[noreturn]] void fail(const char* doing) const;
  void write_at(uint64_t offset, const void* data, size_t size);

  std::filesystem::path path_, part_;
  int32_t vocab_size_;
  std::vector<LogitsPlace> places_;
  uint64_t end_ = 0;
  int fd_ = -1;
};

}  // namespace auris::data
