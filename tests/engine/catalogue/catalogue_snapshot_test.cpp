// Whatever is put, hidden, timed and removed in whatever order, a snapshot answers as a plain list of items would.
#include "engine/catalogue/catalogue_snapshot.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;

using Model = std::map<ItemNumber, std::shared_ptr<const CatalogueItem>>;

base::Time at(int minute) { return base::Time(1'780'000'000s) + minute * 1min; }

class World {
public:
    World() {
        for (int i = 0; i < 2'000; ++i) (void)numbers_->number_for("i" + std::to_string(i));
        for (const char* const name : {"tag:a", "tag:b", "tag:c"}) (void)labels_->number_for(name);
    }
    void change(const std::vector<CatalogueSnapshot::Change>& changes, base::Time now) {
        for (const auto& one : changes) {
            if (one.item)
                model_[one.number] = one.item;
            else
                model_.erase(one.number);
        }
        snapshot_ = snapshot_->after(changes, {}, now);
    }
    void check(base::Time now, const std::array<double, 2>& prices) const {
        RC_ASSERT(snapshot_->count() == model_.size());
        same(*snapshot_->open_mask(now), [&](const auto& item) { return item.is_open(now); });
        same(snapshot_->present(), [](const auto&) { return true; });
        for (LabelNumber label = 0; label < 3; ++label)
            same(*snapshot_->labelled(snapshot_->label(label)), [&](const auto& item) {
                return std::ranges::find(item.labels, label) != item.labels.end();
            });
        same(snapshot_->priced(prices[0], prices[1]), [&](const auto& item) {
            return item.price && *item.price >= prices[0] && *item.price <= prices[1];
        });
        check_newest();
    }

private:
    template <class Holds>
    void same(const learn::ItemMask& mask, const Holds& holds) const {
        RC_ASSERT(mask.items() == snapshot_->width());
        for (ItemNumber number = 0; number < mask.items(); ++number) {
            const auto found = model_.find(number);
            RC_ASSERT(mask.allows(number) == (found != model_.end() && holds(*found->second)));
        }
        if (mask.items() % 64 != 0) RC_ASSERT((mask.words().back() >> (mask.items() % 64)) == 0u);
    }
    void check_newest() const {
        std::vector<ItemNumber> all;
        for (const auto& [number, item] : model_) all.push_back(number);
        std::ranges::sort(all, {}, [&](ItemNumber number) {
            return std::pair(-model_.at(number)->created_at.time_since_epoch().count(), number);
        });
        all.resize(std::min<std::size_t>(all.size(), 5));
        RC_ASSERT(snapshot_->newest(5, snapshot_->present()) == all);
    }

    std::shared_ptr<ItemNumbers> numbers_ = std::make_shared<ItemNumbers>();
    std::shared_ptr<ItemNumbers> labels_ = std::make_shared<ItemNumbers>();
    std::shared_ptr<const CatalogueSnapshot> snapshot_ =
        std::make_shared<const CatalogueSnapshot>(numbers_, labels_);
    Model model_;
};

rc::Gen<std::shared_ptr<const CatalogueItem>> any_item() {
    return rc::gen::exec([] {
        auto item = std::make_shared<CatalogueItem>();
        item->hidden = *rc::gen::weightedElement<bool>({{4, false}, {1, true}});
        for (LabelNumber label = 0; label < 3; ++label)
            if (*rc::gen::arbitrary<bool>()) item->labels.push_back(label);
        if (*rc::gen::arbitrary<bool>()) item->price = *rc::gen::inRange(0, 10);
        item->created_at = at(*rc::gen::inRange(0, 20));
        if (*rc::gen::arbitrary<bool>()) item->opens = at(*rc::gen::inRange(0, 50));
        if (*rc::gen::arbitrary<bool>()) item->closes = at(*rc::gen::inRange(20, 100));
        return std::shared_ptr<const CatalogueItem>(std::move(item));
    });
}

RC_GTEST_PROP(CatalogueSnapshot, AnswersAsAPlainListWould, ()) {
    World world;
    const int rounds = *rc::gen::inRange(1, 6);
    for (int round = 0; round < rounds; ++round) {
        std::map<ItemNumber, std::shared_ptr<const CatalogueItem>> change;
        const int count = *rc::gen::inRange(1, 30);
        const int near = *rc::gen::element(64, 300, 2'000);
        for (int i = 0; i < count; ++i)
            change[static_cast<ItemNumber>(*rc::gen::inRange(0, near))] =
                *rc::gen::inRange(0, 4) == 0 ? nullptr : *any_item();
        std::vector<CatalogueSnapshot::Change> changes;
        for (auto& [number, item] : change) changes.push_back({number, item});
        // Time may stand, run, or be set back.
        world.change(changes, at(*rc::gen::inRange(0, 100)));
        const auto low = static_cast<double>(*rc::gen::inRange(0, 10));
        world.check(at(*rc::gen::inRange(0, 100)), {low, low + *rc::gen::inRange(0, 5)});
        world.check(at(*rc::gen::inRange(0, 100)), {0, 9});
    }
}

TEST(CatalogueSnapshotTest, ASnapshotThatIsHeldStaysAsItWas) {
    const auto numbers = std::make_shared<ItemNumbers>();
    ASSERT_EQ(*numbers->number_for("a"), 0u);
    const auto empty =
        std::make_shared<const CatalogueSnapshot>(numbers, std::make_shared<ItemNumbers>());
    EXPECT_FALSE(empty->find("a"));
    EXPECT_EQ(empty->open_mask(at(0))->items(), 0u);
    const CatalogueSnapshot::Change put{0, std::make_shared<const CatalogueItem>()};
    const auto one = empty->after(std::span(&put, 1), {}, at(0));
    const CatalogueSnapshot::Change remove{0, nullptr};
    const auto none = one->after(std::span(&remove, 1), {}, at(0));
    EXPECT_EQ(one->find("a"), 0u);
    EXPECT_TRUE(one->open_mask(at(0))->allows(0));
    EXPECT_FALSE(none->find("a"));
    EXPECT_FALSE(none->open_mask(at(0))->allows(0));
    EXPECT_EQ(empty->version() + 2, none->version());
    EXPECT_EQ(none->item_json(0), "null");
}

}  // namespace
}  // namespace attune::engine
