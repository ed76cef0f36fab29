#include "auris/tensor/backend/cpu/halves.h"

#include "auris/tensor/float16.h"

namespace auris::cpu {
namespace {

struct Table {
  std::array<float, 65536> values;
  Table() {
    for (uint32_t i = 0; i < values.size(); ++i) values[i] = f16_to_f32(static_cast<uint16_t>(i));
  }
};

}  // namespace

const float* half_values() {
  static const Table table;
  return table.values.data();
}

}  // namespace auris::cpu
