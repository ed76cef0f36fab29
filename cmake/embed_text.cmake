# Writes a C++ source that holds a text file as a string: cmake -DINPUT=FILE -DOUTPUT=FILE.cpp -DHEADER=FILE.h
# -DNAMESPACE=auris::page -DFUNCTION=page_style -P embed_text.cmake. The header declares the function.

file(READ ${INPUT} text)
string(FIND "${text}" ")embedded\"" end)
if(NOT end EQUAL -1)
  message(FATAL_ERROR "${INPUT} holds the mark that ends an embedded text")
endif()
file(WRITE ${OUTPUT} "#include \"${HEADER}\"\n\nnamespace ${NAMESPACE} {\n\nstd::string_view ${FUNCTION}() {\n"
     "  return R\"embedded(${text})embedded\";\n}\n\n}  // namespace ${NAMESPACE}\n")
