#include "app/rejects.h"

#include "app/console.h"
#include "base/json.h"

#include <utility>

namespace attune::app {
namespace {

struct RejectedRow {
    std::uint64_t line = 0;
    std::string file;
    std::vector<std::string> reasons;
    std::string raw;
};
BOOST_DESCRIBE_STRUCT(RejectedRow, (), (line, file, reasons, raw))

}  // namespace

std::vector<std::string> reasons_of(const std::vector<FieldError>& fields,
                                    const std::string& message) {
    std::vector<std::string> reasons;
    for (const auto& field : fields)
        reasons.push_back(field.pointer.empty() ? field.detail
                                                : field.pointer + ": " + field.detail);
    if (reasons.empty()) reasons.push_back(message);
    return reasons;
}

Result<void> Rejects::open(const std::string& path, bool append) {
    stream_.open(path, append ? std::ios::app : std::ios::trunc);
    if (!stream_) return fail(Code::invalid_argument, path + " cannot be written");
    return {};
}

void Rejects::add(const std::string& file, std::uint64_t line, std::vector<std::string> reasons,
                  std::string_view raw) {
    if (first_.empty())
        first_ = printable(file) + " line " + grouped(line) + ": " + printable(reasons.front());
    if (!stream_.is_open()) return;
    stream_ << base::to_json(RejectedRow{line, file, std::move(reasons), std::string(raw)}) << '\n';
}

}  // namespace attune::app
