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
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE} CACHE STRING "" FORCE)
endif()
