#include "inplace.h"

#include "../tensor/create.h"
#include "../tensor/native.h"
#include "ops.h"

namespace taper {
namespace autograd {
namespace {

// Where a view lies in its base: rules capture it.
struct Region {
    Shape base_shape;
    Strides base_strides;
    Shape shape;
    Strides strides;
    std::int64_t offset;  // of the view's first element from the base's

    static Region of(const Tensor& view, const TensorImpl& base) {
        Region at{base.shape, base.strides, view.shape(), view.stride(), view.storage_offset() - base.offset};
        check(view.numel() == 0 ||
                (0 <= at.offset && last(at.shape, at.strides, at.offset) <= last(base.shape, base.strides, 0)),
            "as_strided: a view of shape {}, stride {} and storage offset {} reaches beyond its base, of shape {} and "
            "storage offset {}: gradients can't follow; detach() it",
            at.shape.str(), at.strides.str(), view.storage_offset(), base.shape.str(), base.offset);
        return at;
    }
    static std::int64_t last(const Shape& shape, const Strides& strides, std::int64_t first) {
        for (int d = 0; d < shape.size(); ++d) first += (shape[d] - 1) * strides[d];
        return first;
    }
    // `whole`, laid out as the base is: between its elements stands `gap`.
    Tensor laid_out(const Tensor& whole, Scalar gap) const {
        Tensor dense = native::full({last(base_shape, base_strides, 0) + 1}, gap, whole.dtype());
        dense = native::view(dense, base_shape, base_strides, 0);
        native::copy(dense, whole);
        return dense;
    }
    Tensor of(const Tensor& whole) const {
        return whole.numel() == 0 ? native::zeros(shape, whole.dtype())
                                  : native::view(laid_out(whole, 0), shape, strides, offset);
    }
};

// The part of `whole` (shaped like the base) that the view sees.
Tensor region_of(const Tensor& whole, const Region& at);

// Zeros shaped like the base, with `part` where the view lies; elements seen twice add up, and those that the view sees
// between the base's own are lost.
Tensor region_scattered(const Tensor& part, const Region& at) {
    Tensor whole = native::zeros(at.base_shape, part.dtype());
    if (whole.numel() == 0) return whole;
    Tensor positions = at.laid_out(
        native::view(native::range(whole.numel()), at.base_shape, contiguous_strides(at.base_shape), 0), -1);
    Tensor index = native::contiguous(native::view(positions, at.shape, at.strides, at.offset));
    Tensor from = native::contiguous(part);
    visit_stored<FloatsAndHalf>(part.dtype(), [&](auto zero) {
        using T = decltype(zero);
        T* to = whole.data_ptr<T>();
        const T* values = from.data_ptr<T>();
        const std::int64_t* position = index.data_ptr<std::int64_t>();
        for (std::int64_t i = 0; i < from.numel(); ++i)
            if (position[i] >= 0) to[position[i]] = to[position[i]] + values[i];
        // Elements of the base that share memory share the gradient of it.
        if (!native::overlaps_itself(positions)) return;
        Tensor share = native::contiguous(positions);
        const std::int64_t* one = share.data_ptr<std::int64_t>();
        std::vector<int> times(static_cast<std::size_t>(whole.numel()));
        for (std::int64_t i = 0; i < whole.numel(); ++i) times[static_cast<std::size_t>(one[i])] += 1;
        std::vector<T> total(to, to + whole.numel());
        for (std::int64_t i = 0; i < whole.numel(); ++i)
            to[i] =
                total[static_cast<std::size_t>(one[i])] / static_cast<float>(times[static_cast<std::size_t>(one[i])]);
    });
    return record("AsStridedBackward0", whole, wrt(part, [at](const Tensor& grad) { return region_of(grad, at); }));
}

Tensor region_of(const Tensor& whole, const Region& at) {
    return record("AsStridedBackward0", at.of(whole),
        wrt(whole, [at](const Tensor& grad) { return region_scattered(grad, at); }));
}

// `whole` with zeros where the view lies.
Tensor region_erased(const Tensor& whole, const Region& at) {
    Tensor dense = native::empty_strided(at.base_shape, at.base_strides, whole.dtype());
    native::copy(dense, whole);
    native::fill(native::view(dense, at.shape, at.strides, at.offset), 0);
    return record("CopySlicesErase", dense, wrt(whole, [at](const Tensor& grad) { return region_erased(grad, at); }));
}

// Of views whose base can't learn what is written to them, nor they what is written to it.
void check_recorded(const Tensor& view, const char* what) {
    const TensorImpl& impl = view.impl();
    const TensorImpl::MadeIn made_in = impl.made_in;
    if (made_in == TensorImpl::MadeIn::GradMode) return;
    const bool inference = made_in == TensorImpl::MadeIn::Inference,
               by_mode = inference || made_in == TensorImpl::MadeIn::NoGrad || !impl.node;
    const std::string output = impl.node ? fmt::format("Output {} of {} is a view", impl.output, impl.node->name) : "",
                      found = by_mode
        ? fmt::format("{} created in {} mode and {} modified inplace {}.",
              impl.node ? output + " of a view which was" : "A view was", inference ? "inference" : "no_grad", what,
              inference ? "in normal mode" : "with grad mode enabled")
        : fmt::format("{} and {} modified inplace.", output, what);
    if (made_in == TensorImpl::MadeIn::Several)
        fail(
            "{} This view is the output of a function that returns multiple views. Such functions do not allow the "
            "output views to be modified inplace. You should replace the inplace operation by an out-of-place one.",
            found);
    if (made_in == TensorImpl::MadeIn::Function)
        fail(
            "{} This view was created inside a custom Function (or because an input was returned as-is) and the "
            "autograd logic to handle view+inplace would override the custom backward associated with the custom "
            "Function, leading to incorrect gradients. This behavior is forbidden. You can fix this by cloning the "
            "output of the custom Function.",
            found);
    fail(
        "{} Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by "
        "moving both the view and the inplace either both inside the {} block (if you don't want the inplace to be "
        "tracked) or both outside (if you want the inplace to be tracked).",
        found, inference ? "inference_mode" : "no_grad");
}

// Writes the values alone.
void write(const char* op, const Tensor& x, const Tensor& value) {
    if (!(value.shape() == x.shape()))
        check(value.ndim() <= x.ndim() && broadcast_shapes(value.shape(), x.shape()) == x.shape(),
            "{}: output with shape {} doesn't match the broadcast shape {}", op, x.shape().str(), value.shape().str());
    native::copy(x, value);
}

bool records(const Tensor& x, const Tensor& value) {
    return is_grad_enabled() && x.is_floating_point() && (x.requires_grad() || value.requires_grad());
}

}  // namespace

void rebase(const Tensor& x, const Ref<Node>& node) {
    TensorImpl& impl = x.impl();
    if (!impl.base) {
        set_history(x, node);
        ++impl.base_writes;
        return;
    }
    Tensor base(impl.base), written = x.detach();
    Region at = Region::of(x, base.impl());
    set_history(written, node);
    Tensor merged =
        record("CopySlices", base.detach(), wrt(base, [at](const Tensor& grad) { return region_erased(grad, at); }),
            wrt(written, [at](const Tensor& grad) { return region_of(grad, at); }));
    set_history(base, merged.impl().node);
    ++base.impl().base_writes;
}

void check_writable(const char* op, const Tensor& x, bool recorded, bool one_value) {
    const TensorImpl& impl = x.impl();
    check(!impl.storage->is_inference() || is_inference_mode_enabled(),
        "{}: Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to get a "
        "normal tensor before doing inplace update.See https://github.com/pytorch/rfcs/pull/17 for more details.",
        op);
    if (is_grad_enabled()) {
        const Tensor base(impl.base);
        if (base.defined() && (recorded || base.requires_grad())) check_recorded(x, "is being");
        check(!base.defined() || !base.requires_grad() || !base.is_leaf(),
            "{}: a view of a leaf Variable that requires grad is being used in an in-place operation.", op);
        check(!x.requires_grad() || !x.is_leaf(),
            "{}: a leaf Variable that requires grad is being used in an in-place operation.", op);
    }
    check(one_value || !native::overlaps_itself(x),
        "{}: unsupported operation: more than one element of the written-to tensor refers to a single memory "
        "location. Please clone() the tensor before performing the operation.",
        op);
}

const Tensor& overwrite(const char* op, const Tensor& x, const Tensor& value) {
    const bool own = value.requires_grad() && value.shape() == x.shape() && value.dtype() == x.dtype();
    if (records(x, value) && value.requires_grad())
        for (Saved& saved : history(value)->saved()) saved.keep_from_write(*x.impl().storage);
    if (!own || !records(x, value))
        return overwrite_with(op, value.is_leaf() ? "CopyBackwards" : history(value)->name, x, value);
    check_writable(op, x, true);
    write(op, x, value);
    rebase(x, history(value));
    return x;
}

const Tensor& overwrite_with(const char* op, const char* name, const Tensor& x, const Tensor& source, bool one_value) {
    const bool recorded = records(x, source);
    check_writable(op, x, recorded, one_value);
    write(op, x, source);
    if (recorded)
        rebase(x,
            history(record(name, x.detach(), wrt(x, [](const Tensor& grad) { return zeros_like(grad); }),
                wrt(source, [](const Tensor& grad) { return grad; }))));
    return x;
}

Tensor as_view_of(const Tensor& x, Tensor view) {
    const Ref<TensorImpl>& base = x.impl().base ? x.impl().base : x.ref();
    view.impl().base = base;
    view.impl().base_writes = base->base_writes;
    view.impl().counts_writes = x.impl().counts_writes;
    view.impl().made_in = is_grad_enabled() ? x.impl().made_in
        : in_inference_mode                 ? TensorImpl::MadeIn::Inference
                                            : TensorImpl::MadeIn::NoGrad;
    return view;
}

void renew_view_history(const Tensor& view) {
    TensorImpl& impl = view.impl();
    check_recorded(view, "its base or another view of its base has been");
    impl.base_writes = impl.base->base_writes;
    Tensor base(impl.base);
    GradMode mode(true);
    Region at = Region::of(view, *impl.base);
    Tensor fresh = record("AsStridedBackward0", view.detach(),
        wrt(base, [at](const Tensor& grad) { return region_scattered(grad, at); }));
    set_history(view, fresh.impl().node);
}

}  // namespace autograd
}  // namespace taper
