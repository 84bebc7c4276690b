// SharedDisk: a MemoryDisk for a thread that writes and a test that looks.
//
//     disk.with([](MemoryDisk& it) { it.lose_power(); });
//
// Thread-safe.
#pragma once

#include "tests/base/memory_disk.h"

#include <mutex>

namespace attune::base {

class SharedDisk final : public Disk {
public:
    // Whatever is done with the disk itself.
    auto with(const auto& use) {
        const std::lock_guard lock(mutex_);
        return use(disk_);
    }
    Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override {
        ATTUNE_TRY(auto file, with([&](auto& disk) { return disk.open(path, mode); }));
        return std::make_unique<Handle>(*this, std::move(file));
    }
    Result<void> rename(const std::string& from, const std::string& to) override {
        return with([&](auto& disk) { return disk.rename(from, to); });
    }
    Result<void> remove(const std::string& path) override {
        return with([&](auto& disk) { return disk.remove(path); });
    }
    Result<void> make_directory(const std::string& path) override {
        return with([&](auto& disk) { return disk.make_directory(path); });
    }
    Result<void> sync_directory(const std::string& path) override {
        return with([&](auto& disk) { return disk.sync_directory(path); });
    }
    Result<std::vector<std::string>> list(const std::string& path) override {
        return with([&](auto& disk) { return disk.list(path); });
    }
    Result<bool> exists(const std::string& path) override {
        return with([&](auto& disk) { return disk.exists(path); });
    }
    Result<std::uint64_t> free_bytes(const std::string& path) override {
        return with([&](auto& disk) { return disk.free_bytes(path); });
    }

private:
    class Handle final : public File {
    public:
        Handle(SharedDisk& disk, std::unique_ptr<File> file)
            : disk_(disk), file_(std::move(file)) {}
        Result<std::size_t> read_at(std::uint64_t offset, std::span<char> out) override {
            return disk_.with([&](auto&) { return file_->read_at(offset, out); });
        }
        Result<void> write_at(std::uint64_t offset, std::string_view bytes) override {
            return disk_.with([&](auto&) { return file_->write_at(offset, bytes); });
        }
        Result<void> sync() override {
            return disk_.with([&](auto&) { return file_->sync(); });
        }
        Result<void> truncate(std::uint64_t size) override {
            return disk_.with([&](auto&) { return file_->truncate(size); });
        }
        Result<std::uint64_t> size() override {
            return disk_.with([&](auto&) { return file_->size(); });
        }

    private:
        SharedDisk& disk_;
        std::unique_ptr<File> file_;
    };

    std::mutex mutex_;
    MemoryDisk disk_;
};

}  // namespace attune::base
