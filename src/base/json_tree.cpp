#include "base/json_tree.h"

#include "base/prefetch.h"

#include <algorithm>
#include <cstring>

namespace attune::base {
namespace {

struct Need {
    std::size_t nodes = 0;
    std::size_t text = 0;
};

void count(JsonView value, Need& need) {
    ++need.nodes;
    if (const auto text = value.as_string()) need.text += text->size();
    for (const JsonView element : value.elements()) count(element, need);
    for (const auto& [key, member] : value.members()) {
        ++need.nodes;
        need.text += key.size();
        count(member, need);
    }
}

}  // namespace

// Fills nodes and text that are known to have room. As deep as the value, which parsing bounds.
class JsonTree::Copy {
public:
    Copy(JsonNode* nodes, char* text) : next_(nodes), text_(text) {}

    void value(JsonView from) {
        JsonNode& node = *next_++;
        node.kind = static_cast<std::uint32_t>(from.kind()) & 0xF;
        node.size = static_cast<std::uint32_t>(from.size());
        node.integer = 0;
        scalar(node, from);
        for (const JsonView element : from.elements()) value(element);
        for (const auto& [key, member] : from.members()) {
            next_->span = json_key_print(key);
            string(*next_++, key);
            value(member);
        }
        node.span = static_cast<std::uint32_t>(next_ - &node) & 0xFFF'FFFF;
    }

private:
    void scalar(JsonNode& node, JsonView from) {
        switch (from.kind()) {
            case JsonKind::boolean:
                node.boolean = *from.as_bool();
                return;
            case JsonKind::integer:
                node.integer = *from.as_int64();
                return;
            case JsonKind::unsigned_integer:
                node.unsigned_integer = *from.as_uint64();
                return;
            case JsonKind::real:
                node.real = *from.as_double();
                return;
            case JsonKind::string:
                string(node, *from.as_string());
                return;
            case JsonKind::null:
            case JsonKind::array:
            case JsonKind::object:
                return;
        }
    }

    void string(JsonNode& node, std::string_view from) {
        if (!from.empty()) std::memcpy(text_, from.data(), from.size());
        node.kind = static_cast<std::uint32_t>(JsonKind::string) & 0xF;
        node.size = static_cast<std::uint32_t>(from.size());
        node.text = text_;
        text_ += from.size();
    }

    JsonNode* next_;
    char* text_;
};

JsonTree::JsonTree(JsonView value) {
    Need need;
    count(value, need);
    nodes_ = std::make_unique_for_overwrite<JsonNode[]>(need.nodes);
    text_ = std::make_unique_for_overwrite<char[]>(need.text);
    bytes_ = need.nodes * sizeof(JsonNode) + need.text;
    Copy(nodes_.get(), text_.get()).value(value);
}

void JsonTree::prefetch() const {
    constexpr std::size_t kBeginning = 256;
    base::prefetch(nodes_.get(), std::min(bytes_, kBeginning));
    base::prefetch(text_.get(), std::min(bytes_, kBeginning));
}

}  // namespace attune::base
