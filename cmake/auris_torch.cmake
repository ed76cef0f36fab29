# LibTorch, for the backend with gradients (auris/tensor/backend/torch): finds it and makes auris::libtorch. Sets
# AURIS_HAS_TORCH. tools/setup_torch.sh installs it.

set(AURIS_TORCH AUTO CACHE STRING "Build the LibTorch backend: AUTO (where it is found, not under sanitizers), ON or OFF")
set(AURIS_LIBTORCH "" CACHE PATH "LibTorch: the folder of the Python package torch; empty for the one in the cache of Auris")

# The same places as auris/base/cache_folder.cpp.
function(auris_find_libtorch result)
  set(folder "${AURIS_LIBTORCH}")
  if(NOT folder)
    set(cache "$ENV{HOME}/.cache/auris")
    if(NOT "$ENV{XDG_CACHE_HOME}" STREQUAL "")
      set(cache "$ENV{XDG_CACHE_HOME}/auris")
    endif()
    if(NOT "$ENV{AURIS_CACHE}" STREQUAL "")
      set(cache "$ENV{AURIS_CACHE}")
    endif()
    set(folder "${cache}/libtorch/2.13.0/torch")
  endif()
  set(${result} "${folder}" PARENT_SCOPE)
endfunction()

set(AURIS_HAS_TORCH OFF)
string(TOUPPER "${AURIS_TORCH}" auris_torch_wanted)
if(auris_torch_wanted STREQUAL "AUTO" AND (AURIS_SANITIZE OR AURIS_FUZZ OR CMAKE_CROSSCOMPILING))
  set(auris_torch_wanted OFF)  # LibTorch is not instrumented: sanitizers would report what is none of ours
endif()
if(auris_torch_wanted STREQUAL "AUTO" OR auris_torch_wanted)
  auris_find_libtorch(libtorch)
  # A glob, so that a build notices when LibTorch comes or goes.
  file(GLOB libtorch_library CONFIGURE_DEPENDS "${libtorch}/lib/libtorch_cpu.so")
  if(libtorch_library)
    set(AURIS_HAS_TORCH ON)
  elseif(NOT auris_torch_wanted STREQUAL "AUTO")
    message(FATAL_ERROR "No LibTorch in ${libtorch}: run tools/setup_torch.sh or set AURIS_LIBTORCH")
  endif()
endif()
message(STATUS "LibTorch backend: ${AURIS_HAS_TORCH}")

if(AURIS_HAS_TORCH)
  add_library(auris_libtorch INTERFACE)
  add_library(auris::libtorch ALIAS auris_libtorch)
  # Behind all other folders, since it brings copies of libraries that Debian has too (fmt); as system headers, whose
  # warnings are not ours. Since 2.7 its libraries have the C++11 ABI, as g++ does.
  target_compile_options(auris_libtorch INTERFACE "SHELL:-idirafter ${libtorch}/include"
                         "SHELL:-idirafter ${libtorch}/include/torch/csrc/api/include")
  # Sources include the ops they use by name, which halves the time they take to compile.
  target_compile_definitions(auris_libtorch INTERFACE AT_PER_OPERATOR_HEADERS)
  target_link_directories(auris_libtorch INTERFACE "${libtorch}/lib")
  target_link_options(auris_libtorch INTERFACE "LINKER:-rpath,${libtorch}/lib")
  target_link_libraries(auris_libtorch INTERFACE torch_cpu c10)
  if(EXISTS "${libtorch}/lib/libtorch_cuda.so")  # nothing names its symbols: it brings its kernels in when it is loaded
    target_link_libraries(auris_libtorch INTERFACE "-Wl,--no-as-needed" torch_cuda c10_cuda "-Wl,--as-needed")
  endif()
endif()

# Like auris_library, for what links LibTorch. Not installed: it serves the programs of this repository that train.
function(auris_torch_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;APART;DEPS" ${ARGN})
  add_library(auris_${name} STATIC ${arg_SOURCES})
  add_library(auris::${name} ALIAS auris_${name})
  target_include_directories(auris_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(auris_${name} PUBLIC ${arg_DEPS} auris::libtorch PRIVATE auris_flags)
  auris_compile_together(auris_${name} ${arg_APART})
endfunction()

# The tests of SOURCES with the torch backend registered at start-up, as NAME_torch_test: sources that choose their
# devices by test::devices_under_test() run on kTorch then.
function(auris_torch_test name)
  if(NOT AURIS_HAS_TORCH)
    return()
  endif()
  cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;DEPS" ${ARGN})
  # One process, since LibTorch takes a third of a second to load; its threads would spin while they wait, on cores that
  # other tests need.
  auris_test(${name}_torch ONE_PROCESS TIMEOUT ${arg_TIMEOUT}
    SOURCES ${arg_SOURCES} ${PROJECT_SOURCE_DIR}/auris/tensor/backend/torch/register_for_tests.cpp
    DEPS ${arg_DEPS} auris::tensor_torch
    ENVIRONMENT OMP_WAIT_POLICY=passive)
endfunction()
