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
    explicit LogicValue(bool value) : boolean_(value), kind_(Kind::boolean) {}
    explicit LogicValue(double value) : number_(value), kind_(Kind::number) {}
    explicit LogicValue(std::string_view value)
        : text_(value.data()),
          size_(static_cast<std::uint32_t>(value.size())),
          kind_(Kind::string) {}
    explicit LogicValue(const char*) = delete;  // would be a boolean
    explicit LogicValue(const LogicList& list) : list_(&list), kind_(Kind::list) {}
    explicit LogicValue(const LogicRecord& record) : record_(&record), kind_(Kind::record) {}
    explicit LogicValue(base::JsonView view);

    [[nodiscard]] Kind kind() const { return kind_; }
    [[nodiscard]] bool is_absent() const { return kind_ == Kind::absent; }
    // Null, or not there at all.
    [[nodiscard]] bool is_nothing() const { return kind_ <= Kind::null; }
    [[nodiscard]] bool is_string() const { return kind_ == Kind::string; }
    [[nodiscard]] bool is_number() const { return kind_ == Kind::number; }
    [[nodiscard]] bool is_array() const { return kind_ == Kind::list || kind_ == Kind::json_array; }
    [[nodiscard]] bool is_object() const {
        return kind_ == Kind::record || kind_ == Kind::json_object;
    }

    // Only for a value of that kind.
    [[nodiscard]] bool boolean() const { return boolean_; }
    [[nodiscard]] double number() const { return number_; }
    [[nodiscard]] std::string_view string() const { return {text_, size_}; }

    [[nodiscard]] std::span<const LogicValue> items() const;  // of a list

    // Entries of an array; 0 for all else.
    [[nodiscard]] std::size_t size() const;
    // The entry at `index` of an array; absent beyond its end. Takes time in the index for a document's arrays.
    [[nodiscard]] LogicValue at(std::size_t index) const;
    // The member of an object; absent when it is not there or this is no object.
    [[nodiscard]] LogicValue find(std::string_view key) const;
    // Calls take(LogicValue) for each entry of an array, until it answers false.
    template <class Take>
    void each(Take take) const;

    // Levels of arrays and objects that were made here; what lies in documents counts as one.
    [[nodiscard]] std::uint32_t depth() const;
    // Whether both are the same array or object, not only alike: what JavaScript calls equal.
    [[nodiscard]] bool is_same(const LogicValue& other) const;

    // As JSON; what JSON cannot say (NaN, infinities, absent) is null.
    void append_json(std::string& out) const;
    [[nodiscard]] base::JsonText json() const;

private:
    explicit LogicValue(Kind kind) : number_(0), kind_(kind) {}
    void append_record(std::string& out) const;

    union {
        bool boolean_;
        double number_;
        const char* text_;
        const LogicList* list_;
        const LogicRecord* record_;
        base::JsonView view_;
    };
    std::uint32_t size_ = 0;  // bytes of a string
    Kind kind_;
};
static_assert(sizeof(LogicValue) == 16);

struct LogicList {
    std::span<const LogicValue> items;
    std::uint32_t depth = 1;
};

struct LogicRecord {
    std::span<const LogicMember> members;
    LogicValue rest{};  // an object of a document, or absent
    std::uint32_t depth = 1;
};

struct LogicMember {
    std::string_view key;
    LogicValue value;
};

inline std::span<const LogicValue> LogicValue::items() const { return list_->items; }

template <class Take>
void LogicValue::each(Take take) const {
    if (kind_ == Kind::list) {
        for (const LogicValue& item : list_->items) {
            if (!take(item)) return;
        }
    } else if (kind_ == Kind::json_array) {
        for (const base::JsonView element : view_.elements()) {
            if (!take(LogicValue(element))) return;
        }
    }
}

}  // namespace attune::engine
