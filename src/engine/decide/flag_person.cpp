#include "engine/decide/flag_person.h"

namespace attune::engine {
namespace {

std::string_view group_in(base::JsonView context) {
    const auto group = context.find("group");
    return group ? group->as_string().value_or("") : "";
}

}  // namespace

std::vector<LogicMember> flag_members(const FlagSight& sees, base::JsonView context,
                                      const LogicList& segments, LogicValue variants) {
    std::vector<LogicMember> members;
    if (!sees.experiments.empty()) members.push_back({"variants", variants});
    if (sees.segments && !context.find("segments"))
        members.push_back({"segments", LogicValue(segments)});
    return members;
}

FlagPerson::FlagPerson(Known known, const FlagSight& sees, base::JsonView context,
                       const Surroundings::Moment& moment, BanditDraws& draws)
    : known_(std::move(known)),
      around_(*known_.facts, *known_.segments, context, moment),
      variants_(*known_.experiments, std::nullopt,
                std::vector<std::string_view>(sees.experiments.begin(), sees.experiments.end()),
                {.input = around_.input(),
                 .person = known_.user_id,
                 .session = known_.facts->session_name,
                 .group = group_in(context),
                 .remembered = known_.facts->assignments,
                 .bandits = &draws,
                 .is_stranger = known_.is_stranger}),
      segments_{.items = around_.segments()},
      members_(flag_members(sees, context, segments_, variants_.data())),
      attributes_{.members = members_, .rest = LogicValue(context), .depth = 2} {
    for (const std::string& one : sees.experiments) variants_.consult(one);
}

domain::Decision FlagPerson::decision(std::string_view subject) const {
    domain::Decision decision{.kind = "flag",
                              .subject = std::string(subject),
                              .choices = {},
                              .features = {},
                              .segments = around_.segment_names()};
    variants_.record(decision);
    return decision;
}

}  // namespace attune::engine
