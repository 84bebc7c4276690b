// Peers from npm, measured in the same run: a script below bench/peers is given what it shall measure and prints its figures.
//
//     const auto figures = peer_figures("logic.mjs", input);       // a line each; none where node or the packages are not
//
// The packages: `npm install` in bench/peers. The source directory is ATTUNE_SOURCE, or where the bench is run.
#pragma once

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

namespace attune::bench {

inline std::vector<std::vector<double>> peer_figures(const std::string& script,
                                                     std::string_view input) {
    namespace files = std::filesystem;
    const char* const source = std::getenv("ATTUNE_SOURCE");
    const files::path peers = files::path(source != nullptr ? source : ".") / "bench" / "peers";
    if (!files::exists(peers / "node_modules")) {
        std::printf("no peers: npm install in bench/peers, and run this in the source directory\n");
        return {};
    }
    const files::path given =
        files::temp_directory_path() / ("attune-peers-" + std::to_string(::getpid()) + ".json");
    std::ofstream(given) << input;
    const std::string command =
        "node '" + (peers / script).string() + "' < '" + given.string() + "'";
    std::vector<std::vector<double>> figures;
    if (std::FILE* const pipe = ::popen(command.c_str(), "r")) {
        std::array<char, 256> line;
        while (std::fgets(line.data(), line.size(), pipe) != nullptr) {
            std::istringstream words(line.data());
            std::vector<double>& row = figures.emplace_back();
            for (double figure = 0; words >> figure;) row.push_back(figure);
        }
        if (::pclose(pipe) != 0) figures.clear();
    }
    files::remove(given);
    if (figures.empty()) std::printf("no peers: %s did not run\n", script.c_str());
    return figures;
}

}  // namespace attune::bench
