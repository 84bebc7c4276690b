#include "store/rocksdb/disk_space.h"

#include <sys/statvfs.h>

#include <algorithm>

namespace attune::store::rocks {
namespace {

constexpr std::uint64_t kMiB = 1u << 20;

std::function<std::uint64_t()> asking(const std::string& directory) {
    return [directory]() -> std::uint64_t {
        struct statvfs space{};
        if (::statvfs(directory.c_str(), &space) != 0) return 0;
        return static_cast<std::uint64_t>(space.f_bavail) * space.f_frsize;
    };
}

std::uint64_t usual_reserve(const std::string& directory) {
    struct statvfs space{};
    if (::statvfs(directory.c_str(), &space) != 0) return 256 * kMiB;
    const std::uint64_t size = static_cast<std::uint64_t>(space.f_blocks) * space.f_frsize;
    return std::clamp(size / 20, 16 * kMiB, 256 * kMiB);
}

}  // namespace

DiskSpace::DiskSpace(std::string directory, std::optional<std::uint64_t> reserve_bytes,
                     std::function<std::uint64_t()> free_bytes)
    : directory_(std::move(directory)),
      free_bytes_(free_bytes ? std::move(free_bytes) : asking(directory_)),
      reserve_(reserve_bytes.value_or(usual_reserve(directory_))) {}

std::unexpected<Error> DiskSpace::refusal() const {
    return fail(Code::resource_exhausted,
                "the disk is nearly full: writes stop while less than " +
                    std::to_string(reserve_ / kMiB) + " MiB are free, and go on when there is more",
                "disk_full");
}

}  // namespace attune::store::rocks
