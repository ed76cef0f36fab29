#pragma once
// For the parity tests of models: golden tensors of the reference, and an observer that names the first layer
// that differs from them.

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "auris/tensor/row_layout.h"
#include "auris/tensor/transfer.h"
#include "auris/weights/checkpoint.h"
#include "tests/source_folder.h"

namespace auris::models::testing {

inline std::filesystem::path golden_folder() {
  return std::filesystem::path(AURIS_SOURCE_DIR) / "tests" / "golden" / "models";
}

// Largest difference over the largest golden value; infinite if the sizes differ or a value is not a number.
inline double relative_error(const Tensor& computed, const Tensor& golden) {
  Tensor ours = to_host(computed);
  if (ours.elements() != golden.elements() || golden.elements() == 0) return INFINITY;
  double difference = 0.0, largest = 0.0;
  for (int64_t i = 0; i < golden.elements(); ++i) {
    double expected = golden.data<float>()[i];
    double error = std::abs(ours.data<float>()[i] - expected);
    if (std::isnan(error)) return INFINITY;
    difference = std::max(difference, error);
    largest = std::max(largest, std::abs(expected));
  }
  return largest > 0.0 ? difference / largest : difference;
}

class Golden {
 public:
  explicit Golden(const std::string& name)
      : file_(weights::open_checkpoint(golden_folder() / name / "golden.safetensors")) {}

  bool contains(const std::string& name) const { return file_->contains(name); }
  Tensor tensor(const std::string& name) const { return file_->tensor(name); }
  std::vector<int32_t> ids(const std::string& name) const {
    std::span<int32_t> values = tensor(name).span<int32_t>();
    return {values.begin(), values.end()};
  }

 private:
  std::shared_ptr<const weights::Checkpoint> file_;
};

// Compares what it sees with the golden tensors PREFIX.NAME (NAME without a prefix) and keeps the first that
// differs.
class FirstDifference {
 public:
  FirstDifference(const Golden& golden, std::string prefix, double tolerance)
      : golden_(golden), prefix_(std::move(prefix)), tolerance_(tolerance) {}

  void see(std::string_view name, const Tensor& rows) {
    std::string full = prefix_.empty() ? std::string(name) : prefix_ + "." + std::string(name);
    if (!found_.empty() || !golden_.contains(full)) return;
    ++compared_;
    double error = relative_error(rows, golden_.tensor(full));
    worst_ = std::max(worst_, error);
    if (error > tolerance_) found_ = fmt::format("{} differs first: relative error {:.3g}", full, error);
  }

  const std::string& found() const { return found_; }
  int compared() const { return compared_; }
  double worst() const { return worst_; }

 private:
  const Golden& golden_;
  std::string prefix_;
  double tolerance_;
  std::string found_;
  int compared_ = 0;
  double worst_ = 0.0;
};

}  // namespace auris::models::testing
