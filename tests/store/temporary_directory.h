// A directory of a test's own, gone with it. In memory where that is to be had: what a disk does to a store is tested
// by damaging files, not by waiting for syncs.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>

namespace attune::store {

class TemporaryDirectory {
public:
    TemporaryDirectory() {
        const std::filesystem::path memory = "/dev/shm";
        const auto parent =
            std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path();
        std::string name = (parent / "attune-store-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) std::abort();
        path_ = name;
    }
    ~TemporaryDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
};

}  // namespace attune::store
