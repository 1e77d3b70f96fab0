#include "init_order.h"

#include <algorithm>

#include "../tensor/random/generator.h"

namespace taper::nn {

Draw::Draw(std::function<void()> draw) : again(std::move(draw)), before(default_generator().state_bytes()) {
    again();
    after = default_generator().state_bytes();
}

void draw_in_order(const std::vector<Draw*>& draws) {
    // From the present state of the stream back: the draw that ended there, the one before it, and so on.
    std::vector<Draw*> as_made;
    std::vector<std::uint8_t> end = default_generator().state_bytes();
    for (std::size_t i = 0; i < draws.size(); ++i) {
        auto last = std::find_if(draws.begin(), draws.end(), [&](Draw* draw) { return draw->after == end; });
        if (last == draws.end()) return;
        as_made.insert(as_made.begin(), *last);
        end = (*last)->before;
    }
    if (as_made == draws) return;
    default_generator().set_state_bytes(end);
    for (Draw* draw : draws) *draw = Draw(std::move(draw->again));
}

}  // namespace taper::nn
