// LogicScratch: the memory of evaluations. What an expression makes (lists, texts) lies here and is gone with clear().
//
//     LogicScratch scratch;                                   // on the stack, one for each thread
//     auto value = logic.evaluate(input, scratch);            // good until scratch is cleared or gone
//
// Its first kilobyte lies in itself, so that plain conditions allocate nothing. It never grows beyond `kBytesMax`: an
// expression that doubles a text forty times is refused, not served.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>
#include <vector>

namespace attune::engine {

class LogicScratch {
public:
    static constexpr std::size_t kBytesMax = 8u << 20;

    LogicScratch() = default;
    LogicScratch(const LogicScratch&) = delete;
    LogicScratch& operator=(const LogicScratch&) = delete;
    LogicScratch(LogicScratch&&) = delete;
    LogicScratch& operator=(LogicScratch&&) = delete;
    ~LogicScratch() = default;

    // Aligned for any value; null when the limit is reached. T must not need destruction.
    template <class T>
    [[nodiscard]] T* take(std::size_t count) {
        static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= kAlignment);
        if (count > kBytesMax / sizeof(T)) return nullptr;
        return reinterpret_cast<T*>(bytes(count * sizeof(T)));
    }

    // What was taken after mark() is forgotten by release(); marks are released in the reverse order.
    struct Mark {
        std::size_t blocks;
        std::byte* at;
        std::byte* end;
        std::size_t left;
    };
    [[nodiscard]] Mark mark() const { return {blocks_.size(), at_, end_, left_}; }
    void release(const Mark& mark) {
        if (at_ == mark.at && blocks_.size() == mark.blocks) return;
        blocks_.resize(mark.blocks);
        at_ = mark.at;
        end_ = mark.end;
        left_ = mark.left;
    }

    // Forgets everything, keeps the memory that lies in itself.
    void clear() {
        blocks_.clear();
        at_ = first_;
        end_ = first_ + sizeof first_;
        left_ = kBytesMax;
    }

private:
    static constexpr std::size_t kAlignment = 8;

    [[nodiscard]] std::byte* bytes(std::size_t size) {
        size = (size + kAlignment - 1) & ~(kAlignment - 1);
        if (size > static_cast<std::size_t>(end_ - at_)) return bytes_of_new_block(size);
        std::byte* const taken = at_;
        at_ += size;
        return taken;
    }
    [[nodiscard]] std::byte* bytes_of_new_block(std::size_t size);

    alignas(kAlignment) std::byte first_[1024];
    std::byte* at_ = first_;
    std::byte* end_ = first_ + sizeof first_;
    std::size_t left_ = kBytesMax;
    std::vector<std::unique_ptr<std::byte[]>> blocks_;
};

}  // namespace attune::engine
