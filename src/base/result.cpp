#include "base/result.h"

#include <cstdio>
#include <cstdlib>

namespace attune {

std::string_view name_of(Code code) noexcept {
    switch (code) {
        case Code::invalid_argument:
            return "invalid_argument";
        case Code::not_found:
            return "not_found";
        case Code::already_exists:
            return "already_exists";
        case Code::failed_precondition:
            return "failed_precondition";
        case Code::aborted:
            return "aborted";
        case Code::permission_denied:
            return "permission_denied";
        case Code::unauthenticated:
            return "unauthenticated";
        case Code::resource_exhausted:
            return "resource_exhausted";
        case Code::unavailable:
            return "unavailable";
        case Code::deadline_exceeded:
            return "deadline_exceeded";
        case Code::data_loss:
            return "data_loss";
        case Code::unimplemented:
            return "unimplemented";
        case Code::internal:
            return "internal";
        case Code::cancelled:
            return "cancelled";
    }
    return "internal";
}

namespace base {

void check_failed(const char* condition, std::source_location where) noexcept {
    std::fprintf(stderr, "attune: check failed: %s at %s:%u in %s\n", condition, where.file_name(),
                 static_cast<unsigned>(where.line()), where.function_name());
    std::fflush(stderr);
    std::abort();
}

}  // namespace base
}  // namespace attune
