// For tools/reference/fuzz_chat_template.py: reads lines of JSON {"template", "messages",
// "add_generation_prompt", "variables"} and writes a line
// for each: {"text": ...} or {"error": ...}.

#include <iostream>
#include <string>

#include "auris/base/error.h"
#include "auris/text/chat_template/chat_template.h"

int main() {
  using Json = nlohmann::ordered_json;
  for (std::string line; std::getline(std::cin, line);) {
    Json request = Json::parse(line);
    Json reply;
    auris::text::RenderOptions options{.bos_token = "<s>", .eos_token = "</s>"};
    options.variables = request["variables"];
    options.add_generation_prompt = request["add_generation_prompt"].get<bool>();
    try {
      auto chat = auris::text::ChatTemplate::parse(request["template"].get<std::string>());
      reply["text"] = chat.render(request["messages"], options).text;
    } catch (const auris::Error& error) {
      reply["error"] = error.what();
    }
    std::cout << reply.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
  }
}
