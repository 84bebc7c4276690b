// Trees from anywhere: JSON that claims to be XGBoost's, and saved nodes that claim to be trees. What is accepted must answer for
// any row: no step leads outside or in circles, and scores and contributions agree.
#include "learn/ranking/trees.h"
#include "learn/ranking/xgboost_model.h"
#include "learn/recommend/model_file.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>

namespace {

using attune::learn::Trees;

void ask(const Trees& trees) {
    if (trees.features() > 64) return;
    std::vector<float> row(trees.features());
    std::vector<float> why(row.size());
    for (const float value : {0.0F, 1.0F, -1e30F, std::numeric_limits<float>::quiet_NaN(),
                              std::numeric_limits<float>::infinity()}) {
        std::ranges::fill(row, value);
        float score = 0;
        trees.score(row, {&score, 1});
        const float everybody = trees.explain(row, why);
        if (std::isnan(everybody)) std::abort();
    }
    attune::learn::ModelWriter writer("trees", 1);
    trees.save(writer);
    const std::string bytes = std::move(writer).finish();
    if (!Trees::load(*attune::learn::ModelReader::open(bytes))) std::abort();
}

// Any sixteen bytes are a node, any eight a tree.
void ask_saved(std::string_view bytes) {
    const std::size_t trees = bytes.empty() ? 0 : static_cast<unsigned char>(bytes[0]) % 4U;
    bytes.remove_prefix(std::min<std::size_t>(1, bytes.size()));
    std::vector<std::array<std::uint32_t, 2>> roots(std::min(trees, bytes.size() / 8));
    if (!roots.empty()) std::memcpy(roots.data(), bytes.data(), roots.size() * 8);
    bytes.remove_prefix(roots.size() * 8);
    std::vector<std::array<std::uint32_t, 4>> nodes(bytes.size() / 16);
    if (!nodes.empty()) std::memcpy(nodes.data(), bytes.data(), nodes.size() * 16);
    attune::learn::ModelWriter writer("trees", 1);
    writer.put("trees.features", std::uint32_t{3});
    writer.put("trees.base", 0.5F);
    writer.put("trees.nodes", nodes);
    writer.put("trees.roots", roots);
    const std::string model = std::move(writer).finish();
    const auto loaded = Trees::load(*attune::learn::ModelReader::open(model));
    if (loaded) ask(*loaded);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto trees = attune::learn::trees_of_xgboost(text)) ask(*trees);
    ask_saved(text);
    return 0;
}
