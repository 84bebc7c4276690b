#include "engine/content/content_models.h"

#include "engine/catalogue/item_facts.h"
#include "learn/content/content.h"

#include <sys/resource.h>
#include <unistd.h>
#include <map>
#include <set>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

namespace attune::engine {
namespace {

constexpr int kNice = 19;
constexpr int kRestsAsLong = 4;  // as it worked

struct Content {
    std::uint64_t version = 0;  // of the catalogue that it knows
    std::shared_ptr<const ServedModel> model;
};

// Hidden items too: what is hidden was liked once.
Result<std::shared_ptr<const ServedModel>> content_of(const CatalogueSnapshot& catalogue,
                                                      std::stop_token stop) {
    learn::ItemFacts all = item_facts(catalogue, catalogue.width());
    learn::ItemFacts facts;
    std::vector<ItemNumber> items;
    facts.reserve(catalogue.count());
    items.reserve(catalogue.count());
    for (ItemNumber number = 0; number < catalogue.width(); ++number) {
        if (catalogue.item(number) == nullptr) continue;
        items.push_back(number);
        facts.push_back(std::move(all[number]));
    }
    all = {};
    ATTUNE_TRY(const auto nobody,
               learn::Interactions::of({}, 0, static_cast<learn::ItemIndex>(items.size())));
    ATTUNE_TRY(const auto settings, learn::Settings::of(learn::kContent));
    ATTUNE_TRY(auto model, learn::kContent.learn({.interactions = nobody, .facts = &facts},
                                                 settings, {.stop = std::move(stop)}));
    return std::make_shared<const ServedModel>("content", std::move(model), std::move(items));
}

}  // namespace

class ContentModels::Impl {
public:
    Impl(Catalogue& catalogue, const base::Clock& clock, ContentOptions options)
        : catalogue_(catalogue), clock_(clock), options_(options) {
        catalogue_.tell_of_changes([this](TenantId tenant) { want(tenant); });
        thread_ = std::thread([this] { run(); });
    }
    ~Impl() {
        catalogue_.tell_of_changes({});
        stop_.request_stop();
        {
            const base::MutexLock lock(mutex_);
            is_stopping_ = true;
            wanted_now_.notify_all();
            rested_.notify_all();
        }
        thread_.join();
    }

    void want(TenantId tenant) {
        const base::MutexLock lock(mutex_);
        if (wanted_.insert(tenant).second) wanted_now_.notify_all();
    }

    std::shared_ptr<const ServedModel> of(TenantId tenant) const {
        const base::MutexLock lock(mutex_);
        const auto found = contents_.find(tenant);
        return found == contents_.end() ? nullptr : found->second.model;
    }

    Result<void> catch_up(TenantId tenant) {
        const base::MutexLock learning(learning_);
        ATTUNE_TRY(const auto catalogue, catalogue_.of(tenant));
        if (knows(tenant, catalogue->version())) return {};
        Content content{.version = catalogue->version(), .model = nullptr};
        if (catalogue->count() > 0 && catalogue->count() <= options_.items_max) {
            ATTUNE_TRY(content.model, content_of(*catalogue, stop_.get_token()));
        }
        const base::MutexLock lock(mutex_);
        std::swap(contents_[tenant], content);
        return {};
    }

private:
    [[nodiscard]] bool knows(TenantId tenant, std::uint64_t version) const {
        const base::MutexLock lock(mutex_);
        const auto found = contents_.find(tenant);
        return found != contents_.end() && found->second.version == version;
    }

    void run() {
        // Of this thread alone: whoever is being answered goes first.
        (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice);
        while (true) {
            {
                base::MutexLock lock(mutex_);
                while (wanted_.empty() && !is_stopping_) wanted_now_.wait(lock);
            }
            if (!rest(options_.quiet)) return;
            std::set<TenantId> wanted;
            {
                const base::MutexLock lock(mutex_);
                wanted.swap(wanted_);
            }
            const base::SteadyTime began = clock_.steady_now();
            // One that cannot be learned now is tried again after the next change; what there was answers on.
            for (const TenantId tenant : wanted) (void)catch_up(tenant);
            if (!rest((clock_.steady_now() - began) * kRestsAsLong)) return;
        }
    }

    // False: it is time to stop. Who is woken too early rests less.
    bool rest(base::Duration duration) {
        base::MutexLock lock(mutex_);
        if (!is_stopping_) (void)rested_.wait_for(lock, duration);
        return !is_stopping_;
    }

    Catalogue& catalogue_;
    const base::Clock& clock_;
    const ContentOptions options_;
    std::stop_source stop_;
    base::Mutex learning_;  // one at a time; taken before mutex_
    mutable base::Mutex mutex_;
    base::CondVar wanted_now_;
    base::CondVar rested_;
    std::set<TenantId> wanted_ ATTUNE_GUARDED_BY(mutex_);
    std::map<TenantId, Content> contents_ ATTUNE_GUARDED_BY(mutex_);
    bool is_stopping_ ATTUNE_GUARDED_BY(mutex_) = false;
    std::thread thread_;
};

ContentModels::ContentModels(Catalogue& catalogue, const base::Clock& clock, ContentOptions options)
    : impl_(std::make_unique<Impl>(catalogue, clock, options)) {}
ContentModels::~ContentModels() = default;

void ContentModels::watch(TenantId tenant) { impl_->want(tenant); }
std::shared_ptr<const ServedModel> ContentModels::of(TenantId tenant) const {
    return impl_->of(tenant);
}
Result<void> ContentModels::catch_up(TenantId tenant) { return impl_->catch_up(tenant); }

}  // namespace attune::engine
