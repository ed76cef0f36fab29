#include "auris/text/sentencepiece_proto.h"

#include <optional>
#include <string_view>
#include <unordered_set>

#include <fmt/format.h>

#include "auris/base/checked.h"
#include "auris/base/error.h"
#include "auris/text/added_tokens.h"
#include "auris/text/charsmap.h"
#include "auris/text/utf8.h"

namespace auris::text {
namespace {

constexpr size_t kMaxPieces = size_t{1} << 22;
constexpr size_t kMaxPieceBytes = 4096;

[[noreturn]] void fail(std::string expected, std::string got) {
  throw Error(
      ErrorCode::kModel,
      {.where = "SentencePiece model", .expected = std::move(expected), .got = std::move(got), .hint = ""});
}

// Field numbers of sentencepiece_model.proto.
constexpr uint64_t kModelPieces = 1;
constexpr uint64_t kModelNormalizer = 3;
constexpr uint64_t kModelDenormalizer = 5;
constexpr uint64_t kPieceText = 1;
constexpr uint64_t kPieceType = 3;
constexpr uint64_t kNormalizerCharsmap = 2;

struct Field {
  uint64_t number = 0;
  uint64_t wire = 0;   // 0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes
  uint64_t value = 0;  // of a varint
  size_t begin = 0;    // of the value
  size_t size = 0;
};

// Reads one message: the bytes [at_, end) of a buffer.
class Reader {
 public:
  Reader(std::string_view bytes, size_t begin, size_t end) : bytes_(bytes), at_(begin), end_(end) {}

  std::optional<Field> next() {
    if (at_ == end_) return std::nullopt;
    const uint64_t tag = varint();
    Field field{.number = tag >> 3, .wire = tag & 7};
    if (field.number == 0) fail("field numbers from 1", "0");
    field.begin = at_;
    switch (field.wire) {
      case 0: field.value = varint(); break;
      case 1: skip(8); break;
      case 2: {
        const uint64_t size = varint();
        field.begin = at_;
        skip(size);
        break;
      }
      case 5: skip(4); break;
      default: fail("wire types 0, 1, 2 and 5", fmt::format("{}", field.wire));
    }
    field.size = at_ - field.begin;
    return field;
  }

 private:
  void skip(uint64_t count) {
    if (!fits(at_, count, end_)) fail("whole fields", "a field that runs out of its message");
    at_ += count;
  }
  uint64_t varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at_ == end_) fail("whole numbers", "the end of the message");
      const auto byte = static_cast<uint8_t>(bytes_[at_++]);
      value |= uint64_t{byte & 0x7Fu} << shift;
      if (byte < 0x80) return value;
    }
    fail("numbers of at most ten bytes", "a longer one");
  }

  std::string_view bytes_;
  size_t at_;
  size_t end_;
};

SpmPiece read_piece(std::string& bytes, const Field& message) {
  SpmPiece piece;
  size_t type_place = 0;
  Reader reader(bytes, message.begin, message.begin + message.size);
  while (const auto field = reader.next()) {
    if (field->number == kPieceText && field->wire == 2) piece.text = bytes.substr(field->begin, field->size);
    if (field->number == kPieceType && field->wire == 0) {
      if (field->value < 1 || field->value > 6 || field->size != 1 || type_place != 0) {
        fail("one piece type from 1 to 6", fmt::format("{}", field->value));
      }
      piece.type = static_cast<SpmType>(field->value);
      type_place = field->begin;
    }
  }
  const bool sound = !piece.text.empty() && piece.text.size() <= kMaxPieceBytes &&
                     is_valid_utf8(piece.text) && piece.text.find('\0') == std::string::npos;
  if (!sound) fail("pieces of 1 to 4096 bytes of text", auris::quoted(piece.text));
  if (piece.type == SpmType::kUserDefined && !is_layout({.content = piece.text})) {
    bytes[type_place] = static_cast<char>(SpmType::kControl);
    piece.type = SpmType::kControl;
  }
  return piece;
}

void check_normalizer(const std::string& bytes, const Field& message) {
  Reader reader(bytes, message.begin, message.begin + message.size);
  while (const auto field = reader.next()) {
    if (field->number != kNormalizerCharsmap || field->wire != 2 || field->size == 0) continue;
    static_cast<void>(Charsmap(bytes.substr(field->begin, field->size)));
  }
}

void check_pieces(const std::vector<SpmPiece>& pieces) {
  std::unordered_set<std::string_view> seen;
  size_t unknown = 0;
  size_t ordinary = 0;
  for (const SpmPiece& piece : pieces) {
    if (!seen.insert(piece.text).second) fail("pieces that differ", auris::quoted(piece.text) + " twice");
    unknown += piece.type == SpmType::kUnknown ? 1 : 0;
    ordinary += piece.type == SpmType::kNormal ? 1 : 0;
  }
  if (unknown != 1) fail("one unknown piece", fmt::format("{}", unknown));
  if (ordinary == 0) fail("ordinary pieces", "none");
}

}  // namespace

SentencepieceProto read_sentencepiece_proto(std::string bytes) {
  SentencepieceProto out;
  Reader reader(bytes, 0, bytes.size());
  while (const auto field = reader.next()) {
    if (field->wire != 2) continue;
    if (field->number == kModelPieces) {
      if (out.pieces.size() == kMaxPieces) fail("at most 2^22 pieces", "more");
      out.pieces.push_back(read_piece(bytes, *field));
    } else if (field->number == kModelNormalizer || field->number == kModelDenormalizer) {
      check_normalizer(bytes, *field);
    }
  }
  check_pieces(out.pieces);
  out.bytes = std::move(bytes);
  return out;
}

}  // namespace auris::text
