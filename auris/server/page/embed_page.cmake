# Writes a C++ source that holds the files of a folder: cmake -DINPUT=FOLDER -DOUTPUT=FILE.cpp -P embed_page.cmake. They are
# text. page_files.h declares what it defines.
file(GLOB_RECURSE paths RELATIVE ${INPUT} ${INPUT}/*)
list(SORT paths)
list(LENGTH paths count)
set(entries "")
foreach(path IN LISTS paths)
  file(READ ${INPUT}/${path} text)
  string(FIND "${text}" ")embedded\"" end)
  if(NOT end EQUAL -1)
    message(FATAL_ERROR "${path} holds the mark that ends an embedded text")
  endif()
  string(APPEND entries "    {.path = \"${path}\", .content = R\"embedded(${text})embedded\"},\n")
endforeach()
file(WRITE ${OUTPUT} "#include <array>\n\n#include \"auris/server/page/page_files.h\"\n\nnamespace auris::server {\n\n"
     "std::span<const PageFile> page_files() {\n  static constexpr std::array<PageFile, ${count}> kFiles = {{\n${entries}  }};\n"
     "  return kFiles;\n}\n\n}  // namespace auris::server\n")
