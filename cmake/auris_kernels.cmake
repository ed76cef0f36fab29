# How sources are compiled that Highway turns into one version for each instruction set: EMU128 (scalar), SSE4, AVX2 and
# AVX-512, or NEON, chosen at run time. They are optimized in every build type; multiplications and additions are fused
# only where the code says so, which keeps bits reproducible.
# HWY_BROKEN_EMU128=0: the compiler bug that Highway avoids (GCC 106322, 16-bit high products) is not in what we use.
set(hwy_disabled HWY_SSSE3 HWY_AVX3_DL HWY_SVE HWY_SVE2 HWY_SVE_256 HWY_SVE2_128)
set(AURIS_KERNEL_OPTIONS -O2 -ffp-contract=off)
# Kernels share nothing but the rows that the thread pool gives them. The tests of tensor/ run in seconds with them
# watched; real models would take a hundred times their time, so that only what stands around the kernels is watched.
option(AURIS_SANITIZE_KERNELS "Let the thread sanitizer watch kernels too" OFF)
if(AURIS_SANITIZE)
  # Instrumented kernels take minutes to compile: two targets must do, the scalar one and AVX2. Highway's operations are
  # all inlined, so checks of each reference and poisoned stack frames (bounds of arrays stay checked) only add bulk.
  list(APPEND hwy_disabled HWY_SSE4 HWY_AVX3)
  set(AURIS_KERNEL_OPTIONS -O1 -ffp-contract=off)
  if(AURIS_FUZZ)
    list(APPEND AURIS_KERNEL_OPTIONS -fno-sanitize=all)  # the fuzzers look for faults of parsers
  elseif(AURIS_SANITIZE MATCHES "thread" AND NOT AURIS_SANITIZE_KERNELS)
    list(APPEND AURIS_KERNEL_OPTIONS -O2 -fno-sanitize=thread)
  elseif(AURIS_SANITIZE MATCHES "undefined")
    list(APPEND AURIS_KERNEL_OPTIONS -fno-sanitize=null,object-size)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND AURIS_SANITIZE MATCHES "address")
    list(APPEND AURIS_KERNEL_OPTIONS --param=asan-stack=0)
  endif()
endif()
list(JOIN hwy_disabled "|" hwy_disabled)
set(AURIS_HWY_DEFINITIONS HWY_BROKEN_EMU128=0 "HWY_DISABLED_TARGETS=(${hwy_disabled})")
