#include "engine/embed/answers.h"

namespace attune {

std::uint32_t Receipt::accepted() const { return state_->tracked.accepted; }
std::uint32_t Receipt::duplicates() const { return state_->tracked.duplicates; }
const std::vector<Receipt::Rejection>& Receipt::rejected() const { return state_->rejected; }
const std::vector<std::string>& Receipt::ids() const { return state_->tracked.ids; }
Result<void> Receipt::wait() const { return state_->tracked.ticket.wait(); }
bool Receipt::is_done() const { return state_->tracked.ticket.is_done(); }

}  // namespace attune
