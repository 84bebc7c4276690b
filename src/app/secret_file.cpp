#include "app/secret_file.h"

#include <sys/stat.h>

#include <fstream>

namespace attune::app {

Result<void> check_secret_file(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) return fail(Code::not_found, path + " is not there");
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return fail(Code::failed_precondition,
                    path + " holds a secret and may be read by others; run: chmod 600 " + path);
    }
    return {};
}

Result<std::string> read_secret_file(const std::string& path) {
    ATTUNE_TRY_VOID(check_secret_file(path));
    std::ifstream file(path);
    std::string line;
    if (!std::getline(file, line))
        return fail(Code::invalid_argument, path + " is empty or cannot be read");
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    return line;
}

}  // namespace attune::app
