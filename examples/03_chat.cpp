// A conversation on standard input. Each turn runs only what the model has not seen yet.
//
//   03_chat [MODEL]

#include <auris/auris.h>

#include <iostream>

int main(int argc, char** argv) try {
  auto engine = auris::engine::Engine::load({.language_model = argc > 1 ? argv[1] : "smollm2-135m-instruct"});
  auto session = engine->start_session({.system = "You are a helpful assistant. Answer in one sentence."});
  auris::generate::GenerationOptions options;
  options.max_tokens = 64;
  for (std::string line; std::getline(std::cin, line);) {
    auto answer = session->send(line, options);
    std::cout << answer.text << "\n(" << answer.cached_tokens << " of " << answer.prompt_tokens
              << " prompt tokens were remembered)\n";
  }
} catch (const auris::Error& error) {
  std::cerr << error.what() << "\n";
  return 1;
}
