#include "auris/tensor/backend/device_choice.h"

#include <gtest/gtest.h>

#include "auris/base/error.h"

namespace auris {
namespace {

TEST(DeviceChoice, ReadsWhatUsersWrite) {
  EXPECT_EQ(device_choice("cpu").device, Device::kCpu);
  EXPECT_EQ(device_choice("torch").device, Device::kTorch);
  EXPECT_EQ(device_choice("cuda").device, Device::kCuda);
  EXPECT_EQ(device_choice("cuda").gpu, -1);
  EXPECT_EQ(device_choice("cuda:11").device, Device::kCuda);
  EXPECT_EQ(device_choice("cuda:11").gpu, 11);
  for (const char* name : {"cpu", "torch", "cuda", "cuda:0", "cuda:11"}) {
    EXPECT_EQ(to_string(device_choice(name)), name);
  }
}

TEST(DeviceChoice, RefusesTheRest) {
  for (const char* name : {"", "CUDA", "gpu", "plain", "cuda:", "cuda:-1", "cuda:1 ", "cuda:x", "cuda:128",
                           "cuda:99999999999", "torch:0"}) {
    try {
      device_choice(name);
      ADD_FAILURE() << name;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUsage) << name;
    }
  }
}

}  // namespace
}  // namespace auris
