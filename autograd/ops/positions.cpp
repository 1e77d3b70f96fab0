#include "positions.h"

#include "../inplace.h"
#include "../ops.h"

namespace taper::autograd {

using T = const Tensor&;

Region Region::of(const Shape& shape, int first, int count) {
    Region at{shape, {}, first, count};
    for (int d = 0; d < shape.size(); ++d) at.order.push_back(d);
    return at;
}

namespace {

// Row-major positions over some dims, turned into offsets in memory.
class Walk {
 public:
    Walk(T x, const Region& at, int first, int count) {
        for (int i = first + count; i-- > first;) {
            std::int64_t size = x.shape()[at.order[i]], step = x.stride()[at.order[i]];
            numel_ *= size;
            if (dims_ > 0 && step == step_[dims_ - 1] * size_[dims_ - 1])
                size_[dims_ - 1] *= size;
            else if (size != 1)
                size_[dims_] = size, step_[dims_++] = step;
        }
    }
    std::int64_t numel() const { return numel_; }
    bool is_run() const { return dims_ == 0 || (dims_ == 1 && step_[0] == 1); }
    std::int64_t operator()(std::int64_t position) const {
        if (dims_ == 1) return position * step_[0];
        std::int64_t offset = 0;
        for (int d = 0; d < dims_; ++d) {
            offset += position % size_[d] * step_[d];
            position /= size_[d];
        }
        return offset;
    }

 private:
    int dims_ = 0;  // innermost first
    std::int64_t numel_ = 1, size_[Shape::max_dims], step_[Shape::max_dims];
};

// A tensor as rows: those that `place` names, for each element of the dims ahead, each over the dims behind.
struct Rows {
    Walk ahead, region, behind;
    const std::int64_t* place;
    std::int64_t places;

    Rows(T x, T place, const Region& at)
        : ahead(x, at, 0, at.first),
          region(x, at, at.first, at.count),
          behind(x, at, at.first + at.count, x.ndim() - at.first - at.count),
          place(place.data_ptr<std::int64_t>()),
          places(place.numel()) {}

    // Calls f(row's number, its offset) for rows [begin, end).
    template <class F> void each(std::int64_t begin, std::int64_t end, F f) const {
        while (begin < end) {
            std::int64_t block = begin / places, skip = ahead(block), first = block * places;
            for (std::int64_t last = std::min(end, first + places); begin < last; ++begin)
                f(begin, skip + region(place[begin - first]));
        }
    }
};

constexpr std::int64_t chunk_elements = 32768;

Tensor picked(T x, T place, const Region& at) {
    Tensor out = native::empty(picked_shape(place, at), x.dtype(), x.device());
    Rows rows(x, place, at);
    const std::int64_t n = rows.behind.numel();
    if (out.numel() == 0) return out;
    visit(x.dtype(), [&](auto zero) {
        using E = decltype(zero);
        E* to = out.data_ptr<E>();
        const E* from = x.data_ptr<E>();
        parallel_for(out.numel() / n, std::max<std::int64_t>(1, chunk_elements / n), [&](auto begin, auto end) {
            if (n == 1)
                rows.each(begin, end, [&](auto row, auto offset) { to[row] = from[offset]; });
            else if (rows.behind.is_run())
                rows.each(begin, end,
                    [&](auto row, auto offset) { std::memcpy(to + row * n, from + offset, n * sizeof(E)); });
            else
                rows.each(begin, end, [&](auto row, auto offset) {
                    for (std::int64_t i = 0; i < n; ++i) to[row * n + i] = from[offset + rows.behind(i)];
                });
        });
    });
    return out;
}

// Rows that share an element would race, so only what lies ahead of the region is shared out to threads.
void put_values(T to, T place, T source, const Region& at, bool accumulate) {
    const Shape shape = picked_shape(place, at);
    Rows rows(to, place, at);
    const std::int64_t n = rows.behind.numel(), blocks = rows.ahead.numel();
    to.impl().count_write();
    if (shape.numel() == 0) return;
    Tensor values = native::cast(source, to.dtype());
    const bool single = values.numel() == 1;
    if (!single) values = native::contiguous(native::broadcast(values, shape));
    visit(to.dtype(), [&](auto zero) {
        using E = decltype(zero);
        E* into = to.data_ptr<E>();
        const E* from = values.data_ptr<E>();
        auto write = [&](auto begin, auto end, auto store) {
            const bool run = rows.behind.is_run();
            rows.each(begin * rows.places, end * rows.places, [&](auto row, auto offset) {
                E* out = into + offset;
                for (std::int64_t i = 0; i < n; ++i)
                    store(out[run ? i : rows.behind(i)], from[single ? 0 : row * n + i]);
            });
        };
        parallel_for(blocks, std::max<std::int64_t>(1, chunk_elements / (rows.places * n)), [&](auto begin, auto end) {
            if (accumulate)
                write(begin, end, [](E& out, E value) { out = static_cast<E>(out + value); });
            else
                write(begin, end, [](E& out, E value) { out = value; });
        });
    });
}

}  // namespace

Shape picked_shape(T place, const Region& at) {
    Shape shape;
    for (int i = 0; i < at.first; ++i) shape.push_back(at.shape[at.order[i]]);
    for (std::int64_t size : place.impl().shape) shape.push_back(size);
    for (int i = at.first + at.count; i < at.order.size(); ++i) shape.push_back(at.shape[at.order[i]]);
    return shape;
}

Tensor pick(const char* name, T x, T place, const Region& at) {
    return record(
        name, picked(x, place, at), wrt(x, save(place), [at](T grad, T place) { return put_back(grad, place, at); }));
}

Tensor put_back(T grad, T place, const Region& at) {
    Tensor whole = native::zeros(at.shape, grad.dtype(), grad.device());
    put_values(whole, place, grad, at, true);
    return record("IndexPutBackward0", whole,
        wrt(grad, save(place), [at](T gg, T place) { return pick("IndexBackward0", gg, place, at); }));
}

static Tensor recorded_put(const char* name, Tensor out, T x, T place, T source, const Region& at, bool accumulate) {
    return record(name, std::move(out),
        wrt(x, save(place),
            [at, accumulate](
                T grad, T place) { return accumulate ? grad : put("IndexPutBackward0", grad, place, 0, at); }),
        wrt(source, save(place), [at](T grad, T place) { return pick("IndexBackward0", grad, place, at); }));
}

Tensor put(const char* name, T x, T place, T source, const Region& at, bool accumulate) {
    Tensor out = native::clone(x);
    put_values(out, place, source, at, accumulate);
    return recorded_put(name, out, x, place, source, at, accumulate);
}

T put_(const char* op, const char* name, T x, T place, T source, const Region& at, bool accumulate) {
    if (is_grad_enabled() && x.is_floating_point() && (x.requires_grad() || source.requires_grad()))
        return overwrite(op, x, put(name, x, place, source, at, accumulate));
    check_writable(op, x);
    bool shares = source.impl().storage == x.impl().storage;
    put_values(x, place, shares ? native::clone(source) : source, at, accumulate);
    return x;
}

Tensor places_along(const char* op, T x, std::int64_t dim, T index) {
    const std::int64_t size = size_along(x, dim);
    Tensor along = checked_places(index, size, false, [&](auto i) { out_of_bounds(op, i, dim, size); });
    if (x.ndim() == 0 || index.ndim() == 0) return along;
    const Shape& shape = index.shape();
    Strides strides = contiguous_strides(x.shape());
    const std::int64_t step = strides[dim];
    strides[dim] = 0;
    Tensor place = native::empty(shape, DType::Int64, x.device());
    const auto* from = along.data_ptr<std::int64_t>();
    auto* to = place.data_ptr<std::int64_t>();
    const std::int64_t length = shape.back(), last = shape.size() - 1;
    for (std::int64_t row = 0; length > 0 && row < shape.numel() / length; ++row) {
        std::int64_t start = 0, rest = row;
        for (std::int64_t d = last; d-- > 0; rest /= shape[d]) start += rest % shape[d] * strides[d];
        for (std::int64_t i = 0; i < length; ++i) *to++ = start + i * strides[last] + *from++ * step;
    }
    return place;
}

void out_of_bounds(const char* op, std::int64_t index, std::int64_t dim, std::int64_t size) {
    fail("{}: index {} is out of bounds for dimension {} with size {}", op, index, dim, size);
}

Tensor further(T place, std::int64_t size, T next) {
    return map<Types<std::int64_t>>(place, next, [size](auto a, auto b) { return a * size + b; });
}

Tensor positions_of(T mask) {
    Tensor all = native::contiguous(mask);
    return visit(mask.dtype(), [&](auto zero) {
        using E = decltype(zero);
        const E* from = all.data_ptr<E>();
        const std::int64_t n = all.numel();
        Tensor out = native::empty({n - std::count(from, from + n, E(0))}, DType::Int64, mask.device());
        auto* to = out.data_ptr<std::int64_t>();
        for (std::int64_t i = 0; i < n; ++i)
            if (from[i] != 0) *to++ = i;
        return out;
    });
}

}  // namespace taper::autograd
