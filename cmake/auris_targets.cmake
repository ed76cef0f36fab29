# One folder, one target. auris_library(NAME SOURCES ... [APART ...] DEPS ... [PRIVATE_DEPS ...]) makes the static library
# auris_NAME (APART: see auris_compile_together),
# auris_test(NAME SOURCES ... DEPS ... [TIMEOUT SECONDS] [ENVIRONMENT VARIABLE=VALUE] [ONE_PROCESS]) its GoogleTest program,
# auris_fuzzer(NAME SOURCES ... DEPS ...) a libFuzzer target. ONE_PROCESS runs all tests of a program that is slow to start
# as one.

option(AURIS_WERROR "Treat warnings as errors" OFF)
option(AURIS_ASSERTS "Check internal invariants at run time" OFF)
option(AURIS_TESTS "Build the tests" ON)
option(AURIS_FUZZ "Build the libFuzzer targets (clang only)" OFF)
option(AURIS_BENCH "Build the benchmarks" ON)
set(AURIS_SANITIZE "" CACHE STRING "Sanitizers, as given to -fsanitize")

option(AURIS_PRECOMPILE "Compile the headers that most tests include once" ON)
option(AURIS_UNITY "Compile several sources of a library as one: a whole build takes two thirds of the time, a changed source longer" OFF)

find_program(AURIS_CCACHE ccache)
if(AURIS_CCACHE)
  # What a precompiled header defines cannot be told from outside it: ccache hashes the file whole instead.
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${AURIS_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

add_library(auris_flags INTERFACE)
target_compile_features(auris_flags INTERFACE cxx_std_20)
target_compile_options(auris_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual)
if(AURIS_WERROR)
  target_compile_options(auris_flags INTERFACE -Werror)
endif()
if(AURIS_ASSERTS)
  target_compile_definitions(auris_flags INTERFACE AURIS_ASSERTS=1)
endif()
if(AURIS_SANITIZE)
  target_compile_options(auris_flags INTERFACE -fsanitize=${AURIS_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(auris_flags INTERFACE -fsanitize=${AURIS_SANITIZE})
endif()
if(AURIS_FUZZ)
  target_compile_options(auris_flags INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(auris_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# With AURIS_UNITY, eight sources of TARGET are compiled as one, but for those named after it: they keep names to themselves
# that others have too, or are compiled several times over. Every other build shows what a source forgets to include.
function(auris_compile_together target)
  if(AURIS_UNITY)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
    set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  endif()
endfunction()

function(auris_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;APART;DEPS;PRIVATE_DEPS" ${ARGN})
  add_library(auris_${name} STATIC ${arg_SOURCES})
  add_library(auris::${name} ALIAS auris_${name})
  target_include_directories(auris_${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:include>)
  target_link_libraries(auris_${name} PUBLIC ${arg_DEPS} PRIVATE $<BUILD_INTERFACE:auris_flags> ${arg_PRIVATE_DEPS})
  auris_compile_together(auris_${name} ${arg_APART})
  set_property(GLOBAL APPEND PROPERTY AURIS_LIBRARIES auris_${name})
endfunction()

configure_file(${PROJECT_SOURCE_DIR}/tests/source_folder.h.in ${PROJECT_BINARY_DIR}/tests/include/tests/source_folder.h @ONLY)

# Tests compile in two thirds of the time with these headers compiled before. An executable, since they must be compiled with
# the flags of those that reuse them.
function(auris_test_headers)
  if(AURIS_PRECOMPILE AND NOT TARGET auris_test_headers)
    set(source ${PROJECT_BINARY_DIR}/test_headers.cpp)
    file(CONFIGURE OUTPUT ${source} CONTENT "int main() {}\n")
    add_executable(auris_test_headers ${source})
    target_link_libraries(auris_test_headers PRIVATE auris_flags GTest::gmock nlohmann_json::nlohmann_json)
    target_precompile_headers(auris_test_headers PRIVATE <gmock/gmock.h> <gtest/gtest.h> <nlohmann/json.hpp>)
    target_compile_options(auris_test_headers PRIVATE $<$<CONFIG:Release>:-O1>)
  endif()
endfunction()

function(auris_test name)
  if(NOT AURIS_TESTS OR AURIS_FUZZ)
    return()
  endif()
  cmake_parse_arguments(arg "ONE_PROCESS" "TIMEOUT;ENVIRONMENT" "SOURCES;DEPS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  if(AURIS_SANITIZE)
    math(EXPR arg_TIMEOUT "4 * ${arg_TIMEOUT}")
  endif()
  set(properties TIMEOUT ${arg_TIMEOUT})
  if(arg_ENVIRONMENT)
    list(APPEND properties ENVIRONMENT ${arg_ENVIRONMENT})
  endif()
  add_executable(${name}_test ${arg_SOURCES})
  target_link_libraries(${name}_test PRIVATE auris_flags ${arg_DEPS} GTest::gmock GTest::gtest_main)
  target_include_directories(${name}_test PRIVATE ${PROJECT_BINARY_DIR}/tests/include)
  # What is tested is optimized as users run it; the tests themselves compile in two thirds of the time without the rest.
  target_compile_options(${name}_test PRIVATE $<$<CONFIG:Release>:-O1>)
  auris_test_headers()
  if(AURIS_PRECOMPILE)
    target_precompile_headers(${name}_test REUSE_FROM auris_test_headers)
  endif()
  if(arg_ONE_PROCESS)
    add_test(NAME ${name} COMMAND ${name}_test)
    set_tests_properties(${name} PROPERTIES ${properties})
  else()
    gtest_discover_tests(${name}_test TEST_PREFIX "${name}." NO_PRETTY_VALUES DISCOVERY_TIMEOUT 120 DISCOVERY_MODE PRE_TEST
                         PROPERTIES ${properties})
  endif()
endfunction()

# The corpus of fuzzer NAME lies in tests/fuzz/corpus/NAME.
function(auris_fuzzer name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS" ${ARGN})
  if(AURIS_FUZZ)
    add_executable(fuzz_${name} ${arg_SOURCES})
    target_link_libraries(fuzz_${name} PRIVATE auris_flags ${arg_DEPS})
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  elseif(AURIS_TESTS)
    # Without clang the same entry point replays its committed corpus as an ordinary test.
    add_executable(replay_${name} ${arg_SOURCES} ${PROJECT_SOURCE_DIR}/tests/fuzz/replay_main.cpp)
    target_link_libraries(replay_${name} PRIVATE auris_flags ${arg_DEPS})
    add_test(NAME fuzz_corpus.${name} COMMAND replay_${name} ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name})
  endif()
endfunction()
