#include "engine/logic/logic_value.h"

#include "base/json_write.h"

#include <algorithm>

namespace attune::engine {

using base::JsonView;

LogicValue LogicValue::at(std::size_t index) const {
    if (index >= size()) return {};
    if (kind() == Kind::list) return list_->items[index];
    auto element = view_.elements().begin();
    while (index-- > 0) ++element;
    return LogicValue(*element);
}

LogicValue LogicValue::find_in(const LogicRecord& record, const base::JsonKey& key) {
    for (const LogicMember& member : record.members) {
        if (member.key == key) return member.value;
    }
    return record.rest.find(key);
}

std::uint32_t LogicValue::depth_of_container() const {
    switch (kind()) {
        case Kind::list:
            return list_->depth;
        case Kind::record:
            return record_->depth;
        case Kind::json_array:
        case Kind::json_object:
            return 1;
        default:
            return 0;
    }
}

bool LogicValue::is_same(const LogicValue& other) const {
    if (kind() != other.kind()) return false;
    switch (kind()) {
        case Kind::list:
            return list_ == other.list_;
        case Kind::record:
            return record_ == other.record_;
        case Kind::json_array:
        case Kind::json_object:
            return view_.is_same(other.view_);
        default:
            return false;
    }
}

void LogicValue::append_json(std::string& out) const {
    switch (kind()) {
        case Kind::absent:
        case Kind::null:
            out += "null";
            return;
        case Kind::boolean:
            out += boolean() ? "true" : "false";
            return;
        case Kind::number:
            base::append_json(out, number_ == 0 ? 0.0 : number_);  // JavaScript writes -0 as 0
            return;
        case Kind::string:
            base::append_json(out, string());
            return;
        case Kind::list: {
            char separator = '[';
            if (list_->items.empty()) out += separator;
            for (const LogicValue& item : list_->items) {
                out += separator;
                item.append_json(out);
                separator = ',';
            }
            out += ']';
            return;
        }
        case Kind::record:
            append_record(out);
            return;
        case Kind::json_array:
        case Kind::json_object:
            base::append_json(out, view_);
            return;
    }
}

// A member that one further out names already is not written again.
void LogicValue::append_record(std::string& out) const {
    out += '{';
    const auto append = [&out, this](const LogicValue& level, std::string_view key,
                                     const LogicValue& value) {
        if (value.is_absent()) return;
        for (LogicValue outer = *this; !outer.is_same(level); outer = outer.record_->rest) {
            const auto members = outer.record_->members;
            const auto text_of = [](const LogicMember& member) { return member.key.text(); };
            if (std::ranges::find(members, key, text_of) != members.end()) return;
        }
        if (out.back() != '{') out += ',';
        base::append_json(out, key);
        out += ':';
        value.append_json(out);
    };
    LogicValue level = *this;
    for (; level.kind() == Kind::record; level = level.record_->rest) {
        for (const LogicMember& member : level.record_->members)
            append(level, member.key.text(), member.value);
    }
    if (level.kind() == Kind::json_object) {
        for (const JsonView::Member member : level.view_.members())
            append(level, member.key, LogicValue(member.value));
    }
    out += '}';
}

base::JsonText LogicValue::json() const {
    std::string out;
    append_json(out);
    return base::JsonText::trusted(std::move(out));
}

}  // namespace attune::engine
