#include "base/lines.h"

#include <algorithm>

namespace attune::base {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

void LineReader::feed(std::string_view bytes, const Visit& visit) {
    for (std::size_t end = bytes.find('\n'); end != bytes.npos; end = bytes.find('\n')) {
        const std::string_view rest = bytes.substr(0, end);
        if (begun_.empty() && !too_long_) {
            end_line(rest, visit);
        } else {
            keep(rest);
            end_line(begun_, visit);
        }
        begun_.clear();
        too_long_ = false;
        ++number_;
        bytes.remove_prefix(end + 1);
    }
    keep(bytes);
}

void LineReader::finish(const Visit& visit) {
    if (!begun_.empty()) end_line(begun_, visit);
    begun_.clear();
    too_long_ = false;
}

// A line of the greatest length may have a mark before it and a CR behind.
void LineReader::keep(std::string_view text) {
    const std::size_t most = options_.line_bytes_max + kByteOrderMark.size() + 1;
    const std::size_t room = most - std::min(most, begun_.size());
    begun_.append(text.substr(0, room));
    too_long_ = too_long_ || text.size() > room;
}

void LineReader::end_line(std::string_view text, const Visit& visit) {
    bool too_long = too_long_;
    if (text.ends_with('\r') && !too_long) text.remove_suffix(1);
    if (number_ == 1 && text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    too_long = too_long || text.size() > options_.line_bytes_max;
    if (too_long) {
        const std::string detail = "line " + std::to_string(number_) + " is longer than " +
                                   std::to_string(options_.line_bytes_max) + " bytes";
        visit({number_, text.substr(0, options_.line_bytes_max),
               Error{Code::resource_exhausted, detail, "too_large", {}}});
        return;
    }
    const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
    if (!std::ranges::all_of(text, is_blank)) visit({number_, text, std::nullopt});
}

}  // namespace attune::base
