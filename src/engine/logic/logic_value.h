// LogicValue: what an expression is about, and what it comes to. Sixteen bytes that borrow: a JSON document's values,
// a record of named roots, or what an evaluation made in its LogicScratch.
//
//     const LogicMember roots[] = {{"profile", LogicValue(profile.root())}, {"context", LogicValue(context.root())}};
//     const LogicRecord record{roots};
//     const LogicValue data(record);               // {"var": "profile.age"} finds it, nothing was copied
//
// A record may have a `rest`: an object that answers for what the record does not name, so that one member can be laid
// over a context that came as JSON. Numbers are doubles, as the dialect demands: integers above 2^53 lose their last digits.
//
// Immutable; any thread may read one. Nothing here owns anything: a value is good as long as what it borrows from.
#pragma once

#include "base/json_document.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace attune::engine {

struct LogicMember;
struct LogicList;
struct LogicRecord;

class LogicValue {
public:
    enum class Kind : std::uint8_t {
        absent,  // JavaScript's undefined: an argument that was not given
        null,
        boolean,
        number,
        string,
        list,         // made here
        record,       // made here
        json_array,   // of a document
        json_object,  // of a document
    };

    LogicValue() : LogicValue(Kind::absent) {}
    [[nodiscard]] static LogicValue null() { return LogicValue(Kind::null); }
    explicit LogicValue(bool value) : truth_(value ? 1 : 0), meta_(meta_of(Kind::boolean)) {}
    explicit LogicValue(double value) : number_(value), meta_(meta_of(Kind::number)) {}
    explicit LogicValue(std::string_view value)
        : text_(value.data()), meta_(meta_of(Kind::string, value.size())) {}
    explicit LogicValue(const char*) = delete;  // would be a boolean
    explicit LogicValue(const LogicList& list) : list_(&list), meta_(meta_of(Kind::list)) {}
    explicit LogicValue(const LogicRecord& record)
        : record_(&record), meta_(meta_of(Kind::record)) {}
    explicit LogicValue(base::JsonView view) : LogicValue(of(view)) {}

    [[nodiscard]] Kind kind() const { return static_cast<Kind>(meta_ & 0xff); }
    [[nodiscard]] bool is_absent() const { return kind() == Kind::absent; }
    // Null, or not there at all.
    [[nodiscard]] bool is_nothing() const { return kind() <= Kind::null; }
    [[nodiscard]] bool is_string() const { return kind() == Kind::string; }
    [[nodiscard]] bool is_number() const { return kind() == Kind::number; }
    [[nodiscard]] bool is_array() const {
        return kind() == Kind::list || kind() == Kind::json_array;
    }
    [[nodiscard]] bool is_object() const {
        return kind() == Kind::record || kind() == Kind::json_object;
    }

    // Only for a value of that kind.
    [[nodiscard]] bool boolean() const { return truth_ != 0; }
    [[nodiscard]] double number() const { return number_; }
    [[nodiscard]] std::string_view string() const { return {text_, meta_ >> 8}; }

    [[nodiscard]] std::span<const LogicValue> items() const;  // of a list

    // Entries of an array; 0 for all else.
    [[nodiscard]] std::size_t size() const;
    // The entry at `index` of an array; absent beyond its end. Takes time in the index for a document's arrays.
    [[nodiscard]] LogicValue at(std::size_t index) const;
    // The member of an object; absent when it is not there or this is no object.
    [[nodiscard]] LogicValue find(std::string_view key) const { return find(base::JsonKey(key)); }
    // Inline wherever it stands, so that the value need not lie in memory to be asked.
    [[nodiscard, gnu::always_inline]] LogicValue find(const base::JsonKey& key) const;
    // Calls take(LogicValue) for each entry of an array, until it answers false.
    template <class Take>
    void each(Take take) const;

    // Levels of arrays and objects that were made here; what lies in documents counts as one.
    [[nodiscard]] std::uint32_t depth() const {
        return kind() < Kind::list ? 0 : depth_of_container();
    }
    // Whether both are the same array or object, not only alike: what JavaScript calls equal.
    [[nodiscard]] bool is_same(const LogicValue& other) const;

    // As JSON; what JSON cannot say (NaN, infinities, absent) is null.
    void append_json(std::string& out) const;
    [[nodiscard]] base::JsonText json() const;

private:
    explicit LogicValue(Kind kind) : number_(0), meta_(meta_of(kind)) {}
    LogicValue(Kind kind, base::JsonView view) : view_(view), meta_(meta_of(kind)) {}
    [[nodiscard]] static constexpr std::uint64_t meta_of(Kind kind, std::size_t size = 0) {
        return size << 8 | static_cast<std::uint64_t>(kind);
    }
    [[nodiscard]] static LogicValue of(base::JsonView view);
    [[nodiscard]] static LogicValue find_in(const LogicRecord& record, const base::JsonKey& key);
    [[nodiscard]] std::uint32_t depth_of_container() const;
    void append_record(std::string& out) const;

    union {
        std::uint64_t truth_;
        double number_;
        const char* text_;
        const LogicList* list_;
        const LogicRecord* record_;
        base::JsonView view_;
    };
    // The kind, and above its byte the bytes of a string. One word, for writing it in parts and reading it as a whole
    // made the processor wait: half of the time of a simple condition.
    std::uint64_t meta_;
};
static_assert(sizeof(LogicValue) == 16);

struct LogicList {
    std::span<const LogicValue> items;
    std::uint32_t depth = 1;
};

struct LogicRecord {
    std::span<const LogicMember> members;
    LogicValue rest{};  // an object, or absent
    std::uint32_t depth = 1;
};

struct LogicMember {
    LogicMember() = default;
    LogicMember(std::string_view named, LogicValue is) : key(named), value(is) {}
    LogicMember(const base::JsonKey& named, LogicValue is) : key(named), value(is) {}

    base::JsonKey key;
    LogicValue value;
};

inline LogicValue LogicValue::of(base::JsonView view) {
    if (view.is_object()) return {Kind::json_object, view};
    switch (view.kind()) {
        case base::JsonKind::null:
            return null();
        case base::JsonKind::boolean:
            return LogicValue(*view.as_bool());
        case base::JsonKind::integer:
            return LogicValue(*view.as_double());
        case base::JsonKind::unsigned_integer:
            return LogicValue(*view.as_double());
        case base::JsonKind::real:
            return LogicValue(*view.as_double());
        case base::JsonKind::string:
            return LogicValue(*view.as_string());
        case base::JsonKind::array:
            return {Kind::json_array, view};
        case base::JsonKind::object:
            return {Kind::json_object, view};
    }
    return {};
}

inline LogicValue LogicValue::find(const base::JsonKey& key) const {
    if (kind() == Kind::record) return find_in(*record_, key);
    if (kind() != Kind::json_object) return {};
    const auto found = view_.find_member(key);
    return found ? of(*found) : LogicValue();
}

inline std::span<const LogicValue> LogicValue::items() const { return list_->items; }

inline std::size_t LogicValue::size() const {
    if (kind() == Kind::list) return list_->items.size();
    return kind() == Kind::json_array ? view_.size() : 0;
}

template <class Take>
void LogicValue::each(Take take) const {
    if (kind() == Kind::list) {
        for (const LogicValue& item : list_->items) {
            if (!take(item)) return;
        }
    } else if (kind() == Kind::json_array) {
        for (const base::JsonView element : view_.elements()) {
            if (!take(LogicValue(element))) return;
        }
    }
}

}  // namespace attune::engine
