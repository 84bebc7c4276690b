#include "engine/decisions/decision_digest.h"

#include "base/fingerprint.h"

#include <initializer_list>
#include <string>

namespace attune::engine {
namespace {

std::uint64_t digest_of_words(std::initializer_list<std::string_view> words) {
    std::string text;
    text.reserve(128);
    for (const std::string_view word : words) text.append(word).append(1, '\x1f');
    return base::fingerprint(text).low();
}

}  // namespace

std::uint64_t digest_of(const domain::Choice& choice) {
    return digest_of(choice.of, choice.chosen, choice.version,
                     choice.unit ? std::string_view(*choice.unit) : std::string_view());
}

std::uint64_t digest_of(std::string_view of, std::string_view chosen, std::uint64_t version,
                        std::string_view unit) {
    return digest_of_words({of, chosen, std::to_string(version), unit});
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
