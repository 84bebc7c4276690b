// How placements of a running server rank and do: only it has read what people chose.
#include "app/commands.h"
#include "app/remote.h"
#include "app/workplace.h"

namespace attune::app {
namespace {

Result<std::string> ask(const Invocation& invocation, std::string_view what) {
    ATTUNE_TRY(auto remote, Remote::connect(invocation));
    return remote->get("/api/v1/placements/" + path_segment(*invocation.text("PLACEMENT")) +
                       std::string(what));
}

int run_performance(const Invocation& invocation, Console& console) {
    return answer_line(console, ask(invocation, "/performance"));
}
int run_learned(const Invocation& invocation, Console& console) {
    return answer_line(console, ask(invocation, "/learned"));
}

}  // namespace

const Command kPlacementsPerformance{
    .name = "placements performance",
    .summary = "Prints how well a placement does, as JSON.",
    .manual =
        "Clicks, hit rate, NDCG, coverage, diversity and novelty: in all, by day, slot, source "
        "and version, counted from the log up to now.",
    .arguments = {{.name = "PLACEMENT", .doc = "Its id; default for the one that everybody has."}},
    .options = {tenant_option(), server_option()},
    .run = &run_performance};

const Command kPlacementsLearned{
    .name = "placements learned",
    .summary = "Prints how much each source of a placement counts, as JSON.",
    .manual =
        "As it is written, and as people's choices taught it; and which items do well in "
        "slots that are left to chance.",
    .arguments = {{.name = "PLACEMENT", .doc = "Its id; default for the one that everybody has."}},
    .options = {tenant_option(), server_option()},
    .run = &run_learned};

}  // namespace attune::app
