// ContentModels: what the items of each tenant's catalogue are like by their nature (learn/content): by text, labels, price,
// numbers and embeddings, whoever touched them. So an item is recommended, and has items like it, before anybody saw it.
//
//     ContentModels contents(catalogue, clock, {});
//     contents.watch(tenant);                                        // learned soon after, and after every change
//     if (const auto model = contents.of(tenant)) model->best(history, now, 100, mask);
//
// A thread of its own and of lowest priority learns anew when a catalogue has changed: once things have been quiet for a moment,
// and then it rests four times as long as it worked, so that a catalogue that never stands still costs a fifth of a core at
// most. Until the new one is there the old one answers; it does not know the newest items, and is never asked for those
// that are gone, since whoever asks brings a mask. All of it comes from the catalogue, so nothing is stored.
//
// Thread-safe. 100,000 items of 50 words take some 5 seconds and 100 MB while they are learned, and half of that from then on.
#pragma once

#include "base/result.h"
#include "base/time.h"
#include "engine/catalogue/catalogue.h"
#include "engine/models/served_model.h"

#include <memory>

namespace attune::engine {

struct ContentOptions {
    // A catalogue of more has no content model: its other sources answer.
    std::size_t items_max = 500'000;
    std::chrono::milliseconds quiet{200};  // how long a change waits for those that come with it
};

class ContentModels {
public:
    // The catalogue tells this of its changes from now on, and outlives it, as the clock does.
    ContentModels(Catalogue& catalogue, const base::Clock& clock, ContentOptions options);
    // Stops what is being learned.
    ~ContentModels();
    ContentModels(const ContentModels&) = delete;
    ContentModels& operator=(const ContentModels&) = delete;

    void watch(TenantId tenant);
    // Null until the first was learned, where the catalogue is empty, and where it has more items than there may be.
    [[nodiscard]] std::shared_ptr<const ServedModel> of(TenantId tenant) const;

    // Learns now, unless the newest one knows the catalogue as it is.
    [[nodiscard]] Result<void> catch_up(TenantId tenant);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace attune::engine
