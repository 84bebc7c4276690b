// AccessLog: a line for each answer, on standard error: route, status, sizes and time. Never the target, because paths
// hold people's ids. What is logged can be changed while it runs.
#pragma once

#include "base/log.h"
#include "base/time.h"
#include "http/server.h"

#include <atomic>
#include <cstdint>
#include <string_view>

namespace attune::app {

class AccessLog {
public:
    AccessLog(const base::Clock& clock, std::string_view mode)
        : log_(2, clock, {.lines_per_second_max = UINT32_MAX}) {
        set(mode);
    }

    // "off", "errors", "all".
    void set(std::string_view mode);
    void observe(const http::ServerOptions::Exchange& exchange);

private:
    base::StreamLog log_;
    std::atomic<unsigned> status_min_{0};  // what is at least this is logged
};

}  // namespace attune::app
