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

namespace taper {

/// One operand of an element loop: its first element, and the sizes and strides of its own, which broadcast to the
/// loop's shape. They belong to the tensor.
struct Operand {
    char* data;
    const std::int64_t *sizes, *strides;  // strides in elements
    int dims;
    int bytes;  // of an element
    bool written = false;

    /// From one element to the next along dim d of a loop of so many dims, in bytes.
    std::int64_t step(int d, int loop_dims) const {
        const int own = d - (loop_dims - dims);
        return own < 0 || sizes[own] == 1 ? 0 : strides[own] * bytes;
    }
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
void each_row(F f, char* const* data, const std::int64_t* outer, std::int64_t n, std::int64_t rows) {
    [=]<std::size_t... I>(std::index_sequence<I...>) {
        const std::array<char*, sizeof...(T)> start{data[I]...};
        const std::array<std::int64_t, sizeof...(T)> step{outer[I]...};
        auto body = [=] {
            for (std::int64_t row = 0; row < rows; ++row)
                row_loop(f, n, reinterpret_cast<T*>(start[I] + row * step[I])...);
        };
        // Whole numbers are not worth three copies of the code, nor doubles the third. (What is moved as uint32 is
        // mostly floats.)
        if constexpr ((std::is_same_v<std::remove_const_t<T>, float> || ...) ||
            (std::is_same_v<std::remove_const_t<T>, std::uint32_t> || ...))
            dispatch(body);
        else if constexpr ((std::is_floating_point_v<T> || ...) ||
            (std::is_same_v<std::remove_const_t<T>, std::uint64_t> || ...))
            dispatch_two(body);
        else
            body();
    }(std::index_sequence_for<T...>());
}
template <class F, class... T>
void rows_loop(const void* functor, char* const* data, const std::int64_t* outer, std::int64_t n, std::int64_t rows) {
    each_row<F, T...>(*static_cast<const F*>(functor), data, outer, n, rows);
}

}  // namespace detail

/// Calls f(a, b, ...) with a reference to an element of each operand, for all elements of `shape`.
template <class... T, class F>
void for_each_element(const Shape& shape, std::array<Operand, sizeof...(T)> operands, const F& f) {
    std::size_t i = 0;
    ((operands[i++].written = !std::is_const_v<T>), ...);
    run_loop(shape, operands, detail::rows_loop<F, T...>, &f);
}

/// `x`, which is to outlive it, as an operand of a loop over a shape to which it broadcasts.
inline Operand operand(const Tensor& x) {
    const TensorImpl& impl = x.impl();
    return {static_cast<char*>(x.data_ptr()), impl.shape.begin(), impl.strides.begin(), impl.shape.size(),
        size_of(impl.dtype)};
}

/// The same for `n` elements that are neighbours in every operand.
template <class... T, class F> void for_each_neighbour(std::int64_t n, const F& f, T*... first) {
    run_flat(n, {reinterpret_cast<char*>(const_cast<std::remove_const_t<T>*>(first))...}, {sizeof(T)...},
        detail::rows_loop<F, T...>, &f);
}

namespace detail {

/// The loop of a map over operands of one dtype, and the dtype of what it makes of them.
struct MapLoop {
    RowsLoop rows = nullptr;
    DType makes = DType::Bool;
    bool is_there = false;  // of narrow operands without a loop of its own
};
/// One for each DType.
using MapLoops = std::array<MapLoop, dtype_count>;

// f's result: bool stays bool, anything else is stored as the inputs are.
template <class T, class Result> using Stored = std::conditional_t<std::is_same_v<Result, bool>, bool, T>;

template <class F, class R, class... T>
void map_rows(const void* functor, char* const* data, const std::int64_t* outer, std::int64_t n, std::int64_t rows) {
    const auto store = [f = *static_cast<const F*>(functor)](
                           R& to, const T&... from) { TAPER_CALL to = static_cast<R>(f(from...)); };
    each_row<decltype(store), R, const T...>(store, data, outer, n, rows);
}

template <class F, class T> constexpr void add_loop(MapLoops& loops) {
    MapLoop& loop = loops[static_cast<std::size_t>(dtype_of<T>())];
    loop.is_there = true;
    if constexpr (is_narrow(dtype_of<T>())) {
        return;
    } else if constexpr (std::is_invocable_v<F, T>) {
        using R = Stored<T, std::invoke_result_t<F, T>>;
        loop.rows = map_rows<F, R, T>, loop.makes = dtype_of<R>();
    } else {
        using R = Stored<T, std::invoke_result_t<F, T, T>>;
        loop.rows = map_rows<F, R, T, T>, loop.makes = dtype_of<R>();
    }
}
template <class F, class... T> constexpr MapLoops loops_of(Types<T...>) {
    MapLoops loops{};
    (add_loop<F, T>(loops), ...);
    return loops;
}
template <class F, class List> inline constexpr MapLoops map_loops = loops_of<F>(List());

Tensor map_one(const Tensor& x, const MapLoops& loops, const void* functor);
Tensor map_two(
    const Tensor& a, const Tensor& b, const MapLoops& loops, const void* functor, const std::optional<DType>& dtype);
void map_into(const Tensor& out, const Tensor& a, const Tensor& b, const MapLoops& loops, const void* functor);

}  // namespace detail

/// The tensor of f(v) for each element v of x.
template <class List = Floats, class F> Tensor map(const Tensor& x, F f) {
    return detail::map_one(x, detail::map_loops<F, List>, &f);
}
/// The tensor of f(u, v) for the elements of a and b, broadcast and converted to `dtype` (their promoted one by
/// default).
template <class List = AllTypes, class F>
Tensor map(const Tensor& a, const Tensor& b, F f, const std::optional<DType>& dtype = {}) {
    return detail::map_two(a, b, detail::map_loops<F, List>, &f, dtype);
}
/// Writes f(u, v), for the elements of a and b, broadcast and converted to out's dtype, into out.
template <class List = AllTypes, class F> void map_into(const Tensor& out, const Tensor& a, const Tensor& b, F f) {
    detail::map_into(out, a, b, detail::map_loops<F, List>, &f);
}

}  // namespace taper
