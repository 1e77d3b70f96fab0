#include "reduce.h"

namespace taper {

ReducedDims::ReducedDims(const Shape& from, const std::optional<Dims>& dims, bool keepdim) : keepdims(from) {
    bool all_dims = !dims || dims->empty();
    if (all_dims)
        reduced.set();
    else
        for (std::int64_t dim : *dims) {
            std::int64_t d = wrap_dim(dim, from.size());
            check(!reduced[d], "dim {} appears multiple times in the list of dims", d);
            reduced[d] = true;
        }
    std::int64_t* sizes = keepdims.begin();
    for (int d = 0; d < from.size(); ++d) {
        if (reduced[d]) sizes[d] = 1;
        if (keepdim || !reduced[d]) shape.push_back(sizes[d]);
    }
}

std::int64_t ReducedDims::count(const Shape& from) const {
    std::int64_t product = 1;
    for (int d = 0; d < from.size(); ++d)
        if (reduced[d]) product *= from[d];
    return product;
}

namespace detail {

ReduceNest::ReduceNest(const Tensor& x, const ReducedDims& dims) {
    auto add = [](std::int64_t size, std::int64_t step, int& count, std::int64_t* sizes, std::int64_t* steps) {
        if (count > 0 && steps[count - 1] == size * step) {
            sizes[count - 1] *= size;
            steps[count - 1] = step;
        } else {
            sizes[count] = size;
            steps[count++] = step;
        }
    };
    const std::int64_t *sizes = x.impl().shape.begin(), *strides = x.impl().strides.begin();
    for (int d = 0; d < x.ndim(); ++d) {
        const std::int64_t size = sizes[d], step = strides[d];
        (dims.reduced[d] ? reduced : kept) *= size;
        if (size == 1) continue;
        if (dims.reduced[d])
            add(size, step, reduced_dims, reduced_size, reduced_step);
        else
            add(size, step, kept_dims, kept_size, kept_step);
    }
    if (reduced_dims > 1) {  // the shortest step innermost
        int inner = reduced_dims - 1;
        for (int d = 0; d < inner; ++d)
            if (reduced_step[d] < reduced_step[inner]) {
                std::swap(reduced_step[d], reduced_step[inner]);
                std::swap(reduced_size[d], reduced_size[inner]);
            }
    }
}

std::int64_t ReduceNest::offset(std::int64_t index, int dims, const std::int64_t* size, const std::int64_t* step) {
    std::int64_t total = 0;
    for (int d = dims; d-- > 0;) {
        total += index % size[d] * step[d];
        index /= size[d];
    }
    return total;
}

}  // namespace detail
}  // namespace taper
