// Adds two numbers by LibTorch, which this program does not link.

#include <cstdio>
#include <vector>

#include "auris/tensor/backend/open_device.h"
#include "auris/tensor/ops/elementwise.h"

int main() {
  try {
    const auris::Device device = auris::open_device("torch");
    const auris::Tensor two = auris::Tensor::from(std::vector<float>{2}, {1}, device);
    const float sum = auris::ops::add(two, two).data<float>()[0];
    std::printf("%s: %g\n", std::string(auris::name_of(device)).c_str(), static_cast<double>(sum));
    return sum == 4 ? 0 : 1;
  } catch (const std::exception& error) {
    std::printf("%s\n", error.what());
    return 1;
  }
}
