#include "engine/track/geo.h"

#include <maxminddb.h>
#include <netinet/in.h>

#include <cstring>

namespace attune::engine {

struct Geo::Database {
    MMDB_s handle{};
    Database() = default;
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    ~Database() {
        if (handle.filename != nullptr) MMDB_close(&handle);
    }
};

namespace {

std::optional<std::string> iso_code(MMDB_lookup_result_s& found, const char* object) {
    MMDB_entry_data_s data;
    const int status = MMDB_get_value(&found.entry, &data, object, "iso_code", nullptr);
    if (status != MMDB_SUCCESS || !data.has_data || data.type != MMDB_DATA_TYPE_UTF8_STRING ||
        data.data_size != 2) {
        return std::nullopt;
    }
    return std::string(data.utf8_string, data.data_size);
}

}  // namespace

Result<Geo> Geo::open(const std::string& path) {
    if (path.empty()) return Geo(nullptr);
    auto database = std::make_shared<Database>();
    const int status = MMDB_open(path.c_str(), MMDB_MODE_MMAP, &database->handle);
    if (status != MMDB_SUCCESS) {
        database->handle.filename = nullptr;
        return fail(Code::invalid_argument,
                    "the country database " + path + " cannot be read: " + MMDB_strerror(status));
    }
    return Geo(std::move(database));
}

std::optional<std::string> Geo::country(const IpAddress& address) const {
    if (!database_) return std::nullopt;
    sockaddr_storage storage{};
    if (address.is_v6) {
        auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
        v6->sin6_family = AF_INET6;
        std::memcpy(&v6->sin6_addr, address.bytes.data(), 16);
    } else {
        auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
        v4->sin_family = AF_INET;
        std::memcpy(&v4->sin_addr, address.bytes.data(), 4);
    }
    int error = MMDB_SUCCESS;
    MMDB_lookup_result_s found = MMDB_lookup_sockaddr(
        &database_->handle, reinterpret_cast<const sockaddr*>(&storage), &error);
    if (error != MMDB_SUCCESS || !found.found_entry) return std::nullopt;
    auto country = iso_code(found, "country");
    return country ? country : iso_code(found, "registered_country");
}

}  // namespace attune::engine
