// Where a pass over a dataset is: what a DataLoader tells, and what it is told when training goes on in the middle.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace taper {

struct Pass {
    std::function<void()> begins = [] {};  // called before a pass draws its order
    std::function<void()> began = [] {};   // called when the batches that are left out are behind it
    bool runs = false;                     // whether it has begun and not ended
    std::int64_t taken = 0;                // batches, those left out included
    std::int64_t leave_out = 0;            // of the next pass to begin
    // Of persistent workers, as this pass, or the next, begins: the seed of the first, and the state of each stream.
    std::int64_t base_seed = 0;
    std::vector<std::vector<std::uint8_t>> streams = {};
};

}  // namespace taper
