# What `cmake --install` puts where: the component "server" is the program, "library" is what find_package(attune) needs.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(library_modules base domain store learn/bandit learn/policy learn/stats engine/calendar engine/definitions engine/follow engine/logic engine/flags engine/rules engine/segment
    learn/recommend learn/ranking learn/scan engine/numbers learn/linear learn/factors learn/neighbours learn/content learn/evaluate engine/activity engine/outcomes engine/models engine/catalogue engine/content engine/tenancy engine/profile engine/vocabulary engine/track engine/decisions engine/experiment engine/bandit engine/decide engine/optimize engine/rollout engine/recommend engine/blueprint engine engine/embed http api api/embed)
set(library_targets attune_flags)
foreach(module IN LISTS library_modules)
    string(REPLACE "/" "_" name "${module}")
    set_target_properties(attune_${name} PROPERTIES EXPORT_NAME ${name})
    list(APPEND library_targets attune_${name})
endforeach()
set_target_properties(attune_flags PROPERTIES EXPORT_NAME flags)
add_library(attune_library INTERFACE)
set_target_properties(attune_library PROPERTIES EXPORT_NAME attune)
target_link_libraries(attune_library INTERFACE attune_api_embed)
list(APPEND library_targets attune_library)

install(TARGETS ${library_targets} EXPORT attune ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library)
install(EXPORT attune NAMESPACE attune:: FILE attune-targets.cmake
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/attune COMPONENT library)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/attune-config.cmake.in ${PROJECT_BINARY_DIR}/attune-config.cmake
    INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/attune)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/attune-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/attune-config.cmake ${PROJECT_BINARY_DIR}/attune-config-version.cmake
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/attune COMPONENT library)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/attune DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT library)

if(TARGET attune)
    install(TARGETS attune RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT server)
endif()
