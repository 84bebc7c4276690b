#include "app/import_state.h"

#include "base/json.h"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace attune::app {

std::string import_state_path(const std::string& file) { return file + ".attune-import"; }

Result<std::optional<ImportState>> read_import_state(const std::string& file) {
    std::ifstream stream(import_state_path(file));
    if (!stream) return std::nullopt;
    const std::string text((std::istreambuf_iterator<char>(stream)), {});
    auto state = base::from_json<ImportState>(text);
    if (!state) {
        return fail(
            Code::invalid_argument,
            import_state_path(file) + " is not the state of an import; remove it to start over");
    }
    return *std::move(state);
}

Result<void> write_import_state(const std::string& file, const ImportState& state) {
    const std::string path = import_state_path(file);
    const std::string fresh = path + ".new";
    std::ofstream stream(fresh, std::ios::trunc);
    stream << base::to_json(state) << '\n';
    stream.close();
    std::error_code error;
    if (stream) std::filesystem::rename(fresh, path, error);
    if (!stream || error) return fail(Code::unavailable, path + " cannot be written");
    return {};
}

}  // namespace attune::app
