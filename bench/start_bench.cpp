// What a start costs until everything is known that is read from the log, each reading by itself: the first time from the log,
// from then on from a checkpoint where there is one.
//
//     fill DIRECTORY 1000000 20 100000 10       // a shop of a million people and 20 million events, one in ten answers a list
//     start_bench DIRECTORY                      // reads the log, leaves a checkpoint
//     start_bench DIRECTORY                      // begins with that
//
// CPU seconds are those of the process, so that they say the same on a busy machine.
#include "base/disk.h"
#include "base/random.h"
#include "engine/activity/activity.h"
#include "engine/bandit/bandits.h"
#include "engine/experiment/experiment_reader.h"
#include "engine/experiment/question_reader.h"
#include "engine/outcomes/outcomes.h"
#include "engine/tenancy/tenants.h"
#include "store/rocksdb/rocksdb_store.h"

#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <string>

namespace {

using namespace attune;

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

double wall_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

long resident_mb() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmRSS:")) return std::stol(line.substr(6)) / 1'024;
    return 0;
}

class Step {
public:
    explicit Step(const char* name) : name_(name) {}
    ~Step() {
        std::printf("%-12s %8.2f s of CPU %8.2f s by the clock %6ld MB resident\n", name_,
                    cpu_seconds() - cpu_, wall_seconds() - wall_, resident_mb());
    }

private:
    const char* const name_;
    const double cpu_ = cpu_seconds();
    const double wall_ = wall_seconds();
};

Result<void> run(const std::string& directory) {
    const base::SystemClock clock;
    base::SystemRandom random;
    base::PosixDisk disk;
    std::unique_ptr<store::Store> store;
    {
        const Step step("open");
        ATTUNE_TRY(store,
                   store::open_rocksdb(
                       {.directory = directory + "/store", .clock = &clock, .random = &random}));
    }
    ATTUNE_TRY(const auto tenants, engine::Tenants::open(*store, clock, random, {}));
    ATTUNE_TRY(const auto tenant, tenants->find("default"));
    engine::AllItemNumbers numbers;
    engine::Checkpoints checkpoints(
        {.disk = &disk, .clock = &clock, .directory = directory + "/checkpoints"});
    engine::Experiments experiments(*store, clock);
    engine::ExperimentQuestions asked(experiments);
    auto outcomes = std::make_unique<engine::Outcomes>(*store, *tenants, numbers, &checkpoints);
    {
        const Step step("outcomes");
        outcomes->watch(tenant);
        ATTUNE_TRY_VOID(outcomes->catch_up(tenant));
    }
    ATTUNE_TRY(const auto lists, outcomes->answered_lists(tenant));
    auto questions = std::make_unique<engine::QuestionReader>(
        *store, std::vector<engine::QuestionSource*>{&asked}, &checkpoints);
    {
        const Step step("experiments");
        questions->watch(tenant);
        ATTUNE_TRY_VOID(questions->catch_up(tenant));
    }
    auto bandits = std::make_unique<engine::Bandits>(*store, experiments, &checkpoints);
    {
        const Step step("bandits");
        bandits->watch(tenant);
        ATTUNE_TRY_VOID(bandits->catch_up(tenant));
    }
    std::printf("%llu lists somebody chose from\n", static_cast<unsigned long long>(lists));
    auto activity = std::make_unique<engine::Activity>(*store, *tenants, numbers,
                                                       engine::ActivityOptions{}, &checkpoints);
    {
        const Step step("activity");
        activity->watch(tenant);
        ATTUNE_TRY_VOID(activity->catch_up(tenant));
    }
    const engine::ActivityTotals totals = activity->of(tenant)->totals();
    std::printf("%llu people, %llu touches, %zu MB of them\n",
                static_cast<unsigned long long>(totals.people),
                static_cast<unsigned long long>(totals.touches), totals.bytes >> 20);
    const Step step("end");
    activity.reset();
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return std::fprintf(stderr, "start_bench DIRECTORY\n"), 2;
    const auto done = run(argv[1]);
    if (!done) std::fprintf(stderr, "start_bench: %s\n", done.error().message.c_str());
    return done ? 0 : 1;
}
