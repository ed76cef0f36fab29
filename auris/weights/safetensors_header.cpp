#include "auris/weights/safetensors_header.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "auris/weights/parsed_file.h"

namespace auris::weights {
namespace {

using nlohmann::json;

constexpr size_t kMaxDimensions = 16;
constexpr const char* kMetadataKey = "__metadata__";

// nlohmann calls back for every token; the place in the header decides what is allowed.
class HeaderReader final : public nlohmann::json_sax<json> {
 public:
  SafetensorsHeader take() { return std::move(header_); }

  bool start_object(size_t) override {
    if (place_ == Place::kStart) {
      place_ = Place::kNames;
    } else if (place_ == Place::kEntry) {
      place_ = Place::kFields;
    } else if (place_ == Place::kMetadata) {
      place_ = Place::kMetadataKeys;
    } else {
      fail_token("an object");
    }
    return true;
  }

  bool key(std::string& text) override {
    if (place_ == Place::kNames) {
      if (text == kMetadataKey) {
        if (seen_metadata_)
          fail_model("safetensors", "each header key once", fmt::format("{} twice", kMetadataKey));
        seen_metadata_ = true;
        place_ = Place::kMetadata;
      } else {
        check_name("safetensors", "tensor name", text);
        header_.entries.push_back({.name = text, .dtype = "", .extents = {}, .offsets = {}});
        seen_fields_ = 0;
        place_ = Place::kEntry;
      }
    } else if (place_ == Place::kFields) {
      start_field(text);
    } else {  // kMetadataKeys: no other place has keys
      metadata_key_ = text;
      place_ = Place::kMetadataValue;
    }
    return true;
  }

  bool string(std::string& text) override {
    if (place_ == Place::kDtype) {
      header_.entries.back().dtype = text;
      place_ = Place::kFields;
    } else if (place_ == Place::kMetadataValue) {
      if (!header_.metadata.emplace(metadata_key_, text).second) {
        fail_model("safetensors", "each metadata key once", fmt::format("{} twice", quoted(metadata_key_)));
      }
      place_ = Place::kMetadataKeys;
    } else {
      fail_token("a string");
    }
    return true;
  }

  bool start_array(size_t) override {
    if (place_ == Place::kShape) {
      place_ = Place::kExtents;
    } else if (place_ == Place::kOffsets) {
      place_ = Place::kOffsetValues;
      offset_count_ = 0;
    } else {
      fail_token("an array");
    }
    return true;
  }

  bool number_unsigned(uint64_t value) override {
    SafetensorsEntry* entry = header_.entries.empty() ? nullptr : &header_.entries.back();
    if (place_ == Place::kExtents) {
      if (entry->extents.size() == kMaxDimensions) fail_token("more than 16 extents");
      entry->extents.push_back(value);
    } else if (place_ == Place::kOffsetValues) {
      if (offset_count_ == 2) fail_token("more than two offsets");
      entry->offsets[offset_count_++] = value;
    } else {
      fail_token("a number");
    }
    return true;
  }

  bool end_array() override {
    if (place_ == Place::kOffsetValues && offset_count_ != 2) fail_token("fewer than two offsets");
    place_ = Place::kFields;
    return true;
  }

  bool end_object() override {
    if (place_ == Place::kFields) {
      if (seen_fields_ != kAllFields) fail_token("no full set of dtype, shape and data_offsets");
      place_ = Place::kNames;
    } else if (place_ == Place::kMetadataKeys) {
      place_ = Place::kNames;
    } else {  // kNames: the header is complete
      place_ = Place::kEnd;
    }
    return true;
  }

  bool null() override { fail_token("null"); }
  bool boolean(bool) override { fail_token("a boolean"); }
  bool number_integer(int64_t) override { fail_token("a negative number"); }
  bool number_float(double, const std::string&) override { fail_token("a number that is not whole"); }
  bool binary(json::binary_t&) override { fail_token("binary data"); }
  bool parse_error(size_t position, const std::string&, const json::exception&) override {
    fail_model("safetensors", "a header of well-formed JSON",
               fmt::format("an error at its byte {}", position), "the file may be damaged or cut short");
  }

 private:
  enum class Place {
    kStart,
    kNames,
    kEntry,
    kFields,
    kDtype,
    kShape,
    kExtents,
    kOffsets,
    kOffsetValues,
    kMetadata,
    kMetadataKeys,
    kMetadataValue,
    kEnd,
  };
  static constexpr unsigned kDtypeField = 1, kShapeField = 2, kOffsetsField = 4, kAllFields = 7;

  void start_field(const std::string& text) {
    unsigned field = 0;
    if (text == "dtype") {
      field = kDtypeField;
      place_ = Place::kDtype;
    } else if (text == "shape") {
      field = kShapeField;
      place_ = Place::kShape;
    } else if (text == "data_offsets") {
      field = kOffsetsField;
      place_ = Place::kOffsets;
    } else {
      fail_token("the field " + quoted(text));
    }
    if ((seen_fields_ & field) != 0) fail_token("the field " + quoted(text) + " twice");
    seen_fields_ |= field;
  }

  [[noreturn]] void fail_token(const std::string& got) const {
    std::string at =
        header_.entries.empty() ? "" : " at or behind tensor " + quoted(header_.entries.back().name);
    fail_model("safetensors", "a header {name: {dtype, shape, data_offsets}}", got + at);
  }

  SafetensorsHeader header_;
  Place place_ = Place::kStart;
  unsigned seen_fields_ = 0;
  size_t offset_count_ = 0;
  bool seen_metadata_ = false;
  std::string metadata_key_;
};

}  // namespace

SafetensorsHeader parse_safetensors_header(std::string_view text) {
  HeaderReader reader;
  json::sax_parse(text, &reader);
  return reader.take();
}

}  // namespace auris::weights
