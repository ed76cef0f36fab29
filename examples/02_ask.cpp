// Answers a question about a recording, streaming the answer.
//
//   02_ask RECORDING QUESTION

#include <auris/auris.h>

#include <iostream>

int main(int argc, char** argv) try {
  if (argc != 3) {
    std::cerr << "usage: 02_ask RECORDING QUESTION\n";
    return 2;
  }
  auto engine = auris::engine::Engine::load();
  auris::generate::GenerationCallbacks callbacks;
  callbacks.on_text = [](const std::string& text) { std::cout << text << std::flush; };
  auto result = engine->ask(auris::audio::decode_audio(argv[1]), argv[2], {}, callbacks);
  std::cout << "\nfirst token after " << result.timings.first_token_s << " s\n";
} catch (const auris::Error& error) {
  std::cerr << error.what() << "\n";
  return 1;
}
