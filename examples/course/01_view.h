// Lesson 01: a tensor is a view: numbers in a row, and how to walk through them. From nothing: what is included is the
// standard library's.
#pragma once

#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

namespace view {

using Sizes = std::vector<long>;

struct Tensor {
    std::shared_ptr<std::vector<double>> storage;  // the numbers, which several tensors may share
    Sizes shape, strides;                          // how many there are along each dim, and how far apart they stand
    long offset = 0;                               // where the first one stands

    double& operator()(const Sizes& index) const {
        long at = offset;
        for (std::size_t d = 0; d < shape.size(); ++d) at += index[d] * strides[d];
        return (*storage)[at];
    }
};

/// The numbers row by row: the last dim's stand side by side.
inline Tensor tensor(const Sizes& shape, std::vector<double> numbers = {}) {
    long count = 1;
    Sizes strides = shape;
    for (std::size_t d = shape.size(); d-- > 0; count *= shape[d]) strides[d] = count;
    numbers.resize(count);
    return {std::make_shared<std::vector<double>>(std::move(numbers)), shape, strides};
}

// Views: other walks through the same numbers. None of them looks at a number.
inline Tensor transpose(Tensor x, int d, int e) {
    std::swap(x.shape[d], x.shape[e]), std::swap(x.strides[d], x.strides[e]);
    return x;
}
inline Tensor slice(Tensor x, int d, long from, long to, long step = 1) {
    x.offset += from * x.strides[d];
    x.shape[d] = (to - from + step - 1) / step, x.strides[d] *= step;
    return x;
}
inline Tensor select(Tensor x, int d, long i) {
    x.offset += i * x.strides[d];
    x.shape.erase(x.shape.begin() + d), x.strides.erase(x.strides.begin() + d);
    return x;
}
inline Tensor expand(Tensor x, const Sizes& shape) {
    x.strides.insert(x.strides.begin(), shape.size() - x.shape.size(), 0);  // new dims stand in front
    x.shape.insert(x.shape.begin(), shape.size() - x.shape.size(), 1);
    for (std::size_t d = 0; d < shape.size(); ++d)
        if (x.shape[d] != shape[d]) {
            if (x.shape[d] != 1) throw std::invalid_argument("expand: only a size of 1 can be expanded");
            x.shape[d] = shape[d], x.strides[d] = 0;  // a step that goes nowhere: the same number again
        }
    return x;
}

/// The shape that two shapes have together: a 1, or a dim that is not there, takes the other's size.
inline Sizes broadcast(Sizes a, Sizes b) {
    if (a.size() < b.size()) std::swap(a, b);
    for (std::size_t d = a.size() - b.size(), e = 0; e < b.size(); ++d, ++e) {
        if (a[d] != b[e] && a[d] != 1 && b[e] != 1) throw std::invalid_argument("broadcast: the sizes do not match");
        if (a[d] == 1) a[d] = b[e];
    }
    return a;
}

/// f(index) for each index of the shape, row by row.
template <class F> void each(const Sizes& shape, F f) {
    long count = 1;
    for (long size : shape) count *= size;
    for (Sizes index(shape.size(), 0); count-- > 0;) {
        f(index);
        for (std::size_t d = shape.size(); d-- > 0 && ++index[d] == shape[d];) index[d] = 0;
    }
}

/// f(a, b), number by number.
template <class F> Tensor map(const Tensor& a, const Tensor& b, F f) {
    const Tensor out = tensor(broadcast(a.shape, b.shape));
    const Tensor left = expand(a, out.shape), right = expand(b, out.shape);
    each(out.shape, [&](const Sizes& i) { out(i) = f(left(i), right(i)); });
    return out;
}

/// The numbers in the order of the indices: what `reshape` makes of a view that no strides can describe.
inline Tensor contiguous(const Tensor& x) {
    return map(x, tensor({}), [](double number, double) { return number; });
}

}  // namespace view
