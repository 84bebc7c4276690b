// A model in bytes: named flat arrays behind a header, with a checksum over everything. docs/formats/model.md has the bytes.
//
//     ModelWriter writer("ials", 1);                       // kind, and the version of its layout
//     writer.put("items", items_);                          // a number
//     writer.put("factors", std::span(factors_));           // an array of a trivially copyable type
//     std::string bytes = std::move(writer).finish();
//
//     ATTUNE_TRY(auto reader, ModelReader::open(bytes));    // data_loss where the checksum is wrong
//     ATTUNE_TRY(auto factors, reader.array<float>("factors"));
//
// Little-endian. Not thread-safe.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <cstring>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace attune::learn {

class ModelWriter {
public:
    ModelWriter(std::string_view kind, std::uint32_t layout);

    template <class T>
        requires std::is_arithmetic_v<T>
    void put(std::string_view name, T value) {
        put_bytes(name, sizeof(T), std::as_bytes(std::span(&value, 1)));
    }
    template <class T>
        requires std::is_trivially_copyable_v<T>
    void put(std::string_view name, std::span<const T> values) {
        put_bytes(name, sizeof(T), std::as_bytes(values));
    }
    template <class T>
        requires std::is_trivially_copyable_v<T>
    void put(std::string_view name, const std::vector<T>& values) {
        put(name, std::span<const T>(values));
    }
    void put(std::string_view name, std::string_view text) {
        put(name, std::span<const char>(text));
    }

    [[nodiscard]] std::string finish() &&;

private:
    void put_bytes(std::string_view name, std::size_t width, std::span<const std::byte> bytes);

    std::string out_;
};

class ModelReader {
public:
    // Reads from `bytes`, which outlive it.
    [[nodiscard]] static Result<ModelReader> open(std::string_view bytes);

    [[nodiscard]] std::string_view kind() const { return kind_; }
    [[nodiscard]] std::uint32_t layout() const { return layout_; }

    // data_loss where it is not there, or of another width.
    template <class T>
        requires std::is_trivially_copyable_v<T>
    [[nodiscard]] Result<std::vector<T>> array(std::string_view name) const {
        ATTUNE_TRY(const std::string_view bytes, section(name, sizeof(T)));
        std::vector<T> out(bytes.size() / sizeof(T));
        if (!bytes.empty()) std::memcpy(out.data(), bytes.data(), bytes.size());
        return out;
    }
    template <class T>
        requires std::is_arithmetic_v<T>
    [[nodiscard]] Result<T> number(std::string_view name) const {
        ATTUNE_TRY(const std::vector<T> one, array<T>(name));
        if (one.size() != 1) return damaged(name);
        return one.front();
    }
    [[nodiscard]] Result<std::string_view> text(std::string_view name) const {
        return section(name, 1);
    }
    [[nodiscard]] bool has(std::string_view name) const { return sections_.contains(name); }
    // What a model says whose arrays do not fit together.
    [[nodiscard]] std::unexpected<Error> damaged(std::string_view name) const;

private:
    struct Section {
        std::uint32_t width = 1;
        std::string_view bytes;
    };
    [[nodiscard]] Result<std::string_view> section(std::string_view name, std::size_t width) const;

    std::string_view kind_;
    std::uint32_t layout_ = 0;
    std::map<std::string_view, Section, std::less<>> sections_;
};

}  // namespace attune::learn
