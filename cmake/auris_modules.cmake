# Modules: shared libraries that bring a backend into a program that does not link it (auris/tensor/backend/backend_module.h,
# docs/decisions/0010). auris_module(NAME SOURCES ... LIBRARIES ... RPATH FOLDER) builds libauris_NAME.so beside the
# programs, and looks for its libraries in FOLDER, installed too. It links none of ours: it finds them in the program that
# loads it, which links auris::module_host.

set(AURIS_MODULE_INSTALL_FOLDER ${CMAKE_INSTALL_LIBDIR}/auris)
file(RELATIVE_PATH auris_module_folder /prefix/bin /prefix/${AURIS_MODULE_INSTALL_FOLDER})
set_source_files_properties(backend/module_loader.cpp PROPERTIES
  COMPILE_DEFINITIONS "AURIS_MODULE_FOLDER=\"${auris_module_folder}\"")

# Which headers a program and a module agree on, as a number.
set(interface_id ${PROJECT_BINARY_DIR}/include/auris/tensor/backend/interface_id.h)
file(GLOB interface_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/auris/base/*.h ${PROJECT_SOURCE_DIR}/auris/tensor/*.h
     ${PROJECT_SOURCE_DIR}/auris/tensor/ops/*.h ${PROJECT_SOURCE_DIR}/auris/tensor/backend/*.h)
add_custom_command(
  OUTPUT ${interface_id}
  COMMAND ${CMAKE_COMMAND} -DSOURCE=${PROJECT_SOURCE_DIR} -DVERSION=${PROJECT_VERSION} -DOUTPUT=${interface_id}
          -P ${PROJECT_SOURCE_DIR}/cmake/interface_id.cmake
  DEPENDS ${interface_headers} ${PROJECT_SOURCE_DIR}/cmake/interface_id.cmake
  COMMENT "Numbering the interface of modules"
  VERBATIM)
add_custom_target(auris_interface_id DEPENDS ${interface_id})
add_dependencies(auris_tensor auris_interface_id)

# Whoever links this shows its functions and types of Auris, and no others, to the modules it loads. Names as the compiler
# writes them: functions and variables, constant members, tables of virtual functions, types, their names, statics of
# functions and their guards.
add_library(auris_module_host INTERFACE)
add_library(auris::module_host ALIAS auris_module_host)
foreach(kind N NK TVN TIN TSN ZN GVZN)
  target_link_options(auris_module_host INTERFACE "LINKER:--export-dynamic-symbol=_Z${kind}5auris*")
endforeach()
set_property(GLOBAL APPEND PROPERTY AURIS_LIBRARIES auris_module_host)

function(auris_module name)
  cmake_parse_arguments(arg "" "RPATH" "SOURCES;LIBRARIES" ${ARGN})
  add_library(auris_${name}_module MODULE ${arg_SOURCES})
  target_include_directories(auris_${name}_module PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/include)
  target_link_libraries(auris_${name}_module PRIVATE auris_flags ${arg_LIBRARIES})
  add_dependencies(auris_${name}_module auris_interface_id)
  set_target_properties(auris_${name}_module PROPERTIES OUTPUT_NAME auris_${name}
                        LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/apps INSTALL_RPATH "${arg_RPATH}")
  install(TARGETS auris_${name}_module LIBRARY DESTINATION ${AURIS_MODULE_INSTALL_FOLDER})
endfunction()
