// A target with a planted bug: it must be found within seconds, or the fuzzing set-up sees nothing.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 3 && data[0] == 'b' && data[1] == 'u' && data[2] == 'g') std::abort();
    return 0;
}
