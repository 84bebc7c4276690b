# attune_module(NAME base DEPS … LIBS … SOURCES … TESTS …): a folder of src/ is a static library of its own.
#
#   NAME     the folder under src/, with '/' for nested ones: "engine/track"
#   DEPS     the folders it may include from (declared; tools/check_layers holds the includes against this list)
#   LIBS     third-party targets that show in its headers
#   PRIVATE_LIBS  third-party targets that do not
#   SOURCES  .cpp files in the folder
#   TESTS    .cpp files under tests/<NAME>/, built into one test program "<name>_test"
#   TEST_DEPS / TEST_LIBS  what only the tests need
function(attune_module)
    cmake_parse_arguments(M "" "NAME" "DEPS;LIBS;PRIVATE_LIBS;SOURCES;TESTS;TEST_DEPS;TEST_LIBS" ${ARGN})
    string(REPLACE "/" "_" target "attune_${M_NAME}")
    list(TRANSFORM M_SOURCES PREPEND "${PROJECT_SOURCE_DIR}/src/${M_NAME}/")
    add_library(${target} STATIC ${M_SOURCES})
    target_link_libraries(${target} PUBLIC attune_flags ${M_LIBS} PRIVATE ${M_PRIVATE_LIBS})
    foreach(dep IN LISTS M_DEPS)
        string(REPLACE "/" "_" dep_target "attune_${dep}")
        target_link_libraries(${target} PUBLIC ${dep_target})
    endforeach()
    set_property(GLOBAL APPEND PROPERTY ATTUNE_MODULES ${target})
    string(REPLACE ";" "," deps "${M_DEPS}")
    set_property(GLOBAL APPEND PROPERTY ATTUNE_MODULE_DEPS "${M_NAME}:${deps}")
    if(M_TESTS AND ATTUNE_BUILD_TESTS)
        list(TRANSFORM M_TESTS PREPEND "${PROJECT_SOURCE_DIR}/tests/${M_NAME}/")
        attune_test(NAME ${target}_test SOURCES ${M_TESTS} DEPS ${M_NAME} ${M_TEST_DEPS} LIBS ${M_TEST_LIBS})
    endif()
endfunction()

# attune_test(NAME … SOURCES … DEPS modules… LIBS …): one GoogleTest program, run by ctest as one test.
function(attune_test)
    cmake_parse_arguments(T "" "NAME" "SOURCES;DEPS;LIBS" ${ARGN})
    add_executable(${T_NAME} ${T_SOURCES})
    target_include_directories(${T_NAME} PRIVATE "${PROJECT_SOURCE_DIR}")
    foreach(dep IN LISTS T_DEPS)
        string(REPLACE "/" "_" dep_target "attune_${dep}")
        target_link_libraries(${T_NAME} PRIVATE ${dep_target})
    endforeach()
    target_link_libraries(${T_NAME} PRIVATE attune_flags GTest::gtest_main ${T_LIBS})
    add_test(NAME ${T_NAME} COMMAND ${T_NAME} --gtest_brief=1)
endfunction()
