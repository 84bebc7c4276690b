#include "engine/decide/decider.h"

#include "base/fingerprint.h"
#include "base/json.h"
#include "engine/decide/asked.h"
#include "engine/decide/explanation.h"
#include "engine/decide/flag_exposures.h"
#include "engine/decide/given_variants.h"
#include "engine/decide/surroundings.h"

#include <algorithm>

namespace attune::engine {
namespace {

// Of the flags that an answer says are broken: what is beyond it is left out.
constexpr std::size_t kFailureBytesMax = 32u << 10;

void append_segments(std::string& out, std::span<const LogicValue> names) {
    out += '[';
    for (const LogicValue& name : names) {
        if (&name != names.data()) out += ',';
        base::append_json(out, name.string());
    }
    out += ']';
}

domain::Decision in_words(std::string_view where, const GivenVariants& variants,
                          std::span<const RuleSet::Match> matches, const Surroundings& around) {
    domain::Decision decision{.kind = "config",
                              .subject = std::string(where),
                              .choices = {},
                              .features = {},
                              .segments = around.segment_names()};
    variants.record(decision);
    for (const RuleSet::Match& match : matches)
        if (match.is_decided()) decision.choices.push_back(match.rule->choice(match.outcome));
    return decision;
}

std::string etag_of(std::string_view json) { return '"' + base::fingerprint(json).to_text() + '"'; }

// {"flag","error","detail"} of those that have no value because something is wrong with them.
void append_failure(std::string& out, const Flag& flag, const FlagAnswer& answer) {
    out += out.size() > 1 ? R"(,{"flag":)" : R"({"flag":)";
    base::append_json(out, std::string_view(flag.key));
    out.append(R"(,"error":")").append(name_of(answer.error)).append(R"(","detail":)");
    base::append_json(out, std::string_view(answer.detail));
    out += '}';
}

// The values of all flags that have one, for the person and the context. `members` are what flags see of the person. Calls
// drawn(flag, draw) where somebody's side of a rollout is to be recorded. Answers with a list of those that failed.
template <class Drawn>
std::string append_flags(std::string& out, const FlagSet& flags, const ConfigQuestion& question,
                         std::vector<LogicMember> members, FlagContext context, Drawn drawn) {
    members.push_back({"targetingKey", LogicValue(question.user_id)});
    const LogicRecord attributes{
        .members = members, .rest = LogicValue(question.context), .depth = 2};
    context.attributes = LogicValue(attributes);
    std::string failures = "[";
    out += '{';
    bool first = true;
    for (const Flag& flag : flags.flags()) {
        const FlagAnswer answer = flags.evaluate(flag, context);
        if (flag.use) flag.use->list(context.now);
        if (answer.draw) drawn(flag, *answer.draw);
        if (answer.error != FlagError::none && failures.size() < kFailureBytesMax)
            append_failure(failures, flag, answer);
        if (answer.variant == nullptr) continue;
        if (!first) out += ',';
        first = false;
        base::append_json(out, std::string_view(flag.key));
        out.append(":").append(answer.variant->value.text());
    }
    out += '}';
    return failures + ']';
}

struct ConfigParts {
    const ConfigTree& tree;
    std::span<const LogicValue> segments;
    const GivenVariants& variants;
    std::string decision;  // its id in JSON
    // Of the reasons.
    std::string_view person;
    const Explanation& explanation;
    const RuleSet::Matches& matches;
};

// write_flags(out) answers with a list of those that failed.
template <class WriteFlags>
ConfigAnswer answer_of(const ConfigQuestion& question, const ConfigParts& parts,
                       WriteFlags write_flags) {
    ConfigAnswer answer;
    std::string& out = answer.json;
    out.reserve(1'024);
    out = R"({"config":)";
    parts.tree.write(out);
    out += R"(,"segments":)";
    append_segments(out, parts.segments);
    out += R"(,"flags":)";
    const std::string failures = write_flags(out);
    out += R"(,"variants":)";
    parts.variants.write(out);
    out.append(R"(,"decision_id":)").append(parts.decision);
    if (question.reasons) {
        out.append(R"(,"reasons":{"person":")").append(parts.person).append(R"(","experiments":)");
        parts.variants.explain(out);
        out += ',';
        parts.explanation.write_members(out, parts.matches, parts.tree);
        out.append(R"(,"flags":)").append(failures) += '}';
    }
    out += '}';
    answer.etag = etag_of(out);
    return answer;
}

}  // namespace

Decider::Decider(People& people, Segments& segments, Rules& rules, Flags& flags,
                 Experiments& experiments, Bandits& bandits, DecisionLog& log,
                 const TimeZones& zones, const base::Clock& clock)
    : people_(people),
      segments_(segments),
      rules_(rules),
      flags_(flags),
      experiments_(experiments),
      bandits_(bandits),
      log_(log),
      zones_(zones),
      clock_(clock) {}

Result<ConfigAnswer> Decider::config(TenantId tenant, const ConfigQuestion& question) {
    ATTUNE_TRY(const auto facts, facts_of(people_, tenant, question.user_id));
    if (facts == nullptr || facts->opted_out)
        return config_of_stranger(tenant, question, facts != nullptr);
    facts->prefetch();

    ATTUNE_TRY(const auto rules, rules_.of(tenant));
    ATTUNE_TRY(const auto segments, segments_.of(tenant));
    LogicBudget budget(&budgets_spent_);
    const Surroundings::Moment moment{clock_.now(), zones_, budget};
    Surroundings around(*facts, *segments, question.context, moment);
    const std::string_view where = text_in(question.context, "name");
    ATTUNE_TRY(const auto experiments, experiments_.of(tenant));
    ATTUNE_TRY(const auto flags, flags_.of(tenant));
    std::vector<std::string_view> named = rules->experiments(where);
    named.insert(named.end(), flags->sees().experiments.begin(), flags->sees().experiments.end());
    BanditDrawing drawing(bandits_, tenant);
    GivenVariants variants(*experiments, where, named,
                           subject_of(question, *facts, around.input(), drawing));
    around.set_variants(variants.data());
    const RuleSet::Matches matches = rules->matches(where, around.input(), question.user_id);
    if (!matches.undecided.empty()) rules_undecided_ += matches.undecided.size();
    variants.consult(matches.experiments);
    for (const std::string& one : flags->sees().experiments) variants.consult(one);

    Explanation explanation(question.reasons);
    ConfigTree tree(facts->config.root(), explanation.authors());
    DecisionDigest digest("config", where);
    variants.add_to(digest);
    // The weakest come first: where there is no room for all, they are left out.
    const auto recorded_matches =
        std::span(matches.rules).last(std::min(matches.rules.size(), digest.room()));
    for (const RuleSet::Match& match : recorded_matches)
        if (match.is_decided()) digest.add(match.rule->digest(match.outcome));
    for (const RuleSet::Match& match : matches.rules) {
        if (match.outcome == CompiledRule::Outcome::applies) explanation.apply(*match.rule, tree);
    }
    variants.apply(tree, explanation);
    const auto slot = log_.begin(tenant, facts->who, facts->session(), digest);
    if (slot.is_new) {
        domain::Decision decision = in_words(where, variants, recorded_matches, around);
        decision.features = drawing.features();
        log_.write(tenant, facts->who, slot.id, decision);
    }

    const LogicList in{.items = around.segments()};
    const auto write_flags = [&](std::string& out) {
        return append_flags(
            out, *flags, question,
            flag_members(flags->sees(), question.context, in, variants.data()),
            {.attributes = {}, .now = moment.now, .steps_left = budget.steps_left()},
            [&](const Flag& flag, const FlagDraw& draw) {
                domain::Decision exposure = exposure_of(flag, draw);
                exposure.segments = around.segment_names();
                (void)log_.record(tenant, facts->who, kExposureSession, exposure);
            });
    };
    return answer_of(question,
                     {.tree = tree,
                      .segments = around.segments(),
                      .variants = variants,
                      .decision = '"' + slot.id + '"',
                      .person = "known",
                      .explanation = explanation,
                      .matches = matches},
                     write_flags);
}

// Without a decision: nothing was chosen.
Result<ConfigAnswer> Decider::config_of_stranger(TenantId tenant, const ConfigQuestion& question,
                                                 bool is_opted_out) {
    ATTUNE_TRY(const auto flags, flags_.of(tenant));
    ATTUNE_TRY(const auto experiments, experiments_.of(tenant));
    ATTUNE_TRY(const auto start, base::JsonDocument::parse(default_config()));
    const FlagSight& sees = flags->sees();
    // No experiment's override names nobody.
    GivenVariants variants(
        *experiments, text_in(question.context, "name"),
        std::vector<std::string_view>(sees.experiments.begin(), sees.experiments.end()),
        {.input = {},
         .person = is_opted_out ? std::string_view() : question.user_id,
         .session = {},
         .group = {},
         .remembered = {},
         .is_stranger = true});
    for (const std::string& one : sees.experiments) variants.consult(one);
    Explanation explanation(question.reasons);
    ConfigTree tree(start.root(), explanation.authors());
    variants.apply(tree, explanation);

    LogicBudget budget(&budgets_spent_);
    const LogicList no_segments;
    const auto write_flags = [&](std::string& out) {
        return append_flags(
            out, *flags, question,
            is_opted_out ? std::vector<LogicMember>()
                         : flag_members(sees, question.context, no_segments, variants.data()),
            {.attributes = {}, .now = clock_.now(), .steps_left = budget.steps_left()},
            [](const Flag&, const FlagDraw&) {});
    };
    return answer_of(question,
                     {.tree = tree,
                      .segments = {},
                      .variants = variants,
                      .decision = "null",
                      .person = is_opted_out ? "opted_out" : "unknown",
                      .explanation = explanation,
                      .matches = {}},
                     write_flags);
}

Result<std::unique_ptr<const FlagPerson>> Decider::flag_person(TenantId tenant,
                                                               std::string_view subject,
                                                               const FlagSight& sees,
                                                               base::JsonView context,
                                                               LogicBudget& budget) {
    const std::string_view user_id = text_in(context, "targetingKey");
    if (sees.is_nothing() || user_id.empty()) return nullptr;
    ATTUNE_TRY(const auto facts, facts_of(people_, tenant, user_id));
    if (facts != nullptr && facts->opted_out) return nullptr;
    BanditDrawing drawing(bandits_, tenant);
    FlagPerson::Known known{.facts = facts != nullptr ? facts : facts_of_nobody(),
                            .segments = {},
                            .experiments = {},
                            .user_id = user_id,
                            .is_stranger = facts == nullptr};
    ATTUNE_TRY(known.experiments, experiments_.of(tenant));
    const Surroundings::Moment moment{clock_.now(), zones_, budget};
    if (known.is_stranger) {
        ATTUNE_TRY(known.segments, SegmentSet::compile({}));
        return std::make_unique<const FlagPerson>(std::move(known), sees, context, moment, drawing);
    }
    ATTUNE_TRY(known.segments, segments_.of(tenant));
    const Identity who = known.facts->who;
    const std::int64_t session = known.facts->session();
    auto person =
        std::make_unique<const FlagPerson>(std::move(known), sees, context, moment, drawing);
    if (auto decision = person->decision(subject); !decision.choices.empty()) {
        decision.features = drawing.features();
        (void)log_.record(tenant, who, session, decision);
    }
    return person;
}

}  // namespace attune::engine
