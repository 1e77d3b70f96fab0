// The Tensor: a handle to a strided view of shared memory. Methods that record history are defined in autograd/, where
// their free functions carry the documentation.
#pragma once

#include <array>
#include <functional>
#include <iosfwd>
#include <iterator>
#include <span>
#include <tuple>
#include <vector>

#include "index.h"
#include "list_arg.h"
#include "nested_list.h"
#include "number_list.h"
#include "options.h"
#include "random/generator.h"
#include "scalar.h"
#include "tensor_impl.h"

namespace taper {

class Tensor;
class Indexed;

/// Values beside the indices they were found at: torch.return_types.max, sort, topk.
struct ValuesAndIndices;
/// Counts beside the edges of what they are counts of: torch.return_types.histogram.
struct Histogram;

/// Two results of one name: torch.return_types.aminmax and frexp, what var_mean and std_mean give.
struct MinAndMax;
struct MantissaAndExponent;
struct VarAndMean;
struct StdAndMean;

/// What a hook gives back; remove() takes it off again.
struct HookHandle {
    std::function<void()> remove = [] {};
};

/// A function of a gradient, which gives another in its place, Tensor() or nothing.
class TensorHook : public std::function<Tensor(const Tensor&)> {
 public:
    TensorHook() = default;
    template <class F>
        requires std::is_invocable_v<F&, const Tensor&>
    TensorHook(F hook) : function(hook_of(std::move(hook))) {}

 private:
    template <class F, class Gradient = Tensor> static function hook_of(F hook) {
        if constexpr (std::is_void_v<std::invoke_result_t<F&, const Tensor&>>)
            return [hook](const Tensor& grad) mutable { return hook(grad), Gradient(); };
        else
            return hook;
    }
};
struct RegisterHookMethod {
    Keywords _ = Keywords();
    Arg<TensorHook> hook = required;
};

/// What x.grad_fn() is: the node's name, and whether there is one.
class GradFn;

class Tensor {
 public:
    Tensor() = default;
    /// A number in an expression, as in `x + 1`: a 0-dim tensor whose dtype yields to that of the tensors beside it.
    template <Number N> Tensor(N value) : Tensor(Scalar(value)) {}
    Tensor(Scalar value);
    explicit Tensor(Ref<TensorImpl> impl) : impl_(std::move(impl)) {}
    Tensor(const Tensor&) = default;
    Tensor(Tensor&&) noexcept = default;
    ~Tensor() = default;

    // x = y rebinds the name; X[1] = y writes, since X[1] is a temporary.
    Tensor& operator=(const Tensor&) & = default;
    Tensor& operator=(Tensor&&) & noexcept = default;
    const Tensor& operator=(const Tensor& value) && { return set_item(value); }

    // ---- what it is
    bool defined() const { return static_cast<bool>(impl_); }
    const Shape& shape() const& { return impl().shape; }
    Shape shape() const&& { return impl().shape; }
    Shape size() const { return impl().shape; }
    std::int64_t size(std::int64_t dim) const;
    std::int64_t size(const DimMethod& o) const;
    const Strides& stride() const& { return impl().strides; }
    Strides stride() const&& { return impl().strides; }
    std::int64_t stride(std::int64_t dim) const;
    std::int64_t stride(const DimMethod& o) const;
    std::int64_t ndim() const { return impl().shape.size(); }
    std::int64_t dim() const { return ndim(); }
    std::int64_t numel() const { return impl().shape.numel(); }
    std::int64_t storage_offset() const { return impl().offset; }
    std::int64_t element_size() const { return size_of(dtype()); }
    std::int64_t nbytes() const { return numel() * element_size(); }
    DType dtype() const { return impl().dtype; }
    Device device() const { return impl().storage->device(); }
    bool is_floating_point() const { return taper::is_floating_point(dtype()); }
    bool is_contiguous() const;
    bool is_cuda() const { return !device().is_cpu(); }
    bool is_cpu() const { return device().is_cpu(); }
    bool is_complex() const { return false; }
    bool is_conj() const { return false; }
    bool is_neg() const { return false; }
    bool is_signed() const { return dtype() != DType::Bool && dtype() != DType::UInt8; }
    /// As a condition; Error unless it has one element.
    bool is_nonzero() const { return static_cast<bool>(*this); }
    std::int64_t get_device() const { return -1; }
    std::int64_t ndimension() const { return ndim(); }
    std::int64_t nelement() const { return numel(); }

    // ---- its memory
    /// The first element; Error unless T is the element type.
    template <class T> T* data_ptr() const {
        if (dtype() != dtype_of<T>()) [[unlikely]]
            is_not_of(dtype_of<T>());
        return static_cast<T*>(data_ptr());
    }
    void* data_ptr() const { return static_cast<char*>(impl().storage->data()) + impl().offset * element_size(); }
    /// The number of a tensor of one element; Error if it has more.
    template <Number T = double> T item() const { return item_scalar().to<T>(); }
    Scalar item_scalar() const;
    /// Of a 0-dim tensor of whole numbers; Error of any other.
    std::int64_t whole_number() const;
    /// All elements in row-major order; printed, they are Python's nested list.
    template <Number T = double> NumberList<T> tolist() const;
    explicit operator bool() const;
    std::uint32_t version() const {
        if (is_inference()) [[unlikely]]
            has_no_version();
        return impl().storage->version;
    }

    /// How often it was written in place.
    std::uint32_t _version() const { return version(); }

    // ---- autograd
    bool requires_grad() const;
    const Tensor& set_requires_grad(bool requires_grad) const { return requires_grad_(requires_grad); }
    bool is_leaf() const;
    bool is_inference() const { return impl().storage->is_inference(); }
    // (const, so that `x.grad() = g` and `x.data() = y` do not compile: they would write into the old tensor.)
    const Tensor grad() const;
    void set_grad(const Tensor& grad) const;
    GradFn grad_fn() const;
    /// Which of the results of grad_fn() it is.
    std::int64_t output_nr() const { return impl().output; }
    void retain_grad() const;
    bool retains_grad() const { return impl().retains_grad; }
    HookHandle register_hook(TensorHook hook) const;
    HookHandle register_hook(const RegisterHookMethod& o) const;
    HookHandle register_post_accumulate_grad_hook(std::function<void(const Tensor&)> hook) const;
    Tensor detach() const;
    const Tensor& detach_() const;
    const Tensor data() const;
    bool is_view() const { return static_cast<bool>(impl().base); }

    // ---- what signatures.h says, a line for each
#define UNARY(name) Tensor name() const;
#define UNARY_AS(name, op) Tensor name() const;
#define UNARY_WITHOUT_OUT(name) Tensor name() const;
#define IN_PLACE(name, op) const Tensor& name##_() const;
#define SIGNATURE_AS(kind, T, name, Name, r, P, K, body) \
    TAPER_NO_METHOD_##kind##_FIRST(diagnose_if, name)    \
        TAPER_DECLARE_##kind(FIRST, ARGUMENTS, T, name, Name, (), r, P, K, body)
#define SIGNATURE(kind, first, mode, T, name, ...) \
    TAPER_NO_METHOD_##kind##_##first(diagnose_if, name) TAPER_DECLARE_##kind(first, mode, T, name, __VA_ARGS__)
#define TAPER_DECLARE_METHOD(first, mode, T, name, Name, fields, r, P, K, body) \
    TAPER_DECLARE_##mode(T, name, const, Name##Method, r, P, K)
#define TAPER_DECLARE_BOTH(...) TAPER_DECLARE_METHOD(__VA_ARGS__)
#define TAPER_DECLARE_BOTH_OUT(...) TAPER_DECLARE_METHOD(__VA_ARGS__)
#define TAPER_DECLARE_BOTH_OUTS(...) TAPER_DECLARE_METHOD(__VA_ARGS__)
#define TAPER_DECLARE_FUNCTION(...)
#define TAPER_DECLARE_FUNCTION_OUT(...)
#include "signatures.h"
#undef TAPER_DECLARE_FUNCTION_OUT
#undef TAPER_DECLARE_FUNCTION
#undef TAPER_DECLARE_BOTH_OUTS
#undef TAPER_DECLARE_BOTH_OUT
#undef TAPER_DECLARE_BOTH
#undef TAPER_DECLARE_METHOD
#undef SIGNATURE
#undef SIGNATURE_AS
#undef IN_PLACE
#undef UNARY_WITHOUT_OUT
#undef UNARY_AS
#undef UNARY

    // ---- sizes one by one, and in braces, even if there are none
#define TAPER_SIZES(T, name)                                          \
    template <std::integral... I>                                     \
        requires(sizeof...(I) > 1 && !(std::same_as<I, bool> || ...)) \
    T name(I... sizes) const {                                        \
        return name(Shape{static_cast<std::int64_t>(sizes)...});      \
    }                                                                 \
    T name(EmptyList) const { return name(Shape()); }
#define TAPER_SIZES_AND(name, Name)                                          \
    TAPER_SIZES(Tensor, name)                                                \
    Tensor name(EmptyList, const Name& o) const { return name(Shape(), o); } \
    TAPER_EACH_6(TAPER_SIZES_AND_KEYWORDS, name, Name, 0, n1, n2, n3, n4, n5, n6)
#define TAPER_SIZES_AND_KEYWORDS(name, Name, rest, k, ...)    \
    TAPER_JOIN(TAPER_FROM_TWO_, k)                            \
    (Tensor name(TAPER_SIZES_##k(__VA_ARGS__), const Name& o) \
            const { return name(Shape{TAPER_VALUES_##k(__VA_ARGS__)}, o); })
    TAPER_SIZES(Tensor, view)
    TAPER_SIZES(Tensor, reshape)
    TAPER_SIZES_AND(expand, ExpandMethod)
    TAPER_SIZES(Tensor, broadcast_to)
    TAPER_SIZES(Tensor, permute)
    TAPER_SIZES(Tensor, repeat)
    TAPER_SIZES(Tensor, flip)
    TAPER_SIZES(Tensor, tile)
    TAPER_SIZES(Tensor, count_nonzero)
    TAPER_SIZES(Tensor, sum_to_size)
    TAPER_SIZES_AND(new_zeros, NewZerosMethod)
    TAPER_SIZES_AND(new_ones, NewOnesMethod)
    TAPER_SIZES_AND(new_empty, NewEmptyMethod)
    TAPER_SIZES(const Tensor&, resize_)
#undef TAPER_SIZES_AND_KEYWORDS
#undef TAPER_SIZES_AND
#undef TAPER_SIZES

    // ---- dtype, device, copies
    Tensor to() const { return *this; }
    Tensor to(const ToOptions& options) const;
    Tensor to(const Arg<DType>& dtype, ToOptions options = {}) const;
    Tensor to(const Arg<DType>& dtype, const Arg<bool>& non_blocking, ToOptions options = {}) const;
    Tensor to(const Arg<DType>& dtype, const Arg<bool>& non_blocking, const Arg<bool>& copy) const;
    Tensor to(const Arg<Device>& device, ToOptions options = {}) const;
    Tensor to(const Arg<Device>& device, const Arg<DType>& dtype, ToOptions options = {}) const;
    Tensor to(const Arg<Device>& device, const Arg<DType>& dtype, const Arg<bool>& non_blocking,
        ToOptions options = {}) const;
    Tensor to(
        const Arg<Device>& device, const Arg<DType>& dtype, const Arg<bool>& non_blocking, const Arg<bool>& copy) const;
    template <std::derived_from<Tensor> X> Tensor to(const X& other, const ToOptions& options = {}) const {
        return to(other.device(), other.dtype(), options);
    }
    template <std::derived_from<Tensor> X>
    Tensor to(const X& other, const Arg<bool>& non_blocking, const ToOptions& options = {}) const {
        return to(other.device(), other.dtype(), non_blocking, options);
    }
    template <std::derived_from<Tensor> X>
    Tensor to(const X& other, const Arg<bool>& non_blocking, const Arg<bool>& copy) const {
        return to(other.device(), other.dtype(), non_blocking, copy);
    }
    TAPER_DOES_NOT_FIT(to, const)
    Tensor cpu() const { return to(Device()); }
    Tensor half() const { return to(DType::Float16); }
    Tensor bfloat16() const { return to(DType::BFloat16); }
    Tensor contiguous() const;
    const Tensor& set_data(const Tensor& other) const;
    Tensor new_tensor(const Tensor& data, const TensorOptions& options = {}) const;
    TAPER_NESTED_LISTS(new_tensor, const)
    TAPER_DOES_NOT_FIT(new_tensor, const)

    // ---- forms that stand for themselves
    Tensor T() const;
    Tensor mT() const;
    Tensor H() const;
    Tensor mH() const { return mT(); }
    Tensor slice(std::int64_t dim, const Slice& slice) const;
    Tensor max() const;
    Tensor min() const;
    template <std::derived_from<Tensor> X> Tensor max(const X& other) const { return maximum(other); }
    template <std::derived_from<Tensor> X> Tensor min(const X& other) const { return minimum(other); }
    Tensor max(const MaximumMethod& options) const { return maximum(options); }
    Tensor min(const MinimumMethod& options) const { return minimum(options); }
    Tensor median() const;
    Tensor nanmedian() const;
    template <std::same_as<bool> B> Tensor var(B unbiased) const { return var(VarMethod{.unbiased = unbiased}); }
    template <std::same_as<bool> B> Tensor std(B unbiased) const { return std(StdMethod{.unbiased = unbiased}); }
    /// As the functions of these names: several results, as Python's tuple.
    TensorList nonzero(const NonzeroTupleMethod& o) const;
    template <int = 0> TensorList unique(const UniqueSeveralMethod& o) const;
    template <int = 0> TensorList unique(const Arg<bool>& sorted, UniqueSeveralMethod o) const;
    TensorList unique(const Arg<bool>& sorted, const Arg<bool>& return_inverse, UniqueSeveralMethod o = {}) const;
    TensorList unique(const Arg<bool>& sorted, const Arg<bool>& return_inverse, const Arg<bool>& return_counts,
        UniqueSeveralMethod o = {}) const;
    TensorList unique(const Arg<bool>& sorted, const Arg<bool>& return_inverse, const Arg<bool>& return_counts,
        const Arg<std::optional<std::int64_t>>& dim) const;
    template <int = 0> TensorList unique_consecutive(const UniqueConsecutiveSeveralMethod& o) const;
    TensorList unique_consecutive(const Arg<bool>& return_inverse, UniqueConsecutiveSeveralMethod o = {}) const;
    TensorList unique_consecutive(
        const Arg<bool>& return_inverse, const Arg<bool>& return_counts, UniqueConsecutiveSeveralMethod o = {}) const;
    TensorList unique_consecutive(const Arg<bool>& return_inverse, const Arg<bool>& return_counts,
        const Arg<std::optional<std::int64_t>>& dim) const;
    // (A number is a template's, so that in hsplit({2}) the {2} is a list of places.)
#define TAPER_PARTS(name)                                                             \
    TAPER_DOES_NOT_FIT(name, const)                                                   \
    TensorList name(const PartsMethod& o) const;                                      \
    TensorList name(const ListArg<std::int64_t>& indices) const;                      \
    template <int = 0> TensorList name(const Arg<std::int64_t>& sections) const {     \
        return name(PartsMethod{.sections = std::optional<std::int64_t>(*sections)}); \
    }
    TAPER_PARTS(hsplit)
    TAPER_PARTS(vsplit)
    TAPER_PARTS(dsplit)
#undef TAPER_PARTS
    TAPER_DOES_NOT_FIT(tensor_split, const)
    TensorList tensor_split(const TensorSplitMethod& o) const;
    TensorList tensor_split(const ListArg<std::int64_t>& indices, TensorSplitMethod o = {}) const;
    TensorList tensor_split(const ListArg<std::int64_t>& indices, const Arg<std::int64_t>& dim) const;
    TensorList tensor_split(const Arg<Tensor>& tensor_indices_or_sections, TensorSplitMethod o = {}) const;
    TensorList tensor_split(const Arg<Tensor>& tensor_indices_or_sections, const Arg<std::int64_t>& dim) const;
    template <int = 0> TensorList tensor_split(const Arg<std::int64_t>& sections, TensorSplitMethod o = {}) const {
        return o.sections.put(std::optional<std::int64_t>(*sections), "tensor_split", "sections"), tensor_split(o);
    }
    template <int = 0> TensorList tensor_split(const Arg<std::int64_t>& sections, const Arg<std::int64_t>& dim) const {
        return tensor_split(sections, TensorSplitMethod{.dim = dim});
    }
    /// Each element becomes f of itself; of itself and of the other's beside it. Without history.
    const Tensor& apply_(const std::function<double(double)>& f) const;
    const Tensor& map_(const Tensor& tensor, const std::function<double(double, double)>& f) const;
    const Tensor& random_(const RandomOptions& options = {}) const;
    const Tensor& random_(const Arg<std::int64_t>& to, const RandomOptions& options = {}) const;
    const Tensor& random_(const Arg<std::int64_t>& from, const Arg<std::optional<std::int64_t>>& to,
        const RandomOptions& options = {}) const;
    TAPER_DOES_NOT_FIT(random_, const)
    Tensor operator-() const;
    Tensor operator~() const;
    /// for (Tensor row : x): what unbind() gives. Error if x has no dims.
    class Rows;
    Rows begin() const;
    std::default_sentinel_t end() const { return {}; }

    // ---- in place: const, since they change what the handle points to
    const Tensor& operator+=(const Tensor& other) const& { return add_(other); }
    const Tensor& operator-=(const Tensor& other) const& { return sub_(other); }
    const Tensor& operator*=(const Tensor& other) const& { return mul_(other); }
    const Tensor& operator/=(const Tensor& other) const& { return div_(other); }
    // (But a name of a number, as of `Tensor total = 0.;`, is bound anew, as in Python.)
    Tensor& operator+=(const Tensor& other) & { return is_number() ? *this = add(other) : (add_(other), *this); }
    Tensor& operator-=(const Tensor& other) & { return is_number() ? *this = sub(other) : (sub_(other), *this); }
    Tensor& operator*=(const Tensor& other) & { return is_number() ? *this = mul(other) : (mul_(other), *this); }
    Tensor& operator/=(const Tensor& other) & { return is_number() ? *this = div(other) : (div_(other), *this); }
    const Tensor& zero_() const;
    const Tensor& t_() const;

    // ---- indexing: ints, Slice, all, None, ellipsis give a view; a Tensor among the indices gives an Indexed
    template <class... I>
        requires(sizeof...(I) > 0)
    auto operator[](const I&... index) const;
    Indexed operator[](const std::vector<std::int64_t>& rows) const;

    // ---- for the library
    TensorImpl& impl() const {
        if (!defined()) [[unlikely]]
            is_undefined();
        return *impl_.get();
    }
    const Ref<TensorImpl>& ref() const { return impl_; }

 private:
    [[noreturn, gnu::cold]] void is_not_of(DType dtype) const;
    [[noreturn, gnu::cold]] static void has_no_version();
    [[noreturn, gnu::cold]] static void is_undefined();
    std::int64_t checked_dim(std::int64_t dim) const;
    bool is_number() const { return impl().is_number; }
    // x[...] = value, for a view x: as copy_, but a value may have any number of leading dims of size 1.
    const Tensor& set_item(const Tensor& value) const;

    Ref<TensorImpl> impl_;
};

template <class Own, bool numbers> template <class U>
    requires(std::convertible_to<U, Tensor> && (numbers || !(std::is_arithmetic_v<U> || std::same_as<U, Scalar>)))
detail::TensorArg<Own, numbers>::TensorArg(const U& value)
    : ArgBase(Given::yes), impl_(static_cast<const Tensor&>(value).ref()) {}
template <class Own, bool numbers> Tensor detail::TensorArg<Own, numbers>::operator*() const { return Tensor(impl_); }
template <class Own, bool numbers> detail::TensorArg<Own, numbers>::operator Tensor() const { return Tensor(impl_); }

/// A walk over the rows of a tensor.
class Tensor::Rows {
 public:
    using value_type = Tensor;
    using difference_type = std::ptrdiff_t;

    explicit Rows(TensorList rows) : rows_(std::make_shared<const TensorList>(std::move(rows))) {}
    const Tensor& operator*() const { return (*rows_)[at_]; }
    Rows& operator++() { return ++at_, *this; }
    void operator++(int) { ++at_; }
    friend bool operator==(const Rows& rows, std::default_sentinel_t) { return rows.at_ == rows.rows_->size(); }

 private:
    std::shared_ptr<const TensorList> rows_;
    std::size_t at_ = 0;
};

struct ValuesAndIndices {
    Tensor values, indices;

    /// As of the tuple that Python gives: x.max(1)[0].
    const Tensor& operator[](std::int64_t i) const;
};
struct Histogram {
    Tensor hist, bin_edges;

    /// As of the tuple that Python gives.
    const Tensor& operator[](std::int64_t i) const;
};
struct MinAndMax {
    Tensor min, max;
    const Tensor& operator[](std::int64_t i) const;
};
struct MantissaAndExponent {
    Tensor mantissa, exponent;
    const Tensor& operator[](std::int64_t i) const;
};
struct VarAndMean {
    Tensor var, mean;
    const Tensor& operator[](std::int64_t i) const;
};
struct StdAndMean {
    Tensor std, mean;
    const Tensor& operator[](std::int64_t i) const;
};
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
const Tensor& set_index(const Tensor& x, std::vector<Index> indices, const Tensor& value, bool accumulate = false);

/// X[mask] or X[rows]: the elements chosen; as a temporary it is also the place to write them.
class Indexed : public Tensor {
 public:
    Indexed(const Tensor& from, std::vector<Index> indices)
        : Tensor(index(from, indices)), from_(from), indices_(std::move(indices)) {}
    Indexed(const Indexed&) = default;
    const Tensor& operator=(const Tensor& value) && { return set_index(from_, std::move(indices_), value); }
    const Tensor& operator=(const Indexed& value) && { return set_index(from_, std::move(indices_), value); }
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

// (Of a Tensor <fmt/ranges.h> makes no list, though it is one of rows.)
FMT_BEGIN_NAMESPACE
template <class T, class Char> struct is_range;
template <class T>
    requires std::derived_from<T, taper::Tensor>
struct is_range<T, char> : std::false_type {};
FMT_END_NAMESPACE

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
