# Writes a header with one macro that stands for a set of headers, so that a module and a program that were built from
# different ones tell: cmake -DSOURCE=... -DVERSION=... -DOUTPUT=... -P interface_id.cmake

file(GLOB headers RELATIVE ${SOURCE} ${SOURCE}/auris/base/*.h ${SOURCE}/auris/tensor/*.h ${SOURCE}/auris/tensor/ops/*.h
     ${SOURCE}/auris/tensor/backend/*.h)
list(SORT headers)
set(all "")
foreach(header ${headers})
  file(SHA256 ${SOURCE}/${header} hash)
  string(APPEND all "${header} ${hash}\n")
endforeach()
string(SHA256 hash "${all}")
string(SUBSTRING ${hash} 0 12 hash)
file(WRITE ${OUTPUT} "#pragma once\n// Made by CMake (cmake/interface_id.cmake).\n\n#define AURIS_INTERFACE_ID \"Auris ${VERSION}, headers ${hash}\"\n")
