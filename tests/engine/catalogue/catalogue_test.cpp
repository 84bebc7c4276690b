#include "engine/catalogue/catalogue.h"

#include "base/manual_clock.h"
#include "store/memory/memory_store.h"

#include <gtest/gtest.h>

#include <limits>

namespace attune::engine {
namespace {

using namespace std::chrono_literals;

constexpr TenantId kTenant{1};
constexpr TenantId kOther{2};
constexpr base::Time kStart{1'780'000'000s};

domain::Item item_named(std::string id) {
    domain::Item item;
    item.id = std::move(id);
    item.title = "A title";
    return item;
}

class CatalogueTest : public testing::Test {
protected:
    Result<SavedItem> put(domain::Item item, std::optional<std::uint64_t> expected = {}) {
        return catalogue_->put(kTenant, ItemEdit{std::move(item), expected});
    }
    std::shared_ptr<const CatalogueSnapshot> now() { return *catalogue_->of(kTenant); }
    void make(CatalogueOptions options = {}) {
        numbers_ = std::make_unique<AllItemNumbers>();
        catalogue_ = std::make_unique<Catalogue>(*store_, clock_, *numbers_, options);
    }
    bool is_open(std::string_view id) {
        const auto items = now();
        const auto number = items->find(id);
        return number && items->open_mask(clock_.now())->allows(*number);
    }

    void SetUp() override { make(); }

    std::unique_ptr<store::MemoryStore> store_ = store::open_memory({});
    base::ManualClock clock_{kStart};
    std::unique_ptr<AllItemNumbers> numbers_;
    std::unique_ptr<Catalogue> catalogue_;
};

TEST_F(CatalogueTest, WhatIsPutIsThereWithAllItSaysAlsoAfterARestart) {
    domain::Item item = item_named("song-1");
    item.categories = {"jazz", "piano"};
    item.tags = {"slow"};
    item.brand = "Blue";
    item.price = 9.99;
    item.currency = "EUR";
    item.location = domain::GeoPoint{48.2, 16.4};
    item.attributes = base::JsonText::trusted(R"({"minutes":5.5})");
    item.embeddings.emplace()["sound"] = {0.25F, -1.F / 3, 1e-20F};
    item.available_until = kStart + 24h;
    const auto saved = put(item);
    ASSERT_TRUE(saved) << saved.error().message;
    EXPECT_TRUE(saved->is_new);
    EXPECT_EQ(saved->version, 1u);
    for (int opened = 0; opened < 2; ++opened, make()) {
        const auto items = now();
        const auto number = items->find("song-1");
        ASSERT_TRUE(number);
        const CatalogueItem& kept = *items->item(*number);
        EXPECT_EQ(kept.version, 1u);
        const domain::Item again = whole_item(kept);
        EXPECT_EQ(again.categories, item.categories);
        EXPECT_EQ(again.location, item.location);
        EXPECT_EQ(again.embeddings, item.embeddings);
        EXPECT_EQ(again.attributes, item.attributes);
        EXPECT_EQ(again.created_at, kStart);
        EXPECT_EQ(again.updated_at, kStart);
        EXPECT_EQ(items->embeddings().at("sound"), 3u);
        EXPECT_EQ(items->labelled("category:piano")->words().front(), 1u);
        EXPECT_EQ(items->item_json(*number).find("embeddings"), std::string_view::npos);
    }
}

TEST_F(CatalogueTest, AVersionThatIsNotTheOneSeenIsRefused) {
    ASSERT_TRUE(put(item_named("a"), 0));
    EXPECT_EQ(put(item_named("a"), 0).error().reason, "version_mismatch");
    auto changed = item_named("a");
    changed.title = "Another";
    EXPECT_EQ(put(changed, 1)->version, 2u);
    changed.title = "A third";
    EXPECT_EQ(put(changed, 1).error().reason, "version_mismatch");
    EXPECT_EQ(catalogue_->remove(kTenant, "a", 1).error().reason, "version_mismatch");
    EXPECT_TRUE(catalogue_->remove(kTenant, "a", 2));
    EXPECT_EQ(put(changed, 2).error().reason, "version_mismatch");
    EXPECT_EQ(catalogue_->remove(kTenant, "a", {}).error().code, Code::not_found);
}

TEST_F(CatalogueTest, WhatIsSoAlreadyIsNotWrittenAgain) {
    ASSERT_TRUE(put(item_named("a")));
    clock_.advance(1h);
    const auto version = now()->version();
    const auto again = put(item_named("a"));
    ASSERT_TRUE(again);
    EXPECT_FALSE(again->is_changed);
    EXPECT_EQ(again->version, 1u);
    EXPECT_EQ(now()->version(), version);
    EXPECT_EQ(store_->stats().commits, 1u);
}

TEST_F(CatalogueTest, HiddenAndRemovedItemsAreOpenNoLongerAtOnce) {
    ASSERT_TRUE(put(item_named("a")));
    ASSERT_TRUE(put(item_named("b")));
    EXPECT_TRUE(is_open("a"));
    auto hidden = item_named("a");
    hidden.hidden = true;
    ASSERT_TRUE(put(hidden));
    EXPECT_FALSE(is_open("a"));
    EXPECT_TRUE(now()->find("a"));
    ASSERT_TRUE(catalogue_->remove(kTenant, "b", {}));
    EXPECT_FALSE(is_open("b"));
    EXPECT_FALSE(now()->find("b"));
    EXPECT_EQ(now()->count(), 1u);
}

TEST_F(CatalogueTest, AnItemIsOpenFromTheMomentItBeginsUpToTheMomentItEnds) {
    auto item = item_named("a");
    item.available_from = kStart + 1h;
    item.available_until = kStart + 2h;
    ASSERT_TRUE(put(item));
    EXPECT_FALSE(is_open("a"));
    clock_.advance(1h);
    EXPECT_TRUE(is_open("a"));
    clock_.advance(1h - 1us);
    EXPECT_TRUE(is_open("a"));
    clock_.advance(1us);
    EXPECT_FALSE(is_open("a"));
}

TEST_F(CatalogueTest, ANumberIsKeptWhenItsItemGoesAndComesBack) {
    ASSERT_TRUE(put(item_named("a")));
    ASSERT_TRUE(put(item_named("b")));
    const auto number = now()->find("a");
    ASSERT_TRUE(catalogue_->remove(kTenant, "a", {}));
    ASSERT_TRUE(put(item_named("c")));
    EXPECT_NE(now()->find("c"), number);
    ASSERT_TRUE(put(item_named("a")));
    EXPECT_EQ(now()->find("a"), number);
}

TEST_F(CatalogueTest, EachOfManyIsSavedOrRefusedForItself) {
    std::vector<ItemEdit> edits;
    for (int i = 0; i < 2'500; ++i) edits.push_back({item_named("i" + std::to_string(i))});
    edits[7].item.tags = {"ok", ""};
    edits[8].expected = 3;
    edits[2'000].item.id = "i0";  // once more
    edits[2'000].item.title = "Newer";
    const auto results = catalogue_->put(kTenant, edits);
    ASSERT_EQ(results.size(), edits.size());
    EXPECT_EQ(results[7].error().fields.at(0).pointer, "/tags/1");
    EXPECT_EQ(results[8].error().reason, "version_mismatch");
    EXPECT_EQ(results[2'000]->version, 2u);
    EXPECT_FALSE(results[2'000]->is_new);
    EXPECT_EQ(now()->count(), 2'497u);
    EXPECT_EQ(*whole_item(*now()->item(*now()->find("i0"))).title, "Newer");
    EXPECT_LE(store_->stats().commits, 3u);
}

TEST_F(CatalogueTest, TheFirstVectorOfANameSaysHowLongAllAre) {
    auto item = item_named("a");
    item.embeddings.emplace()["image"] = {1, 2, 3};
    ASSERT_TRUE(put(item));
    auto other = item_named("b");
    other.embeddings.emplace()["image"] = {1, 2};
    const auto refused = put(other);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::invalid_argument);
    EXPECT_EQ(refused.error().fields.at(0).pointer, "/embeddings/image");
    EXPECT_NE(refused.error().message.find("have 3"), std::string::npos);
    // The only one that has it may change its mind.
    item.embeddings.emplace()["image"] = {1, 2};
    EXPECT_TRUE(put(item));
    EXPECT_TRUE(put(other));
    ASSERT_TRUE(catalogue_->remove(kTenant, "a", {}));
    ASSERT_TRUE(catalogue_->remove(kTenant, "b", {}));
    item.embeddings.emplace()["image"] = {1, 2, 3, 4};
    EXPECT_TRUE(put(item));
}

TEST_F(CatalogueTest, WhatNoItemCanBeIsRefusedAndNamed) {
    const auto pointer_of = [&](auto change) {
        auto item = item_named("a");
        change(item);
        const auto result = put(item);
        return result ? std::string("saved") : result.error().fields.at(0).pointer;
    };
    const float nan = std::numeric_limits<float>::quiet_NaN();
    EXPECT_EQ(pointer_of([&](auto& i) { i.embeddings.emplace()["x"] = {1, nan}; }),
              "/embeddings/x/1");
    EXPECT_EQ(pointer_of([](auto& i) { i.embeddings.emplace()["x"] = {}; }), "/embeddings/x");
    EXPECT_EQ(pointer_of([](auto& i) { i.embeddings.emplace()["x"].resize(2'049); }),
              "/embeddings/x");
    EXPECT_EQ(pointer_of([](auto& i) { i.embeddings.emplace()["a/b"] = {1}; }), "/embeddings");
    EXPECT_EQ(pointer_of([](auto& i) { i.id = ""; }), "/id");
    EXPECT_EQ(pointer_of([](auto& i) { i.categories = {std::string(257, 'x')}; }), "/categories/0");
    EXPECT_EQ(pointer_of([](auto& i) { i.brand = "a\nb"; }), "/brand");
    EXPECT_EQ(pointer_of([](auto& i) { i.currency = "eur"; }), "/currency");
    EXPECT_EQ(pointer_of([](auto& i) { i.price = -1; }), "/price");
    for (const char* url : {"javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x",
                            "not a url", "https://a.example/b c", "//a.example", "https:", "x"}) {
        EXPECT_EQ(pointer_of([&](auto& i) { i.url = url; }), "/url") << url;
        EXPECT_EQ(pointer_of([&](auto& i) { i.image_url = url; }), "/image_url") << url;
    }
    EXPECT_EQ(pointer_of([&](auto& i) { i.created_at = clock_.now() + 48h; }), "/created_at");
    EXPECT_EQ(pointer_of([](auto& i) { i.location = domain::GeoPoint{91, 0}; }),
              "/location/latitude");
    EXPECT_EQ(pointer_of([](auto& i) { i.title = std::string(1'025, 'x'); }), "/title");
    EXPECT_EQ(pointer_of([](auto& i) {
                  i.available_from = kStart;
                  i.available_until = kStart;
              }),
              "/available_until");
    EXPECT_FALSE(put([] {
        auto item = item_named("a");
        item.title = "\xff";
        return item;
    }()));
    EXPECT_EQ(now()->count(), 0u);
}

TEST_F(CatalogueTest, MoreItemsThanATenantMayHaveAreRefused) {
    make({.items_max = 2});
    ASSERT_TRUE(put(item_named("a")));
    ASSERT_TRUE(put(item_named("b")));
    EXPECT_EQ(put(item_named("c")).error().reason, "too_many_items");
    auto changed = item_named("a");
    changed.price = 1;
    EXPECT_TRUE(put(changed));
    ASSERT_TRUE(catalogue_->remove(kTenant, "b", {}));
    EXPECT_TRUE(put(item_named("c")));
    make({.bytes_max = 3'000});
    auto large = item_named("d");
    large.description = std::string(3'000, 'x');
    EXPECT_EQ(put(large).error().code, Code::resource_exhausted);
}

TEST_F(CatalogueTest, TenantsSeeTheirOwn) {
    ASSERT_TRUE(put(item_named("a")));
    EXPECT_FALSE((*catalogue_->of(kOther))->find("a"));
    EXPECT_EQ((*catalogue_->of(kOther))->count(), 0u);
    EXPECT_EQ(catalogue_->count(), 1u);
}

TEST_F(CatalogueTest, WhenTheStoreFailsNothingChanged) {
    ASSERT_TRUE(put(item_named("a")));
    const auto before = now();
    store_->fail_syncs();
    EXPECT_FALSE(put(item_named("b")));
    EXPECT_FALSE(catalogue_->remove(kTenant, "a", {}));
    EXPECT_EQ(now(), before);
}

TEST_F(CatalogueTest, AListIsPagedByIdAndNarrowedByLabels) {
    for (const char* const id : {"d", "b", "a", "c", "e"}) {
        auto item = item_named(id);
        item.hidden = *id == 'c';
        if (*id != 'a') item.categories = {"games"};
        if (*id != 'b') item.tags = {"new"};
        ASSERT_TRUE(put(item));
    }
    const auto items = now();
    const auto ids = [&](const ItemFilter& filter, std::optional<std::string_view> after,
                         std::size_t limit) {
        const ItemPage page = list_items(*items, filter, after, limit);
        std::string all;
        for (const ItemNumber number : page.items) all += items->id_of(number);
        return all + (page.after ? ">" + *page.after : "");
    };
    EXPECT_EQ(ids({}, {}, 10), "abcde");
    EXPECT_EQ(ids({}, {}, 2), "ab>b");
    EXPECT_EQ(ids({}, "b", 2), "cd>d");
    EXPECT_EQ(ids({}, "d", 2), "e");
    EXPECT_EQ(ids({.labels = {"category:games", "tag:new"}}, {}, 10), "cde");
    EXPECT_EQ(ids({.labels = {"category:games"}, .hidden = false}, {}, 10), "bde");
    EXPECT_EQ(ids({.labels = {"category:none"}}, {}, 10), "");
    EXPECT_EQ(ids({.open_at = clock_.now()}, {}, 10), "abde");
}

}  // namespace
}  // namespace attune::engine
