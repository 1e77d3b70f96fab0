// Small linear algebra, made of the products of matmul.cpp.
#include <algorithm>
#include <cmath>

#include "../../tensor/warning.h"
#include "narrow.h"
#include "numbers.h"

namespace taper::ops {

using autograd::named, autograd::record, autograd::wrt;
using T = const Tensor&;

// ---- of two

Tensor kron(T a, T b) {
    const std::int64_t dims = std::max(a.ndim(), b.ndim());
    Shape rows, columns, whole;
    for (std::int64_t d = 0; d < dims; ++d) {
        const auto size_of = [&](T x) { return d < dims - x.ndim() ? 1 : x.shape()[d - (dims - x.ndim())]; };
        for (std::int64_t size : {size_of(a), std::int64_t(1)}) rows.push_back(size);
        for (std::int64_t size : {std::int64_t(1), size_of(b)}) columns.push_back(size);
        whole.push_back(size_of(a) * size_of(b));
    }
    return named("UnsafeViewBackward0", reshape(reshape(a, rows) * reshape(b, columns), whole));
}
Tensor inner(T a, T b) {
    if (a.ndim() == 0 || b.ndim() == 0) return mul(a, b);
    check(a.size(-1) == b.size(-1),
        "inner: inner() the last dimension must match on both input tensors but got shapes {} and {}", a.shape().str(),
        b.shape().str());
    return tensordot(a, b, ContractedDims(Dims(-1), Dims(-1)));
}
Tensor vdot(T a, T b) { return named("VdotBackward0", dot(a, b)); }

Tensor cross(T a, T b, const std::optional<std::int64_t>& dim) {
    check(a.ndim() == b.ndim(), "cross: linalg.cross: inputs must have the same number of dimensions.");
    const std::int64_t* of_three = std::find(a.impl().shape.begin(), a.impl().shape.end(), 3);
    check(dim || of_three != a.impl().shape.end(), "cross: no dimension of size 3 in input");
    const std::int64_t d = dim ? wrap_dim(*dim, a.ndim()) : of_three - a.impl().shape.begin();
    check(a.size(d) == 3 && b.size(d) == 3,
        "cross: linalg.cross: inputs dimension {} must have length 3. Got {} and {}", dim.value_or(d), a.size(d),
        b.size(d));
    refuse("cross", "cross", a.dtype(), {DType::Bool, DType::Float16});
    const auto turned = [d](T x, std::int64_t by) { return roll(x, Dims(-by), Dims(d)); };
    return named("LinalgCrossBackward0", turned(a, 1) * turned(b, 2) - turned(a, 2) * turned(b, 1));
}

Tensor tensordot(T a, T b, const ContractedDims& dims) {
    Dims of_a = dims.a, of_b = dims.b;
    if (dims.count) {
        check(*dims.count >= 0, "tensordot: tensordot expects dims >= 0, but got dims={}", *dims.count);
        for (std::int64_t i = 0; i < *dims.count; ++i) of_a.push_back(i - *dims.count), of_b.push_back(i);
    }
    check(of_a.size() == of_b.size(), "tensordot: both dimension lists should have same length");
    Tensor x = a, y = b;
    std::int64_t contracted = 1;
    for (int i = 0; i < of_a.size(); ++i) {
        const std::int64_t m = a.size(of_a[i]), n = b.size(of_b[i]);
        if (m == 1)
            y = sum(y, {.dim = Dims(of_b[i]), .keepdim = true}).to(b.dtype());
        else if (n == 1)
            x = sum(x, {.dim = Dims(of_a[i]), .keepdim = true}).to(a.dtype());
        else
            check(m == n,
                "tensordot: contracted dimensions need to match, but first has size {} in dim {} and second has size "
                "{} "
                "in dim {}",
                m, of_a[i], n, of_b[i]);
        of_a[i] = wrap_dim(of_a[i], a.ndim()), of_b[i] = wrap_dim(of_b[i], b.ndim());
        contracted *= m == 1 || n == 1 ? 1 : m;
    }
    Shape order_of_a, order_of_b = of_b, shape;
    std::int64_t rows = 1, columns = 1;
    const auto is_free = [](const Dims& taken, std::int64_t d) {
        return std::find(taken.begin(), taken.end(), d) == taken.end();
    };
    for (std::int64_t d = 0; d < a.ndim(); ++d)
        if (is_free(of_a, d)) order_of_a.push_back(d), shape.push_back(a.size(d)), rows *= a.size(d);
    for (std::int64_t d : of_a) order_of_a.push_back(d);
    for (std::int64_t d = 0; d < b.ndim(); ++d)
        if (is_free(of_b, d)) order_of_b.push_back(d), shape.push_back(b.size(d)), columns *= b.size(d);
    return reshape(
        mm(reshape(permute(x, order_of_a), {rows, contracted}), reshape(permute(y, order_of_b), {contracted, columns})),
        shape);
}

// ---- beta c + alpha times a product

namespace {

using ProductTypes =
    Types<std::uint8_t, std::int8_t, std::int16_t, std::int32_t, std::int64_t, BFloat16, float, double>;

// c, which does not count if beta is 0, whatever it holds.
Tensor scaled_by(T c, const Scalar& beta) {
    const double by = beta.to<double>();
    if (by == 1) return c;
    if (by == 0)
        return record(
            "MulBackward0", native::zeros(c.shape(), c.dtype()), wrt(c, [](T grad) { return zeros_like(grad); }));
    return c * Tensor(beta);
}
void check_scalar(const char* op, const char* name, const Scalar& value, T x) {
    check(x.is_floating_point() || value.kind() != DType::Float64,
        "{}: For integral input tensors, argument {} must not be a floating point number.", op, name);
}
template <class List, class Product> Tensor add_product(
    const char* op, const char* name, T c, T a, T b, const Scalar& beta, const Scalar& alpha, Product product) {
    check_scalar(op, "beta", beta, c), check_scalar(op, "alpha", alpha, c);
    if (is_narrow(c.dtype()))
        return in_wide<List>(
            [&](T c, T a, T b) { return add_product<List>(op, name, c, a, b, beta, alpha, product); }, c, a, b);
    const Tensor out = product(a, b);
    check(broadcast_shapes(c.shape(), out.shape()) == out.shape(),
        "{}: The expanded size of the tensor ({}) must match the existing size: {}", op, out.shape().str(),
        c.shape().str());
    return named(name, scaled_by(c, beta) + scaled_by(out, alpha));
}

}  // namespace

Tensor baddbmm(T c, T a, T b, const Scalar& beta, const Scalar& alpha) {
    return add_product<ProductTypes>("baddbmm", "BaddbmmBackward0", c, a, b, beta, alpha, bmm);
}
Tensor addbmm(T c, T a, T b, const Scalar& beta, const Scalar& alpha) {
    check(a.ndim() == 3 && b.ndim() == 3, "addbmm: batch1 and batch2 must be 3D tensors, not of shapes {} and {}",
        a.shape().str(), b.shape().str());
    check(a.size(0) == b.size(0) && a.size(2) == b.size(1),
        "addbmm: batch1 and batch2 shapes cannot be multiplied ({} and {})", a.shape().str(), b.shape().str());
    // One product: the batches stand side by side in one matrix, below each other in the other.
    return add_product<ProductTypes>("addbmm", "AddbmmBackward0", c, a, b, beta, alpha, [](T a, T b) {
        const std::int64_t length = a.size(0) * a.size(2);
        return mm(reshape(transpose(a, 0, 1), {a.size(1), length}), reshape(b, {length, b.size(2)}));
    });
}
Tensor addmv(T c, T a, T x, const Scalar& beta, const Scalar& alpha) {
    return add_product<ProductTypes>("addmv", "AddmvBackward0", c, a, x, beta, alpha, mv);
}
Tensor addr(T c, T a, T b, const Scalar& beta, const Scalar& alpha) {
    return add_product<AllTypes>("addr", "AddrBackward0", c, a, b, beta, alpha, outer);
}

// ---- of many

Tensor matrix_power(T matrix, std::int64_t n) {
    check(matrix.ndim() >= 2, "matrix_power: linalg.matrix_power: The input tensor A must have at least 2 dimensions.");
    check(matrix.size(-1) == matrix.size(-2),
        "matrix_power: linalg.matrix_power: A must be batches of square matrices, but they are {} by {} matrices",
        matrix.size(-2), matrix.size(-1));
    check(n >= 0, "matrix_power: a power below 0 asks for the inverse of a matrix, for which there is nothing here");
    const Tensor x = matrix.dtype() == DType::Bool ? to(matrix, int64) : matrix;
    if (n == 0) return copy_(clone(x), eye(x.size(-1), {.dtype = x.dtype()}));
    if (n == 1) return clone(x);
    if (n == 3) return matmul(matmul(x, x), x);
    Tensor square = x, product;  // of the squares that n, written in binary, asks for
    for (std::int64_t rest = n; rest > 0; rest /= 2) {
        if (rest != n) square = matmul(square, square);
        if (rest % 2) product = product.defined() ? matmul(product, square) : square;
    }
    return product;
}

Tensor chain_matmul(const TensorList& matrices) {
    check(!matrices.empty(), "chain_matmul: chain_matmul(): Expected one or more matrices");
    for (T x : matrices)
        check(x.ndim() == 2, "chain_matmul: Expected 2-dimensional tensor, but got {}-dimensional tensor", x.ndim());
    warn(
        "torch.chain_matmul is deprecated and will be removed in a future PyTorch release. Use torch.linalg.multi_dot "
        "instead, which accepts a list of two or more tensors rather than multiple parameters.");
    // cost[i][j]: of the cheapest product of the i-th to the j-th; cut[i][j]: where its last multiplication stands.
    const std::size_t n = matrices.size();
    std::vector<std::vector<double>> cost(n, std::vector<double>(n));
    std::vector<std::vector<std::size_t>> cut(n, std::vector<std::size_t>(n));
    const auto rows = [&](std::size_t i) { return static_cast<double>(matrices[i].size(0)); };
    for (std::size_t length = 1; length < n; ++length)
        for (std::size_t i = 0; i + length < n; ++i) {
            const std::size_t j = i + length;
            cost[i][j] = INFINITY;
            for (std::size_t k = i; k < j; ++k) {
                const double all =
                    cost[i][k] + cost[k + 1][j] + rows(i) * rows(k + 1) * static_cast<double>(matrices[j].size(1));
                if (all < cost[i][j]) cost[i][j] = all, cut[i][j] = k;
            }
        }
    const auto product = [&](const auto& self, std::size_t i, std::size_t j) -> Tensor {
        return i == j ? matrices[i] : mm(self(self, i, cut[i][j]), self(self, cut[i][j] + 1, j));
    };
    return n == 1 ? clone(matrices[0]) : named("ViewBackward0", product(product, 0, n - 1));
}

}  // namespace taper::ops
