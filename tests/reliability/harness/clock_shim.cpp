// Preloaded into the server under test: its wall clock is the real one plus the microseconds that the file named by
// ATTUNE_CLOCK_OFFSET_FILE holds as eight bytes; monotonic clocks are left alone. It allocates nothing, so that it also
// works beneath AddressSanitizer, which libfaketime does not.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace {

const volatile std::int64_t* mapped_offset() {
    const char* path = getenv("ATTUNE_CLOCK_OFFSET_FILE");
    if (path == nullptr) return nullptr;
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return nullptr;
    void* at = mmap(nullptr, sizeof(std::int64_t), PROT_READ, MAP_SHARED, file, 0);
    close(file);
    return at == MAP_FAILED ? nullptr : static_cast<const volatile std::int64_t*>(at);
}

std::int64_t offset_us() {
    static const volatile std::int64_t* const offset = mapped_offset();
    return offset == nullptr ? 0 : *offset;
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* out) noexcept {
    const long result = syscall(SYS_clock_gettime, clock, out);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        const std::int64_t shifted = out->tv_sec * 1'000'000 + out->tv_nsec / 1'000 + offset_us();
        out->tv_sec = shifted / 1'000'000;
        out->tv_nsec = shifted % 1'000'000 * 1'000;
    }
    return static_cast<int>(result);
}

extern "C" int gettimeofday(timeval* out, void*) noexcept {
    timespec now{};
    const int result = clock_gettime(CLOCK_REALTIME, &now);
    *out = {now.tv_sec, now.tv_nsec / 1'000};
    return result;
}

extern "C" time_t time(time_t* out) noexcept {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    if (out != nullptr) *out = now.tv_sec;
    return now.tv_sec;
}
