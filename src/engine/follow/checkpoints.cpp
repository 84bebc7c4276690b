#include "engine/follow/checkpoints.h"

namespace attune::engine {

Checkpoints::Erasure Checkpoints::begin_erasure() {
    ++erasures_;
    return {nullptr, [this](std::nullptr_t) { --erasures_; }};
}

void Checkpoints::tell_unused(const std::string& path, const Error& why) {
    if (why.code == Code::not_found) return;
    const bool is_damaged = why.code != Code::failed_precondition;
    if (is_damaged) ++damaged_;
    if (place_.log == nullptr) return;
    place_.log->write(is_damaged ? base::LogLevel::warning : base::LogLevel::info,
                      is_damaged ? "checkpoint.damaged" : "checkpoint.unused",
                      {{"path", path}, {"reason", why.message}, {"instead", "the log is read"}});
}

void Checkpoints::tell_unwritten(const std::string& path, const Error& why) {
    ++unwritten_;
    if (place_.log != nullptr)
        place_.log->warning("checkpoint.unwritten", {{"path", path}, {"reason", why.message}});
}

}  // namespace attune::engine
