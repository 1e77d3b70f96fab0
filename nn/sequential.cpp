#include "sequential.h"

namespace taper::nn {

void Sequential::initialise_in_order(const std::vector<bool>& made_before) const {
    std::vector<Draw*> draws;
    for (std::size_t i = 0; i < made_before.size(); ++i) {
        if (made_before[i]) continue;
        std::vector<Draw*> own = items()[i].second.initial_draws();
        draws.insert(draws.end(), own.begin(), own.end());
    }
    draw_in_order(draws);
}

std::string ParameterList::extra_repr() const {
    std::string text;
    for (const auto& [name, x] : shared_state()->parameters)
        text += fmt::format("{}  ({}): Parameter containing: [{} of size {}]", text.empty() ? "" : "\n", name,
            x.dtype(), fmt::join(x.shape(), "x"));
    return text;
}

}  // namespace taper::nn
