// SmallText: an immutable string in sixteen bytes. Up to fifteen bytes of text stand in place,
// longer ones on the heap. A person's state holds a hundred short names (topics, item ids, event
// names); std::string would double its size.
//
//     SmallText name("category:games");     // no allocation
//     name.view() == "category:games"
//
// At most kBytesMax bytes; what is longer is cut by the caller. Not thread-safe beyond what const
// gives.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>
#include <utility>

namespace attune::engine {

class SmallText {
public:
    static constexpr std::size_t kInlineMax = 15;
    static constexpr std::size_t kBytesMax = std::numeric_limits<std::uint32_t>::max();

    SmallText() noexcept { set_tag(0); }
    SmallText(std::string_view text) {  // NOLINT(google-explicit-constructor): it is a string
        if (text.size() <= kInlineMax) {
            if (!text.empty()) std::memcpy(bytes_, text.data(), text.size());
            set_tag(static_cast<unsigned char>(text.size()));
            return;
        }
        auto* heap = new char[text.size()];
        std::memcpy(heap, text.data(), text.size());
        const auto size = static_cast<std::uint32_t>(text.size());
        std::memcpy(bytes_, &heap, sizeof heap);
        std::memcpy(bytes_ + sizeof heap, &size, sizeof size);
        set_tag(kOnHeap);
    }
    SmallText(const SmallText& other) : SmallText(other.view()) {}
    SmallText(SmallText&& other) noexcept { take(other); }
    SmallText& operator=(const SmallText& other) {
        if (this != &other) *this = SmallText(other);
        return *this;
    }
    SmallText& operator=(SmallText&& other) noexcept {
        if (this != &other) {
            release();
            take(other);
        }
        return *this;
    }
    ~SmallText() { release(); }

    [[nodiscard]] std::string_view view() const noexcept {
        if (tag() != kOnHeap) return {bytes_, tag()};
        const char* heap = nullptr;
        std::uint32_t size = 0;
        std::memcpy(&heap, bytes_, sizeof heap);
        std::memcpy(&size, bytes_ + sizeof heap, sizeof size);
        return {heap, size};
    }
    [[nodiscard]] bool empty() const noexcept { return tag() == 0; }
    // Of the heap, beside the sixteen.
    [[nodiscard]] std::size_t heap_bytes() const noexcept {
        return tag() == kOnHeap ? view().size() : 0;
    }

    friend bool operator==(const SmallText& a, const SmallText& b) noexcept {
        return a.view() == b.view();
    }
    friend auto operator<=>(const SmallText& a, const SmallText& b) noexcept {
        return a.view() <=> b.view();
    }

private:
    static constexpr unsigned char kOnHeap = 0xff;

    [[nodiscard]] unsigned char tag() const noexcept {
        return static_cast<unsigned char>(bytes_[kInlineMax]);
    }
    void set_tag(unsigned char tag) noexcept { bytes_[kInlineMax] = static_cast<char>(tag); }
    void take(SmallText& other) noexcept {
        std::memcpy(bytes_, other.bytes_, sizeof bytes_);
        other.set_tag(0);
    }
    void release() noexcept {
        if (tag() == kOnHeap) delete[] view().data();
    }

    alignas(8) char bytes_[kInlineMax + 1]{};
};

static_assert(sizeof(SmallText) == 16);

}  // namespace attune::engine
