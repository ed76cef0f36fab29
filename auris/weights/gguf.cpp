#include "auris/weights/gguf.h"

#include <algorithm>
#include <array>
#include <bit>
#include <unordered_set>

#include "auris/base/checked.h"
#include "auris/weights/byte_reader.h"
#include "auris/weights/gguf_format.h"

namespace auris::weights {
namespace {

using namespace gguf;
using nlohmann::json;

constexpr int kMaxArrayDepth = 4;
constexpr uint64_t kMaxArrayElements = 1u << 22;  // the largest vocabularies (262k tokens) need 1.3 million
constexpr uint32_t kMinAlignment = 8;
constexpr uint32_t kMaxAlignment = 1u << 20;

constexpr uint32_t kValueTypes = 13;
// Fewest bytes a value of each type takes in the file.
constexpr std::array<uint8_t, kValueTypes> kValueBytes = {1, 1, 2, 2, 4, 4, 4, 1, 8, 12, 8, 8, 8};

// The types that ggml writes into files. Those without a DType are known only so that their byte ranges can
// be checked.
struct GgmlType {
  uint32_t id;
  std::string_view name;
  uint32_t block_elements;
  uint32_t block_bytes;
  bool readable;
  DType dtype;
};
constexpr GgmlType kGgmlTypes[] = {
    {0, "F32", 1, 4, true, DType::kF32},
    {1, "F16", 1, 2, true, DType::kF16},
    {2, "Q4_0", 32, 18, true, DType::kQ4_0},
    {3, "Q4_1", 32, 20, true, DType::kQ4_1},
    {6, "Q5_0", 32, 22, true, DType::kQ5_0},
    {7, "Q5_1", 32, 24, true, DType::kQ5_1},
    {8, "Q8_0", 32, 34, true, DType::kQ8_0},
    {12, "Q4_K", 256, 144, true, DType::kQ4_K},
    {13, "Q5_K", 256, 176, true, DType::kQ5_K},
    {14, "Q6_K", 256, 210, true, DType::kQ6_K},
    {24, "I8", 1, 1, true, DType::kI8},
    {26, "I32", 1, 4, true, DType::kI32},
    {30, "BF16", 1, 2, true, DType::kBF16},
    {10, "Q2_K", 256, 84, false, {}},
    {11, "Q3_K", 256, 110, false, {}},
    {16, "IQ2_XXS", 256, 66, false, {}},
    {17, "IQ2_XS", 256, 74, false, {}},
    {18, "IQ3_XXS", 256, 98, false, {}},
    {19, "IQ1_S", 256, 50, false, {}},
    {20, "IQ4_NL", 32, 18, false, {}},
    {21, "IQ3_S", 256, 110, false, {}},
    {22, "IQ2_S", 256, 82, false, {}},
    {23, "IQ4_XS", 256, 136, false, {}},
    {25, "I16", 1, 2, false, {}},
    {27, "I64", 1, 8, false, {}},
    {28, "F64", 1, 8, false, {}},
    {29, "IQ1_M", 256, 56, false, {}},
    {34, "TQ1_0", 256, 54, false, {}},
    {35, "TQ2_0", 256, 66, false, {}},
    {39, "MXFP4", 32, 17, false, {}},
    {40, "NVFP4", 64, 36, false, {}},
    {41, "Q1_0", 128, 18, false, {}},
};

const GgmlType& ggml_type(uint32_t id, std::string_view tensor) {
  const auto* found = std::ranges::find(kGgmlTypes, id, &GgmlType::id);
  if (found == std::end(kGgmlTypes)) {
    fail_model("gguf", fmt::format("a known type for tensor {}", quoted(tensor)),
               fmt::format("type number {}", id));
  }
  return *found;
}

class Parser {
 public:
  explicit Parser(std::span<const std::byte> bytes) : reader_(bytes, "gguf"), bytes_(bytes) {}

  ParsedFile parse() {
    read_header();
    for (uint64_t i = 0; i < metadata_count_; ++i) read_key_value();
    check_alignment();
    check_not_split();
    read_tensors();
    return std::move(file_);
  }

 private:
  struct Described {
    std::string name;
    std::vector<uint64_t> extents;  // outermost first
    const GgmlType* type;
    uint64_t offset;
    uint64_t bytes;
  };

  void read_header() {
    if (reader_.text(4, "magic") != "GGUF") fail_model("gguf", "the magic bytes GGUF", "something else");
    auto version = reader_.read<uint32_t>("version");
    if (version != 2 && version != 3) {
      bool swapped = version == 0x02000000 || version == 0x03000000;
      fail_model("gguf", "GGUF version 2 or 3",
                 swapped ? "a big-endian file" : fmt::format("version {}", version),
                 swapped ? "convert it to little endian" : "convert the model again with current tools");
    }
    tensor_count_ = reader_.read<uint64_t>("tensor count");
    metadata_count_ = reader_.read<uint64_t>("metadata count");
    // Fewest bytes: a tensor has a name (8 + 1), rank, type and offset; a pair has a key (8 + 1), type and
    // value.
    reader_.check_count(tensor_count_, 25, "tensors");
    reader_.check_count(metadata_count_, 14, "metadata pairs");
  }

  std::string_view read_string(const char* what) { return reader_.text(reader_.read<uint64_t>(what), what); }

  void read_key_value() {
    std::string_view key = read_string("metadata key");
    if (key.size() > kMaxKeyBytes) {
      fail_model("gguf", fmt::format("metadata keys up to {} bytes", kMaxKeyBytes),
                 fmt::format("{} bytes", key.size()));
    }
    check_name("gguf", "metadata key", key);
    auto type = reader_.read<uint32_t>("value type");
    if (file_.metadata.contains(key))
      fail_model("gguf", "each metadata key once", fmt::format("{} twice", quoted(key)));
    file_.metadata.emplace(key, read_value(type, 0));
  }

  json read_value(uint32_t type, int depth) {
    switch (type) {
      case kUint8: return reader_.read<uint8_t>("value");
      case kInt8: return reader_.read<int8_t>("value");
      case kUint16: return reader_.read<uint16_t>("value");
      case kInt16: return reader_.read<int16_t>("value");
      case kUint32: return reader_.read<uint32_t>("value");
      case kInt32: return reader_.read<int32_t>("value");
      case kFloat32: return reader_.read<float>("value");
      case kBool: return read_bool();
      case kString: return read_string("string");
      case kArray: return read_array(depth + 1);
      case kUint64: return reader_.read<uint64_t>("value");
      case kInt64: return reader_.read<int64_t>("value");
      case kFloat64: return reader_.read<double>("value");
      default: fail_model("gguf", "a known metadata value type", fmt::format("type number {}", type));
    }
  }

  bool read_bool() {
    auto value = reader_.read<uint8_t>("value");
    if (value > 1) fail_model("gguf", "a boolean of 0 or 1", fmt::format("{}", value));
    return value == 1;
  }

  json read_array(int depth) {
    if (depth > kMaxArrayDepth) {
      fail_model("gguf", fmt::format("arrays nested at most {} deep", kMaxArrayDepth), "deeper nesting");
    }
    auto type = reader_.read<uint32_t>("array type");
    auto count = reader_.read<uint64_t>("array length");
    if (type >= kValueTypes)
      fail_model("gguf", "a known array element type", fmt::format("type number {}", type));
    reader_.check_count(count, kValueBytes[type], "array elements");
    if (count > kMaxArrayElements - array_elements_) {
      fail_model("gguf", fmt::format("at most {} elements in all metadata arrays", kMaxArrayElements),
                 "more");
    }
    array_elements_ += count;
    json::array_t values;
    values.reserve(count);
    for (uint64_t i = 0; i < count; ++i) values.push_back(read_value(type, depth));
    return values;
  }

  void check_alignment() {
    auto found = file_.metadata.find("general.alignment");
    if (found == file_.metadata.end()) return;
    uint64_t value = found->is_number_unsigned() ? found->get<uint64_t>() : 0;
    if (!std::has_single_bit(value) || value < kMinAlignment || value > kMaxAlignment) {
      fail_model(
          "gguf",
          fmt::format("general.alignment as a power of two from {} to {}", kMinAlignment, kMaxAlignment),
          value == 0 ? "another kind of value" : fmt::format("{}", value));
    }
    alignment_ = static_cast<uint32_t>(value);
  }

  void check_not_split() const {
    auto found = file_.metadata.find("split.count");
    if (found == file_.metadata.end()) return;
    if (!found->is_number_unsigned() || found->get<uint64_t>() > 1) {
      fail_model("gguf", "a model in one GGUF file", "one part of a split model",
                 "merge the parts with gguf-split --merge");
    }
  }

  Described read_tensor_info() {
    Described tensor;
    tensor.name = read_string("tensor name");
    check_name("gguf", "tensor name", tensor.name);
    auto rank = reader_.read<uint32_t>("tensor rank");
    if (rank > Shape::kMaxRank) {
      fail_model("gguf",
                 fmt::format("at most {} dimensions for tensor {}", Shape::kMaxRank, quoted(tensor.name)),
                 fmt::format("{}", rank));
    }
    for (uint32_t i = 0; i < rank; ++i) tensor.extents.push_back(reader_.read<uint64_t>("tensor extent"));
    std::ranges::reverse(tensor.extents);  // the file has the innermost first
    tensor.type = &ggml_type(reader_.read<uint32_t>("tensor type"), tensor.name);
    tensor.offset = reader_.read<uint64_t>("tensor offset");
    tensor.bytes = checked_tensor_bytes("gguf", tensor.name, tensor.extents, tensor.type->block_elements,
                                        tensor.type->block_bytes);
    if (tensor.offset % alignment_ != 0) {
      fail_model("gguf", fmt::format("tensor {} at a multiple of {} bytes", quoted(tensor.name), alignment_),
                 fmt::format("offset {}", tensor.offset));
    }
    return tensor;
  }

  void read_tensors() {
    std::vector<Described> tensors;
    tensors.reserve(tensor_count_);
    for (uint64_t i = 0; i < tensor_count_; ++i) tensors.push_back(read_tensor_info());
    std::unordered_set<std::string_view> names;
    for (const Described& tensor : tensors) {
      if (!names.insert(tensor.name).second) {
        fail_model("gguf", "each tensor name once", fmt::format("{} twice", quoted(tensor.name)));
      }
    }
    std::ranges::stable_sort(tensors, {}, &Described::offset);
    uint64_t data_begin = (reader_.position() + alignment_ - 1) / alignment_ * alignment_;
    uint64_t free_from = 0;
    for (Described& tensor : tensors) {
      if (tensor.offset < free_from) {
        fail_model("gguf", "tensors that do not overlap",
                   fmt::format("tensor {} at offset {}", quoted(tensor.name), tensor.offset));
      }
      if (data_begin > bytes_.size() || !fits(tensor.offset, tensor.bytes, bytes_.size() - data_begin)) {
        fail_model("gguf",
                   fmt::format("{} bytes of tensor {} inside the file", tensor.bytes, quoted(tensor.name)),
                   fmt::format("offset {} in a file of {} bytes", tensor.offset, bytes_.size()),
                   "the file is damaged or was cut short; download it again");
      }
      free_from = tensor.offset + tensor.bytes;
      place(std::move(tensor), data_begin);
    }
  }

  void place(Described tensor, uint64_t data_begin) {
    if (!tensor.type->readable) {
      file_.unreadable.push_back({std::move(tensor.name), fmt::format("type {}", tensor.type->name)});
      return;
    }
    std::vector<int64_t> extents(tensor.extents.begin(), tensor.extents.end());
    file_.tensors.push_back(
        {{std::move(tensor.name), tensor.type->dtype, Shape(std::span<const int64_t>(extents))},
         bytes_.subspan(data_begin + tensor.offset, tensor.bytes)});
  }

  ByteReader reader_;
  std::span<const std::byte> bytes_;
  uint64_t tensor_count_ = 0;
  uint64_t metadata_count_ = 0;
  uint64_t array_elements_ = 0;
  uint32_t alignment_ = kDefaultAlignment;
  ParsedFile file_;
};

}  // namespace

uint32_t gguf::type_number(DType dtype) {
  const auto* found = std::ranges::find_if(
      kGgmlTypes, [&](const GgmlType& type) { return type.readable && type.dtype == dtype; });
  AURIS_CHECK(found != std::end(kGgmlTypes));
  return found->id;
}

ParsedFile parse_gguf(std::span<const std::byte> bytes) { return Parser(bytes).parse(); }

}  // namespace auris::weights
