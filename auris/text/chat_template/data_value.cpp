#include "auris/text/chat_template/data_value.h"

#include <algorithm>

#include "auris/text/chat_template/budget.h"

namespace auris::text::jinja {
namespace {

using Json = nlohmann::ordered_json;

[[noreturn]] void fail_data(std::string expected, std::string got) {
  throw Error(
      ErrorCode::kInput,
      {.where = "chat template data", .expected = std::move(expected), .got = std::move(got), .hint = ""});
}

// The caller's text of mixed origin. Ranges beyond its end are cut.
SourcedText sourced(const MarkedText& marked) {
  SourcedText out;
  std::string_view text = marked.text;
  size_t done = 0;
  for (const MarkedText::Range& range : marked.trusted) {
    size_t begin = std::clamp(range.begin, done, text.size());
    size_t end = std::clamp(range.end, begin, text.size());
    out.append(text.substr(done, begin - done), false);
    out.append(text.substr(begin, end - begin), true);
    done = end;
  }
  out.append(text.substr(done), false);
  return out;
}

class Converter {
 public:
  Converter(const std::map<std::string, MarkedText>* marked, Budget& budget)
      : marked_(marked), budget_(budget) {}

  Value convert(const Json& json, const std::string& pointer, int depth = 0, bool trusted = false) {
    if (depth >= kMaxValueDepth) fail_data(fmt::format("nesting of at most {}", kMaxValueDepth), "more");
    switch (json.type()) {
      case Json::value_t::boolean: return Value(json.get<bool>());
      case Json::value_t::number_integer: return Value::integer(json.get<int64_t>(), true);
      case Json::value_t::number_unsigned: {
        auto number = json.get<uint64_t>();
        if (number > static_cast<uint64_t>(INT64_MAX))
          fail_data("integers that fit 64 bits", std::to_string(number));
        return Value::integer(static_cast<int64_t>(number), true);
      }
      case Json::value_t::number_float: return Value::real(json.get<double>(), true);
      case Json::value_t::string: return text(json, pointer, trusted);
      case Json::value_t::array: {
        std::vector<Value> items;
        for (size_t i = 0; i < json.size(); ++i)
          items.push_back(convert(json[i], child(pointer, std::to_string(i)), depth + 1));
        return make_sequence(SequenceKind::kList, std::move(items), true);
      }
      case Json::value_t::object: return object(json, pointer, depth, {});
      default: return Value(None{});
    }
  }

  Value object(const Json& json, const std::string& pointer, int depth,
               const std::vector<std::string>& trusted_keys) {
    std::vector<std::pair<Value, Value>> entries;
    for (const auto& [key, value] : json.items()) {
      bool trusted = std::find(trusted_keys.begin(), trusted_keys.end(), key) != trusted_keys.end();
      entries.emplace_back(Value::text(key, false), convert(value, child(pointer, key), depth + 1, trusted));
    }
    return make_dict(std::move(entries), budget_, true);
  }

 private:
  // JSON pointers are only built when somebody marked something.
  std::string child(const std::string& pointer, const std::string& key) const {
    if (!marked_ || marked_->empty()) return {};
    std::string escaped;
    for (char c : key)
      escaped += c == '~' ? std::string("~0") : c == '/' ? std::string("~1") : std::string(1, c);
    return pointer + "/" + escaped;
  }

  Value text(const Json& json, const std::string& pointer, bool trusted) const {
    if (marked_) {
      auto found = marked_->find(pointer);
      if (found != marked_->end()) return Value::text(sourced(found->second));
    }
    return Value::text(json.get_ref<const std::string&>(), trusted);
  }

  const std::map<std::string, MarkedText>* marked_;
  Budget& budget_;
};

constexpr std::string_view kReasoningKeys[] = {"reasoning_content", "thinking", "reasoning"};

// {"thinking": r, **message, "reasoning_content": r}, as transformers passes it.
Json with_reasoning(const Json& message) {
  for (std::string_view key : kReasoningKeys) {
    auto found = message.find(key);
    if (found == message.end() || found->is_null()) continue;
    Json reasoning = *found;
    Json out = {{"thinking", reasoning}};
    for (const auto& [name, value] : message.items()) out[name] = value;
    out["reasoning_content"] = std::move(reasoning);
    return out;
  }
  return message;
}

}  // namespace

Value data_value(const Json& json, Budget& budget) { return Converter(nullptr, budget).convert(json, ""); }

Value message_values(const Json& messages, const RenderOptions& options, Budget& budget) {
  if (!messages.is_array()) fail_data("an array of messages", std::string(messages.type_name()));
  Converter converter(&options.marked, budget);
  std::vector<Value> items;
  for (size_t i = 0; i < messages.size(); ++i) {
    if (!messages[i].is_object())
      fail_data("an object for each message", std::string(messages[i].type_name()));
    items.push_back(
        converter.object(with_reasoning(messages[i]), "/" + std::to_string(i), 1, options.trusted_keys));
  }
  return make_sequence(SequenceKind::kList, std::move(items), true);
}

}  // namespace auris::text::jinja
