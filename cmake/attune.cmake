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
        attune_test(NAME ${target}_test MODULE ${M_NAME} SOURCES ${M_TESTS} DEPS ${M_NAME} ${M_TEST_DEPS} LIBS ${M_TEST_LIBS})
    endif()
endfunction()

# attune_test(NAME … SOURCES … DEPS modules… LIBS …): one GoogleTest program, run by ctest as one test. Those of
# ATTUNE_THREADED_MODULES also run under ThreadSanitizer.
function(attune_test)
    cmake_parse_arguments(T "" "NAME;MODULE" "SOURCES;DEPS;LIBS" ${ARGN})
    add_executable(${T_NAME} ${T_SOURCES})
    target_include_directories(${T_NAME} PRIVATE "${PROJECT_SOURCE_DIR}")
    foreach(dep IN LISTS T_DEPS)
        string(REPLACE "/" "_" dep_target "attune_${dep}")
        target_link_libraries(${T_NAME} PRIVATE ${dep_target})
    endforeach()
    target_link_libraries(${T_NAME} PRIVATE attune_flags GTest::gtest_main ${T_LIBS})
    add_test(NAME ${T_NAME} COMMAND ${T_NAME} --gtest_brief=1)
    set_tests_properties(${T_NAME} PROPERTIES LABELS unit TIMEOUT 120)
    list(FIND ATTUNE_THREADED_MODULES "${T_MODULE}" threaded)
    if(NOT threaded EQUAL -1)
        set_tests_properties(${T_NAME} PROPERTIES LABELS "unit;threads")
        add_dependencies(tsan_tests ${T_NAME})
    endif()
endfunction()

# attune_fuzz(NAME json DEPS base …): fuzz/json_fuzz.cpp as a libFuzzer program. What it found once (fuzz/regressions/json/) and
# its seeds (fuzz/corpus/json/) are replayed by ctest; tools/fuzz lets it search.
function(attune_fuzz)
    if(NOT ATTUNE_BUILD_FUZZ)
        return()
    endif()
    cmake_parse_arguments(F "" "NAME" "DEPS;LIBS" ${ARGN})
    set(target fuzz_${F_NAME})
    add_executable(${target} ${PROJECT_SOURCE_DIR}/fuzz/${F_NAME}_fuzz.cpp)
    set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz OUTPUT_NAME ${F_NAME})
    foreach(dep IN LISTS F_DEPS)
        string(REPLACE "/" "_" dep_target "attune_${dep}")
        target_link_libraries(${target} PRIVATE ${dep_target})
    endforeach()
    target_link_libraries(${target} PRIVATE attune_flags ${F_LIBS})
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
    add_dependencies(fuzz_targets ${target})
    if(BUILD_TESTING OR ATTUNE_BUILD_TESTS)
        add_test(NAME ${target}_replay
            COMMAND ${PROJECT_SOURCE_DIR}/tools/fuzz --build ${PROJECT_BINARY_DIR} --replay ${F_NAME})
        set_tests_properties(${target}_replay PROPERTIES LABELS fuzz TIMEOUT 120)
    endif()
endfunction()

# attune_bench(NAME fold DEPS … LIBS …): bench/fold_bench.cpp as a program that `./dev bench` runs.
function(attune_bench)
    if(NOT ATTUNE_BUILD_BENCH)
        return()
    endif()
    cmake_parse_arguments(B "" "NAME" "DEPS;LIBS" ${ARGN})
    set(target ${B_NAME}_bench)
    add_executable(${target} ${PROJECT_SOURCE_DIR}/bench/${target}.cpp)
    set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bench)
    foreach(dep IN LISTS B_DEPS)
        string(REPLACE "/" "_" dep_target "attune_${dep}")
        target_link_libraries(${target} PRIVATE ${dep_target})
    endforeach()
    target_link_libraries(${target} PRIVATE attune_flags ${B_LIBS})
    add_dependencies(bench_programs ${target})
endfunction()
