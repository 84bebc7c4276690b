// Descriptor: a file descriptor that closes itself.
#pragma once

#include <unistd.h>
#include <utility>

namespace attune::base {

class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        if (this != &other) {
            close();
            number_ = other.release();
        }
        return *this;
    }
    ~Descriptor() { close(); }

    [[nodiscard]] bool is_open() const { return number_ >= 0; }
    [[nodiscard]] int get() const { return number_; }  // below zero: none
    [[nodiscard]] int release() { return std::exchange(number_, -1); }
    void close() {
        if (is_open()) ::close(release());
    }

private:
    int number_ = -1;
};

}  // namespace attune::base
