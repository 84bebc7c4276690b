// MemoryDisk: a Disk in memory that fails when it is told to and forgets, on lose_power(), all that was not synced. For tests
// of whatever writes files.
//
//     MemoryDisk disk;
//     disk.fail_from(3, Code::resource_exhausted, "disk_full", /*sticky=*/true);   // the third operation and all after it
//     disk.lose_power();
//
// Each change (write, sync, truncate, rename, remove, make) counts as one operation; reads do not. The model is the harsh one:
// unsynced bytes are gone, and so are names whose directory was not synced. Not thread-safe.
#pragma once

#include "base/disk.h"

#include <map>
#include <optional>
#include <set>
#include <utility>

namespace attune::base {

class MemoryDisk final : public Disk {
public:
    Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override {
        const auto at = names_.find(path);
        if (mode == OpenMode::create && at != names_.end()) return fail(Code::already_exists, path);
        if (mode == OpenMode::read && at == names_.end()) return fail(Code::not_found, path);
        if (at != names_.end()) return std::make_unique<Handle>(*this, at->second);
        ATTUNE_TRY_VOID(operation());
        auto inode = std::make_shared<Inode>();
        names_[path] = inode;
        return std::make_unique<Handle>(*this, inode);
    }
    Result<void> rename(const std::string& from, const std::string& to) override {
        const auto at = names_.find(from);
        if (at == names_.end()) return fail(Code::not_found, from);
        ATTUNE_TRY_VOID(operation());
        names_[to] = at->second;
        names_.erase(from);
        return {};
    }
    Result<void> remove(const std::string& path) override {
        if (!names_.contains(path)) return fail(Code::not_found, path);
        ATTUNE_TRY_VOID(operation());
        names_.erase(path);
        return {};
    }
    Result<void> make_directory(const std::string& path) override {
        ATTUNE_TRY_VOID(operation());
        directories_.insert(path);
        return {};
    }
    Result<void> sync_directory(const std::string& path) override {
        ATTUNE_TRY_VOID(operation());
        const auto inside = [&](const std::string& name) { return directory_of(name) == path; };
        std::erase_if(durable_names_, [&](const auto& entry) { return inside(entry.first); });
        for (const auto& entry : names_) {
            if (inside(entry.first)) durable_names_.insert(entry);
        }
        return {};
    }
    Result<std::vector<std::string>> list(const std::string& path) override {
        std::vector<std::string> names;
        for (const auto& [name, inode] : names_) {
            if (directory_of(name) == path) names.push_back(name.substr(name.rfind('/') + 1));
        }
        return names;
    }
    Result<bool> exists(const std::string& path) override {
        return names_.contains(path) || directories_.contains(path);
    }
    Result<std::uint64_t> free_bytes(const std::string&) override { return free_bytes_; }

    void lose_power() {
        names_ = durable_names_;
        for (auto& [name, inode] : names_) inode->bytes = inode->durable;
    }
    // From the `count`-th operation on (1: the next); once, or every one after it too.
    void fail_from(std::size_t count, Code code, std::string reason, bool sticky) {
        fault_ = Fault{operations_ + count, Error{code, "injected", std::move(reason), {}}, sticky};
    }
    void heal() { fault_.reset(); }
    void set_free_bytes(std::uint64_t bytes) { free_bytes_ = bytes; }
    [[nodiscard]] std::size_t operations() const { return operations_; }

private:
    struct Inode {
        std::string bytes;
        std::string durable;
    };
    struct Fault {
        std::size_t at;
        Error error;
        bool sticky;
    };

    class Handle final : public File {
    public:
        Handle(MemoryDisk& disk, std::shared_ptr<Inode> inode)
            : disk_(disk), inode_(std::move(inode)) {}

        Result<std::size_t> read_at(std::uint64_t offset, std::span<char> out) override {
            if (offset >= inode_->bytes.size()) return std::size_t{0};
            return inode_->bytes.copy(out.data(), out.size(), offset);
        }
        Result<void> write_at(std::uint64_t offset, std::string_view bytes) override {
            auto outcome = disk_.operation();
            // A write that fails has written half.
            if (!outcome) bytes = bytes.substr(0, bytes.size() / 2);
            if (inode_->bytes.size() < offset + bytes.size())
                inode_->bytes.resize(offset + bytes.size());
            inode_->bytes.replace(offset, bytes.size(), bytes);
            return outcome;
        }
        Result<void> sync() override {
            ATTUNE_TRY_VOID(disk_.operation());
            inode_->durable = inode_->bytes;
            return {};
        }
        Result<void> truncate(std::uint64_t size) override {
            ATTUNE_TRY_VOID(disk_.operation());
            inode_->bytes.resize(size);
            return {};
        }
        Result<std::uint64_t> size() override { return inode_->bytes.size(); }

    private:
        MemoryDisk& disk_;
        std::shared_ptr<Inode> inode_;
    };

    Result<void> operation() {
        ++operations_;
        if (!fault_ || operations_ < fault_->at || (operations_ > fault_->at && !fault_->sticky))
            return {};
        return std::unexpected(fault_->error);
    }
    static std::string directory_of(const std::string& path) {
        const auto slash = path.rfind('/');
        return slash == std::string::npos ? "." : path.substr(0, slash);
    }

    std::map<std::string, std::shared_ptr<Inode>> names_;
    std::map<std::string, std::shared_ptr<Inode>> durable_names_;
    std::set<std::string> directories_;
    std::optional<Fault> fault_;
    std::size_t operations_ = 0;
    std::uint64_t free_bytes_ = std::uint64_t{1} << 40;
};

}  // namespace attune::base
