// JsonDocument and JsonView: a JSON text, checked once and then walked. Included by base/json.h,
// which is the manual.
//
//     auto document = JsonDocument::parse(R"({"events":[{"id":1},{"id":2}]})");
//     if (auto events = document->root().find("events"))
//         for (JsonView event : events->elements()) …
//
// A document belongs to one thread at a time; once parsed it may be read by any number of them. Its
// memory comes from a small cache of the thread, so parsing one document after another allocates
// nothing.
#pragma once

#include "base/json_options.h"
#include "base/json_text.h"
#include "base/result.h"

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace attune::base {

// One value of the tape that a document is lowered to: 16 bytes, in the order of the text; an
// object's members are key, value, key, value. `span` counts the nodes of the whole subtree, so the
// next sibling is `this + span`; of a key, which has nothing below it, it is the key's print.
struct JsonNode {
    union {
        bool boolean;
        std::int64_t integer;
        std::uint64_t unsigned_integer;
        double real;
        const char* text;
    };
    std::uint32_t size;  // bytes of a string, entries of an array or object
    std::uint32_t kind : 4;
    std::uint32_t span : 28;
};
static_assert(sizeof(JsonNode) == 16);

// Three of a key's bytes. With the length they tell most keys of an object from each other, and so
// a search reads the text of hardly any key but the one that it is for.
[[nodiscard]] constexpr std::uint32_t json_key_print(std::string_view key) {
    if (key.empty()) return 0;
    const auto byte = [&](std::size_t at) {
        return std::uint32_t{static_cast<unsigned char>(key[at])};
    };
    return byte(0) | byte(key.size() / 2) << 8 | byte(key.size() - 1) << 16;
}

// A call of memcmp costs more than the comparison of two short keys.
[[nodiscard]] inline bool is_same_key(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    const auto equal = [&]<class Word>(Word, std::size_t at) {
        Word left;
        Word right;
        std::memcpy(&left, a.data() + at, sizeof(Word));
        std::memcpy(&right, b.data() + at, sizeof(Word));
        return left == right;
    };
    if (a.size() > 16) return a == b;
    if (a.size() >= 8) return equal(std::uint64_t{}, 0) && equal(std::uint64_t{}, a.size() - 8);
    if (a.size() >= 4) return equal(std::uint32_t{}, 0) && equal(std::uint32_t{}, a.size() - 4);
    if (a.empty()) return true;
    return a[0] == b[0] && a[a.size() / 2] == b[a.size() / 2] && a.back() == b.back();
}

// A key that is looked for, with its print worked out. Borrows the text.
class JsonKey {
public:
    JsonKey() : JsonKey(std::string_view()) {}
    constexpr explicit JsonKey(std::string_view text)
        : text_(text), mark_(mark_of(text.size(), json_key_print(text))) {}

    [[nodiscard]] std::string_view text() const { return text_; }
    [[nodiscard]] bool operator==(const JsonKey& other) const {
        return mark_ == other.mark_ && is_same_key(text_, other.text_);
    }
    // Whether a node that stands where a key does is this one.
    [[nodiscard]] bool is(const JsonNode& key) const {
        std::uint64_t mark;
        std::memcpy(&mark, reinterpret_cast<const char*>(&key) + offsetof(JsonNode, size),
                    sizeof mark);
        return mark == mark_ && (text_.size() <= 3 || is_same_key({key.text, text_.size()}, text_));
    }

private:
    // Length, kind and print in one word, as a node has them.
    static constexpr std::uint64_t mark_of(std::size_t size, std::uint64_t print) {
        static_assert(std::endian::native == std::endian::little);
        return (print << 4 | static_cast<std::uint64_t>(JsonKind::string)) << 32 | size;
    }

    std::string_view text_;
    std::uint64_t mark_;
};

class JsonView {
public:
    class Members;
    class Elements;
    struct Member;

    explicit JsonView(const JsonNode* node) : node_(node) {}

    [[nodiscard]] JsonKind kind() const { return static_cast<JsonKind>(node_->kind); }
    [[nodiscard]] bool is_null() const { return kind() == JsonKind::null; }
    [[nodiscard]] bool is_array() const { return kind() == JsonKind::array; }
    [[nodiscard]] bool is_object() const { return kind() == JsonKind::object; }
    // Entries of an array or object, bytes of a string, otherwise 0.
    [[nodiscard]] std::size_t size() const { return node_->size; }

    // Empty when the value is of another kind.
    [[nodiscard]] std::optional<bool> as_bool() const {
        if (kind() != JsonKind::boolean) return std::nullopt;
        return node_->boolean;
    }
    // Integers, and reals that are whole and below 2^53 (JSON does not tell 1 from 1.0). Empty when
    // out of range.
    [[nodiscard]] std::optional<std::int64_t> as_int64() const;
    [[nodiscard]] std::optional<std::uint64_t> as_uint64() const;
    // Any number; integers above 2^53 become the nearest double.
    [[nodiscard]] std::optional<double> as_double() const {
        switch (kind()) {
            case JsonKind::integer:
                return static_cast<double>(node_->integer);
            case JsonKind::unsigned_integer:
                return static_cast<double>(node_->unsigned_integer);
            case JsonKind::real:
                return node_->real;
            default:
                return std::nullopt;
        }
    }
    [[nodiscard]] std::optional<std::string_view> as_string() const {
        if (kind() != JsonKind::string) return std::nullopt;
        return std::string_view{node_->text, node_->size};
    }

    // The member of an object; empty when it is not there or this is no object. Takes time in the
    // number of members.
    [[nodiscard]] std::optional<JsonView> find(std::string_view key) const;
    [[nodiscard]] std::optional<JsonView> find(const JsonKey& key) const {
        return is_object() ? find_member(key) : std::nullopt;
    }
    // The same of what is known to be an object.
    [[nodiscard, gnu::always_inline]] std::optional<JsonView> find_member(
        const JsonKey& key) const {
        const JsonNode* const end = node_ + node_->span;
        for (const JsonNode* at = node_ + 1; at != end; at += 1 + at[1].span) {
            if (key.is(*at)) return JsonView(at + 1);
        }
        return std::nullopt;
    }
    // Nothing to walk when this is no object or array.
    [[nodiscard]] Members members() const;
    [[nodiscard]] Elements elements() const;

    // Whether both are one value of one document, not only alike.
    [[nodiscard]] bool is_same(JsonView other) const { return node_ == other.node_; }

    // This value and all below it as canonical text; members keep their order.
    [[nodiscard]] JsonText text() const;

private:
    friend class JsonDocument;
    const JsonNode* node_;
};

struct JsonView::Member {
    std::string_view key;
    JsonView value;
};

class JsonView::Elements {
public:
    class Iterator {
    public:
        using value_type = JsonView;
        using difference_type = std::ptrdiff_t;
        Iterator() = default;
        explicit Iterator(const JsonNode* at) : at_(at) {}
        JsonView operator*() const { return JsonView(at_); }
        Iterator& operator++() {
            at_ += at_->span;
            return *this;
        }
        Iterator operator++(int) {
            Iterator before = *this;
            ++*this;
            return before;
        }
        bool operator==(const Iterator&) const = default;

    private:
        const JsonNode* at_ = nullptr;
    };
    Elements(const JsonNode* first, const JsonNode* last) : first_(first), last_(last) {}
    [[nodiscard]] Iterator begin() const { return Iterator(first_); }
    [[nodiscard]] Iterator end() const { return Iterator(last_); }

private:
    const JsonNode* first_;
    const JsonNode* last_;
};

class JsonView::Members {
public:
    class Iterator {
    public:
        using value_type = Member;
        using difference_type = std::ptrdiff_t;
        Iterator() = default;
        explicit Iterator(const JsonNode* at) : at_(at) {}
        Member operator*() const { return {{at_->text, at_->size}, JsonView(at_ + 1)}; }
        Iterator& operator++() {
            at_ += 1 + at_[1].span;
            return *this;
        }
        Iterator operator++(int) {
            Iterator before = *this;
            ++*this;
            return before;
        }
        bool operator==(const Iterator&) const = default;

    private:
        const JsonNode* at_ = nullptr;
    };
    Members(const JsonNode* first, const JsonNode* last) : first_(first), last_(last) {}
    [[nodiscard]] Iterator begin() const { return Iterator(first_); }
    [[nodiscard]] Iterator end() const { return Iterator(last_); }

private:
    const JsonNode* first_;
    const JsonNode* last_;
};

inline JsonView::Elements JsonView::elements() const {
    return {node_ + 1, is_array() ? node_ + node_->span : node_ + 1};
}

inline JsonView::Members JsonView::members() const {
    return {node_ + 1, is_object() ? node_ + node_->span : node_ + 1};
}

class JsonDocument {
public:
    // invalid_argument, naming the place by its JSON pointer; reason "too_large" when it is longer
    // than the limit.
    [[nodiscard]] static Result<JsonDocument> parse(std::string_view text,
                                                    const JsonLimits& limits = {});

    JsonDocument(JsonDocument&&) noexcept;
    JsonDocument& operator=(JsonDocument&&) noexcept;
    ~JsonDocument();

    // Valid as long as this document (moving it does no harm).
    [[nodiscard]] JsonView root() const;

private:
    struct Buffers;
    struct Pool;
    class Lowering;
    explicit JsonDocument(std::unique_ptr<Buffers> buffers);

    std::unique_ptr<Buffers> buffers_;
};

}  // namespace attune::base
