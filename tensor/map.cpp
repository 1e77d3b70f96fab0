// What all maps share: where their result lies, and how operands of another dtype or shape come to the loop.
#include "loops.h"

namespace taper::detail {
namespace {

const MapLoop& loop_for(const MapLoops& loops, DType dtype) {
    const MapLoop& loop = loops[static_cast<std::size_t>(dtype)];
    if (!loop.is_there) not_implemented(dtype);
    return loop;
}

char* start(const Tensor& x) { return static_cast<char*>(x.data_ptr()); }

// Whether x has elements of this dtype, neighbours in the order of a contiguous tensor of this shape.
bool lies_side_by_side(const Tensor& x, const Shape& shape, DType dtype) {
    return x.dtype() == dtype && x.impl().shape == shape && x.is_contiguous();
}

// An operand as a loop over elements of `dtype` wants it: as it is, or a number of another dtype, or converted.
struct Prepared {
    alignas(8) char number[8];
    Tensor converted;
    Operand operand;

    Prepared(const Tensor& x, DType dtype) {
        if (x.dtype() == dtype) {
            operand = taper::operand(x);
        } else if (x.ndim() == 0) {
            native::put_number(x.item_scalar(), dtype, number);
            operand = {number, nullptr, nullptr, 0, size_of(dtype)};
        } else {
            converted = native::cast(x, dtype);
            operand = taper::operand(converted);
        }
    }
};

void run(const Tensor& out, const Tensor& a, const Tensor& b, DType in, RowsLoop rows, const void* functor) {
    const Prepared x(a, in), y(b, in);
    std::array<Operand, 3> operands{operand(out), x.operand, y.operand};
    operands[0].written = true;
    run_loop(out.impl().shape, operands, rows, functor);
}

void run_side_by_side(const Tensor& out, const Tensor& a, const Tensor& b, RowsLoop rows, const void* functor) {
    const std::int64_t bytes = size_of(a.dtype());
    run_flat(out.numel(), {start(out), start(a), start(b)}, {size_of(out.dtype()), bytes, bytes}, rows, functor);
}

// Narrow elements that were made wide: what the arithmetic made of them becomes narrow again, if it is no answer.
Tensor narrowed(const Tensor& wide, DType dtype) {
    return wide.dtype() == info_of(dtype).computes_in ? native::cast(wide, dtype) : wide;
}

}  // namespace

Tensor map_one(const Tensor& x, const MapLoops& loops, const void* functor) {
    const MapLoop& loop = loop_for(loops, x.dtype());
    if (loop.rows == nullptr)
        return narrowed(map_one(native::cast(x, info_of(x.dtype()).computes_in), loops, functor), x.dtype());
    const Shape& shape = x.impl().shape;
    if (x.is_contiguous()) {
        Tensor out = native::empty(shape, loop.makes, x.device());
        run_flat(out.numel(), {start(out), start(x)}, {size_of(loop.makes), size_of(x.dtype())}, loop.rows, functor);
        return out;
    }
    Tensor out = native::like(x, shape, loop.makes);
    std::array<Operand, 2> operands{operand(out), operand(x)};
    operands[0].written = true;
    run_loop(shape, operands, loop.rows, functor);
    return out;
}

Tensor map_two(
    const Tensor& a, const Tensor& b, const MapLoops& loops, const void* functor, const std::optional<DType>& dtype) {
    const DType in = dtype ? *dtype : result_type(a, b);
    const MapLoop& loop = loop_for(loops, in);
    if (loop.rows == nullptr) {
        const DType wide = info_of(in).computes_in;
        auto widened = [&](const Tensor& x) { return native::cast(native::cast(x, in), wide); };
        return narrowed(map_two(widened(a), widened(b), loops, functor, wide), in);
    }
    const Shape& own = a.impl().shape;
    if (lies_side_by_side(a, own, in) && lies_side_by_side(b, own, in)) {  // the usual case, by the shortest way
        Tensor out = native::empty(own, loop.makes, a.device());
        run_side_by_side(out, a, b, loop.rows, functor);
        return out;
    }
    const Shape shape = broadcast_shapes(own, b.impl().shape);
    Tensor out = native::like(own == shape ? a : b, shape, loop.makes);
    run(out, a, b, in, loop.rows, functor);
    return out;
}

void map_into(const Tensor& out, const Tensor& a, const Tensor& b, const MapLoops& loops, const void* functor) {
    const MapLoop& loop = loop_for(loops, out.dtype());
    const Shape& shape = out.impl().shape;
    if (loop.rows == nullptr)
        native::write(out, map_two(a, b, loops, functor, out.dtype()));
    else if (out.is_contiguous() && lies_side_by_side(a, shape, out.dtype()) &&
        lies_side_by_side(b, shape, out.dtype()))
        run_side_by_side(out, a, b, loop.rows, functor);
    else
        run(out, a, b, out.dtype(), loop.rows, functor);
}

}  // namespace taper::detail
