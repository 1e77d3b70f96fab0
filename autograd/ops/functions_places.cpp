// What the functions of functions_places.h do with their arguments, and the methods beside them.
#include "../inplace.h"
#include "functions.h"

namespace taper {

// ---- several results

template <int> TensorList Tensor::unique_consecutive(const UniqueConsecutiveSeveralMethod& o) const {
    return ops::unique_consecutive(*this, o.dim, o.return_inverse, o.return_counts);
}
template TensorList Tensor::unique_consecutive<0>(const UniqueConsecutiveSeveralMethod& o) const;
TensorList Tensor::unique_consecutive(const Arg<bool>& return_inverse, UniqueConsecutiveSeveralMethod o) const {
    return o.return_inverse.put(return_inverse, "unique_consecutive", "return_inverse"), unique_consecutive<0>(o);
}
TensorList Tensor::unique_consecutive(
    const Arg<bool>& return_inverse, const Arg<bool>& return_counts, UniqueConsecutiveSeveralMethod o) const {
    o.return_counts.put(return_counts, "unique_consecutive", "return_counts");
    return unique_consecutive(return_inverse, std::move(o));
}
TensorList Tensor::unique_consecutive(const Arg<bool>& return_inverse, const Arg<bool>& return_counts,
    const Arg<std::optional<std::int64_t>>& dim) const {
    return unique_consecutive(return_inverse, return_counts, UniqueConsecutiveSeveralMethod{.dim = dim});
}
template <int> TensorList unique_consecutive(const UniqueConsecutiveSeveralFunction& o) {
    o.input.need("unique_consecutive", "input");
    return ops::unique_consecutive(o.input, o.dim, o.return_inverse, o.return_counts);
}
template TensorList unique_consecutive<0>(const UniqueConsecutiveSeveralFunction& o);
template <int> TensorList unique_consecutive(const Arg<Tensor>& input, UniqueConsecutiveSeveralFunction o) {
    return o.input.put(input, "unique_consecutive", "input"), unique_consecutive<0>(o);
}
template TensorList unique_consecutive<0>(const Arg<Tensor>& input, UniqueConsecutiveSeveralFunction o);

// ---- cut into parts

static SplitSize parts_of(const char* op, const Arg<std::optional<std::int64_t>>& sections,
    const Arg<std::optional<std::vector<std::int64_t>>>& indices) {
    check(
        sections->has_value() != indices->has_value(), "{}: missing a required argument: 'sections' or 'indices'", op);
    return *sections ? SplitSize(**sections) : SplitSize(**indices);
}
#define TAPER_PARTS(name)                                                                                              \
    TensorList Tensor::name(const PartsMethod& o) const {                                                              \
        return ops::name(*this, parts_of(#name, o.sections, o.indices));                                               \
    }                                                                                                                  \
    TensorList Tensor::name(const ListArg<std::int64_t>& indices) const {                                              \
        return ops::name(*this, SplitSize(*indices));                                                                  \
    }                                                                                                                  \
    TensorList name(const PartsFunction& o) {                                                                          \
        return o.input.need(#name, "input"), ops::name(o.input, parts_of(#name, o.sections, o.indices));               \
    }                                                                                                                  \
    TensorList name(const Arg<Tensor>& input, PartsFunction o) { return o.input.put(input, #name, "input"), name(o); } \
    TensorList name(const Arg<Tensor>& input, const ListArg<std::int64_t>& indices) { return (*input).name(indices); }
TAPER_PARTS(hsplit)
TAPER_PARTS(vsplit)
TAPER_PARTS(dsplit)
#undef TAPER_PARTS

TensorList Tensor::tensor_split(const TensorSplitMethod& o) const {
    if (o.tensor_indices_or_sections.defined()) return ops::tensor_split(*this, *o.tensor_indices_or_sections, o.dim);
    const SplitSize parts = parts_of("tensor_split", o.sections, o.indices);
    return parts.size ? ops::tensor_split(*this, *parts.size, o.dim) : ops::tensor_split(*this, parts.sections, o.dim);
}
TensorList Tensor::tensor_split(const ListArg<std::int64_t>& indices, TensorSplitMethod o) const {
    return o.indices.put(std::optional(*indices), "tensor_split", "indices"), tensor_split(o);
}
TensorList Tensor::tensor_split(const ListArg<std::int64_t>& indices, const Arg<std::int64_t>& dim) const {
    return tensor_split(indices, TensorSplitMethod{.dim = dim});
}
TensorList Tensor::tensor_split(const Arg<Tensor>& places, TensorSplitMethod o) const {
    return o.tensor_indices_or_sections.put(places, "tensor_split", "tensor_indices_or_sections"), tensor_split(o);
}
TensorList Tensor::tensor_split(const Arg<Tensor>& places, const Arg<std::int64_t>& dim) const {
    return tensor_split(places, TensorSplitMethod{.dim = dim});
}
TensorList tensor_split(const TensorSplitFunction& o) {
    o.input.need("tensor_split", "input");
    return (*o.input).tensor_split(TensorSplitMethod{.sections = o.sections,
        .indices = o.indices,
        .tensor_indices_or_sections = o.tensor_indices_or_sections,
        .dim = o.dim});
}
TensorList tensor_split(const Arg<Tensor>& input, TensorSplitFunction o) {
    return o.input.put(input, "tensor_split", "input"), tensor_split(o);
}
TensorList tensor_split(const Arg<Tensor>& input, const ListArg<std::int64_t>& indices, TensorSplitMethod o) {
    return (*input).tensor_split(indices, std::move(o));
}
TensorList tensor_split(const Arg<Tensor>& input, const ListArg<std::int64_t>& indices, const Arg<std::int64_t>& dim) {
    return (*input).tensor_split(indices, dim);
}
TensorList tensor_split(const Arg<Tensor>& input, const Arg<Tensor>& places, TensorSplitMethod o) {
    return (*input).tensor_split(places, std::move(o));
}
TensorList tensor_split(const Arg<Tensor>& input, const Arg<Tensor>& places, const Arg<std::int64_t>& dim) {
    return (*input).tensor_split(places, dim);
}

// ---- any number of tensors

static TensorList of_each(const TensorList& tensors, Tensor (*f)(const Tensor&)) {
    TensorList all;
    for (const Tensor& x : tensors) all.push_back(f(x));
    return all;
}
#define TAPER_OF_EACH(name)                                         \
    Tensor name(const Tensor& tensor) { return ops::name(tensor); } \
    TensorList name(const Arg<TensorList>& tensors) { return of_each(tensors, ops::name); }
TAPER_OF_EACH(atleast_1d)
TAPER_OF_EACH(atleast_2d)
TAPER_OF_EACH(atleast_3d)
#undef TAPER_OF_EACH
Tensor block_diag(const Arg<TensorList>& tensors) { return ops::block_diag(tensors); }
Tensor cartesian_prod(const Arg<TensorList>& tensors) { return ops::cartesian_prod(tensors); }
TAPER_DEFINE_FUNCTION(
    TensorList, gradient, GradientFunction, (ops::gradient(o.input, o.spacing, o.dim, o.edge_order)), 1, input)

// ---- what it is

Tensor isin(const IsinTestElementFunction& o) {
    o.elements.need("isin", "elements"), o.test_element.need("isin", "test_element");
    return ops::into("isin", o.out, ops::isin(o.elements, Tensor(*o.test_element), o.invert));
}
Tensor isin(const Arg<Tensor>& elements, IsinTestElementFunction o) {
    return o.elements.put(elements, "isin", "elements"), isin(o);
}
Tensor isin(const IsinElementFunction& o) {
    o.element.need("isin", "element"), o.test_elements.need("isin", "test_elements");
    return ops::into("isin", o.out, ops::isin(Tensor(*o.element), o.test_elements, o.invert));
}

static bool casts(DType from, DType to) {
    return (is_floating_point(to) || !is_floating_point(from)) && (to != DType::Bool || from == DType::Bool);
}
TAPER_DEFINE_FUNCTION(bool, can_cast, CanCastFunction, (casts(o.from, o.to)), 2, from, to)

Tensor Tensor::H() const {
    check(ndim() == 2 || ndim() == 0,
        "H: tensor.H is only supported on matrices (2-D tensors). Got {}-D tensor. For batches of matrices, consider "
        "using tensor.mH",
        ndim());
    return ndim() == 0 ? *this : ops::transpose(*this, 0, 1);
}
Tensor Tensor::nanmedian() const { return ops::nanmedian(*this); }

// ---- element by element

const Tensor& Tensor::apply_(const std::function<double(double)>& f) const {
    check(!requires_grad(), "apply_: Can't call apply_() on Variable that requires grad. Use var.detach().apply_().");
    return map_(*this, [&](double v, double) { return f(v); });
}
const Tensor& Tensor::map_(const Tensor& tensor, const std::function<double(double, double)>& f) const {
    check(!requires_grad() && !tensor.requires_grad(),
        "map_: Can't call map_() on Variable that requires grad. Use var.detach().map_().");
    check(tensor.dtype() == dtype(), "map_: expected {} for argument 'other' (got {})", dtype(), tensor.dtype());
    const Tensor own = native::clone(native::contiguous(native::cast(*this, DType::Float64))),
                 other = native::contiguous(native::cast(native::broadcast(tensor, shape()), DType::Float64));
    auto *to = own.data_ptr<double>(), *from = other.data_ptr<double>();
    for (std::int64_t i = 0; i < numel(); ++i) to[i] = f(to[i], from[i]);
    autograd::check_writable("map_", *this);
    native::copy(*this, own);
    return *this;
}

}  // namespace taper
