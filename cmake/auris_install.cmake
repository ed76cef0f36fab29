# Headers, libraries and CMake package files, so that others can write find_package(auris) and link auris::auris.

include(CMakePackageConfigHelpers)

get_property(libraries GLOBAL PROPERTY AURIS_LIBRARIES)
add_library(auris_all INTERFACE)
set_target_properties(auris_all PROPERTIES EXPORT_NAME auris)
target_link_libraries(auris_all INTERFACE ${libraries})
target_compile_features(auris_all INTERFACE cxx_std_20)
foreach(library ${libraries})
  string(REPLACE "auris_" "" name ${library})
  set_target_properties(${library} PROPERTIES EXPORT_NAME ${name})
endforeach()
install(TARGETS ${libraries} auris_all EXPORT auris-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}/auris)
install(EXPORT auris-targets NAMESPACE auris:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/auris)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/auris ${PROJECT_BINARY_DIR}/include/auris DESTINATION include
        FILES_MATCHING PATTERN "*.h" PATTERN "*-inl.h" EXCLUDE PATTERN "testing" EXCLUDE PATTERN "torch" EXCLUDE)

# The models that come with Auris lie beside its programs, in the build as in an installation (share_folder()).
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/share/auris)
file(CREATE_LINK ${PROJECT_SOURCE_DIR}/models ${PROJECT_BINARY_DIR}/share/auris/models SYMBOLIC)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/models DESTINATION ${CMAKE_INSTALL_DATADIR}/auris PATTERN catalog.toml EXCLUDE)

# PREFIX=module+module of every pkg-config package that a library links.
set(AURIS_PKG_CONFIG_MODULES
    "HWY=libhwy;PCRE2=libpcre2-8;UTF8PROC=libutf8proc;LIBAV=libavformat+libavcodec+libavutil;SOXR=soxr;TOMLPLUSPLUS=tomlplusplus;XXHASH=libxxhash")
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/auris-config.cmake.in
                              ${PROJECT_BINARY_DIR}/auris-config.cmake
                              INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/auris)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/auris-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/auris-config.cmake ${PROJECT_BINARY_DIR}/auris-config-version.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/auris)
