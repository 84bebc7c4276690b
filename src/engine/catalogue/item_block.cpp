#include "engine/catalogue/item_block.h"

#include <algorithm>
#include <limits>

namespace attune::engine {
namespace {

void set(ItemBlock::Words& words, std::size_t at) {
    words[at / 64] |= std::uint64_t{1} << (at % 64);
}

}  // namespace

ItemBlock::ItemBlock(Items items) : items_(std::move(items)) {
    for (std::size_t at = 0; at < kItems; ++at) {
        const CatalogueItem* item = items_[at].get();
        prices_[at] = std::numeric_limits<double>::quiet_NaN();
        if (item == nullptr) continue;
        ++count_;
        set(present_, at);
        if (item->price) prices_[at] = *item->price;
        created_[at] = item->created_at.time_since_epoch().count();
        newest_ = std::max(newest_, created_[at]);
        if (item->hidden) continue;
        if (item->opens == base::Time::min() && item->closes == base::Time::max())
            set(always_, at);
        else
            windows_.push_back({at, item->opens, item->closes});
    }
}

ItemBlock::Words ItemBlock::open_at(base::Time now, base::Time& since, base::Time& until) const {
    Words open = always_;
    for (const Window& window : windows_) {
        if (window.opens <= now && now < window.closes) set(open, window.at);
        for (const base::Time change : {window.opens, window.closes}) {
            if (change <= now)
                since = std::max(since, change);
            else
                until = std::min(until, change);
        }
    }
    return open;
}

ItemBlock::Words ItemBlock::labelled(LabelNumber label) const {
    std::call_once(sorted_, [this] {
        for (std::size_t at = 0; at < kItems; ++at) {
            if (!items_[at]) continue;
            for (const LabelNumber one : items_[at]->labels)
                labels_.push_back(std::uint64_t{one} << 8 | at);
        }
        std::ranges::sort(labels_);
    });
    Words words{};
    for (auto at = std::ranges::lower_bound(labels_, std::uint64_t{label} << 8);
         at != labels_.end() && *at >> 8 == label; ++at)
        set(words, *at & 0xff);
    return words;
}

}  // namespace attune::engine
