// Certificates made at test time: nothing secret, or expiring, lies in the repository.
#pragma once

#include <string>

namespace attune::http::testing {

// A folder of its own that goes with the test.
class Folder {
public:
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

// Writes a self-signed certificate for 127.0.0.1 and "localhost", and its key. The common name tells several apart.
void write_certificate(const std::string& certificate_file, const std::string& key_file,
                       const std::string& common_name);
void write_text(const std::string& file, const std::string& text);

}  // namespace attune::http::testing
