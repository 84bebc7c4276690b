#include "http/workers.h"

namespace attune::http {

void Workers::start(std::size_t threads) {
    for (std::size_t i = 0; i < threads; ++i)
        threads_.emplace_back([this] {
            while (auto job = jobs_.pop()) (*job)();
        });
}

void Workers::stop() {
    jobs_.close();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
}

}  // namespace attune::http
