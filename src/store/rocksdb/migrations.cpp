#include "store/rocksdb/migrations.h"

#include "store/rocksdb/codec.h"
#include "store/rocksdb/people_counts.h"

#include <array>

namespace attune::store::rocks {
namespace {

constexpr std::string_view kFormatKey = "format";

Result<void> count_people(Database& database) {
    ATTUNE_TRY(const PeopleCounts counts, PeopleCounts::count(database));
    return counts.write_all(database);
}

}  // namespace

std::span<const Migration> migrations() {
    static const std::array<Migration, 2> steps{
        Migration{2, count_people}, Migration{3, [](Database&) -> Result<void> { return {}; }}};
    return steps;
}

Result<std::uint32_t> format_of(const Database& database) {
    ATTUNE_TRY(const auto body, database.get_row(Family::meta, kFormatKey));
    if (!body) return 0;
    return static_cast<std::uint32_t>(Reader(*body).varint());
}

Result<void> set_format(Database& database, std::uint32_t format) {
    std::string body;
    Writer(body).varint(format);
    const std::string row = seal_row(Family::meta, kFormatKey, std::move(body));
    rocksdb::WriteOptions options;
    options.sync = true;
    const rocksdb::Status status =
        database.db().Put(options, database.family(Family::meta), slice(kFormatKey), slice(row));
    if (!status.ok()) return error_of(status, "cannot note the format");
    return {};
}

Result<void> migrate(Database& database, std::span<const Migration> steps, std::uint32_t target) {
    ATTUNE_TRY(std::uint32_t format, format_of(database));
    if (format == 0) return set_format(database, target);
    if (format > target)
        return fail(Code::failed_precondition,
                    "the directory was written by a newer version of Attune (format " +
                        std::to_string(format) + "; this one knows up to " +
                        std::to_string(target) + ")");
    for (const Migration& step : steps) {
        if (step.to <= format || step.to > target) continue;
        ATTUNE_TRY_VOID(step.run(database));
        ATTUNE_TRY_VOID(set_format(database, step.to));
        format = step.to;
    }
    if (format != target)
        return fail(Code::failed_precondition, "no way leads from format " +
                                                   std::to_string(format) + " to format " +
                                                   std::to_string(target));
    return {};
}

}  // namespace attune::store::rocks
