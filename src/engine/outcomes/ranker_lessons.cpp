#include "engine/outcomes/ranker_lessons.h"

#include "engine/follow/log_batch.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

namespace attune::engine {
namespace {

constexpr std::size_t kPlacesMax = 1'000'000;  // pairs of an item and a position
constexpr std::uint32_t kItemsMax = 1u << 24;  // that learn::ShownAt can tell apart
// From so many showings by chance on, positions are judged by those alone: what is shown for being expected stands above.
constexpr double kExploredEnough = 5'000;

// How often what stood where was shown and chosen.
class Places {
public:
    void add(const OpenList& list, std::size_t slot) {
        const ItemNumber item = list.items[slot];
        if (item >= kItemsMax || slot > std::numeric_limits<std::uint16_t>::max()) return;
        const std::uint64_t key = std::uint64_t{item} << 16U | slot;
        if (counts_.size() >= kPlacesMax && !counts_.contains(key)) return;
        Count& one = counts_[key];
        ++one.shown;
        one.clicked += list.gains[slot] > 0 ? 1 : 0;
        ++shown_;
    }
    [[nodiscard]] double shown() const { return shown_; }
    // In one order whatever the table's: sums are rounded.
    [[nodiscard]] learn::PositionBias bias() const {
        std::vector<std::pair<std::uint64_t, Count>> sorted(counts_.begin(), counts_.end());
        std::ranges::sort(sorted, {}, [](const auto& one) { return one.first; });
        std::vector<learn::ShownAt> all;
        for (const auto& [key, one] : sorted)
            all.push_back({.item = static_cast<std::uint32_t>(key >> 16U),
                           .position = static_cast<std::uint16_t>(key & 0xffffU),
                           .shown = one.shown,
                           .clicked = one.clicked});
        return learn::position_bias(all);
    }

private:
    struct Count {
        double shown = 0;
        double clicked = 0;
    };
    boost::unordered_flat_map<std::uint64_t, Count> counts_;
    double shown_ = 0;
};

class Collecting final : public OutcomeListener {
public:
    explicit Collecting(std::size_t lists_max) : lists_max_(lists_max) {}

    void shown(const OpenList&) override {}
    void answered(const OpenList&, const ListAnswer&) override {}
    void closed(OpenList& list) override {
        for (std::size_t slot = 0; slot < list.items.size(); ++slot) {
            if (list.is_pinned(slot)) continue;
            all_.add(list, slot);
            if (slot < list.from.size() && list.from[slot] == "explored") explored_.add(list, slot);
        }
        const bool tells = list.gains.size() > 1 && std::ranges::minmax(list.gains).min <
                                                        std::ranges::minmax(list.gains).max;
        if (!tells || list.feature_rows.empty() || list.rows.empty()) return;
        if (lists_.size() == lists_max_) lists_.pop_front();
        lists_.push_back(std::move(list));
    }

    RankerLessons lessons() {
        std::ranges::sort(lists_, {}, &OpenList::time);
        RankerLessons out;
        std::set<std::string> names;
        for (const OpenList& list : lists_) {
            for (const std::string& source : list.scheme->sources)
                names.insert(std::string(kSourceFeature) + source);
            names.insert(list.scheme->features.begin(), list.scheme->features.end());
        }
        out.names.assign(names.begin(), names.end());
        out.log.features = static_cast<std::uint32_t>(out.names.size());
        std::set<store::PersonId> people;
        std::set<ItemNumber> items;
        for (const OpenList& list : lists_) {
            append(list, out);
            people.insert(list.person);
            items.insert(list.items.begin(), list.items.end());
        }
        out.people = people.size();
        out.items = items.size();
        if (!lists_.empty()) {
            out.from = lists_.front().time;
            out.until = lists_.back().time;
        }
        out.bias = (explored_.shown() >= kExploredEnough ? explored_ : all_).bias();
        return out;
    }

private:
    // Where each feature of a list's stands among all. A source that a placement does not have says nothing of its candidates, as
    // one says that did not find them: 0. Any other feature that is not told is missing.
    struct Columns {
        std::vector<std::size_t> sources;
        std::vector<std::size_t> features;
        std::vector<float> row;
    };
    const Columns& columns_of(const OpenList& list, const RankerLessons& out) {
        auto& one = columns_[list.scheme.get()];
        if (!one.row.empty()) return one;
        const auto place_of = [&](const std::string& name) {
            return static_cast<std::size_t>(std::ranges::lower_bound(out.names, name) -
                                            out.names.begin());
        };
        for (const std::string& name : list.scheme->sources)
            one.sources.push_back(place_of(std::string(kSourceFeature) + name));
        for (const std::string& name : list.scheme->features)
            one.features.push_back(place_of(name));
        for (const std::string& name : out.names)
            one.row.push_back(
                name.starts_with(kSourceFeature) ? 0 : std::numeric_limits<float>::quiet_NaN());
        return one;
    }

    void append(const OpenList& list, RankerLessons& out) {
        const Columns& columns = columns_of(list, out);
        const std::size_t told = columns.features.size();
        for (std::size_t slot = 0; slot < list.items.size(); ++slot) {
            if (list.is_pinned(slot)) continue;
            std::vector<float> row = columns.row;
            const auto sources = list.row(slot);
            for (std::size_t i = 0; i < sources.size(); ++i) row[columns.sources[i]] = sources[i];
            for (std::size_t i = 0; i < told; ++i)
                row[columns.features[i]] = list.feature_rows[slot * told + i];
            out.log.rows.insert(out.log.rows.end(), row.begin(), row.end());
            out.log.gains.push_back(list.gains[slot]);
            out.log.positions.push_back(static_cast<std::uint16_t>(slot));
        }
        out.log.ends.push_back(static_cast<std::uint32_t>(out.log.gains.size()));
    }

    const std::size_t lists_max_;
    std::deque<OpenList> lists_;
    Places all_;
    Places explored_;
    std::map<const ListScheme*, Columns> columns_;
};

}  // namespace

Result<RankerLessons> read_ranker_lessons(store::Store& store, TenantId tenant,
                                          ItemNumbers& numbers, const WeightTable& weights,
                                          const RankerLessonsOptions& options) {
    Collecting collecting(options.lists_max);
    OpenLists lists(store, tenant, numbers, collecting, {.keeps_features = true});
    store::Position upto{};
    for (bool is_end = false; !is_end;) {
        if (options.stop.stop_requested()) return fail(Code::cancelled, "the training was stopped");
        std::vector<OpenLists::Read> reads;
        const auto take = [&](const store::LoggedEvent& logged) {
            if (auto read = OpenLists::read(logged, weights)) reads.push_back(*std::move(read));
        };
        ATTUNE_TRY(const LogBatch batch, read_batch(store, tenant, {upto}, take));
        for (OpenLists::Read& one : reads) ATTUNE_TRY_VOID(lists.take(std::move(one)));
        upto = batch.upto;
        is_end = batch.is_end;
    }
    lists.close_all();
    return collecting.lessons();
}

}  // namespace attune::engine
