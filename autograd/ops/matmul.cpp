// BlasMatrix products: straight into BLAS, without copies wherever one of a matrix's strides is 1.
#include "../../tensor/kernels/gemm.h"

#include "../../tensor/loops.h"
#include "../ops.h"
#include "narrow.h"

namespace taper::ops {

using autograd::record, autograd::save, autograd::wrt;
using T = const Tensor&;

namespace {

using ProductTypes =
    Types<std::uint8_t, std::int8_t, std::int16_t, std::int32_t, std::int64_t, BFloat16, float, double>;

// The last two dims of a tensor as BLAS sees a matrix: its rows or its columns are contiguous.
struct BlasMatrix {
    Tensor held;
    bool transposed;
    std::int64_t leading;

    explicit BlasMatrix(T x) : held(x) {
        const std::int64_t *sizes = x.impl().shape.end() - 2, *strides = x.impl().strides.end() - 2;
        const std::int64_t rows = sizes[0], columns = sizes[1], across = strides[1];
        std::int64_t down = strides[0];
        bool by_rows = (across == 1 || columns == 1) && (down >= std::max<std::int64_t>(columns, 1) || rows == 1);
        bool by_columns = (down == 1 || rows == 1) && (across >= std::max<std::int64_t>(rows, 1) || columns == 1);
        transposed = !by_rows && by_columns;
        if (!by_rows && !by_columns) held = native::contiguous(x), down = columns;
        leading = transposed ? (columns == 1 ? rows : across) : rows == 1 ? columns : down;
        leading = std::max<std::int64_t>(leading, 1);
    }
};

void check_same_dtype(const char* op, T a, T b) {
    check(a.dtype() == b.dtype(), "{}: expected m1 and m2 to have the same dtype, but got: {} != {}", op,
        scalar_name_of(a.dtype()), scalar_name_of(b.dtype()));
    check_same_device(op, a, b);
}

// alpha a b + beta out, of matrices, or beta times a row for each of out's if there is one.
void product_into(T out, T a, T b, double alpha, double beta, T row = {}) {
    BlasMatrix left(a), right(b);
    const std::int64_t m = *a.impl().shape.begin(), n = b.impl().shape.begin()[1], k = *b.impl().shape.begin();
    visit<ProductTypes>(out.dtype(), [&](auto zero) {
        using N = decltype(zero);
        gemm<N>(left.transposed, right.transposed, m, n, k, static_cast<N>(alpha), left.held.data_ptr<N>(),
            left.leading, right.held.data_ptr<N>(), right.leading, static_cast<N>(beta), out.data_ptr<N>(),
            std::max<std::int64_t>(n, 1), row.defined() ? row.data_ptr<N>() : nullptr);
    });
}

// Of batches of matrices, (n, p, q) by (n, q, r).
Tensor batched_product(T a, T b) {
    Tensor out = native::empty({a.shape()[0], a.shape()[1], b.shape()[2]}, a.dtype());
    BlasMatrix left(a), right(b);
    visit<ProductTypes>(out.dtype(), [&](auto zero) {
        using N = decltype(zero);
        batched_gemm<N>(a.shape()[0], left.transposed, right.transposed, a.shape()[1], b.shape()[2], a.shape()[2], N(1),
            left.held.data_ptr<N>(), left.leading, left.held.stride()[0], right.held.data_ptr<N>(), right.leading,
            right.held.stride()[0], N(0), out.data_ptr<N>(), std::max<std::int64_t>(b.shape()[2], 1), out.stride()[0]);
    });
    return out;
}

// Whether a matrix lies in columns, as weight.t() does: its gradient is worked out as it lies, so that the weight's is
// in rows.
bool is_transposed(T x) {
    const std::int64_t* strides = x.impl().strides.begin();
    return strides[0] == 1 && strides[1] > 1;
}
Tensor left_gradient(T grad, T b, bool transposed) { return transposed ? mm(b, grad.t()).t() : mm(grad, b.t()); }
Tensor right_gradient(T a, T grad, bool transposed) { return transposed ? mm(grad.t(), a).t() : mm(a.t(), grad); }

// Whether c is as long as a row of a matrix, as the bias of a linear layer is.
bool is_row_of(T c, const Shape& matrix) { return c.ndim() == 1 && *c.impl().shape.begin() == matrix.begin()[1]; }

Tensor scaled(T grad, double by) { return by == 1 ? grad : grad * by; }

}  // namespace

Tensor mm(T a, T b) {
    check(a.ndim() == 2, "mm: self must be a matrix, not of shape {}", a.shape().str());
    check(b.ndim() == 2, "mm: mat2 must be a matrix, not of shape {}", b.shape().str());
    check(a.shape()[1] == b.shape()[0], "mm: mat1 and mat2 shapes cannot be multiplied ({}x{} and {}x{})", a.shape()[0],
        a.shape()[1], b.shape()[0], b.shape()[1]);
    check_same_dtype("mm", a, b);
    if (is_narrow(a.dtype())) return in_wide<ProductTypes>(mm, a, b);
    Tensor out = native::empty({a.shape()[0], b.shape()[1]}, a.dtype(), a.device());
    product_into(out, a, b, 1, 0);
    return record("MmBackward0", out,
        wrt(a, save(b), [transposed = is_transposed(a)](T grad, T b) { return left_gradient(grad, b, transposed); }),
        wrt(b, save(a), [transposed = is_transposed(b)](T grad, T a) { return right_gradient(a, grad, transposed); }));
}

Tensor mv(T a, T x) {
    check(a.ndim() == 2 && x.ndim() == 1, "mv: vector + matrix @ vector expected, got {}, {}", a.ndim(), x.ndim());
    check(a.shape()[1] == x.shape()[0], "mv: size mismatch, got {}, {}x{},{}", a.shape()[0], a.shape()[0], a.shape()[1],
        x.shape()[0]);
    Tensor out;
    {
        NoGradGuard no_grad;
        out = mm(a, x.unsqueeze(1)).squeeze(1).detach();
    }
    return record("MvBackward0", out, wrt(a, save(x), [](T grad, T x) { return outer(grad, x); }),
        wrt(x, save(a), [](T grad, T a) { return mv(a.t(), grad); }));
}

Tensor dot(T a, T b) {
    check(a.ndim() == 1 && b.ndim() == 1, "dot: 1D tensors expected, but got {}D and {}D tensors", a.ndim(), b.ndim());
    check(a.shape() == b.shape(),
        "dot: inconsistent tensor size, expected tensor {} and src {} to have the same number of elements, but got "
        "{} and {} elements respectively",
        a.shape().str(), b.shape().str(), a.numel(), b.numel());
    check_same_dtype("dot", a, b);
    Tensor out;
    if (a.dtype() == float32 || a.dtype() == float64) {
        out = visit<Types<float, double>>(a.dtype(), [&](auto zero) {
            using E = decltype(zero);
            return native::full(
                {}, taper::dot(a.numel(), a.data_ptr<E>(), a.stride()[0], b.data_ptr<E>(), b.stride()[0]), a.dtype());
        });
    } else {
        NoGradGuard no_grad;
        out = mm(a.unsqueeze(0), b.unsqueeze(1)).reshape(Shape{}).detach();
    }
    return record("DotBackward0", out, wrt(a, save(b), [](T grad, T b) { return grad * b; }),
        wrt(b, save(a), [](T grad, T a) { return grad * a; }));
}

Tensor outer(T a, T b) {
    check(
        a.ndim() == 1 && b.ndim() == 1, "outer: self and vec2 must be 1-D, but got {}-D and {}-D", a.ndim(), b.ndim());
    return a.unsqueeze(1) * b;
}

Tensor bmm(T a, T b) {
    check(a.ndim() == 3, "bmm: batch1 must be a 3D tensor, not of shape {}", a.shape().str());
    check(b.ndim() == 3, "bmm: batch2 must be a 3D tensor, not of shape {}", b.shape().str());
    check(a.shape()[0] == b.shape()[0] && a.shape()[2] == b.shape()[1],
        "bmm: Expected size for first two dimensions of batch2 tensor to be: [{}, {}] but got: [{}, {}].", a.shape()[0],
        a.shape()[2], b.shape()[0], b.shape()[1]);
    check_same_dtype("bmm", a, b);
    if (is_narrow(a.dtype())) return in_wide<ProductTypes>(bmm, a, b);
    return record("BmmBackward0", batched_product(a, b), wrt(a, save(b), [](T grad, T b) { return bmm(grad, b.mT()); }),
        wrt(b, save(a), [](T grad, T a) { return bmm(a.mT(), grad); }));
}

Tensor addmm(T c, T a, T b) { return addmm_scaled(c, a, b, 1, 1); }
Tensor addmm_scaled(T c, T a, T b, double beta, double alpha) {
    check(a.ndim() == 2 && b.ndim() == 2, "addmm: mat1 and mat2 must be matrices, not of shapes {} and {}",
        a.shape().str(), b.shape().str());
    check(a.shape()[1] == b.shape()[0], "addmm: mat1 and mat2 shapes cannot be multiplied ({}x{} and {}x{})",
        a.shape()[0], a.shape()[1], b.shape()[0], b.shape()[1]);
    check_same_dtype("addmm", a, b);
    Shape shape{a.shape()[0], b.shape()[1]};
    check(is_row_of(c, shape) || broadcast_shapes(c.shape(), shape) == shape,
        "addmm: The expanded size of the tensor ({}) must match the existing size: {}", shape.str(), c.shape().str());
    Tensor out = native::empty(shape, a.dtype(), a.device());
    check(c.dtype() == b.dtype(), "addmm: self and mat2 must have the same dtype, but got: {} and {}",
        scalar_name_of(c.dtype()), scalar_name_of(b.dtype()));
    check_same_device("addmm", c, a);
    if (is_narrow(c.dtype()))
        return in_wide<ProductTypes>([&](T c, T a, T b) { return addmm_scaled(c, a, b, beta, alpha); }, c, a, b);
    const bool is_row = beta != 0 && is_row_of(c, shape) && *c.impl().strides.begin() == 1;
    if (beta != 0 && !is_row) native::copy(out, c);
    product_into(out, a, b, alpha, beta, is_row ? c : Tensor());
    out.impl().storage->version = 0;
    return record("AddmmBackward0", out, wrt(c, [beta](T grad) { return scaled(grad, beta); }),
        wrt(a, save(b),
            [alpha, transposed = is_transposed(a)](
                T grad, T b) { return scaled(left_gradient(grad, b, transposed), alpha); }),
        wrt(b, save(a), [alpha, transposed = is_transposed(b)](T grad, T a) {
            return scaled(right_gradient(a, grad, transposed), alpha);
        }));
}

Tensor linear(T x, T weight, T bias) {
    if (weight.ndim() == 1) {
        Tensor out = matmul(x, weight);
        return bias.defined() ? out + bias : out;
    }
    if (x.ndim() == 2) return bias.defined() ? addmm(bias, x, t(weight)) : mm(x, t(weight));
    const bool viewed = x.ndim() == 3 && x.is_contiguous();
    const char* name = bias.defined() ? (viewed ? "ViewBackward0" : "AddBackward0")
        : x.ndim() == 1               ? "SqueezeBackward3"
                                      : "UnsafeViewBackward0";
    if (x.ndim() == 1) return autograd::named(name, linear(x.unsqueeze(0), weight, bias).squeeze(0));
    Tensor rows = reshape(x, {-1, x.size(-1)});
    Shape shape = x.shape();
    shape[shape.size() - 1] = weight.size(0);
    return autograd::named(name, view(linear(rows, weight, bias), shape));
}

// The name PyTorch shows for a matrix by a batch of them: it works on the transposes, and transposes the result.
static const char* name_of_transposed(T a, T b) {
    if (a.ndim() != 2) return "UnsafeViewBackward0";
    bool empty = false;
    for (int d = 0; d < b.ndim() - 2; ++d) empty = empty || b.shape()[d] == 0;
    const bool columns = b.ndim() == 3 && b.stride(2) != 1 && b.stride(0) == b.size(1) * b.size(2);
    if (columns) return "UnsafeViewBackward0";
    return std::min(a.size(0), b.size(-1)) <= 1 || empty ? "TransposeBackward0" : "CloneBackward0";
}

Tensor matmul(T a, T b) {
    check(a.ndim() > 0 && b.ndim() > 0,
        "matmul: both arguments to matmul need to be at least 1D, but they are {}D and {}D", a.ndim(), b.ndim());
    if (a.ndim() == 1 && b.ndim() == 1) return dot(a, b);
    if (a.ndim() == 2 && b.ndim() == 1) return mv(a, b);
    const char* name = b.ndim() > 2 && a.ndim() <= 2 ? name_of_transposed(a, b)
        : a.ndim() == 1                              ? "SqueezeBackward3"
                                                     : "UnsafeViewBackward0";
    if (a.ndim() == 1) return autograd::named(name, matmul(a.unsqueeze(0), b).squeeze(-2));
    if (b.ndim() == 1) return autograd::named(name, matmul(a, b.unsqueeze(1)).squeeze(-1));
    check(a.size(-1) == b.size(-2), "matmul: mat1 and mat2 shapes cannot be multiplied ({}x{} and {}x{})", a.size(-2),
        a.size(-1), b.size(-2), b.size(-1));
    if (a.ndim() == 2 && b.ndim() == 2) return mm(a, b);
    if (b.ndim() == 2) {  // one matrix for all: the leading dims are rows
        Shape shape = a.shape();
        shape[shape.size() - 1] = b.size(1);
        std::int64_t rows = 1;
        for (int d = 0; d < a.ndim() - 1; ++d) rows *= a.shape()[d];
        return autograd::named(name, mm(a.reshape(Shape{rows, a.size(-1)}), b).view(shape));
    }
    Shape lead_a = a.shape(), lead_b = b.shape();
    for (int i = 0; i < 2; ++i) lead_a.erase(lead_a.size() - 1), lead_b.erase(lead_b.size() - 1);
    Shape lead = broadcast_shapes(lead_a, lead_b), full_a = lead, full_b = lead, full = lead;
    for (std::int64_t d : {-2, -1}) full_a.push_back(a.size(d)), full_b.push_back(b.size(d));
    full.push_back(a.size(-2));
    full.push_back(b.size(-1));
    Tensor left = a.expand(full_a).reshape(Shape{lead.numel(), a.size(-2), a.size(-1)});
    Tensor right = b.expand(full_b).reshape(Shape{lead.numel(), b.size(-2), b.size(-1)});
    return autograd::named(name, bmm(left, right).view(full));
}

}  // namespace taper::ops
