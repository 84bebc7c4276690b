#include "learn/neighbours/sessions.h"

namespace attune::learn {

std::vector<History> sessions_of(History history, std::int64_t gap) {
    std::vector<History> out;
    std::size_t begin = 0;
    for (std::size_t i = 1; i <= history.size(); ++i) {
        const bool is_cut =
            i == history.size() || (gap > 0 && history[i].time - history[i - 1].time > gap);
        if (!is_cut) continue;
        out.push_back(history.subspan(begin, i - begin));
        begin = i;
    }
    return out;
}

History last_session(History history, std::int64_t gap) {
    if (gap <= 0) return history;
    std::size_t begin = history.empty() ? 0 : history.size() - 1;
    while (begin > 0 && history[begin].time - history[begin - 1].time <= gap) --begin;
    return history.subspan(begin);
}

}  // namespace attune::learn
