#include "auris/weights/ctranslate2.h"

#include <bit>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

#include "auris/weights/byte_reader.h"

namespace auris::weights {
namespace {

using nlohmann::json;

constexpr uint32_t kOldestVersion = 4;
constexpr uint32_t kNewestVersion = 6;
enum : uint8_t { kFloat32, kInt8, kInt16, kInt32, kFloat16, kBFloat16, kTypeCount };
constexpr uint8_t kTypeBytes[kTypeCount] = {4, 1, 2, 4, 2, 2};

DType dtype_of(uint8_t type) {
  switch (type) {
    case kFloat32: return DType::kF32;
    case kInt8: return DType::kI8;
    case kInt32: return DType::kI32;
    case kFloat16: return DType::kF16;
    default: return DType::kBF16;
  }
}

class Parser {
 public:
  explicit Parser(std::span<const std::byte> bytes) : reader_(bytes, "ctranslate2") {}

  ParsedFile parse() {
    auto version = reader_.read<uint32_t>("version");
    if (version < kOldestVersion || version > kNewestVersion) {
      fail_model("ctranslate2", fmt::format("binary version {} to {}", kOldestVersion, kNewestVersion),
                 fmt::format("version {}", version), "convert the model again with current tools");
    }
    file_.metadata["binary_version"] = version;
    file_.metadata["spec"] = read_string("specification name");
    file_.metadata["revision"] = reader_.read<uint32_t>("revision");
    file_.metadata["attributes"] = json::object();
    file_.metadata["aliases"] = json::object();
    auto variables = reader_.read<uint32_t>("variable count");
    reader_.check_count(variables, 11, "variables");  // name (2 + 2), rank, type, byte count, one byte
    for (uint32_t i = 0; i < variables; ++i) read_variable();
    read_aliases();
    if (reader_.remaining() != 0) {
      fail_model("ctranslate2", "the end of the file behind the aliases",
                 fmt::format("{} more bytes", reader_.remaining()), "the file is damaged; download it again");
    }
    check_scales();
    return std::move(file_);
  }

 private:
  std::string read_string(const char* what) {
    std::string_view text = reader_.text(reader_.read<uint16_t>(what), what);
    if (!text.ends_with('\0'))
      fail_model("ctranslate2", fmt::format("a {} that ends with NUL", what), quoted(text));
    text.remove_suffix(1);
    check_name("ctranslate2", what, text);
    return std::string(text);
  }

  void add_name(const std::string& name) {
    if (!names_.insert(name).second)
      fail_model("ctranslate2", "each name once", fmt::format("{} twice", quoted(name)));
  }

  void read_variable() {
    std::string name = read_string("variable name");
    add_name(name);
    auto rank = reader_.read<uint8_t>("rank");
    std::vector<uint64_t> extents;
    for (uint8_t i = 0; i < rank; ++i) extents.push_back(reader_.read<uint32_t>("extent"));
    auto type = reader_.read<uint8_t>("type");
    if (type >= kTypeCount) {
      fail_model("ctranslate2", fmt::format("a known type for variable {}", quoted(name)),
                 fmt::format("type number {}", type));
    }
    uint64_t bytes = checked_tensor_bytes("ctranslate2", name, extents, 1, kTypeBytes[type]);
    auto stated = reader_.read<uint32_t>("byte count");
    if (stated != bytes) {
      fail_model("ctranslate2", fmt::format("{} bytes for variable {}", bytes, quoted(name)),
                 fmt::format("{} bytes", stated));
    }
    auto data = reader_.take(bytes, "a variable");
    if (rank == 0) file_.metadata["attributes"][name] = attribute(type, data);
    if (type == kInt16) {
      if (rank > 0)
        file_.unreadable.push_back({name, "type i16; convert the model with float16 or int8 instead"});
    } else if (rank > Shape::kMaxRank) {
      file_.unreadable.push_back({name, fmt::format("{} dimensions", rank)});
    } else {
      std::vector<int64_t> shape(extents.begin(), extents.end());
      file_.tensors.push_back({{name, dtype_of(type), Shape(std::span<const int64_t>(shape))}, data});
    }
  }

  static json attribute(uint8_t type, std::span<const std::byte> data) {
    ByteReader value(data, "ctranslate2");
    switch (type) {
      case kInt8: return value.read<int8_t>("attribute");
      case kInt16: return value.read<int16_t>("attribute");
      case kInt32: return value.read<int32_t>("attribute");
      case kFloat32: return value.read<float>("attribute");
      case kFloat16: return f16_to_double(value.read<uint16_t>("attribute"));
      default: return std::bit_cast<float>(static_cast<uint32_t>(value.read<uint16_t>("attribute")) << 16);
    }
  }

  static double f16_to_double(uint16_t bits) {
    int exponent = (bits >> 10) & 0x1f;
    int mantissa = bits & 0x3ff;
    double value = exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(mantissa + 1024, exponent - 25);
    if (exponent == 0x1f) value = mantissa == 0 ? HUGE_VAL : NAN;
    return (bits & 0x8000) != 0 ? -value : value;
  }

  void read_aliases() {
    auto count = reader_.read<uint32_t>("alias count");
    reader_.check_count(count, 8, "aliases");
    std::unordered_set<std::string> variables = names_;
    for (uint32_t i = 0; i < count; ++i) {
      std::string alias = read_string("alias");
      std::string name = read_string("aliased name");
      add_name(alias);
      if (!variables.contains(name)) {
        fail_model("ctranslate2", fmt::format("alias {} of a variable", quoted(alias)),
                   fmt::format("no variable {}", quoted(name)));
      }
      file_.metadata["aliases"][alias] = name;
      if (variables.contains(name + "_scale") && names_.insert(alias + "_scale").second) {
        file_.aliases.emplace_back(alias + "_scale", name + "_scale");  // as CTranslate2 does
      }
      file_.aliases.emplace_back(std::move(alias), std::move(name));
    }
  }

  void check_scales() const {
    std::unordered_map<std::string_view, const TensorInfo*> by_name;
    for (const ParsedTensor& tensor : file_.tensors) by_name.emplace(tensor.info.name, &tensor.info);
    for (const ParsedTensor& tensor : file_.tensors) {
      if (tensor.info.dtype != DType::kI8 || tensor.info.shape.rank() == 0) continue;
      auto found = by_name.find(tensor.info.name + "_scale");
      if (found == by_name.end()) continue;
      const TensorInfo& scale = *found->second;
      if (scale.dtype != DType::kF32 || scale.shape != Shape({tensor.info.shape[0]})) {
        fail_model(
            "ctranslate2",
            fmt::format("f32 {} for {}", Shape({tensor.info.shape[0]}).to_string(), quoted(scale.name)),
            fmt::format("{} {}", auris::name_of(scale.dtype), scale.shape.to_string()));
      }
    }
  }

  ByteReader reader_;
  ParsedFile file_;
  std::unordered_set<std::string> names_;
};

}  // namespace

ParsedFile parse_ctranslate2(std::span<const std::byte> bytes) { return Parser(bytes).parse(); }

}  // namespace auris::weights
