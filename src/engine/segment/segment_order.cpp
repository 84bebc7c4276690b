#include "engine/segment/segment_order.h"

#include <algorithm>

namespace attune::engine {
namespace {

// Depth first, on a stack of its own: a chain may be as long as there are segments.
class Ordering {
public:
    explicit Ordering(std::span<const CompiledSegment> segments)
        : segments_(segments), state_(segments.size(), State::unseen) {}

    Result<void> visit(std::uint32_t start) {
        if (state_[start] != State::unseen) return {};
        enter(start);
        while (!path_.empty()) {
            Step& step = path_.back();
            const CompiledSegment& segment = segments_[step.segment];
            if (step.asked == segment.asked.size()) {
                state_[step.segment] = State::done;
                order_.push_back(step.segment);
                path_.pop_back();
                continue;
            }
            const auto next = find_segment(segments_, segment.asked[step.asked++].member);
            if (!next || state_[*next] == State::done) continue;
            if (state_[*next] == State::under_way) return circle(*next);
            enter(*next);
        }
        return {};
    }

    std::vector<std::uint32_t> take() { return std::move(order_); }

private:
    enum class State : std::uint8_t { unseen, under_way, done };
    struct Step {
        std::uint32_t segment = 0;
        std::size_t asked = 0;  // of its references, those that were followed
    };

    void enter(std::uint32_t segment) {
        state_[segment] = State::under_way;
        path_.push_back({segment, 0});
    }

    [[nodiscard]] std::unexpected<Error> circle(std::uint32_t again) const {
        auto step = std::ranges::find(path_, again, &Step::segment);
        const CompiledSegment& begin = segments_[step->segment];
        const std::string place = "/condition" + begin.asked[step->asked - 1].pointer;
        std::string words = "segments go in a circle: ";
        for (; step != path_.end(); ++step) words += segments_[step->segment].id + " → ";
        return fail_field(place, words + begin.id);
    }

    const std::span<const CompiledSegment> segments_;
    std::vector<State> state_;
    std::vector<Step> path_;
    std::vector<std::uint32_t> order_;
};

}  // namespace

std::optional<std::uint32_t> find_segment(std::span<const CompiledSegment> segments,
                                          std::string_view id) {
    const auto found = std::ranges::lower_bound(segments, id, {}, &CompiledSegment::id);
    if (found == segments.end() || found->id != id) return std::nullopt;
    return static_cast<std::uint32_t>(found - segments.begin());
}

Result<std::vector<std::uint32_t>> segment_order(std::span<const CompiledSegment> segments,
                                                 std::optional<std::uint32_t> first) {
    Ordering ordering(segments);
    if (first) ATTUNE_TRY_VOID(ordering.visit(*first));
    for (std::uint32_t at = 0; at < segments.size(); ++at) ATTUNE_TRY_VOID(ordering.visit(at));
    return ordering.take();
}

}  // namespace attune::engine
