#pragma once
// What Auris must know of a SentencePiece .model file before it gives it to libsentencepiece: the file is a
// protocol buffer (sentencepiece_model.proto), and the library trusts it more than we do.

#include <filesystem>
#include <string>
#include <vector>

namespace auris::text {

enum class SpmType { kNormal = 1, kUnknown = 2, kControl = 3, kUserDefined = 4, kUnused = 5, kByte = 6 };

struct SpmPiece {
  std::string text;
  SpmType type = SpmType::kNormal;
};

struct SentencepieceProto {
  std::string bytes;  // the file, user-defined pieces changed into control pieces (see below)
  std::vector<SpmPiece> pieces;
};

// Throws kModel for a damaged file: broken wire format, empty or repeated pieces, no unknown piece,
// normalization rules that leave their table.
//
// The library recognises user-defined pieces in every text. They may be control marks, so all but those of
// white space are marked as control pieces, which it never recognises; Auris finds them in trusted text
// itself.
SentencepieceProto read_sentencepiece_proto(std::string bytes);

}  // namespace auris::text
