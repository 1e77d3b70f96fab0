// The element loops: map, zip and reduce take a plain scalar lambda, broadcast, walk any strides, and share long work
// out to threads. The compiler makes the vectors; an element's bits depend on its inputs alone.
#pragma once

#include <array>
#include <cstring>
#include <utility>

#include "base/inline.h"
#include "base/parallel.h"
#include "base/simd.h"
#include "native.h"
#include "tensor.h"

#ifdef __clang__
#define TAPER_CALL [[clang::always_inline]]
#else
#define TAPER_CALL
#endif

namespace taper {

/// One operand of an element loop: its first element, and its strides once broadcast to the loop's shape.
struct Operand {
    char* data;
    Strides strides;  // in elements
    int bytes;        // of an element
    bool written = false;
};

/// `rows` rows of `n` neighbouring elements; from row to row the operands advance by `outer` bytes.
using RowsLoop = void (*)(
    const void* functor, char* const* data, const std::int64_t* outer, std::int64_t n, std::int64_t rows);

/// Walks `shape` in the order of the first operand's memory, with as few and as long rows as all strides allow.
/// Elements that are no neighbours are gathered tile by tile, so that the loop itself, which knows the functor, is
/// compiled once.
void run_loop(const Shape& shape, std::span<Operand> operands, RowsLoop loop, const void* functor);

/// The same for `n` elements that are neighbours in every operand; `bytes` is the size of each one's elements.
void run_flat(std::int64_t n, std::initializer_list<char*> data, std::initializer_list<std::int64_t> bytes,
    RowsLoop loop, const void* functor);

namespace detail {

// One row. The functor comes by value: what it captured is then known not to be what the loop writes.
template <class F, class... T> TAPER_INLINE void row_loop(F f, std::int64_t n, T*... p) {
    TAPER_VECTORISE for (std::int64_t i = 0; i < n; ++i) { TAPER_CALL f(p[i]...); }
}

template <class F, class... T>
void rows_loop(const void* functor, char* const* data, const std::int64_t* outer, std::int64_t n, std::int64_t rows) {
    [=]<std::size_t... I>(std::index_sequence<I...>) {
        const F f = *static_cast<const F*>(functor);
        const std::array<char*, sizeof...(T)> start{data[I]...};
        const std::array<std::int64_t, sizeof...(T)> step{outer[I]...};
        auto body = [=] {
            for (std::int64_t row = 0; row < rows; ++row)
                row_loop(f, n, reinterpret_cast<T*>(start[I] + row * step[I])...);
        };
        // Whole numbers are not worth three copies of the code.
        if constexpr ((std::is_floating_point_v<T> || ...))
            dispatch(body);
        else
            body();
    }(std::index_sequence_for<T...>());
}

}  // namespace detail

/// Calls f(a, b, ...) with a reference to an element of each operand, for all elements of `shape`.
template <class... T, class F>
void for_each_element(const Shape& shape, std::array<Operand, sizeof...(T)> operands, const F& f) {
    std::size_t i = 0;
    ((operands[i++].written = !std::is_const_v<T>), ...);
    run_loop(shape, operands, detail::rows_loop<F, T...>, &f);
}

/// `x` as an operand of a loop over `shape`, to which it broadcasts.
Operand operand(const Tensor& x, const Shape& shape);

/// The same for `n` elements that are neighbours in every operand.
template <class... T, class F> void for_each_neighbour(std::int64_t n, const F& f, T*... first) {
    run_flat(n, {reinterpret_cast<char*>(const_cast<std::remove_const_t<T>*>(first))...}, {sizeof(T)...},
        detail::rows_loop<F, T...>, &f);
}

namespace detail {
// The dtype of f's result: bool stays bool, anything else is stored as the inputs are.
template <class T, class Result> using Stored = std::conditional_t<std::is_same_v<Result, bool>, bool, T>;

template <class T> T* first(const Tensor& x) { return static_cast<T*>(x.data_ptr()); }

// f of two, as the loop wants it.
template <class R, class T, class F> auto storing(F f) {
    return [f](R& to, const T& u, const T& v) { TAPER_CALL to = static_cast<R>(f(u, v)); };
}

// Whether x has elements T, neighbours in the order of a contiguous `out`.
template <class T> bool side_by_side(const Tensor& out, const Tensor& x) {
    return x.dtype() == dtype_of<T>() && x.impl().shape == out.impl().shape && x.is_contiguous();
}

// A 0-dim operand of another dtype, read into the loop's own; otherwise the tensor as it is, or converted.
template <class T> Operand operand_as(const Tensor& x, const Shape& shape, T& number, Tensor& converted) {
    if (x.dtype() == dtype_of<T>()) return operand(x, shape);
    if (x.ndim() == 0) {
        number = x.item<T>();
        return {reinterpret_cast<char*>(&number), Strides::filled(shape.size(), 0), sizeof(T)};
    }
    converted = native::cast(x, dtype_of<T>());
    return operand(converted, shape);
}
}  // namespace detail

/// The tensor of f(v) for each element v of x.
template <class List = Floats, class F> Tensor map(const Tensor& x, F f) {
    return visit<List>(x.dtype(), [&](auto zero) {
        using T = decltype(zero);
        using R = detail::Stored<T, decltype(f(zero))>;
        const bool plain = x.is_contiguous();
        const Shape& shape = x.impl().shape;
        Tensor out = plain ? native::empty(shape, dtype_of<R>(), x.device()) : native::like(x, shape, dtype_of<R>());
        const auto store = [f](R& to, const T& v) { TAPER_CALL to = static_cast<R>(f(v)); };
        if (plain)
            for_each_neighbour(out.numel(), store, detail::first<R>(out), detail::first<const T>(x));
        else
            for_each_element<R, const T>(shape, {operand(out, shape), operand(x, shape)}, store);
        return out;
    });
}

/// Writes f(u, v) for the elements of a and b, broadcast and in the dtype T that `out` or its inputs have, into out.
template <class R, class T, class F> void map_as(const Tensor& out, const Tensor& a, const Tensor& b, F f) {
    const auto store = detail::storing<R, T>(f);
    if (detail::side_by_side<T>(out, a) && detail::side_by_side<T>(out, b) && out.is_contiguous())
        return for_each_neighbour(
            out.numel(), store, detail::first<R>(out), detail::first<const T>(a), detail::first<const T>(b));
    T number_a, number_b;
    Tensor converted_a, converted_b;
    const Shape& shape = out.impl().shape;
    for_each_element<R, const T, const T>(shape,
        {operand(out, shape), detail::operand_as(a, shape, number_a, converted_a),
            detail::operand_as(b, shape, number_b, converted_b)},
        store);
}
template <class List = AllTypes, class F> void map_into(const Tensor& out, const Tensor& a, const Tensor& b, F f) {
    visit<List>(out.dtype(), [&](auto zero) { map_as<decltype(zero), decltype(zero)>(out, a, b, f); });
}

/// The tensor of f(u, v) for the elements of a and b, broadcast and converted to `dtype` (their promoted one by
/// default).
template <class List = AllTypes, class F>
Tensor map(const Tensor& a, const Tensor& b, F f, std::optional<DType> dtype = {}) {
    const bool same = a.impl().shape == b.impl().shape;
    const Shape wider = same ? Shape() : broadcast_shapes(a.shape(), b.shape());
    const Shape& shape = same ? a.impl().shape : wider;
    return visit<List>(dtype ? *dtype : result_type(a, b), [&](auto zero) {
        using T = decltype(zero);
        using R = detail::Stored<T, decltype(f(zero, zero))>;
        const bool plain = same && a.dtype() == dtype_of<T>() && b.dtype() == dtype_of<T>();
        if (plain && a.is_contiguous() && b.is_contiguous()) {  // the usual case, by the shortest way
            Tensor out = native::empty(shape, dtype_of<R>(), a.device());
            for_each_neighbour(out.numel(), detail::storing<R, T>(f), detail::first<R>(out), detail::first<const T>(a),
                detail::first<const T>(b));
            return out;
        }
        Tensor out = native::like(same || a.impl().shape == shape ? a : b, shape, dtype_of<R>());
        map_as<R, T>(out, a, b, f);
        return out;
    });
}

}  // namespace taper
