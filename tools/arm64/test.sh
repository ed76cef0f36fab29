#!/usr/bin/env bash
# Builds the folders that use SIMD for 64-bit Arm, on a Debian 12 x86-64 machine, and runs their tests under
# qemu: NEON compiles without a warning, is what the kernels use, and agrees with the plain kernels.
set -euo pipefail
cd "$(dirname "$0")/../.."
tools/setup.sh tools/arm64/packages.txt
tools/arm64/sysroot.sh
cmake --preset arm64 >/dev/null
cmake --build --preset arm64 --target base_test tensor_test audio_test
run() { qemu-aarch64 -L build/arm64/sysroot "build/arm64/auris/$1/$1_test" --gtest_brief=1 "${@:2}"; }
run base
run tensor
run audio --gtest_filter='LogMelKernel*:WhisperFrontend*:Resampler*:EnergyDetector*:SpeechSpans*'  # the SIMD parts
