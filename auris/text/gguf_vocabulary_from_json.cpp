#include "auris/text/gguf_vocabulary_from_json.h"

#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/base/json_fields.h"
#include "auris/base/mapped_file.h"
#include "auris/text/gguf_pre_tokenizers.h"
#include "auris/text/tokenizer_file.h"

namespace auris::text {
namespace {

using nlohmann::json;

constexpr const char* kWhere = "tokenizer.json";

[[noreturn]] void refuse(const std::string& got) {
  throw Error(ErrorCode::kUsage,
              {.where = kWhere,
               .expected = "a byte-level tokenizer that GGUF has a name for (gpt-2, smollm, "
                           "llama-bpe, qwen2)",
               .got = got,
               .hint = "begin with a GGUF file of this model"});
}

// The parts of a pre-tokenizer or normalizer, those of sequences one by one.
void flatten(const json& part, const char* list, std::vector<json>& out) {
  if (part.is_null()) return;
  const JsonFields fields(part, kWhere);
  if (fields.text("type") != "Sequence") {
    out.push_back(part);
    return;
  }
  for (const json& inner : fields.list(list)) flatten(inner, list, out);
}

// What the pre-tokenizer does, under no name yet; nullopt for anything that GGUF cannot say.
std::optional<GgufPreTokenizer> described(const std::vector<json>& steps, std::string& pattern) {
  GgufPreTokenizer pre;
  bool bytes = false;
  for (const json& step : steps) {
    const JsonFields fields(step, kWhere);
    const std::string type = fields.text("type");
    if (bytes) return std::nullopt;  // the last step
    if (type == "Digits" && fields.flag("individual_digits", false) && pattern.empty()) {
      pre.digits_apart = true;
    } else if (type == "Split" && pattern.empty() && !pre.digits_apart) {
      const bool words = fields.text("behavior") == "Isolated" && !fields.flag("invert", false);
      if (!words || !fields.object("pattern").has("Regex")) return std::nullopt;
      pattern = fields.object("pattern").text("Regex");
    } else if (type == "ByteLevel" && !fields.flag("add_prefix_space", true) &&
               fields.flag("use_regex", true) == pattern.empty()) {
      bytes = true;
    } else {
      return std::nullopt;
    }
  }
  pre.pattern = pattern;
  return bytes ? std::optional(pre) : std::nullopt;
}

std::string pre_tokenizer_of(const JsonFields& file, const JsonFields& model) {
  std::vector<json> normalizers, steps;
  flatten(file.value("normalizer"), "normalizers", normalizers);
  flatten(file.value("pre_tokenizer"), "pretokenizers", steps);
  std::string pattern;
  auto pre = described(steps, pattern);
  if (!pre) refuse("another way to cut text into words");
  pre->compose = normalizers.size() == 1 && normalizers[0].value("type", json()) == "NFC";
  if (!normalizers.empty() && !pre->compose) refuse("a text that is changed first");
  pre->ignore_merges = model.flag("ignore_merges", false);
  for (const GgufPreTokenizer& known : kGgufPreTokenizers) {
    if (known.pattern == pre->pattern && known.digits_apart == pre->digits_apart &&
        known.compose == pre->compose && known.ignore_merges == pre->ignore_merges) {
      return std::string(known.name);
    }
  }
  refuse("another way to cut text into words");
}

void check_model(const JsonFields& model, const TokenizerFile& file) {
  if (!file.scored_pieces.empty() || model.text("type", "BPE") != "BPE") refuse("a model other than BPE");
  if (model.flag("byte_fallback", false)) refuse("SentencePiece's BPE");
  for (const char* mark : {"continuing_subword_prefix", "end_of_word_suffix"}) {
    if (!model.text(mark, "").empty()) refuse(fmt::format("a {}", mark));
  }
}

struct Entry {
  std::string text;
  GgufTokenType type = GgufTokenType::kNormal;
};

// By id. As in the tokenizers library, the model's own id of an added token wins.
std::map<TokenId, Entry> entries_of(const JsonFields& file, const TokenizerFile& parts) {
  std::map<TokenId, Entry> entries;
  std::map<std::string, TokenId, std::less<>> ids;
  for (const auto& [text, id] : parts.vocab) {
    entries[id] = {.text = text};
    ids[text] = id;
  }
  if (!file.has("added_tokens")) return entries;
  for (const json& item : file.list("added_tokens")) {
    const JsonFields token(item, kWhere);
    const std::string text = token.text("content", "");
    if (text.empty()) continue;
    const auto known = ids.find(text);
    const auto id = known != ids.end()
                        ? known->second
                        : static_cast<TokenId>(token.integer("id", {.min = 0, .max = INT32_MAX}));
    ids[text] = id;
    const bool special = token.flag("special", false);
    entries[id] = {.text = text, .type = special ? GgufTokenType::kControl : GgufTokenType::kUserDefined};
  }
  return entries;
}

}  // namespace

GgufVocabulary parse_gguf_vocabulary_json(std::string_view json) {
  const auto tokenizer = parse_tokenizer_json(json);  // its checks are those of the file
  const TokenizerFile parts = read_tokenizer_file(json);
  const JsonFields file(parts.rest, kWhere);
  const JsonFields model = file.object("model");
  check_model(model, parts);

  GgufVocabulary out;
  out.model = "gpt2";
  out.pre = pre_tokenizer_of(file, model);
  out.vocabulary = std::make_shared<Vocabulary>();
  for (const auto& [id, entry] : entries_of(file, parts)) {
    for (auto hole = static_cast<TokenId>(out.types.size()); hole < id; ++hole) {
      out.vocabulary->add(hole, fmt::format("[PAD{}]", hole));
      out.types.push_back(GgufTokenType::kUnused);
    }
    out.vocabulary->add(id, entry.text);
    out.types.push_back(entry.type);
  }
  for (const auto& [left, right] : parts.merges) out.merges.push_back(left + " " + right);
  out.bos = tokenizer->bos();
  out.eos = tokenizer->eos();
  if (const auto unknown = model.optional_text("unk_token")) out.unknown = out.vocabulary->find(*unknown);
  out.add_bos = !tokenizer->encode("", true).empty();
  return out;
}

GgufVocabulary gguf_vocabulary_from_json(const std::filesystem::path& path) {
  const auto file = MappedFile::open(path, ErrorCode::kModel);
  GgufVocabulary vocabulary =
      parse_gguf_vocabulary_json({reinterpret_cast<const char*>(file->bytes().data()), file->bytes().size()});
  const auto tokenizer = load_tokenizer_json(path);  // knows the file beside it
  vocabulary.bos = tokenizer->bos();
  vocabulary.eos = tokenizer->eos();
  return vocabulary;
}

}  // namespace auris::text
