#include "auris/text/tokenizer_file.h"

#include <fmt/format.h>

#include "auris/base/error.h"

namespace auris::text {
namespace {

using nlohmann::json;

constexpr size_t kMaxDepth = 64;

[[noreturn]] void fail(std::string expected, std::string got) {
  throw Error(
      ErrorCode::kModel,
      {.where = "tokenizer.json", .expected = std::move(expected), .got = std::move(got), .hint = ""});
}

// Receives the events of nlohmann's SAX parser. A vocabulary of 150,000 entries as a json tree would cost
// most of the loading time, so model.vocab and model.merges go straight into vectors.
class Collector {
 public:
  explicit Collector(TokenizerFile& file) : file_(file) {}

  bool null() { return value(nullptr); }
  bool boolean(bool v) { return value(v); }
  bool number_integer(json::number_integer_t v) { return number(v, static_cast<double>(v)); }
  bool number_unsigned(json::number_unsigned_t v) {
    if (v > static_cast<uint64_t>(INT64_MAX)) fail("numbers below 2^63", fmt::format("{}", v));
    return number(static_cast<int64_t>(v), static_cast<double>(v));
  }
  bool number_float(json::number_float_t v, const std::string&) {
    return table_ == Table::kNone ? value(v) : scored(v);
  }
  bool string(std::string& v) { return table_ == Table::kNone ? value(std::move(v)) : text(v); }
  bool binary(json::binary_t&) { return false; }

  bool key(std::string& v) {
    key_ = std::move(v);
    return true;
  }
  bool start_object(size_t) {
    enter();
    if (is_table("vocab")) return begin_table(Table::kVocab);
    if (table_ != Table::kNone) fail("a flat table", "an object inside it");
    return open(json::object());
  }
  bool start_array(size_t) {
    enter();
    if (table_ == Table::kNone && is_table("vocab")) return begin_table(Table::kPieces);
    if (table_ == Table::kNone && is_table("merges")) return begin_table(Table::kMerges);
    if (table_ == Table::kNone) return open(json::array());
    if (table_ == Table::kVocab || depth_ != table_depth_ + 1) fail("a flat table", "an array inside it");
    strings_.clear();
    return true;
  }
  bool end_object() { return leave(); }
  bool end_array() {
    if (table_ != Table::kNone && depth_ == table_depth_ + 1) end_row();
    return leave();
  }
  bool parse_error(size_t position, const std::string&, const json::exception& error) {
    fail("JSON", fmt::format("a mistake at byte {}: {}", position, auris::quoted(error.what(), 200)));
  }

 private:
  enum class Table { kNone, kVocab, kPieces, kMerges };

  void enter() {
    if (++depth_ > kMaxDepth) fail(fmt::format("at most {} nested levels", kMaxDepth), "more");
  }
  bool leave() {
    if (table_ != Table::kNone) {
      if (depth_ == table_depth_) table_ = Table::kNone;
    } else {
      open_.pop_back();
    }
    --depth_;
    return true;
  }
  // The container that just began is model.NAME.
  bool is_table(std::string_view name) const {
    return table_ == Table::kNone && depth_ == 3 && in_model_ && open_.back()->is_object() && key_ == name;
  }
  bool begin_table(Table table) {
    table_ = table;
    table_depth_ = depth_;
    return true;
  }
  bool open(json container) {
    if (depth_ == 2) in_model_ = open_.back()->is_object() && key_ == "model";
    open_.push_back(put(std::move(container)));
    return true;
  }
  json* put(json v) {
    if (open_.empty()) {
      file_.rest = std::move(v);
      return &file_.rest;
    }
    json& parent = *open_.back();
    if (parent.is_object()) return &(parent[key_] = std::move(v));
    parent.push_back(std::move(v));
    return &parent.back();
  }
  bool value(json v) {
    if (table_ != Table::kNone) fail("strings and numbers in model.vocab and model.merges", v.type_name());
    put(std::move(v));
    return true;
  }
  bool number(int64_t v, double as_double) {
    if (table_ == Table::kNone) return value(v);
    if (table_ != Table::kVocab) return scored(as_double);
    if (v < 0 || v > INT32_MAX) fail("token ids from 0 to 2^31 - 1", fmt::format("{}", v));
    file_.vocab.emplace_back(std::move(key_), static_cast<TokenId>(v));
    return true;
  }
  bool scored(double v) {
    if (table_ != Table::kPieces || depth_ != table_depth_ + 1 || strings_.size() != 1) {
      fail("integers in model.vocab, [text, score] in a scored vocabulary", "another number");
    }
    file_.scored_pieces.emplace_back(std::move(strings_[0]), v);
    strings_.clear();
    return true;
  }
  bool text(std::string& v) {
    if (table_ == Table::kMerges && depth_ == table_depth_) {
      const size_t space = v.find(' ');
      if (space == std::string::npos || v.find(' ', space + 1) != std::string::npos) {
        fail("merges of two parts", auris::quoted(v));
      }
      file_.merges.emplace_back(v.substr(0, space), v.substr(space + 1));
      return true;
    }
    if (table_ == Table::kVocab || depth_ != table_depth_ + 1 || strings_.size() >= 2) {
      fail("numbers in model.vocab, pairs in other tables", auris::quoted(v));
    }
    strings_.push_back(std::move(v));
    return true;
  }
  void end_row() {
    if (table_ == Table::kMerges) {
      if (strings_.size() != 2) fail("merges of two parts", fmt::format("{}", strings_.size()));
      file_.merges.emplace_back(std::move(strings_[0]), std::move(strings_[1]));
    } else if (!strings_.empty()) {
      fail("[text, score] in a scored vocabulary", "a row without a score");
    }
    strings_.clear();
  }

  TokenizerFile& file_;
  std::vector<json*> open_;
  std::string key_;
  size_t depth_ = 0;
  size_t table_depth_ = 0;
  bool in_model_ = false;
  Table table_ = Table::kNone;
  std::vector<std::string> strings_;
};

}  // namespace

TokenizerFile read_tokenizer_file(std::string_view text) {
  TokenizerFile file;
  Collector collector(file);
  if (!json::sax_parse(text.begin(), text.end(), &collector)) fail("JSON", "something else");
  if (!file.rest.is_object()) fail("an object", file.rest.type_name());
  return file;
}

}  // namespace auris::text
