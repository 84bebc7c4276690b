// MemberScan: walks the members of an object that stands as canonical JSON text (base::JsonText),
// in place. The fold reads a handful of members of each event's properties; building a document of
// them would cost more than folding does. JsonText was validated when it came in, so this looks
// only at where values begin and end. On text that is not canonical it stops early; it never reads
// past the end.
//
//     for (MemberScan scan(event.properties.text()); scan.next();)
//         if (scan.key() == "brand") brand = text_of(scan.value());
//     for (ElementScan scan(categories); scan.next();) use(scan.value());
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace attune::engine {

class ElementScan {
public:
    explicit ElementScan(std::string_view array) : ElementScan(array, '[', ']') {}
    bool next();
    [[nodiscard]] std::string_view value() const { return value_; }

protected:
    ElementScan(std::string_view text, char open, char close);
    bool take_value();

    std::string_view rest_;
    char close_;
    std::string_view value_;
};

class MemberScan : private ElementScan {
public:
    explicit MemberScan(std::string_view object) : ElementScan(object, '{', '}') {}
    bool next();
    // As it stands between its quotes. The names that the fold looks for have nothing to escape.
    [[nodiscard]] std::string_view key() const { return key_; }
    using ElementScan::value;

private:
    std::string_view key_;
};

// The text of a string, unescaped, or of a number as it is written (ids are often numbers). Empty
// for anything else.
[[nodiscard]] std::optional<std::string> text_of(std::string_view value);
// What stands between a key's quotes, unescaped.
[[nodiscard]] std::string unescaped(std::string_view quoted_content);
[[nodiscard]] std::optional<double> number_of(std::string_view value);

}  // namespace attune::engine
