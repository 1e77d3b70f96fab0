// Several views at once: the parts of a tensor, and tensors broadcast to each other.
#include "../../tensor/warning.h"
#include "../ops.h"

namespace taper::ops {

using T = const Tensor&;

// View number `output` of those that an op gives at once.
static Tensor one_of_several(const char* name, T view, std::size_t output) {
    TensorImpl& impl = view.impl();
    if (impl.made_in == TensorImpl::MadeIn::GradMode) impl.made_in = TensorImpl::MadeIn::Several;
    impl.output = static_cast<std::uint16_t>(output);
    return autograd::named(name, view);
}

static TensorList split(const char* name, T x, const std::vector<std::int64_t>& sizes, std::int64_t dim) {
    std::int64_t d = wrap_dim(dim, x.ndim()), total = 0;
    for (std::int64_t size : sizes) total += size;
    check(total == x.size(d),
        "split: split_with_sizes expects split_sizes to sum exactly to {} (input tensor's size at dimension {}), but "
        "got split_sizes=[{}]",
        x.size(d), dim, joined(sizes, ", "));
    TensorList parts;
    std::int64_t start = 0;
    for (std::int64_t size : sizes) {
        parts.push_back(one_of_several(name, narrow(x, d, start, size), parts.size()));
        start += size;
    }
    return parts;
}
TensorList split(T x, const std::vector<std::int64_t>& sizes, std::int64_t dim) {
    return split("SplitWithSizesBackward0", x, sizes, dim);
}
TensorList split(T x, std::int64_t size, std::int64_t dim) {
    check(x.ndim() > 0, "split: split expects at least a 1-dimensional tensor");
    std::int64_t d = wrap_dim(dim, x.ndim()), total = x.size(d);
    check(size > 0 || (size == 0 && total == 0),
        "split: split expects split_size be non-negative, but got split_size={}", size);
    std::vector<std::int64_t> sizes;
    for (std::int64_t at = 0; at < total; at += size) sizes.push_back(std::min(size, total - at));
    if (sizes.empty()) sizes.push_back(0);
    return split("SplitBackward0", x, sizes, d);
}
TensorList split(T x, const SplitSize& size, std::int64_t dim) {
    return size.size ? split(x, *size.size, dim) : split(x, size.sections, dim);
}
TensorList chunk(T x, std::int64_t chunks, std::int64_t dim) {
    check(chunks > 0, "chunk: chunk expects `chunks` to be greater than 0, got: {}", chunks);
    if (x.size(dim) == 0) return split(x, std::vector<std::int64_t>(static_cast<std::size_t>(chunks), 0), dim);
    std::int64_t size = (x.size(dim) + chunks - 1) / chunks;
    return split(x, std::max<std::int64_t>(size, 1), dim);
}
TensorList unbind(T x, std::int64_t dim) {
    TensorList parts;
    for (std::int64_t i = 0; i < x.size(dim); ++i)
        parts.push_back(one_of_several("UnbindBackward0", select(x, dim, i), parts.size()));
    return parts;
}
TensorList broadcast_tensors(const TensorList& tensors) {
    Shape shape;
    for (T x : tensors) shape = broadcast_shapes(shape, x.shape());
    TensorList out;
    for (T x : tensors) out.push_back(x.shape() == shape ? x : expand(x, shape));
    return out;
}
TensorList meshgrid(const TensorList& tensors, const std::optional<std::string>& way) {
    if (!way) warn("torch.meshgrid: in an upcoming release, it will be required to pass the indexing argument.");
    const std::string indexing = way.value_or("ij");
    check(indexing == "ij" || indexing == "xy", "meshgrid: indexing must be one of \"xy\" or \"ij\", but received: {}",
        indexing);
    Shape shape;
    for (T x : tensors) {
        check(x.ndim() <= 1, "meshgrid: torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: {}",
            x.shape().str());
        shape.push_back(x.numel());
    }
    const bool swapped = indexing == "xy" && tensors.size() > 1;
    if (swapped) std::swap(shape[0], shape[1]);
    TensorList out;
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        const std::size_t dim = swapped && i < 2 ? 1 - i : i;
        Shape own = Shape::filled(shape.size(), 1);
        own[dim] = shape[dim];
        out.push_back(expand(reshape(tensors[i], own), shape));
    }
    return out;
}

}  // namespace taper::ops
