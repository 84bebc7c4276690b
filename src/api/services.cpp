#include "api/services.h"

#include "base/keyed_hash.h"

namespace attune::api {

base::Mutex& Services::edit_lock(domain::TenantId tenant, std::string_view user_id) {
    return edit_locks_[(base::KeyedHash{}(user_id) + tenant.value) % edit_locks_.size()];
}

}  // namespace attune::api
