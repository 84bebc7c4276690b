#include "app/report.h"

#include "base/json.h"

#include <boost/describe/class.hpp>

namespace attune::store {
BOOST_DESCRIBE_STRUCT(VerifyReport, (), (commits_checked, events_checked, last_sequence, problems))
}

namespace attune::app {

int report_verification(Console& console, const store::VerifyReport& report,
                        std::string_view what) {
    console.write_line(base::to_json(report));
    for (const auto& problem : report.problems) console.say(printable(problem));
    console.say(std::string(what) + ": " + grouped(report.commits_checked) + " commits, " +
                grouped(report.events_checked) + " events, " +
                (report.problems.empty() ? "everything is there and undamaged"
                                         : std::to_string(report.problems.size()) + " problems"));
    return report.problems.empty() ? kExitDone : kExitProblems;
}

}  // namespace attune::app
