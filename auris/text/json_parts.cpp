#include "auris/text/json_parts.h"

#include "auris/base/error.h"
#include "auris/text/base64.h"
#include "auris/text/json_fields.h"
#include "auris/text/utf8.h"

namespace auris::text {
namespace {

using nlohmann::json;

std::string type_of(const json& part) {
  if (!part.is_object()) fail_field("type", "an object with a type", part.type_name());
  return string_field(part, "type", "");
}

const json& list_of(const json& part, std::string_view name) {
  const json& list = child_of(part, name);
  if (!list.is_array()) fail_field(name, "an array", list.type_name());
  return list;
}

[[noreturn]] void fail_unknown(std::string_view kind, const std::string& type) {
  fail_field(kind, "a type that Auris knows", auris::quoted(type));
}

// {"String": "x"}, {"Regex": "x"}, or the plain string of old files.
Pattern pattern_from(const json& value) {
  if (value.is_string()) return Pattern::literal(value.get<std::string>());
  if (const auto text = optional_string_field(value, "String")) return Pattern::literal(*text);
  if (const auto expression = optional_string_field(value, "Regex")) return Pattern::regex(*expression);
  fail_field("pattern", "a String or a Regex", value.type_name());
}

Delimiter delimiter_from(const json& part) {
  const std::string name = string_field(part, "behavior", "Isolated");
  if (name == "Removed") return Delimiter::kRemoved;
  if (name == "Isolated") return Delimiter::kIsolated;
  if (name == "MergedWithPrevious") return Delimiter::kMergedWithPrevious;
  if (name == "MergedWithNext") return Delimiter::kMergedWithNext;
  if (name == "Contiguous") return Delimiter::kContiguous;
  fail_field("behavior", "a known behaviour", auris::quoted(name));
}

// Older files say add_prefix_space instead of prepend_scheme.
Prepend prepend_from(const json& part) {
  const bool legacy = bool_field(part, "add_prefix_space", true);
  const std::string name = string_field(part, "prepend_scheme", legacy ? "always" : "never");
  if (name == "always") return Prepend::kAlways;
  if (name == "first") return Prepend::kFirst;
  if (name == "never") return Prepend::kNever;
  fail_field("prepend_scheme", "always, first or never", auris::quoted(name));
}

std::string one_character(const json& part, std::string_view name, std::string_view otherwise) {
  const std::string text = string_field(part, name, otherwise);
  if (text.empty() || character_at(text, 0).length != text.size()) fail_field(name, "one character", auris::quoted(text));
  return text;
}

void add_normalizers(const json& part, Normalizers& out) {
  const std::string type = type_of(part);
  if (type == "Sequence") {
    for (const json& inner : list_of(part, "normalizers")) add_normalizers(inner, out);
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
    out.push_back(replace(pattern_from(child_of(part, "pattern")), string_field(part, "content", "")));
  } else if (type == "Prepend") {
    out.push_back(prepend(string_field(part, "prepend", "")));
  } else if (type == "Strip") {
    out.push_back(strip(bool_field(part, "strip_left", true), bool_field(part, "strip_right", true)));
  } else if (type == "Precompiled") {
    const std::string charsmap = string_field(part, "precompiled_charsmap", "");
    if (!charsmap.empty()) out.push_back(precompiled(from_base64(charsmap)));
  } else {
    fail_unknown("normalizer", type);
  }
}

struct Step {
  std::unique_ptr<const PreTokenizer> step;
  bool into_bytes = false;
};

void add_pre_tokenizers(const json& part, std::vector<Step>& out) {
  const std::string type = type_of(part);
  if (type == "Sequence") {
    for (const json& inner : list_of(part, "pretokenizers")) add_pre_tokenizers(inner, out);
  } else if (type == "ByteLevel") {
    out.push_back({byte_level(bool_field(part, "add_prefix_space", true), bool_field(part, "use_regex", true))});
    out.push_back({into_byte_alphabet(), true});
  } else if (type == "Split") {
    out.push_back({split_by(pattern_from(child_of(part, "pattern")), delimiter_from(part),
                            bool_field(part, "invert", false))});
  } else if (type == "Digits") {
    out.push_back({split_digits(bool_field(part, "individual_digits", false))});
  } else if (type == "Punctuation") {
    out.push_back({split_punctuation(delimiter_from(part))});
  } else if (type == "Metaspace") {
    out.push_back({metaspace(one_character(part, "replacement", "\u2581"), prepend_from(part),
                             bool_field(part, "split", true))});
  } else if (type == "Whitespace") {
    out.push_back({split_whitespace_and_punctuation()});
  } else if (type == "WhitespaceSplit") {
    out.push_back({split_whitespace()});
  } else {
    fail_unknown("pre_tokenizer", type);
  }
}

void add_decoders(const json& part, Decoders& out) {
  const std::string type = type_of(part);
  if (type == "Sequence") {
    for (const json& inner : list_of(part, "decoders")) add_decoders(inner, out);
  } else if (type == "ByteLevel") {
    out.push_back(decode_byte_level());
  } else if (type == "ByteFallback") {
    out.push_back(decode_byte_fallback());
  } else if (type == "Fuse") {
    out.push_back(decode_fuse());
  } else if (type == "Replace") {
    out.push_back(decode_replace(pattern_from(child_of(part, "pattern")), string_field(part, "content", "")));
  } else if (type == "Strip") {
    const int64_t start = integer_field(part, "start", 0);
    const int64_t stop = integer_field(part, "stop", 0);
    if (start < 0 || stop < 0) fail_field("Strip", "counts from 0", "a negative one");
    out.push_back(decode_strip(one_character(part, "content", " "), static_cast<size_t>(start),
                               static_cast<size_t>(stop)));
  } else if (type == "Metaspace") {
    out.push_back(decode_metaspace(one_character(part, "replacement", "\u2581"),
                                   prepend_from(part) != Prepend::kNever));
  } else {
    fail_unknown("decoder", type);
  }
}

TokenId id_from(const json& value) {
  if (!value.is_number_integer() || value.get<int64_t>() < 0 || value.get<int64_t>() > INT32_MAX) {
    fail_field("post_processor", "token ids", value.dump());
  }
  return static_cast<TokenId>(value.get<int64_t>());
}

void add_template(const json& part, Frame& frame) {
  bool after_text = false;
  for (const json& item : list_of(part, "single")) {
    if (!child_of(item, "Sequence").is_null()) {
      after_text = true;
      continue;
    }
    const std::string name = string_field(child_of(item, "SpecialToken"), "id", "");
    const json& token = child_of(child_of(part, "special_tokens"), name);
    for (const json& id : list_of(token, "ids")) (after_text ? frame.after : frame.before).push_back(id_from(id));
  }
}

// ["</s>", 2]
void add_pair(const json& part, std::string_view name, std::vector<TokenId>& out) {
  const json& pair = list_of(part, name);
  if (pair.size() != 2) fail_field(name, "[token, id]", pair.dump());
  out.push_back(id_from(pair[1]));
}

void add_frame(const json& part, Frame& frame) {
  const std::string type = type_of(part);
  if (type == "Sequence") {
    for (const json& inner : list_of(part, "processors")) add_frame(inner, frame);
  } else if (type == "TemplateProcessing") {
    add_template(part, frame);
  } else if (type == "BertProcessing" || type == "RobertaProcessing") {
    add_pair(part, "cls", frame.before);
    add_pair(part, "sep", frame.after);
  } else if (type != "ByteLevel") {
    fail_unknown("post_processor", type);
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
