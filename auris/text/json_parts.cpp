#include "auris/text/json_parts.h"

#include "auris/base/error.h"
#include "auris/base/json_fields.h"
#include "auris/text/base64.h"
#include "auris/text/utf8.h"

namespace auris::text {
namespace {

using nlohmann::json;

constexpr char kWhere[] = "tokenizer.json";

// A part and its type: "" if it names none.
struct Part : JsonFields {
  explicit Part(const nlohmann::json& value) : JsonFields(value, kWhere), type(text("type", "")) {}
  std::string type;
};

[[noreturn]] void fail_unknown(std::string_view kind, const Part& part) {
  part.fail(kind, "a type that Auris knows", auris::quoted(part.type));
}

// {"String": "x"}, {"Regex": "x"}, or the plain string of old files.
Pattern pattern_from(const Part& part) {
  const json& value = part.value("pattern");
  if (value.is_string()) return Pattern::literal(value.get<std::string>());
  const JsonFields pattern = part.object("pattern");
  if (const auto text = pattern.optional_text("String")) return Pattern::literal(*text);
  if (const auto expression = pattern.optional_text("Regex")) return Pattern::regex(*expression);
  part.fail("pattern", "a String or a Regex", value.dump());
}

Delimiter delimiter_from(const Part& part) {
  const std::string name = part.text("behavior", "Isolated");
  if (name == "Removed") return Delimiter::kRemoved;
  if (name == "Isolated") return Delimiter::kIsolated;
  if (name == "MergedWithPrevious") return Delimiter::kMergedWithPrevious;
  if (name == "MergedWithNext") return Delimiter::kMergedWithNext;
  if (name == "Contiguous") return Delimiter::kContiguous;
  part.fail("behavior", "a known behaviour", auris::quoted(name));
}

// Older files say add_prefix_space instead of prepend_scheme.
Prepend prepend_from(const Part& part) {
  const bool legacy = part.flag("add_prefix_space", true);
  const std::string name = part.text("prepend_scheme", legacy ? "always" : "never");
  if (name == "always") return Prepend::kAlways;
  if (name == "first") return Prepend::kFirst;
  if (name == "never") return Prepend::kNever;
  part.fail("prepend_scheme", "always, first or never", auris::quoted(name));
}

std::string one_character(const Part& part, std::string_view name, std::string_view otherwise) {
  std::string text = part.text(name, std::string(otherwise));
  if (text.empty() || character_at(text, 0).length != text.size())
    part.fail(name, "one character", auris::quoted(text));
  return text;
}

void add_normalizers(const json& value, Normalizers& out) {
  const Part part(value);
  const std::string& type = part.type;
  if (type == "Sequence") {
    for (const json& inner : part.list("normalizers")) add_normalizers(inner, out);
  } else if (type == "NFC") {
    out.push_back(unicode_form(UnicodeForm::kNfc));
  } else if (type == "NFD") {
    out.push_back(unicode_form(UnicodeForm::kNfd));
  } else if (type == "NFKC") {
    out.push_back(unicode_form(UnicodeForm::kNfkc));
  } else if (type == "NFKD") {
    out.push_back(unicode_form(UnicodeForm::kNfkd));
  } else if (type == "Lowercase") {
    out.push_back(lowercase());
  } else if (type == "Replace") {
    out.push_back(replace(pattern_from(part), part.text("content", "")));
  } else if (type == "Prepend") {
    out.push_back(prepend(part.text("prepend", "")));
  } else if (type == "Strip") {
    out.push_back(strip(part.flag("strip_left", true), part.flag("strip_right", true)));
  } else if (type == "Precompiled") {
    const std::string charsmap = part.text("precompiled_charsmap", "");
    if (!charsmap.empty()) out.push_back(precompiled(from_base64(charsmap)));
  } else {
    fail_unknown("normalizer", part);
  }
}

struct Step {
  std::unique_ptr<const PreTokenizer> step;
  bool into_bytes = false;
};

void add_pre_tokenizers(const json& value, std::vector<Step>& out) {
  const Part part(value);
  const std::string& type = part.type;
  if (type == "Sequence") {
    for (const json& inner : part.list("pretokenizers")) add_pre_tokenizers(inner, out);
  } else if (type == "ByteLevel") {
    out.push_back({byte_level(part.flag("add_prefix_space", true), part.flag("use_regex", true))});
    out.push_back({into_byte_alphabet(), true});
  } else if (type == "Split") {
    out.push_back({split_by(pattern_from(part), delimiter_from(part), part.flag("invert", false))});
  } else if (type == "Digits") {
    out.push_back({split_digits(part.flag("individual_digits", false))});
  } else if (type == "Punctuation") {
    out.push_back({split_punctuation(delimiter_from(part))});
  } else if (type == "Metaspace") {
    out.push_back({metaspace(one_character(part, "replacement", "\u2581"), prepend_from(part),
                             part.flag("split", true))});
  } else if (type == "Whitespace") {
    out.push_back({split_whitespace_and_punctuation()});
  } else if (type == "WhitespaceSplit") {
    out.push_back({split_whitespace()});
  } else {
    fail_unknown("pre_tokenizer", part);
  }
}

void add_decoders(const json& value, Decoders& out) {
  const Part part(value);
  const std::string& type = part.type;
  if (type == "Sequence") {
    for (const json& inner : part.list("decoders")) add_decoders(inner, out);
  } else if (type == "ByteLevel") {
    out.push_back(decode_byte_level());
  } else if (type == "ByteFallback") {
    out.push_back(decode_byte_fallback());
  } else if (type == "Fuse") {
    out.push_back(decode_fuse());
  } else if (type == "Replace") {
    out.push_back(decode_replace(pattern_from(part), part.text("content", "")));
  } else if (type == "Strip") {
    const auto count = [&](std::string_view name) {
      return static_cast<size_t>(part.integer(name, {.min = 0, .max = INT32_MAX}, 0));
    };
    out.push_back(decode_strip(one_character(part, "content", " "), count("start"), count("stop")));
  } else if (type == "Metaspace") {
    out.push_back(decode_metaspace(one_character(part, "replacement", "\u2581"),
                                   prepend_from(part) != Prepend::kNever));
  } else {
    fail_unknown("decoder", part);
  }
}

TokenId id_from(const Part& part, const json& value) {
  bool fits = value.is_number_integer() && value.get<int64_t>() >= 0 && value.get<int64_t>() <= INT32_MAX;
  if (!fits) part.fail("post_processor", "token ids", value.dump());
  return static_cast<TokenId>(value.get<int64_t>());
}

void add_template(const Part& part, Frame& frame) {
  bool after_text = false;
  for (const json& item : part.list("single")) {
    const JsonFields fields(item, kWhere);
    if (fields.has("Sequence")) {
      after_text = true;
      continue;
    }
    const std::string name = fields.object("SpecialToken").text("id");
    const JsonFields token = part.object("special_tokens").object(name);
    for (const json& id : token.list("ids"))
      (after_text ? frame.after : frame.before).push_back(id_from(part, id));
  }
}

// ["</s>", 2]
void add_pair(const Part& part, std::string_view name, std::vector<TokenId>& out) {
  const json& pair = part.list(name);
  if (pair.size() != 2) part.fail(name, "[token, id]", pair.dump());
  out.push_back(id_from(part, pair[1]));
}

void add_frame(const json& value, Frame& frame) {
  const Part part(value);
  const std::string& type = part.type;
  if (type == "Sequence") {
    for (const json& inner : part.list("processors")) add_frame(inner, frame);
  } else if (type == "TemplateProcessing") {
    add_template(part, frame);
  } else if (type == "BertProcessing" || type == "RobertaProcessing") {
    add_pair(part, "cls", frame.before);
    add_pair(part, "sep", frame.after);
  } else if (type != "ByteLevel") {
    fail_unknown("post_processor", part);
  }
}

}  // namespace

Normalizers normalizers_from(const json& part) {
  Normalizers out;
  if (!part.is_null()) add_normalizers(part, out);
  return out;
}

Decoders decoders_from(const json& part) {
  Decoders out;
  if (!part.is_null()) add_decoders(part, out);
  return out;
}

PreTokenizerParts pre_tokenizers_from(const json& part, bool model_takes_bytes) {
  std::vector<Step> steps;
  if (!part.is_null()) add_pre_tokenizers(part, steps);
  int changes = 0;
  for (const Step& step : steps) changes += step.into_bytes ? 1 : 0;
  PreTokenizerParts out;
  out.ends_in_bytes = model_takes_bytes && changes == 1 && steps.back().into_bytes;
  if (out.ends_in_bytes) steps.pop_back();
  for (Step& step : steps) out.steps.push_back(std::move(step.step));
  return out;
}

Frame frame_from(const json& part) {
  Frame frame;
  if (!part.is_null()) add_frame(part, frame);
  return frame;
}

}  // namespace auris::text
