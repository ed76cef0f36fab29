#include "auris/text/chat_template/chat_template.h"

#include "auris/text/chat_template/budget.h"
#include "auris/text/chat_template/builtins.h"
#include "auris/text/chat_template/data_value.h"
#include "auris/text/chat_template/interpreter.h"
#include "auris/text/chat_template/syntax_tree.h"

namespace auris::text {
namespace {

using jinja::Failure;
using jinja::Interpreter;
using jinja::Value;

std::tm local_now() {
  std::time_t now = std::time(nullptr);
  std::tm out{};
  localtime_r(&now, &out);
  return out;
}

MarkedText marked(const jinja::SourcedText& text) {
  MarkedText out;
  out.text = text.view();
  out.trusted.reserve(text.trusted().size());
  for (const jinja::TrustedRange& range : text.trusted()) out.trusted.push_back({range.begin, range.end});
  return out;
}

// null in the options means none, as transformers passes it.
Value optional_data(const nlohmann::ordered_json& json, const char* name, jinja::Budget& budget) {
  if (!json.is_null() && !json.is_array()) {
    throw Error(ErrorCode::kUsage, {.where = "chat template",
                                    .expected = fmt::format("an array of {}", name),
                                    .got = json.type_name(),
                                    .hint = ""});
  }
  return jinja::data_value(json, budget);
}

void define_functions(Interpreter& interpreter) {
  for (std::string_view name : jinja::function_names()) {
    jinja::Callable function{nullptr, std::string(name), Value(), false};
    interpreter.define(name, Value(std::make_shared<const jinja::Callable>(std::move(function))));
  }
}

void define_variables(Interpreter& interpreter, const nlohmann::ordered_json& messages,
                      const RenderOptions& options) {
  jinja::Budget& budget = interpreter.budget();
  interpreter.define("bos_token", Value::text(options.bos_token, true));
  interpreter.define("eos_token", Value::text(options.eos_token, true));
  for (const auto& [name, text] : options.special_tokens) interpreter.define(name, Value::text(text, true));
  if (!options.variables.is_null() && !options.variables.is_object()) {
    throw Error(ErrorCode::kUsage, {.where = "chat template",
                                    .expected = "an object of variables",
                                    .got = options.variables.type_name(),
                                    .hint = ""});
  }
  if (options.variables.is_object()) {
    for (const auto& [name, value] : options.variables.get_ref<const nlohmann::ordered_json::object_t&>()) {
      interpreter.define(name, jinja::data_value(value, budget));
    }
  }
  interpreter.define("tools", optional_data(options.tools, "tools", budget));
  interpreter.define("documents", optional_data(options.documents, "documents", budget));
  interpreter.define("add_generation_prompt", Value(options.add_generation_prompt));
  interpreter.define("messages", jinja::message_values(messages, options, budget));
}

}  // namespace

ChatTemplate ChatTemplate::parse(std::string source) {
  auto shared = std::make_shared<const std::string>(std::move(source));
  return ChatTemplate(shared, jinja::parse_program(*shared));
}

MarkedText ChatTemplate::render(const nlohmann::ordered_json& messages, const RenderOptions& options) const {
  Interpreter interpreter(options.limits, options.now ? *options.now : local_now());
  try {
    define_functions(interpreter);
    define_variables(interpreter, messages, options);
    return marked(interpreter.run(*program_));
  } catch (const Failure& failure) {
    throw Error(failure.code, {.where = fmt::format("chat template line {}", interpreter.line()),
                               .expected = failure.expected,
                               .got = failure.got,
                               .hint = ""});
  }
}

}  // namespace auris::text
