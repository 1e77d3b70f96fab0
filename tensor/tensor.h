// The Tensor: a handle to a strided view of shared memory. Methods that record history are defined in autograd/, where
// their free functions carry the documentation.
#pragma once

#include <array>
#include <functional>
#include <iosfwd>
#include <span>
#include <tuple>
#include <vector>

#include "index.h"
#include "options.h"
#include "random.h"
#include "scalar.h"
#include "storage.h"

namespace taper {

class Tensor;
class Indexed;
struct BackwardOptions;
using TensorList = std::vector<Tensor>;

/// The keywords of every function that makes a tensor. Absent: the dtype of the values, or the default one.
struct TensorOptions {
    std::optional<DType> dtype = {};
    bool requires_grad = false;
    std::optional<Device> device = {};
};
/// sum, mean, amax and so on: over all dims, or over those given.
struct ReduceOptions {
    Keywords _ = Keywords();
    std::optional<Dims> dim = {};
    bool keepdim = false;
    std::optional<DType> dtype = {};
};
/// var and std. `correction`, as in PyTorch 2, overrides `unbiased`.
struct VarOptions {
    Keywords _ = Keywords();
    std::optional<Dims> dim = {};
    bool unbiased = true;
    bool keepdim = false;
    std::optional<double> correction = {};
};
struct NormOptions {
    Keywords _ = Keywords();
    double p = 2;
    std::optional<Dims> dim = {};
    bool keepdim = false;
};
struct ArgOptions {
    Keywords _ = Keywords();
    std::optional<std::int64_t> dim = {};
    bool keepdim = false;
};
struct SortOptions {
    Keywords _ = Keywords();
    std::int64_t dim = -1;
    bool descending = false;
    bool stable = false;
};
struct TopkOptions {
    Keywords _ = Keywords();
    std::int64_t dim = -1;
    bool largest = true;
    bool sorted = true;
};
struct ClampOptions {
    Keywords _ = Keywords();
    std::optional<Scalar> min = {}, max = {};
};
struct AddOptions {
    Scalar alpha = 1;
};
struct DivOptions {
    std::string rounding_mode = {};  // "", "trunc" or "floor"
};
struct CloseOptions {
    double rtol = 1e-5, atol = 1e-8;
    bool equal_nan = false;
};

/// Values beside the indices they were found at: torch.return_types.max, sort, topk.
struct ValuesAndIndices;

/// What a hook gives back; remove() takes it off again.
struct HookHandle {
    std::function<void()> remove = [] {};
};

/// What x.grad_fn() is: the node's name, and whether there is one.
class GradFn;

class Tensor {
 public:
    Tensor() = default;
    /// A number in an expression, as in `x + 1`: a 0-dim tensor whose dtype yields to that of the tensors beside it.
    template <Number N> Tensor(N value) : Tensor(Scalar(value)) {}
    Tensor(Scalar value);
    explicit Tensor(Ref<Body> body) : body_(std::move(body)) {}
    Tensor(const Tensor&) = default;
    Tensor(Tensor&&) noexcept = default;
    ~Tensor() = default;

    // x = y rebinds the name; X[1] = y writes, since X[1] is a temporary.
    Tensor& operator=(const Tensor&) & = default;
    Tensor& operator=(Tensor&&) & noexcept = default;
    const Tensor& operator=(const Tensor& value) && { return set_item(value); }

    // ---- what it is
    bool defined() const { return static_cast<bool>(body_); }
    const Shape& shape() const& { return body().shape; }
    Shape shape() const&& { return body().shape; }
    Shape size() const { return body().shape; }
    std::int64_t size(std::int64_t dim) const;
    const Strides& stride() const& { return body().strides; }
    Strides stride() const&& { return body().strides; }
    std::int64_t stride(std::int64_t dim) const;
    std::int64_t ndim() const { return body().shape.size(); }
    std::int64_t dim() const { return ndim(); }
    std::int64_t numel() const { return body().shape.numel(); }
    std::int64_t storage_offset() const { return body().offset; }
    std::int64_t element_size() const { return size_of(dtype()); }
    std::int64_t nbytes() const { return numel() * element_size(); }
    DType dtype() const { return body().dtype; }
    Device device() const { return body().storage->device(); }
    bool is_floating_point() const { return taper::is_floating_point(dtype()); }
    bool is_contiguous() const;
    bool is_cuda() const { return !device().is_cpu(); }

    // ---- its memory
    /// The first element; Error unless T is the element type.
    template <class T> T* data_ptr() const {
        check(dtype() == dtype_of<T>(), "data_ptr: expected scalar type {} but found {}", scalar_name_of(dtype_of<T>()),
            scalar_name_of(dtype()));
        return static_cast<T*>(data_ptr());
    }
    void* data_ptr() const { return static_cast<char*>(body().storage->data()) + body().offset * element_size(); }
    /// The number of a tensor of one element; Error if it has more.
    template <Number T = double> T item() const { return item_scalar().to<T>(); }
    Scalar item_scalar() const;
    /// All elements in row-major order.
    template <Number T = double> std::vector<T> tolist() const;
    explicit operator bool() const;
    std::uint32_t version() const {
        check(!is_inference(), "version: Inference tensors do not track version counter.");
        return body().storage->version;
    }

    // ---- autograd
    bool requires_grad() const;
    const Tensor& requires_grad_(bool requires_grad = true) const;
    const Tensor& set_requires_grad(bool requires_grad) const { return requires_grad_(requires_grad); }
    bool is_leaf() const;
    bool is_inference() const { return body().storage->is_inference(); }
    Tensor grad() const { return Tensor(body().grad); }
    void set_grad(const Tensor& grad) const;
    GradFn grad_fn() const;
    void retain_grad() const;
    bool retains_grad() const { return body().retains_grad; }
    HookHandle register_hook(std::function<Tensor(const Tensor&)> hook) const;
    template <class F>
        requires std::is_void_v<std::invoke_result_t<F, const Tensor&>>
    HookHandle register_hook(F hook) const {
        return register_hook(
            std::function<Tensor(const Tensor&)>([hook](const Tensor& grad) { return hook(grad), Tensor(); }));
    }
    HookHandle register_post_accumulate_grad_hook(std::function<void(const Tensor&)> hook) const;
    void backward() const;
    void backward(const BackwardOptions& options) const;
    void backward(const Tensor& gradient) const;
    void backward(const Tensor& gradient, const BackwardOptions& options) const;
    Tensor detach() const;
    const Tensor& detach_() const;
    Tensor data() const;
    bool is_view() const { return static_cast<bool>(body().base); }

    // ---- dtype, device, copies
    Tensor to(DType dtype) const;
    Tensor to(const Device& device) const;
    Tensor to(const Device& device, DType dtype) const { return to(device).to(dtype); }
    Tensor to(const Tensor& other) const { return to(other.device()).to(other.dtype()); }
    Tensor type_as(const Tensor& other) const { return to(other.dtype()); }
    Tensor cpu() const { return to(Device()); }
    Tensor clone() const;
    Tensor contiguous() const;
    const Tensor& copy_(const Tensor& source) const;
    const Tensor& set_data(const Tensor& other) const;

    // ---- views
    Tensor view(const Shape& shape) const;
    Tensor reshape(const Shape& shape) const;
    Tensor expand(const Shape& shape) const;
    Tensor permute(const Shape& dims) const;
    Tensor repeat(const Shape& repeats) const;
    Tensor flip(const Shape& dims) const;
    template <std::integral... I>
        requires(sizeof...(I) > 0)
    Tensor view(I... sizes) const {
        return view(shape_of(sizes...));
    }
    template <std::integral... I>
        requires(sizeof...(I) > 0)
    Tensor reshape(I... sizes) const {
        return reshape(shape_of(sizes...));
    }
    template <std::integral... I>
        requires(sizeof...(I) > 0)
    Tensor expand(I... sizes) const {
        return expand(shape_of(sizes...));
    }
    template <std::integral... I>
        requires(sizeof...(I) > 0)
    Tensor permute(I... dims) const {
        return permute(shape_of(dims...));
    }
    template <std::integral... I>
        requires(sizeof...(I) > 0)
    Tensor repeat(I... repeats) const {
        return repeat(shape_of(repeats...));
    }
    template <std::integral... I>
        requires(sizeof...(I) > 0)
    Tensor flip(I... dims) const {
        return flip(shape_of(dims...));
    }
    Tensor view_as(const Tensor& other) const { return view(other.shape()); }
    Tensor reshape_as(const Tensor& other) const { return reshape(other.shape()); }
    Tensor expand_as(const Tensor& other) const { return expand(other.shape()); }
    Tensor flatten(std::int64_t start_dim = 0, std::int64_t end_dim = -1) const;
    Tensor unflatten(std::int64_t dim, const Shape& sizes) const;
    Tensor transpose(std::int64_t dim0, std::int64_t dim1) const;
    Tensor t() const;
    Tensor mT() const { return transpose(-2, -1); }
    Tensor movedim(std::int64_t source, std::int64_t destination) const;
    Tensor squeeze() const;
    Tensor squeeze(std::int64_t dim) const;
    Tensor unsqueeze(std::int64_t dim) const;
    Tensor select(std::int64_t dim, std::int64_t index) const;
    Tensor slice(std::int64_t dim, const Slice& slice) const;
    Tensor narrow(std::int64_t dim, std::int64_t start, std::int64_t length) const;
    Tensor as_strided(const Shape& size, const Strides& stride, std::optional<std::int64_t> storage_offset = {}) const;
    Tensor diagonal(std::int64_t offset = 0, std::int64_t dim1 = 0, std::int64_t dim2 = 1) const;
    Tensor unfold(std::int64_t dim, std::int64_t size, std::int64_t step) const;
    TensorList split(std::int64_t size, std::int64_t dim = 0) const;
    TensorList split(const std::vector<std::int64_t>& sizes, std::int64_t dim = 0) const;
    TensorList chunk(std::int64_t chunks, std::int64_t dim = 0) const;
    TensorList unbind(std::int64_t dim = 0) const;

    // ---- indexing: ints, Slice, all, None, ellipsis give a view; a Tensor among the indices gives an Indexed
    template <class... I>
        requires(sizeof...(I) > 0)
    auto operator[](const I&... index) const;
    Indexed operator[](const std::vector<std::int64_t>& rows) const;
    Tensor index_select(std::int64_t dim, const Tensor& index) const;
    Tensor gather(std::int64_t dim, const Tensor& index) const;
    Tensor masked_select(const Tensor& mask) const;
    Tensor masked_fill(const Tensor& mask, const Tensor& value) const;
    Tensor take(const Tensor& index) const;
    Tensor nonzero() const;
    Tensor where(const Tensor& condition, const Tensor& other) const;
    Tensor scatter(std::int64_t dim, const Tensor& index, const Tensor& source) const;
    Tensor scatter_add(std::int64_t dim, const Tensor& index, const Tensor& source) const;
    Tensor index_add(std::int64_t dim, const Tensor& index, const Tensor& source) const;
    const Tensor& masked_fill_(const Tensor& mask, const Tensor& value) const;
    const Tensor& scatter_(std::int64_t dim, const Tensor& index, const Tensor& source) const;
    const Tensor& scatter_add_(std::int64_t dim, const Tensor& index, const Tensor& source) const;
    const Tensor& index_add_(std::int64_t dim, const Tensor& index, const Tensor& source) const;
    const Tensor& index_fill_(std::int64_t dim, const Tensor& index, const Tensor& value) const;
    const Tensor& index_copy_(std::int64_t dim, const Tensor& index, const Tensor& source) const;

    // ---- elementwise, of one tensor
    Tensor operator-() const;
    Tensor operator~() const;
    Tensor neg() const;
    Tensor abs() const;
    Tensor sign() const;
    Tensor square() const;
    Tensor reciprocal() const;
    Tensor sqrt() const;
    Tensor rsqrt() const;
    Tensor exp() const;
    Tensor exp2() const;
    Tensor expm1() const;
    Tensor log() const;
    Tensor log2() const;
    Tensor log10() const;
    Tensor log1p() const;
    Tensor sin() const;
    Tensor cos() const;
    Tensor tan() const;
    Tensor asin() const;
    Tensor acos() const;
    Tensor atan() const;
    Tensor sinh() const;
    Tensor cosh() const;
    Tensor tanh() const;
    Tensor sigmoid() const;
    Tensor relu() const;
    Tensor erf() const;
    Tensor erfinv() const;
    Tensor floor() const;
    Tensor ceil() const;
    Tensor round() const;
    Tensor trunc() const;
    Tensor frac() const;
    Tensor clamp(std::optional<Scalar> min, std::optional<Scalar> max = {}) const;
    Tensor clamp(const ClampOptions& options) const;
    Tensor clamp(const Tensor& min, const Tensor& max) const;
    template <Number Min, Number Max> Tensor clamp(Min min, Max max) const {
        return clamp(ClampOptions{.min = min, .max = max});
    }
    Tensor clamp_min(const Tensor& min) const;
    Tensor clamp_max(const Tensor& max) const;
    Tensor nan_to_num(double nan = 0, std::optional<double> posinf = {}, std::optional<double> neginf = {}) const;
    Tensor isnan() const;
    Tensor isinf() const;
    Tensor isfinite() const;
    Tensor logical_not() const;
    Tensor bitwise_not() const;

    // ---- elementwise, of two
    Tensor add(const Tensor& other, const AddOptions& options = {}) const;
    Tensor sub(const Tensor& other, const AddOptions& options = {}) const;
    Tensor mul(const Tensor& other) const;
    Tensor div(const Tensor& other, const DivOptions& options = {}) const;
    Tensor floor_divide(const Tensor& other) const;
    Tensor remainder(const Tensor& other) const;
    Tensor fmod(const Tensor& other) const;
    Tensor pow(const Tensor& exponent) const;
    Tensor atan2(const Tensor& other) const;
    Tensor maximum(const Tensor& other) const;
    Tensor minimum(const Tensor& other) const;
    Tensor lerp(const Tensor& end, const Tensor& weight) const;
    Tensor addcmul(const Tensor& a, const Tensor& b, double value = 1) const;
    Tensor addcdiv(const Tensor& a, const Tensor& b, double value = 1) const;
    Tensor eq(const Tensor& other) const;
    Tensor ne(const Tensor& other) const;
    Tensor lt(const Tensor& other) const;
    Tensor le(const Tensor& other) const;
    Tensor gt(const Tensor& other) const;
    Tensor ge(const Tensor& other) const;
    Tensor logical_and(const Tensor& other) const;
    Tensor logical_or(const Tensor& other) const;
    Tensor logical_xor(const Tensor& other) const;
    Tensor bitwise_and(const Tensor& other) const;
    Tensor bitwise_or(const Tensor& other) const;
    Tensor bitwise_xor(const Tensor& other) const;
    bool equal(const Tensor& other) const;
    bool allclose(const Tensor& other, const CloseOptions& options = {}) const;
    Tensor isclose(const Tensor& other, const CloseOptions& options = {}) const;

    // ---- in place: const, since they change what the handle points to
    const Tensor& operator+=(const Tensor& other) const { return add_(other); }
    const Tensor& operator-=(const Tensor& other) const { return sub_(other); }
    const Tensor& operator*=(const Tensor& other) const { return mul_(other); }
    const Tensor& operator/=(const Tensor& other) const { return div_(other); }
    const Tensor& add_(const Tensor& other, const AddOptions& options = {}) const;
    const Tensor& sub_(const Tensor& other, const AddOptions& options = {}) const;
    const Tensor& mul_(const Tensor& other) const;
    const Tensor& div_(const Tensor& other) const;
    const Tensor& pow_(const Tensor& exponent) const;
    const Tensor& remainder_(const Tensor& other) const;
    const Tensor& addcmul_(const Tensor& a, const Tensor& b, double value = 1) const;
    const Tensor& addcdiv_(const Tensor& a, const Tensor& b, double value = 1) const;
    const Tensor& lerp_(const Tensor& end, const Tensor& weight) const;
    const Tensor& neg_() const;
    const Tensor& abs_() const;
    const Tensor& exp_() const;
    const Tensor& log_() const;
    const Tensor& sqrt_() const;
    const Tensor& square_() const;
    const Tensor& reciprocal_() const;
    const Tensor& floor_() const;
    const Tensor& ceil_() const;
    const Tensor& round_() const;
    const Tensor& sin_() const;
    const Tensor& cos_() const;
    const Tensor& tanh_() const;
    const Tensor& sigmoid_() const;
    const Tensor& relu_() const;
    const Tensor& erfinv_() const;
    const Tensor& clamp_(std::optional<Scalar> min, std::optional<Scalar> max = {}) const;
    const Tensor& clamp_(const ClampOptions& options) const;
    const Tensor& clamp_min_(const Tensor& min) const;
    const Tensor& clamp_max_(const Tensor& max) const;
    const Tensor& fill_(const Tensor& value) const;
    const Tensor& zero_() const;
    const Tensor& squeeze_(std::int64_t dim) const;
    const Tensor& unsqueeze_(std::int64_t dim) const;
    const Tensor& t_() const;
    const Tensor& transpose_(std::int64_t dim0, std::int64_t dim1) const;
    const Tensor& resize_(const Shape& shape) const;
    const Tensor& fill_diagonal_(Scalar value) const;
    const Tensor& tril_(std::int64_t diagonal = 0) const;
    const Tensor& triu_(std::int64_t diagonal = 0) const;

    // ---- random, in place
    const Tensor& uniform_(double from = 0, double to = 1, std::optional<Generator> generator = {}) const;
    const Tensor& normal_(double mean = 0, double std = 1, std::optional<Generator> generator = {}) const;
    const Tensor& bernoulli_(double p = 0.5, std::optional<Generator> generator = {}) const;
    const Tensor& bernoulli_(const Tensor& p, std::optional<Generator> generator = {}) const;
    const Tensor& exponential_(double lambd = 1, std::optional<Generator> generator = {}) const;
    const Tensor& random_(std::optional<Generator> generator = {}) const;
    const Tensor& random_(std::int64_t from, std::int64_t to, std::optional<Generator> generator = {}) const;
    Tensor bernoulli(std::optional<Generator> generator = {}) const;
    Tensor multinomial(
        std::int64_t num_samples, bool replacement = false, std::optional<Generator> generator = {}) const;

    // ---- reductions: over all, over one dim, over several, or by keyword
#define TAPER_REDUCTION(name)                                                       \
    Tensor name() const;                                                            \
    template <std::integral I> Tensor name(I dim, bool keepdim = false) const {     \
        return name(ReduceOptions{.dim = dim, .keepdim = keepdim});                 \
    }                                                                               \
    template <int = 0> Tensor name(const Shape& dims, bool keepdim = false) const { \
        return name(ReduceOptions{.dim = Dims(dims), .keepdim = keepdim});          \
    }                                                                               \
    Tensor name(const ReduceOptions& options) const
    TAPER_REDUCTION(sum);
    TAPER_REDUCTION(nansum);
    TAPER_REDUCTION(mean);
    TAPER_REDUCTION(prod);
    TAPER_REDUCTION(amax);
    TAPER_REDUCTION(amin);
    TAPER_REDUCTION(any);
    TAPER_REDUCTION(all);
    TAPER_REDUCTION(logsumexp);
    TAPER_REDUCTION(count_nonzero);
#undef TAPER_REDUCTION
#define TAPER_VARIANCE(name)                                                                              \
    Tensor name() const;                                                                                  \
    Tensor name(bool unbiased) const;                                                                     \
    template <std::integral I>                                                                            \
        requires(!std::same_as<I, bool>)                                                                  \
    Tensor name(I dim, bool unbiased = true, bool keepdim = false) const {                                \
        return name(VarOptions{.dim = dim, .unbiased = unbiased, .keepdim = keepdim});                    \
    }                                                                                                     \
    template <int = 0> Tensor name(const Shape& dims, bool unbiased = true, bool keepdim = false) const { \
        return name(VarOptions{.dim = Dims(dims), .unbiased = unbiased, .keepdim = keepdim});             \
    }                                                                                                     \
    Tensor name(const VarOptions& options) const
    TAPER_VARIANCE(var);
    TAPER_VARIANCE(std);
#undef TAPER_VARIANCE
    Tensor norm(double p = 2) const;
    Tensor norm(double p, const Dims& dim, bool keepdim = false) const;
    Tensor norm(const NormOptions& options) const;
    Tensor max() const;
    Tensor min() const;
    Tensor max(const Tensor& other) const;
    Tensor min(const Tensor& other) const;
    ValuesAndIndices max(const ArgOptions& options) const;
    ValuesAndIndices min(const ArgOptions& options) const;
    template <std::integral I> ValuesAndIndices max(I dim, bool keepdim = false) const;
    template <std::integral I> ValuesAndIndices min(I dim, bool keepdim = false) const;
    Tensor argmax(std::optional<std::int64_t> dim = {}, bool keepdim = false) const;
    Tensor argmin(std::optional<std::int64_t> dim = {}, bool keepdim = false) const;
    Tensor argmax(const ArgOptions& options) const { return argmax(options.dim, options.keepdim); }
    Tensor argmin(const ArgOptions& options) const { return argmin(options.dim, options.keepdim); }
    ValuesAndIndices median(std::int64_t dim, bool keepdim = false) const;
    Tensor median() const;
    Tensor cumsum(std::int64_t dim) const;
    Tensor cumprod(std::int64_t dim) const;
    Tensor softmax(std::int64_t dim) const;
    Tensor log_softmax(std::int64_t dim) const;
    ValuesAndIndices sort(std::int64_t dim = -1, bool descending = false) const;
    ValuesAndIndices sort(const SortOptions& options) const;
    Tensor argsort(std::int64_t dim = -1, bool descending = false) const;
    Tensor argsort(const SortOptions& options) const;
    ValuesAndIndices topk(std::int64_t k, std::int64_t dim = -1, bool largest = true) const;
    ValuesAndIndices topk(std::int64_t k, const TopkOptions& options) const;
    Tensor unique() const;
    Tensor bincount(std::int64_t minlength = 0) const;

    // ---- rearranging
    Tensor roll(const Dims& shifts, const Dims& dims = {}) const;
    Tensor repeat_interleave(std::int64_t repeats, std::optional<std::int64_t> dim = {}) const;
    Tensor tile(const Shape& repeats) const;
    Tensor tril(std::int64_t diagonal = 0) const;
    Tensor triu(std::int64_t diagonal = 0) const;
    Tensor diag(std::int64_t diagonal = 0) const;
    Tensor trace() const;

    // ---- products
    Tensor matmul(const Tensor& other) const;
    Tensor mm(const Tensor& other) const;
    Tensor mv(const Tensor& other) const;
    Tensor bmm(const Tensor& other) const;
    Tensor dot(const Tensor& other) const;
    Tensor outer(const Tensor& other) const;
    Tensor addmm(const Tensor& a, const Tensor& b, double beta = 1, double alpha = 1) const;

    // ---- creation after the pattern of this one
    Tensor new_zeros(const Shape& shape) const;
    Tensor new_ones(const Shape& shape) const;
    Tensor new_full(const Shape& shape, Scalar value) const;
    Tensor new_empty(const Shape& shape) const;
    Tensor new_tensor(const Tensor& values) const;

    // ---- for the library
    Body& body() const {
        check(defined(), "an undefined Tensor() was used where a value is needed");
        return *body_.get();
    }
    const Ref<Body>& ref() const { return body_; }

 private:
    std::int64_t checked_dim(std::int64_t dim) const;
    // x[...] = value, for a view x: as copy_, but a value may have any number of leading dims of size 1.
    const Tensor& set_item(const Tensor& value) const;
    template <class... I> static Shape shape_of(I... sizes) { return Shape{static_cast<std::int64_t>(sizes)...}; }

    Ref<Body> body_;
};

/// The tensors to accumulate gradients in; if none are named, all leaves.
struct BackwardInputs : std::optional<TensorList> {
    BackwardInputs() = default;
    BackwardInputs(TensorList inputs) : optional(std::move(inputs)) {}
    BackwardInputs(std::initializer_list<Tensor> inputs) : optional(TensorList(inputs)) {}
};
struct BackwardOptions {
    bool retain_graph = false;
    bool create_graph = false;
    BackwardInputs inputs = {};
};
inline void Tensor::backward() const { backward(BackwardOptions()); }
inline void Tensor::backward(const Tensor& gradient) const { backward(gradient, BackwardOptions()); }

template <class U>
    requires(std::convertible_to<U, Tensor>)
Arg<Tensor>::Arg(const U& value) : ArgBase(detail::Given::yes), body_(static_cast<const Tensor&>(value).ref()) {}
inline Tensor Arg<Tensor>::operator*() const { return Tensor(body_); }
inline Arg<Tensor>::operator Tensor() const { return Tensor(body_); }

struct ValuesAndIndices {
    Tensor values, indices;
};
template <std::integral I> ValuesAndIndices Tensor::max(I dim, bool keepdim) const {
    return max(ArgOptions{.dim = dim, .keepdim = keepdim});
}
template <std::integral I> ValuesAndIndices Tensor::min(I dim, bool keepdim) const {
    return min(ArgOptions{.dim = dim, .keepdim = keepdim});
}

// Broadcasting, with PyTorch's promotion. Each is the free function of the method's name.
Tensor operator+(const Tensor& a, const Tensor& b);
Tensor operator-(const Tensor& a, const Tensor& b);
Tensor operator*(const Tensor& a, const Tensor& b);
Tensor operator/(const Tensor& a, const Tensor& b);
Tensor operator%(const Tensor& a, const Tensor& b);
Tensor operator==(const Tensor& a, const Tensor& b);
Tensor operator!=(const Tensor& a, const Tensor& b);
Tensor operator<(const Tensor& a, const Tensor& b);
Tensor operator<=(const Tensor& a, const Tensor& b);
Tensor operator>(const Tensor& a, const Tensor& b);
Tensor operator>=(const Tensor& a, const Tensor& b);
Tensor operator&(const Tensor& a, const Tensor& b);
Tensor operator|(const Tensor& a, const Tensor& b);
Tensor operator^(const Tensor& a, const Tensor& b);

/// len(x): the size of the first dimension.
std::int64_t len(const Tensor& x);

/// One item between square brackets.
class Index {
 public:
    enum class Kind { Int, Slice, None, Ellipsis, Tensor };
    template <std::integral I>
        requires(!std::same_as<I, bool>)
    Index(I at) : kind(Kind::Int), at(static_cast<std::int64_t>(at)) {}
    template <std::same_as<bool> B> Index(B mask) : kind(Kind::Tensor), tensor(mask) {}  // a mask of no dimensions
    Index(const taper::Slice& slice) : kind(Kind::Slice), slice(slice) {}
    Index(All) : kind(Kind::Slice) {}
    Index(NewAxis) : kind(Kind::None) {}
    Index(std::nullopt_t) : kind(Kind::None) {}
    Index(taper::Ellipsis) : kind(Kind::Ellipsis) {}
    Index(const taper::Tensor& tensor) : kind(Kind::Tensor), tensor(tensor) {}

    Kind kind;
    std::int64_t at = 0;
    taper::Slice slice;
    taper::Tensor tensor;
};

/// x[...] without Tensors among the indices: a view.
Tensor index_view(const Tensor& x, std::span<const Index> indices);
/// x[...] with Tensors among them: a copy of what they name.
Tensor index(const Tensor& x, std::vector<Index> indices);
/// x[...] = value, and x[...] += value where `accumulate`.
const Tensor& index_put_(const Tensor& x, std::vector<Index> indices, const Tensor& value, bool accumulate = false);

/// X[mask] or X[rows]: the elements chosen; as a temporary it is also the place to write them.
class Indexed : public Tensor {
 public:
    Indexed(const Tensor& from, std::vector<Index> indices)
        : Tensor(index(from, indices)), from_(from), indices_(std::move(indices)) {}
    Indexed(const Indexed&) = default;
    const Tensor& operator=(const Tensor& value) && { return index_put_(from_, std::move(indices_), value); }
    const Tensor& operator=(const Indexed& value) && { return index_put_(from_, std::move(indices_), value); }
    const Tensor& operator+=(const Tensor& value) && { return std::move(*this) = *this + value; }
    const Tensor& operator-=(const Tensor& value) && { return std::move(*this) = *this - value; }
    const Tensor& operator*=(const Tensor& value) && { return std::move(*this) = *this * value; }
    const Tensor& operator/=(const Tensor& value) && { return std::move(*this) = *this / value; }
    Tensor& operator=(const Tensor& value) & { return Tensor::operator=(value); }
    using Tensor::operator+=, Tensor::operator-=, Tensor::operator*=, Tensor::operator/=;

 private:
    Tensor from_;
    std::vector<Index> indices_;
};

template <class... I>
    requires(sizeof...(I) > 0)
auto Tensor::operator[](const I&... index) const {
    if constexpr (((std::derived_from<I, Tensor> || std::same_as<I, bool>) || ...)) {
        return Indexed(*this, {Index(index)...});
    } else {
        const Index indices[] = {Index(index)...};
        return index_view(*this, indices);
    }
}

/// PyTorch's own text of x; "None" for Tensor(), which is what x.grad() is before a backward.
std::string to_string(const Tensor& x);
/// The number of a 0-dim tensor, whole or real, in a format such as ".4f" or "5"; Error if the format does not suit it.
std::string format_number(const Tensor& x, std::string_view format);
/// The name of the op that made x, such as "AddBackward0"; empty if none did.
std::string history_name(const Tensor& x);
std::ostream& operator<<(std::ostream& out, const Tensor& x);
std::ostream& operator<<(std::ostream& out, const Shape& shape);

}  // namespace taper

/// PyTorch's own text; with a number's format ({:.4f}), the number of a 0-dim tensor.
template <class T>
    requires std::derived_from<T, taper::Tensor>
struct fmt::formatter<T> {
    std::string_view number_format = {};

    constexpr auto parse(fmt::format_parse_context& context) {
        auto at = context.begin();
        while (at != context.end() && *at != '}') ++at;
        number_format = {context.begin(), at};
        return at;
    }
    auto format(const taper::Tensor& x, fmt::format_context& context) const {
        std::string text = number_format.empty() ? taper::to_string(x) : taper::format_number(x, number_format);
        return std::copy(text.begin(), text.end(), context.out());
    }
};
