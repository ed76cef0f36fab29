# Installs the build into a folder, moves that folder, builds an example against it from outside the tree and runs it:
# find_package(auris) works and nothing remembers where it was built or first installed.
#
#   cmake -DBUILD=... -DWORK=... -DSOURCE=... -DCONFIG=... -DGENERATOR=... -DCOMPILER=... -DRECORDING=...
#         -DTORCH=ON|OFF -P install_test.cmake

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\n${output}\nended with ${result}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
run(${CMAKE_COMMAND} --install ${BUILD} --config ${CONFIG} --prefix ${WORK}/first)
file(RENAME ${WORK}/first ${WORK}/prefix)
run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/consumer -B ${WORK}/build -G ${GENERATOR} -DCMAKE_CXX_COMPILER=${COMPILER}
    -DCMAKE_BUILD_TYPE=${CONFIG} -DCMAKE_PREFIX_PATH=${WORK}/prefix -DSOURCE=${SOURCE})
run(${CMAKE_COMMAND} --build ${WORK}/build)
run(${WORK}/build/consumer ${RECORDING})
if(NOT output MATCHES "young man")
  message(FATAL_ERROR "the example printed: ${output}")
endif()
run(${WORK}/prefix/bin/auris version)
# The installed module is found by the installed program, and loads into a stranger's.
run(${CMAKE_COMMAND} -E env --unset=AURIS_TORCH_MODULE ${WORK}/prefix/bin/auris doctor)
if(TORCH AND NOT output MATCHES "device torch +LibTorch")
  message(FATAL_ERROR "the installed program has no torch backend: ${output}")
endif()
if(TORCH)
  file(GLOB_RECURSE module ${WORK}/prefix/libauris_torch.so)
  run(${CMAKE_COMMAND} -E env AURIS_TORCH_MODULE=${module} ${WORK}/build/devices)
endif()
if(NOT EXISTS ${WORK}/prefix/share/man/man1/auris.1)
  message(FATAL_ERROR "no manual page was installed")
endif()
file(REMOVE_RECURSE ${WORK})  # tens of megabytes of static libraries in each build folder
