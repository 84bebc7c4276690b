#include "engine/logic/logic_value.h"

#include "base/json_write.h"

#include <algorithm>
#include <bit>

namespace attune::engine {

using base::JsonKind;
using base::JsonView;

LogicValue::LogicValue(JsonView view) : number_(0), kind_(Kind::null) {
    switch (view.kind()) {
        case JsonKind::null:
            return;
        case JsonKind::boolean:
            boolean_ = *view.as_bool();
            kind_ = Kind::boolean;
            return;
        case JsonKind::integer:
        case JsonKind::unsigned_integer:
        case JsonKind::real:
            number_ = *view.as_double();
            kind_ = Kind::number;
            return;
        case JsonKind::string:
            text_ = view.as_string()->data();
            size_ = static_cast<std::uint32_t>(view.size());
            kind_ = Kind::string;
            return;
        case JsonKind::array:
            view_ = view;
            kind_ = Kind::json_array;
            return;
        case JsonKind::object:
            view_ = view;
            kind_ = Kind::json_object;
            return;
    }
}

std::size_t LogicValue::size() const {
    if (kind_ == Kind::list) return list_->items.size();
    if (kind_ == Kind::json_array) return view_.size();
    return 0;
}

LogicValue LogicValue::at(std::size_t index) const {
    if (index >= size()) return {};
    if (kind_ == Kind::list) return list_->items[index];
    auto element = view_.elements().begin();
    while (index-- > 0) ++element;
    return LogicValue(*element);
}

LogicValue LogicValue::find(std::string_view key) const {
    LogicValue object = *this;
    while (object.kind_ == Kind::record) {
        for (const LogicMember& member : object.record_->members) {
            if (member.key == key) return member.value;
        }
        object = object.record_->rest;
    }
    if (object.kind_ != Kind::json_object) return {};
    if (const auto found = object.view_.find(key)) return LogicValue(*found);
    return {};
}

std::uint32_t LogicValue::depth() const {
    switch (kind_) {
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
    if (kind_ != other.kind_) return false;
    switch (kind_) {
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
    switch (kind_) {
        case Kind::absent:
        case Kind::null:
            out += "null";
            return;
        case Kind::boolean:
            out += boolean_ ? "true" : "false";
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

void LogicValue::append_record(std::string& out) const {
    out += '{';
    const auto append = [&out](std::string_view key, const LogicValue& value) {
        if (value.is_absent()) return;
        if (out.back() != '{') out += ',';
        base::append_json(out, key);
        out += ':';
        value.append_json(out);
    };
    for (const LogicMember& member : record_->members) append(member.key, member.value);
    if (record_->rest.kind_ == Kind::json_object) {
        for (const JsonView::Member member : record_->rest.view_.members()) {
            if (std::ranges::find(record_->members, member.key, &LogicMember::key) ==
                record_->members.end())
                append(member.key, LogicValue(member.value));
        }
    }
    out += '}';
}

base::JsonText LogicValue::json() const {
    std::string out;
    append_json(out);
    return base::JsonText::trusted(std::move(out));
}

}  // namespace attune::engine
