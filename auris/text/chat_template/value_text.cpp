#include "auris/text/chat_template/value_text.h"

#include <algorithm>

#include "auris/text/chat_template/characters.h"

namespace auris::text::jinja {
namespace {

constexpr int kMaxPrintDepth = 200;  // a namespace may contain itself

void append_repr_of(const Value& value, TextBuilder& out, Budget& budget, int depth);

void append_items(const std::vector<Value>& items, bool trusted, TextBuilder& out, Budget& budget,
                  int depth) {
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out.append(", ", trusted);
    append_repr_of(items[i], out, budget, depth);
  }
}

void append_sequence(const Sequence& sequence, TextBuilder& out, Budget& budget, int depth) {
  bool trusted = !sequence.from_data;
  switch (sequence.kind) {
    case SequenceKind::kRange:
      out.append(fmt::format("range({}, {}{})", sequence.start, sequence.stop,
                             sequence.step == 1 ? "" : fmt::format(", {}", sequence.step)),
                 trusted);
      return;
    case SequenceKind::kTuple:
      out.append("(", trusted);
      append_items(sequence.items, trusted, out, budget, depth);
      out.append(sequence.items.size() == 1 ? ",)" : ")", trusted);
      return;
    case SequenceKind::kIterator:
      throw Failure{"a value that can be printed", "an iterator (use the filter 'list')"};
    case SequenceKind::kKeys: out.append("dict_keys(", trusted); break;
    case SequenceKind::kValues: out.append("dict_values(", trusted); break;
    case SequenceKind::kItems: out.append("dict_items(", trusted); break;
    case SequenceKind::kList: break;
  }
  out.append("[", trusted);
  append_items(sequence.items, trusted, out, budget, depth);
  out.append(sequence.kind == SequenceKind::kList ? "]" : "])", trusted);
}

void append_repr_of(const Value& value, TextBuilder& out, Budget& budget, int depth) {
  budget.steps(1);
  if (depth > kMaxPrintDepth) throw Failure{"a value that can be printed", "one that contains itself"};
  if (value.is<Undefined>()) {
    out.append("Undefined", true);
  } else if (const SourcedText* text = value.string()) {
    append_repr(*text, out);
  } else if (const Sequence* sequence = value.sequence()) {
    append_sequence(*sequence, out, budget, depth + 1);
  } else if (const Dict* dict = value.dict()) {
    bool trusted = !dict->from_data;
    out.append("{", trusted);
    for (size_t i = 0; i < dict->entries.size(); ++i) {
      if (i > 0) out.append(", ", trusted);
      append_repr_of(dict->entries[i].first, out, budget, depth + 1);
      out.append(": ", trusted);
      append_repr_of(dict->entries[i].second, out, budget, depth + 1);
    }
    out.append("}", trusted);
  } else if (const auto* space = value.as<Namespace*>()) {
    out.append("<Namespace {", true);
    for (size_t i = 0; i < (*space)->attributes.size(); ++i) {
      if (i > 0) out.append(", ", true);
      append_repr(SourcedText((*space)->attributes[i].first, true), out);
      out.append(": ", true);
      append_repr_of((*space)->attributes[i].second, out, budget, depth + 1);
    }
    out.append("}>", true);
  } else {
    append_text(value, out, budget);
  }
}

void append_json_string(const SourcedText& text, bool ascii_only, TextBuilder& out) {
  TrustCursor trust(text);
  bool outer = text.empty() || text.trusted_at(0);
  out.append("\"", outer);
  for (size_t i = 0; i < text.size();) {
    size_t size = character_size(text.view(), i);
    int32_t code = code_point(text.view(), i);
    bool trusted = trust.at(i);
    switch (code) {
      case '"': out.append("\\\"", trusted); break;
      case '\\': out.append("\\\\", trusted); break;
      case '\n': out.append("\\n", trusted); break;
      case '\r': out.append("\\r", trusted); break;
      case '\t': out.append("\\t", trusted); break;
      case '\b': out.append("\\b", trusted); break;
      case '\f': out.append("\\f", trusted); break;
      default:
        if ((code >= 0 && code < 0x20) || (ascii_only && code > 0x7e && code <= 0xffff)) {
          out.append(fmt::format("\\u{:04x}", code), trusted);
        } else if (ascii_only && code > 0xffff) {
          int32_t rest = code - 0x10000;
          out.append(fmt::format("\\u{:04x}\\u{:04x}", 0xd800 + (rest >> 10), 0xdc00 + (rest & 0x3ff)),
                     trusted);
        } else {
          out.append(text.view().substr(i, size), trusted);
        }
    }
    i += size;
  }
  out.append("\"", outer);
}

class JsonWriter {
 public:
  JsonWriter(const JsonStyle& style, Budget& budget) : style_(style), budget_(budget), out_(budget) {}

  void write(const Value& value, int level) {
    budget_.steps(1);
    if (value.is<None>()) {
      out_.append("null", true);
    } else if (const auto* flag = value.as<bool>()) {
      out_.append(*flag ? "true" : "false", true);
    } else if (const SourcedText* text = value.string()) {
      append_json_string(*text, style_.ascii_only, out_);
    } else if (is_number(value)) {
      out_.append(number_text(value), !from_data(value));
    } else if (const Sequence* sequence = value.sequence(); sequence && is_array(*sequence)) {
      write_array(*sequence, level);
    } else if (const Dict* dict = value.dict()) {
      write_object(*dict, level);
    } else {
      throw Failure{"a value that JSON can hold", std::string(type_name(value))};
    }
  }

  SourcedText take() { return out_.take(); }

 private:
  static bool is_array(const Sequence& sequence) {
    return sequence.kind == SequenceKind::kList || sequence.kind == SequenceKind::kTuple;
  }

  static std::string number_text(const Value& value) {
    if (const auto* number = value.as<Int>()) return std::to_string(number->value);
    std::string text = real_text(value.as<Float>()->value);
    if (text == "nan") return "NaN";
    if (text == "inf") return "Infinity";
    return text == "-inf" ? "-Infinity" : text;
  }

  void break_line(int level) {
    if (!style_.has_indent) return;
    out_.append("\n", true);
    for (int i = 0; i < level; ++i) out_.append(style_.indent);
  }

  void write_array(const Sequence& sequence, int level) {
    bool trusted = !sequence.from_data;
    out_.append("[", trusted);
    for (size_t i = 0; i < sequence.items.size(); ++i) {
      if (i > 0) out_.append(style_.item_separator);
      break_line(level + 1);
      write(sequence.items[i], level + 1);
    }
    if (!sequence.items.empty()) break_line(level);
    out_.append("]", trusted);
  }

  void write_key(const Value& key) {
    if (const SourcedText* text = key.string()) return append_json_string(*text, style_.ascii_only, out_);
    if (!key.is<bool>() && !key.is<None>() && !is_number(key)) {
      throw Failure{"a key that JSON can hold", std::string(type_name(key))};
    }
    out_.append("\"", true);
    write(key, 0);
    out_.append("\"", true);
  }

  void write_object(const Dict& dict, int level) {
    bool trusted = !dict.from_data;
    std::vector<const std::pair<Value, Value>*> entries;
    for (const auto& entry : dict.entries) entries.push_back(&entry);
    if (style_.sort_keys) {
      std::stable_sort(entries.begin(), entries.end(),
                       [&](const auto* a, const auto* b) { return less(a->first, b->first, budget_); });
    }
    out_.append("{", trusted);
    for (size_t i = 0; i < entries.size(); ++i) {
      if (i > 0) out_.append(style_.item_separator);
      break_line(level + 1);
      write_key(entries[i]->first);
      out_.append(style_.key_separator);
      write(entries[i]->second, level + 1);
    }
    if (!entries.empty()) break_line(level);
    out_.append("}", trusted);
  }

  const JsonStyle& style_;
  Budget& budget_;
  TextBuilder out_;
};

}  // namespace

void append_text(const Value& value, TextBuilder& out, Budget& budget) {
  if (const SourcedText* text = value.string()) {
    out.append(*text);
  } else if (value.is<None>()) {
    out.append("None", true);
  } else if (const auto* flag = value.as<bool>()) {
    out.append(*flag ? "True" : "False", true);
  } else if (const auto* number = value.as<Int>()) {
    out.append(std::to_string(number->value), !number->from_data);
  } else if (const auto* real = value.as<Float>()) {
    out.append(real_text(real->value), !real->from_data);
  } else if (value.sequence() || value.dict() || value.is<Namespace*>()) {
    append_repr_of(value, out, budget, 0);
  } else if (!value.is<Undefined>()) {
    throw Failure{"a value that can be printed", std::string(type_name(value))};
  }
}

SourcedText text_of(const Value& value, Budget& budget) {
  TextBuilder out(budget);
  append_text(value, out, budget);
  return out.take();
}

SourcedText json_text(const Value& value, const JsonStyle& style, Budget& budget) {
  JsonWriter writer(style, budget);
  writer.write(value, 0);
  return writer.take();
}

}  // namespace auris::text::jinja
