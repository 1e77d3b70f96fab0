#include "tensor.h"

#include <ostream>

#include "loops.h"
#include "native.h"

namespace taper {

Tensor::Tensor(Scalar value) {
    *this = visit(value.kind(), [&](auto zero) {
        using T = decltype(zero);
        auto impl = make_ref<TensorImpl>();
        impl->storage = Storage::make(sizeof(T));
        impl->dtype = dtype_of<T>();
        impl->is_number = true;
        *static_cast<T*>(impl->storage->data()) = value.to<T>();
        return Tensor(std::move(impl));
    });
}

std::int64_t Tensor::size(const DimMethod& o) const { return o.dim.need("size", "dim"), size(*o.dim); }
std::int64_t Tensor::stride(const DimMethod& o) const { return o.dim.need("stride", "dim"), stride(*o.dim); }
std::int64_t Tensor::size(std::int64_t dim) const { return shape()[checked_dim(dim)]; }
std::int64_t Tensor::stride(std::int64_t dim) const { return stride()[checked_dim(dim)]; }

std::int64_t Tensor::checked_dim(std::int64_t dim) const {
    check(ndim() > 0, "Dimension specified as {} but tensor has no dimensions", dim);
    return wrap_dim(dim, ndim());
}

bool Tensor::is_contiguous() const {
    const Shape& shape = impl().shape;
    const std::int64_t *sizes = shape.begin(), *strides = impl().strides.begin();
    std::int64_t step = 1;
    bool contiguous = true;
    for (int d = shape.size(); d-- > 0;) {
        if (sizes[d] == 0) return true;
        if (sizes[d] == 1) continue;
        contiguous = contiguous && strides[d] == step;
        step *= sizes[d];
    }
    return contiguous;
}

Scalar Tensor::item_scalar() const {
    check(numel() == 1, "item: a Tensor with {} elements cannot be converted to Scalar", numel());
    if (is_narrow(dtype())) return native::cast(*this, info_of(dtype()).computes_in).item_scalar();
    return visit(dtype(), [&](auto zero) { return Scalar(*static_cast<decltype(zero)*>(data_ptr())); });
}

std::int64_t Tensor::whole_number() const {
    check(ndim() == 0 && !is_floating_point() && dtype() != DType::Bool, "start must be an 0-dim integral Tensor.");
    return item<std::int64_t>();
}

Tensor::operator bool() const {
    check(numel() == 1, "Boolean value of Tensor with {} is ambiguous",
        numel() == 0 ? "no values" : "more than one value");
    return item<bool>();
}

template <Number T> NumberList<T> Tensor::tolist() const {
    Tensor all = native::contiguous(native::cast(*this, info_of(dtype()).computes_in));
    NumberList<T> list;
    list.shape = shape();
    list.dtype = dtype();
    visit(all.dtype(), [&](auto zero) {
        const auto* data = static_cast<const decltype(zero)*>(all.data_ptr());
        list.assign(data, data + numel());
    });
    return list;
}
template NumberList<bool> Tensor::tolist() const;
template NumberList<std::uint8_t> Tensor::tolist() const;
template NumberList<int> Tensor::tolist() const;
template NumberList<std::int64_t> Tensor::tolist() const;
template NumberList<float> Tensor::tolist() const;
template NumberList<double> Tensor::tolist() const;

std::int64_t len(const Tensor& x) {
    check(x.ndim() > 0, "len() of a 0-d tensor");
    return x.shape()[0];
}

std::ostream& operator<<(std::ostream& out, const Tensor& x) { return out << to_string(x); }
std::ostream& operator<<(std::ostream& out, const Shape& shape) { return out << fmt::format("{}", shape); }

void Tensor::is_not_of(DType wanted) const {
    fail("data_ptr: expected scalar type {} but found {}", scalar_name_of(wanted), scalar_name_of(dtype()));
}
void Tensor::has_no_version() { fail("version: Inference tensors do not track version counter."); }
void Tensor::is_undefined() { fail("an undefined Tensor() was used where a value is needed"); }

// The first or the second result, as of Python's tuple.
static const Tensor& result_at(const Tensor& first, const Tensor& second, std::int64_t i) {
    check(-2 <= i && i < 2, "tuple index out of range: there are 2 results, and {} was asked for", i);
    return i == 0 || i == -2 ? first : second;
}
const Tensor& ValuesAndIndices::operator[](std::int64_t i) const { return result_at(values, indices, i); }
const Tensor& MinAndMax::operator[](std::int64_t i) const { return result_at(min, max, i); }
const Tensor& MantissaAndExponent::operator[](std::int64_t i) const { return result_at(mantissa, exponent, i); }
const Tensor& VarAndMean::operator[](std::int64_t i) const { return result_at(var, mean, i); }
const Tensor& StdAndMean::operator[](std::int64_t i) const { return result_at(std, mean, i); }

}  // namespace taper
