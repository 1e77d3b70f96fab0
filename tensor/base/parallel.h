// The one pool of threads, and the loop that shares work out to it in chunks.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <type_traits>

namespace taper {

/// How many threads a parallel loop may use: the cores this process may run on, or OMP_NUM_THREADS if that is set
/// (torch.get_num_threads).
int get_num_threads();

/// Sets how many threads a parallel loop may use, the caller's included; Error if n < 1 (torch.set_num_threads).
void set_num_threads(int n);

/// How many jobs of `elements` elements each a thread should take at once, at least one: PyTorch's grain size.
inline int64_t grain_of(int64_t elements) { return std::max<int64_t>(1, 32768 / std::max<int64_t>(elements, 1)); }

/// How many pieces of `work` multiplications a thread should take at once.
inline int64_t pieces_worth(double work) { return static_cast<int64_t>(1 + 3e5 / std::max(work, 1.)); }

/// While it stands, the parallel loops of this thread run on this thread alone: for threads that work beside the one
/// that trains.
class WorkAlone {
 public:
    WorkAlone();
    ~WorkAlone();
    WorkAlone(const WorkAlone&) = delete;
    WorkAlone& operator=(const WorkAlone&) = delete;

 private:
    bool before_;
};

namespace detail {
using ChunkBody = void (*)(void* body, int64_t begin, int64_t end);
void run_chunks(int64_t count, int64_t chunk, ChunkBody call, void* body);
}  // namespace detail

/// Calls body(begin, end) for every chunk of [0, count), cut at the multiples of `chunk`: the borders do not depend on
/// the number of threads. The caller works too; inside another parallel loop, or while another thread is in one, it
/// works alone. If chunks throw, the exception of the first of them is thrown here. At most one chunk costs a plain
/// call.
template <class Body> void parallel_for(int64_t count, int64_t chunk, Body&& body) {
    if (count <= chunk) {
        if (count > 0) body(int64_t{0}, count);
        return;
    }
    using Plain = std::remove_reference_t<Body>;
    detail::run_chunks(
        count, std::max<int64_t>(chunk, 1),
        [](void* plain, int64_t begin, int64_t end) { (*static_cast<Plain*>(plain))(begin, end); },
        const_cast<void*>(static_cast<const void*>(std::addressof(body))));
}

}  // namespace taper
