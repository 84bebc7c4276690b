#include "store/rocksdb/rows.h"

#include "store/rocksdb/codec.h"

namespace attune::store::rocks {

std::uint64_t state_of(Family family, std::string_view key, std::string_view body) {
    const Digest digest = row_digest(family, key, body);
    return Reader(digest.view().substr(8)).u64();
}

Result<std::optional<std::string>> Rows::get(Family family, std::string_view key) {
    if (auto at = changed_.find({family, std::string(key)}); at != changed_.end())
        return at->second;
    return database_.get_row(family, key);
}

Result<void> Rows::put(Family family, const std::string& key, std::string body) {
    ATTUNE_TRY(const auto before, get(family, key));
    replace(family, key, before ? state_of(family, key, *before) : 0, std::move(body));
    return {};
}

void Rows::replace(Family family, const std::string& key, std::uint64_t state_before,
                   std::optional<std::string> body) {
    state_ -= state_before;
    if (body) state_ += state_of(family, key, *body);
    changed_[{family, key}] = std::move(body);
}

Result<void> Rows::remove(Family family, const std::string& key) {
    ATTUNE_TRY(const auto before, get(family, key));
    if (before) replace(family, key, state_of(family, key, *before), std::nullopt);
    return {};
}

void Rows::put_index(Family family, const std::string& key) { index_[{family, key}] = true; }
void Rows::remove_index(Family family, const std::string& key) { index_[{family, key}] = false; }

void Rows::write_to(rocksdb::WriteBatch& batch) const {
    for (const auto& [name, body] : changed_) {
        auto* family = database_.family(name.first);
        if (body)
            (void)batch.Put(family, slice(name.second),
                            slice(seal_row(name.first, name.second, *body)));
        else
            (void)batch.Delete(family, slice(name.second));
    }
    for (const auto& [name, present] : index_) {
        auto* family = database_.family(name.first);
        if (present)
            (void)batch.Put(family, slice(name.second), rocksdb::Slice());
        else
            (void)batch.Delete(family, slice(name.second));
    }
}

}  // namespace attune::store::rocks
