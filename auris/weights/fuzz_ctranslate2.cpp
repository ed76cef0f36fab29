// Any bytes are either a checkpoint whose tensors lie inside them, or kModel.

#include "auris/weights/ctranslate2.h"
#include "auris/weights/fuzz_parser.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auris::weights::fuzz_parser(auris::weights::parse_ctranslate2, data, size);
  return 0;
}
