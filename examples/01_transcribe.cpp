// Prints what is said in a recording, segment by segment, as soon as each is known.
//
//   01_transcribe RECORDING [MODEL]

#include <auris/auris.h>

#include <iostream>

int main(int argc, char** argv) try {
  if (argc < 2) {
    std::cerr << "usage: 01_transcribe RECORDING [MODEL]\n";
    return 2;
  }
  auto engine = auris::engine::Engine::load({.speech_model = argc > 2 ? argv[2] : "whisper-base"});
  auris::generate::TranscribeCallbacks callbacks;
  callbacks.on_segment = [](const auris::generate::TranscriptSegment& segment) {
    std::cout << auris::engine::to_timed_line(segment) << std::endl;
  };
  auto transcript = engine->transcribe(auris::audio::decode_audio(argv[1]), {}, callbacks);
  std::cout << "language: " << transcript.language << "\n";
} catch (const auris::Error& error) {
  std::cerr << error.what() << "\n";
  return 1;
}
