#include "positions.h"

#include <algorithm>

#include "../../tensor/kernels/gather_scatter.h"
#include "../inplace.h"
#include "../ops.h"

namespace taper::autograd {

using T = const Tensor&;

IndexedDims IndexedDims::of(const Shape& shape, int first, int count) {
    IndexedDims at{shape, {}, first, count};
    for (int d = 0; d < shape.size(); ++d) at.order.push_back(d);
    return at;
}

namespace {

// What a kernel wants to know of a tensor and the positions in it. It refers to both.
class IndexedTensor {
 public:
    IndexedTensor(T x, T positions, const IndexedDims& at)
        : positions_(positions),
          sizes_(x.impl().shape.begin()),
          strides_(x.impl().strides.begin()),
          first_(at.first),
          behind_(at.first + at.count),
          dims_(at.order.size()) {
        if (std::is_sorted(at.order.begin(), at.order.end())) return;
        for (std::int64_t d : at.order) ordered_sizes_.push_back(sizes_[d]), ordered_strides_.push_back(strides_[d]);
        sizes_ = ordered_sizes_.begin(), strides_ = ordered_strides_.begin();
    }
    IndexedTensor(const IndexedTensor&) = delete;
    IndexedTensor& operator=(const IndexedTensor&) = delete;

    IndexedRows rows() const {
        return {dims(0, first_), dims(first_, behind_), dims(behind_, dims_), positions_.data_ptr<std::int64_t>(),
            positions_.numel()};
    }

 private:
    StridedDims dims(int begin, int end) const { return {sizes_ + begin, strides_ + begin, end - begin}; }

    T positions_;
    const std::int64_t *sizes_, *strides_;
    Shape ordered_sizes_, ordered_strides_;  // unless the dims stand in their own order
    int first_, behind_, dims_;
};

Tensor picked(T x, T positions, const IndexedDims& at) {
    const Tensor out = native::empty(picked_shape(positions, at), x.dtype(), x.device());
    const IndexedTensor layout(x, positions, at);
    visit_bytes(size_of(x.dtype()), [&](auto zero) {
        using E = decltype(zero);
        gather_rows(layout.rows(), static_cast<const E*>(x.data_ptr()), static_cast<E*>(out.data_ptr()));
    });
    return out;
}

void put_values(T to, T positions, T source, const IndexedDims& at, bool accumulate) {
    const Shape shape = picked_shape(positions, at);
    const IndexedTensor layout(to, positions, at);
    to.impl().count_write();
    if (shape.numel() == 0) return;
    Tensor values = native::cast(source, to.dtype());
    const bool is_number = values.numel() == 1;
    if (!is_number) values = native::contiguous(native::broadcast(values, shape));
    auto put = [&]<class E>(E, auto scatter) {
        scatter(layout.rows(), static_cast<const E*>(values.data_ptr()), is_number, static_cast<E*>(to.data_ptr()));
    };
    if (accumulate)
        visit_stored(to.dtype(), [&](auto zero) { put(zero, scatter_add_rows<decltype(zero)>); });
    else
        visit_bytes(size_of(to.dtype()), [&](auto zero) { put(zero, scatter_rows<decltype(zero)>); });
}

}  // namespace

Shape picked_shape(T positions, const IndexedDims& at) {
    Shape shape;
    for (int i = 0; i < at.first; ++i) shape.push_back(at.shape[at.order[i]]);
    for (std::int64_t size : positions.impl().shape) shape.push_back(size);
    for (int i = at.first + at.count; i < at.order.size(); ++i) shape.push_back(at.shape[at.order[i]]);
    return shape;
}

Tensor pick(const char* name, T x, T positions, const IndexedDims& at) {
    return record(name, picked(x, positions, at),
        wrt(x, save(positions), [at](T grad, T positions) { return put_back(grad, positions, at); }));
}

Tensor put_back(T grad, T positions, const IndexedDims& at) {
    Tensor whole = native::zeros(at.shape, grad.dtype(), grad.device());
    put_values(whole, positions, grad, at, true);
    return record("IndexPutBackward0", whole,
        wrt(grad, save(positions), [at](T gg, T positions) { return pick("IndexBackward0", gg, positions, at); }));
}

static Tensor recorded_put(
    const char* name, Tensor out, T x, T positions, T source, const IndexedDims& at, bool accumulate) {
    return record(name, std::move(out),
        wrt(x, save(positions),
            [at, accumulate](
                T grad, T positions) { return accumulate ? grad : put("IndexPutBackward0", grad, positions, 0, at); }),
        wrt(source, save(positions),
            [at](T grad, T positions) { return pick("IndexBackward0", grad, positions, at); }));
}

Tensor put(const char* name, T x, T positions, T source, const IndexedDims& at, bool accumulate) {
    Tensor out = native::clone(x);
    put_values(out, positions, source, at, accumulate);
    return recorded_put(name, out, x, positions, source, at, accumulate);
}

T put_(const char* op, const char* name, T x, T positions, T source, const IndexedDims& at, bool accumulate) {
    if (is_grad_enabled() && x.is_floating_point() && (x.requires_grad() || source.requires_grad()))
        return overwrite(op, x, put(name, x, positions, source, at, accumulate));
    check_writable(op, x);
    bool shares = source.impl().storage == x.impl().storage;
    put_values(x, positions, shares ? native::clone(source) : source, at, accumulate);
    return x;
}

Tensor positions_along(const char* op, T x, std::int64_t dim, T index) {
    const std::int64_t size = size_along(x, dim);
    Tensor along = checked_positions(index, size, false, [&](auto i) { out_of_bounds(op, i, dim, size); });
    if (x.ndim() == 0 || index.ndim() == 0) return along;
    const Shape& shape = index.shape();
    Strides strides = contiguous_strides(x.shape());
    const std::int64_t step = strides[dim];
    strides[dim] = 0;
    Tensor positions = native::empty(shape, DType::Int64, x.device());
    offsets_along({shape.begin(), strides.begin(), shape.size()}, step, along.data_ptr<std::int64_t>(),
        positions.data_ptr<std::int64_t>());
    return positions;
}

void out_of_bounds(const char* op, std::int64_t index, std::int64_t dim, std::int64_t size) {
    fail("{}: index {} is out of bounds for dimension {} with size {}", op, index, dim, size);
}

Tensor further(T positions, std::int64_t size, T next) {
    return map<Types<std::int64_t>>(positions, next, [size](auto a, auto b) { return a * size + b; });
}

Tensor nonzero_positions(T mask) {
    Tensor all = native::contiguous(native::cast(mask, info_of(mask.dtype()).computes_in));
    return visit(all.dtype(), [&](auto zero) {
        using E = decltype(zero);
        const std::int64_t n = all.numel();
        Tensor out = native::empty({nonzero_count(n, all.data_ptr<E>())}, DType::Int64, mask.device());
        list_nonzero(n, all.data_ptr<E>(), out.data_ptr<std::int64_t>());
        return out;
    });
}

}  // namespace taper::autograd
