#include "base/json_lift.h"

#include <bitset>

namespace attune::base {
namespace {

// Deeper than anything that is meant, and a bit for each level is still little. What is deeper has no end for us.
constexpr std::size_t kDepthMax = 64 * 1024;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string_view without_blanks(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

class Scanner {
public:
    explicit Scanner(std::string_view text) : text_(text) {}

    [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
    [[nodiscard]] std::size_t at() const { return at_; }
    [[nodiscard]] std::size_t depth() const { return depth_; }

    // The next byte that is no blank, '\0' at the end; it is not consumed.
    char peek() {
        while (!at_end() && is_blank(text_[at_])) ++at_;
        return at_end() ? '\0' : text_[at_];
    }
    // Consumes a byte, or a whole string with its quotes. False when a string or bracket does not match.
    bool step() {
        const char c = text_[at_];
        if (c == '"') return string();
        ++at_;
        if (c == '[' || c == '{') return open(c);
        if (c == ']' || c == '}') return close(c);
        return true;
    }

private:
    bool string() {
        for (++at_; !at_end(); ++at_) {
            if (text_[at_] == '\\') {
                ++at_;
            } else if (text_[at_] == '"') {
                ++at_;
                return true;
            }
        }
        return false;
    }
    bool open(char c) {
        if (depth_ == kDepthMax) return false;
        is_object_[depth_++] = c == '{';
        return true;
    }
    bool close(char c) { return depth_ > 0 && is_object_[--depth_] == (c == '}'); }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t depth_ = 0;
    std::bitset<kDepthMax> is_object_;  // of each bracket that is open
};

// Steps to the '[' that is the member's value. A string that equals the name where no key may stand is no concern: a text
// that has one is no JSON without the array either.
bool find_member(Scanner& scanner, std::string_view text, std::string_view member) {
    if (scanner.peek() != '{' || !scanner.step()) return false;
    while (scanner.peek() != '\0' && scanner.depth() > 0) {
        const std::size_t from = scanner.at();
        const bool may_be_key = scanner.depth() == 1 && scanner.peek() == '"';
        if (!scanner.step()) return false;
        if (!may_be_key || text.substr(from + 1, scanner.at() - from - 2) != member) continue;
        if (scanner.peek() != ':') continue;
        if (!scanner.step()) return false;
        if (scanner.peek() == '[') return true;
    }
    return false;
}

}  // namespace

std::optional<LiftedArray> lift_json_array(std::string_view text, std::string_view member,
                                           std::size_t elements_max) {
    Scanner scanner(text);
    if (!member.empty() && !find_member(scanner, text, member)) return std::nullopt;
    if (scanner.peek() != '[') return std::nullopt;
    const std::size_t opens = scanner.at();
    const std::size_t outside = scanner.depth();
    if (!scanner.step()) return std::nullopt;

    LiftedArray lifted;
    std::size_t from = scanner.at();
    // What stands between two commas is an element, nothing too: one that is no JSON.
    const auto end_element = [&](std::size_t to, bool last) {
        const std::string_view element = without_blanks(text.substr(from, to - from));
        from = to + 1;
        if (element.empty() && last && lifted.count == 0) return;
        if (lifted.count++ < elements_max) lifted.elements.push_back(element);
    };
    while (!scanner.at_end()) {
        const std::size_t at = scanner.at();
        const bool separates = scanner.depth() == outside + 1 && text[at] == ',';
        if (!scanner.step()) return std::nullopt;
        if (separates) end_element(at, false);
        if (scanner.depth() > outside) continue;
        end_element(at, true);
        lifted.rest.append(text.substr(0, opens + 1)).append(text.substr(at));
        return lifted;
    }
    return std::nullopt;
}

}  // namespace attune::base
