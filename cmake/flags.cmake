# attune_flags: what every target is compiled with. Warnings are errors; releases are hardened.
add_library(attune_flags INTERFACE)
target_include_directories(attune_flags INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src> $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    $<INSTALL_INTERFACE:include>)
target_compile_features(attune_flags INTERFACE cxx_std_23)
target_compile_options(attune_flags INTERFACE
    $<BUILD_INTERFACE:-Wall> $<BUILD_INTERFACE:-Wextra> $<BUILD_INTERFACE:-Werror> $<BUILD_INTERFACE:-Wshadow>
    $<BUILD_INTERFACE:-Wconversion> $<BUILD_INTERFACE:-Wno-sign-conversion> $<BUILD_INTERFACE:-Wnon-virtual-dtor>
    $<BUILD_INTERFACE:-Woverloaded-virtual> $<BUILD_INTERFACE:-Wthread-safety> $<BUILD_INTERFACE:-Wno-missing-field-initializers>
    $<BUILD_INTERFACE:-Wno-missing-designated-field-initializers>
    $<BUILD_INTERFACE:-fno-omit-frame-pointer>)
if(ATTUNE_SANITIZE)
    target_compile_options(attune_flags INTERFACE $<BUILD_INTERFACE:-fsanitize=${ATTUNE_SANITIZE}>
        $<BUILD_INTERFACE:-fno-sanitize-recover=all>)
    target_link_options(attune_flags INTERFACE $<BUILD_INTERFACE:-fsanitize=${ATTUNE_SANITIZE}>)
endif()
if(ATTUNE_FUZZ_GUIDE STREQUAL "full")
    target_compile_options(attune_flags INTERFACE $<BUILD_INTERFACE:-fsanitize=fuzzer-no-link>)
elseif(ATTUNE_FUZZ_GUIDE STREQUAL "light")
    target_compile_options(attune_flags INTERFACE
        $<BUILD_INTERFACE:-fsanitize-coverage=inline-8bit-counters$<COMMA>pc-table>)
endif()
if(CMAKE_BUILD_TYPE MATCHES "Rel")
    target_compile_options(attune_flags INTERFACE $<BUILD_INTERFACE:-march=x86-64-v2>
        $<BUILD_INTERFACE:-D_GLIBCXX_ASSERTIONS> $<BUILD_INTERFACE:-fstack-protector-strong>
        $<BUILD_INTERFACE:-D_FORTIFY_SOURCE=3>)
    target_link_options(attune_flags INTERFACE $<BUILD_INTERFACE:-Wl,-z,relro,-z,now>)
endif()
target_link_options(attune_flags INTERFACE $<BUILD_INTERFACE:-fuse-ld=lld>)
find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # Without this it takes a precompiled header for something that may change behind its back.
    set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE} CACHE STRING "" FORCE)
endif()

# attune_compile(TARGET [MODULE]): how a module or, without one, a test is compiled. Code of libraries and of programs, optimised or
# not, cannot share a precompiled header, so there are three.
function(attune_compile target)
    set(headers attune_test_headers)
    if(ARGN)
        set(headers attune_headers)
    endif()
    foreach(long IN LISTS ATTUNE_LONG_RUNNING)
        if(ATTUNE_QUICK AND "${ARGN}/" MATCHES "^${long}/")
            set(headers attune_optimised_headers)
            target_compile_options(${target} PRIVATE -O1)
        endif()
    endforeach()
    if(ATTUNE_PRECOMPILE)
        target_precompile_headers(${target} REUSE_FROM ${headers})
    endif()
endfunction()

if(ATTUNE_PRECOMPILE)
    set(standard_headers <algorithm> <array> <atomic> <charconv> <chrono> <cmath> <condition_variable> <cstdint> <cstring> <deque> <expected>
        <functional> <limits> <map> <memory> <mutex> <optional> <random> <ranges> <set> <span> <sstream> <string> <string_view>
        <thread> <tuple> <unordered_map> <unordered_set> <utility> <variant> <vector>)
    # Modification times of headers say nothing in a fresh clone.
    target_compile_options(attune_flags INTERFACE $<BUILD_INTERFACE:SHELL:-Xclang -fno-pch-timestamp>)
    set(holders attune_headers)
    if(ATTUNE_QUICK)
        list(APPEND holders attune_optimised_headers)
    endif()
    foreach(holder IN LISTS holders)
        add_library(${holder} STATIC ${CMAKE_CURRENT_LIST_DIR}/precompiled.cpp)
        target_link_libraries(${holder} PRIVATE attune_flags)
        target_precompile_headers(${holder} PRIVATE ${standard_headers})
    endforeach()
    if(ATTUNE_QUICK)
        target_compile_options(attune_optimised_headers PRIVATE -O1)
    endif()
    if(ATTUNE_BUILD_TESTS)
        add_executable(attune_test_headers ${CMAKE_CURRENT_LIST_DIR}/precompiled.cpp)
        target_link_libraries(attune_test_headers PRIVATE attune_flags GTest::gtest_main)
        target_precompile_headers(attune_test_headers PRIVATE ${standard_headers} <gtest/gtest.h>)
    endif()
endif()
