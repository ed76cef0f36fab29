// SentencePiece .model files, by libsentencepiece.

#include <sentencepiece_processor.h>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/base/mapped_file.h"
#include "auris/text/added_tokens.h"
#include "auris/text/marked_text.h"
#include "auris/text/sentencepiece_proto.h"
#include "auris/text/utf8.h"
#include "auris/text/vocabulary.h"

namespace auris::text {
namespace {

void check(const sentencepiece::util::Status& status, ErrorCode code) {
  if (status.ok()) return;
  throw Error(code, {.where = "SentencePiece model",
                     .expected = "a file that libsentencepiece can use",
                     .got = auris::quoted(status.ToString(), 200),
                     .hint = ""});
}

// A text is cut at its trusted control pieces; each stretch between them is a text of its own for the
// library, with its own leading space if the model adds one.
class SentencepieceTokenizer final : public Tokenizer {
 public:
  SentencepieceTokenizer(const SentencepieceProto& proto, std::vector<AddedToken> marks)
      : pieces_(proto.pieces), marks_(std::move(marks)) {
    check(processor_.LoadFromSerializedProto(proto.bytes), ErrorCode::kModel);
    AURIS_CHECK(processor_.GetPieceSize() == static_cast<int>(pieces_.size()));
    vocabulary_.reserve(pieces_.size(), pieces_.size() * 8);
    for (size_t i = 0; i < pieces_.size(); ++i) vocabulary_.add(static_cast<TokenId>(i), pieces_[i].text);
  }

  int64_t vocab_size() const override { return vocabulary_.size(); }

  std::vector<TokenId> encode(const MarkedText& marked, bool add_bos) const override {
    std::vector<TokenId> out;
    if (add_bos && bos()) out.push_back(*bos());
    const MarkedText text = valid_marked_text(marked);
    for (const Stretch& stretch : marks_.cut(text.text, text.trusted)) {
      if (stretch.id >= 0) {
        out.push_back(stretch.id);
        continue;
      }
      std::vector<int> ids;
      const std::string_view ordinary =
          std::string_view(text.text).substr(stretch.begin, stretch.end - stretch.begin);
      check(processor_.Encode({ordinary.data(), ordinary.size()}, &ids), ErrorCode::kInput);
      out.insert(out.end(), ids.begin(), ids.end());
    }
    return out;
  }

  std::string piece(TokenId id) const override {
    std::string text(vocabulary_.text(id));
    const SpmType type = pieces_[static_cast<size_t>(id)].type;
    if (type == SpmType::kByte && text.size() == 6) {
      return std::string(1, static_cast<char>(std::stoi(text.substr(3, 2), nullptr, 16)));
    }
    if (type == SpmType::kControl) return text;
    std::string out;
    for (size_t i = 0; i < text.size();) {
      const Character character = character_at(text, i);
      out += character.code == 0x2581 ? std::string_view(" ")
                                      : std::string_view(text).substr(i, character.length);
      i += character.length;
    }
    return out;
  }

  std::string decode(std::span<const TokenId> ids, bool with_special) const override {
    std::string out;
    std::vector<int> run;
    const auto flush = [&] {
      std::string text;
      check(processor_.Decode(run, &text), ErrorCode::kInternal);
      out += text;
      run.clear();
    };
    for (const TokenId id : ids) {
      if (id < 0 || id >= vocab_size()) continue;
      if (!is_special(id)) {
        run.push_back(id);
      } else if (with_special) {
        flush();
        out += pieces_[static_cast<size_t>(id)].text;
      }
    }
    flush();
    return to_valid_utf8(out);
  }

  bool is_special(TokenId id) const override {
    return id >= 0 && id < vocab_size() && pieces_[static_cast<size_t>(id)].type == SpmType::kControl;
  }
  std::optional<TokenId> find(std::string_view literal) const override { return vocabulary_.find(literal); }
  std::optional<TokenId> bos() const override { return existing(processor_.bos_id()); }
  std::optional<TokenId> eos() const override { return existing(processor_.eos_id()); }

 private:
  static std::optional<TokenId> existing(int id) {
    return id < 0 ? std::nullopt : std::optional<TokenId>(id);
  }

  sentencepiece::SentencePieceProcessor processor_;
  std::vector<SpmPiece> pieces_;
  AddedTokenMatcher marks_;
  Vocabulary vocabulary_;
};

}  // namespace

std::shared_ptr<const Tokenizer> parse_sentencepiece(std::string_view bytes) {
  const SentencepieceProto proto = read_sentencepiece_proto(std::string(bytes));
  std::vector<AddedToken> marks;
  for (size_t i = 0; i < proto.pieces.size(); ++i) {
    if (proto.pieces[i].type != SpmType::kControl) continue;
    marks.push_back({.content = proto.pieces[i].text, .id = static_cast<TokenId>(i), .special = true});
  }
  return std::make_shared<SentencepieceTokenizer>(proto, std::move(marks));
}

std::shared_ptr<const Tokenizer> load_sentencepiece(const std::filesystem::path& path) {
  const auto file = MappedFile::open(path, ErrorCode::kModel);
  return parse_sentencepiece({reinterpret_cast<const char*>(file->bytes().data()), file->bytes().size()});
}

}  // namespace auris::text
