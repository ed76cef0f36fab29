#include "apps/program.h"

int main(int argc, char** argv) {
  using namespace auris::apps;
  Program program;
  add_transcribe(program);
  add_translate(program);
  add_ask(program);
  add_chat(program);
  add_score(program);
  add_data(program);
  add_eval(program);
  add_train(program);
  add_serve(program);
  add_card(program);
  add_pull(program);
  add_models(program);
  add_inspect(program);
  add_export(program);
  add_doctor(program);
  add_version(program);
  add_completion(program);
  add_man(program);
  return program.main(argc, argv);
}
