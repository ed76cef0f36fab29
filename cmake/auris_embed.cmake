# auris_embed_text(OUTPUT FILE FUNCTION HEADER): a rule for OUTPUT, a C++ source in the build folder that defines
# `std::string_view FUNCTION()` (with its namespace, auris::page::page_style), which returns the text of FILE. So a program
# needs no files beside it.
function(auris_embed_text output file function header)
  string(FIND ${function} "::" colons REVERSE)
  string(SUBSTRING ${function} 0 ${colons} namespace)
  math(EXPR begin "${colons} + 2")
  string(SUBSTRING ${function} ${begin} -1 name)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DINPUT=${file} -DOUTPUT=${output} -DHEADER=${header} -DNAMESPACE=${namespace}
            -DFUNCTION=${name} -P ${PROJECT_SOURCE_DIR}/cmake/embed_text.cmake
    DEPENDS ${file} ${PROJECT_SOURCE_DIR}/cmake/embed_text.cmake
    COMMENT "Embedding ${name}"
    VERBATIM)
  # Clang counts the 65,536 bytes that every compiler must take.
  set_source_files_properties(${output} PROPERTIES COMPILE_OPTIONS -Wno-overlength-strings)
endfunction()
