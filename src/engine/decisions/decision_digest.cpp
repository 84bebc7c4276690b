#include "engine/decisions/decision_digest.h"

#include "base/fingerprint.h"

#include <initializer_list>
#include <string>

namespace attune::engine {
namespace {

std::uint64_t digest_of_words(std::initializer_list<std::string_view> words) {
    std::string text;
    for (const std::string_view word : words) text.append(word).append(1, '\x1f');
    return base::fingerprint(text).low();
}

}  // namespace

std::uint64_t digest_of(const domain::Choice& choice) {
    return digest_of_words(
        {choice.of, choice.chosen, std::to_string(choice.version), choice.unit.value_or("")});
}

DecisionDigest::DecisionDigest(std::string_view kind, std::string_view subject) {
    numbers_[0] = digest_of_words({kind, subject});
}

DecisionDigest DecisionDigest::of(const domain::Decision& decision) {
    DecisionDigest digest(decision.kind, decision.subject);
    for (const domain::Choice& choice : decision.choices) digest.add(digest_of(choice));
    return digest;
}

base::Id128 DecisionDigest::value() const {
    return base::fingerprint(
        {reinterpret_cast<const char*>(numbers_.data()), count_ * sizeof(std::uint64_t)});
}

}  // namespace attune::engine
