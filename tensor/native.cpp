#include "native.h"

#include "checked.h"

#include <new>

#include "loops.h"

namespace taper {

// ---- storage

Ref<Storage> Storage::make(std::int64_t bytes, Device device) {
    constexpr std::int64_t in_place = 512;
    check(device.is_cpu(), "Torch not compiled with CUDA enabled: there is no memory on {}", device);
    if (bytes <= in_place) {
        void* block = allocate(sizeof(Storage) + bytes);
        return Ref<Storage>(
            new (block) Storage(static_cast<char*>(block) + sizeof(Storage), bytes, device, Owner::Self));
    }
    return Ref<Storage>(new Storage(allocate(bytes), bytes, device, Owner::Block));
}

Ref<Storage> Storage::borrow(void* data, std::int64_t bytes, std::function<void()> deleter) {
    auto* storage = new Storage(data, bytes, {}, Owner::Caller);
    if (deleter) storage->deleter_ = new std::function<void()>(std::move(deleter));
    return Ref<Storage>(storage);
}

void Storage::dispose() {
    std::size_t bytes = sizeof(Storage) + (owner_ == Owner::Self ? bytes_ : 0);
    if (owner_ == Owner::Block) release(data_, bytes_);
    if (deleter_) {
        (*deleter_)();
        delete deleter_;
    }
    this->~Storage();
    release(this, bytes);
}

// ---- dtypes of results

namespace {

// PyTorch's three ranks of operands: with dimensions, without, and plain numbers. A lower rank counts only if its kind
// (bool, integer, floating) is higher.
struct Ranks {
    std::optional<DType> dims, zero_dim, number;

    void add(const Tensor& x) {
        const TensorImpl& impl = x.impl();
        auto& rank = impl.is_number ? number : impl.shape.empty() ? zero_dim : dims;
        DType dtype = impl.is_number && impl.dtype == DType::Float64 ? get_default_dtype() : impl.dtype;
        rank = rank ? promote_types(*rank, dtype) : dtype;
    }
    static int kind(DType dtype) { return dtype == DType::Bool ? 0 : taper::is_floating_point(dtype) ? 2 : 1; }
    static std::optional<DType> higher(std::optional<DType> high, std::optional<DType> low) {
        if (!high) return low;
        if (!low || kind(*low) <= kind(*high)) return high;
        return promote_types(*high, *low);
    }
    DType result() const { return higher(higher(dims, zero_dim), number).value_or(get_default_dtype()); }
};

}  // namespace

DType result_type(const Tensor& a, const Tensor& b) {
    const TensorImpl &x = a.impl(), &y = b.impl();
    if (x.dtype == y.dtype && !x.is_number && !y.is_number) return x.dtype;
    Ranks ranks;
    ranks.add(a);
    ranks.add(b);
    return ranks.result();
}

DType result_type(std::span<const Tensor> tensors) {
    Ranks ranks;
    for (const Tensor& x : tensors) ranks.add(x);
    return ranks.result();
}

void check_same_device(const char* op, const Tensor& a, const Tensor& b) {
    if (a.impl().is_number || b.impl().is_number) return;
    check(a.device() == b.device(),
        "{}: Expected all tensors to be on the same device, but found at least two devices, {} and {}!", op, a.device(),
        b.device());
}

// ---- making, viewing, copying

namespace native {

// A tensor on fresh memory for this many elements.
static Tensor on_fresh_memory(
    const Shape& shape, const Strides& strides, std::int64_t elements, DType dtype, const Device& device) {
    auto impl = make_ref<TensorImpl>(shape, strides);
    impl->storage = Storage::make(elements * size_of(dtype), device);
    impl->dtype = dtype;
    return Tensor(std::move(impl));
}

Tensor empty_strided(const Shape& shape, const Strides& strides, DType dtype, const Device& device) {
    Checked span = 1;
    for (int d = 0; d < shape.size(); ++d) {
        check(shape[d] >= 0, "Trying to create tensor with negative dimension {}: {}", shape[d], shape.str());
        span = span + Checked(shape[d] - 1) * strides[d];
    }
    const bool none = checked_numel(shape).is_at_most(0);
    return on_fresh_memory(
        shape, strides, none ? 0 : (span * size_of(dtype)).value("empty_strided") / size_of(dtype), dtype, device);
}

Tensor empty(const Shape& shape, DType dtype, const Device& device) {
    constexpr std::int64_t most = std::int64_t(1) << 58;
    std::int64_t numel = 1;
    bool fits = true;
    for (std::int64_t size : shape) {
        if (size < 0) [[unlikely]]
            fail("Trying to create tensor with negative dimension {}: {}", size, shape.str());
        fits = fits && !__builtin_mul_overflow(numel, size, &numel) && numel < most;
    }
    if (!fits && std::find(shape.begin(), shape.end(), 0) == shape.end()) [[unlikely]]
        fail("empty: a tensor of shape {} would need more memory than there are addresses", shape.str());
    return on_fresh_memory(shape, contiguous_strides(shape), fits ? numel : 0, dtype, device);
}

Tensor like(const Tensor& pattern, const Shape& shape, DType dtype) {
    const TensorImpl& impl = pattern.impl();
    if (!(impl.shape == shape) || pattern.is_contiguous()) return empty(shape, dtype, pattern.device());
    int order[Shape::max_dims], dims = shape.size();  // from the longest stride to the shortest
    for (int d = 0; d < dims; ++d) {
        int at = d;
        for (; at > 0 && impl.strides[order[at - 1]] < impl.strides[d] && impl.strides[order[at - 1]] > 0; --at)
            order[at] = order[at - 1];
        order[at] = d;
    }
    Strides strides = shape;
    std::int64_t step = 1;
    for (int i = dims; i-- > 0;) {
        strides[order[i]] = step;
        step *= std::max<std::int64_t>(shape[order[i]], 1);
    }
    return empty_strided(shape, strides, dtype, pattern.device());
}

Tensor full(const Shape& shape, Scalar value, DType dtype, const Device& device) {
    Tensor out = empty(shape, dtype, device);
    fill(out, value);
    return out;
}

Tensor zeros(const Shape& shape, DType dtype, const Device& device) {
    Tensor out = empty(shape, dtype, device);
    if (out.nbytes() > 0) std::memset(out.data_ptr(), 0, out.nbytes());
    return out;
}

Tensor range(std::int64_t n) {
    Tensor out = empty({n}, DType::Int64);
    for (std::int64_t i = 0; i < n; ++i) out.data_ptr<std::int64_t>()[i] = i;
    return out;
}

Tensor view(const Tensor& x, const Shape& shape, const Strides& strides, std::int64_t offset) {
    auto impl = make_ref<TensorImpl>(shape, strides);
    impl->storage = x.impl().storage;
    impl->offset = offset;
    impl->dtype = x.dtype();
    return Tensor(std::move(impl));
}

Tensor broadcast(const Tensor& x, const Shape& shape) {
    return view(x, shape, operand(x, shape).strides, x.storage_offset());
}

void copy(const Tensor& to, const Tensor& from) {
    const bool side_by_side = to.impl().shape == from.impl().shape && to.is_contiguous() && from.is_contiguous();
    visit(to.dtype(), [&](auto to_zero) {
        visit(from.dtype(), [&](auto from_zero) {
            using To = decltype(to_zero);
            using From = decltype(from_zero);
            const auto store = [](To& out, const From& in) { out = convert<To>(in); };
            if (side_by_side)
                for_each_neighbour(to.numel(), store, detail::first<To>(to), detail::first<const From>(from));
            else
                for_each_element<To, const From>(
                    to.shape(), {operand(to, to.shape()), operand(from, to.shape())}, store);
        });
    });
    to.impl().count_write();
}

void fill(const Tensor& to, Scalar value) {
    visit(to.dtype(), [&](auto zero) {
        using T = decltype(zero);
        for_each_element<T>(to.shape(), {operand(to, to.shape())}, [v = value.to<T>()](T& out) { out = v; });
    });
    to.impl().count_write();
}

Tensor cast(const Tensor& x, DType dtype) {
    if (x.dtype() == dtype) return x;
    Tensor out = like(x, x.shape(), dtype);
    copy(out, x);
    return out;
}

Tensor clone(const Tensor& x) {
    Tensor out = like(x, x.shape(), x.dtype());
    copy(out, x);
    return out;
}

Tensor contiguous(const Tensor& x) {
    if (x.is_contiguous()) return x;
    Tensor out = empty(x.shape(), x.dtype(), x.device());
    copy(out, x);
    return out;
}

Shape infer_shape(const Shape& shape, std::int64_t numel) {
    Shape out = shape;
    std::int64_t known = 1, open = -1;
    for (int d = 0; d < shape.size(); ++d) {
        if (shape[d] == -1) {
            check(open < 0, "only one dimension can be inferred");
            open = d;
        } else {
            check(shape[d] >= 0, "invalid shape dimension {}", shape[d]);
            known = (Checked(known) * shape[d]).value("view");
        }
    }
    if (open >= 0) {
        check(known != 0 || numel != 0,
            "cannot reshape tensor of 0 elements into shape {} because the unspecified dimension size -1 can be any "
            "value and is ambiguous",
            shape.str());
        if (known != 0) out[open] = numel / known;
    }
    check(open >= 0 && known == 0 ? false : out.numel() == numel, "shape '{}' is invalid for input of size {}",
        shape.str(), numel);
    return out;
}

std::optional<Strides> view_strides(const Shape& from, const Strides& strides, const Shape& to) {
    if (from.numel() == 0) return contiguous_strides(to);
    Strides out = Strides::filled(to.size(), 1);
    int d = to.size() - 1;
    std::int64_t step = from.empty() ? 1 : strides.back(), run = 1, wanted = 1;
    for (int s = from.size(); s-- > 0;) {
        run *= from[s];
        if (s > 0 && (from[s - 1] == 1 || strides[s - 1] == run * step)) continue;
        for (; d >= 0 && (wanted < run || to[d] == 1); --d) {
            out[d] = wanted * step;
            wanted *= to[d];
        }
        if (wanted != run) return {};
        if (s > 0) step = strides[s - 1], run = wanted = 1;
    }
    for (; d >= 0; --d) out[d] = wanted * step;
    return out;
}

bool overlaps_itself(const Tensor& x) {
    if (x.numel() == 0) return false;
    const std::int64_t *sizes = x.impl().shape.begin(), *strides = x.impl().strides.begin();
    for (int d = 0; d < x.ndim(); ++d)
        if (strides[d] == 0 && sizes[d] > 1) return true;
    return false;
}

}  // namespace native
}  // namespace taper
