#include "padding.h"

#include "text.h"

namespace taper::nn {

template <class D> PadNd<D>::PadNd(int dims, const Sizes& amounts)
    : padding(amounts.size() == 1 ? Sizes(Shape::filled(2 * dims, amounts[0])) : amounts) {
    check((*padding).size() == 2 * dims, "{}: padding must be one number or {}, but got {}", type_name(typeid(D)),
        dims == 1       ? "(left, right)"
            : dims == 2 ? "(left, right, top, bottom)"
                        : "(left, right, top, bottom, front, back)",
        amounts.str());
}
template <class D> std::string PadNd<D>::extra_repr() const {
    if constexpr (requires(const D& pad) { pad.value; })
        return "padding=" + tuple_text(padding) + ", value=" + repr(*static_cast<const D&>(*this).value);
    else
        return tuple_text(padding);
}
template <class D> Tensor PadNd<D>::padded(const Tensor& x, const char* mode, double value) const {
    return ops::pad(x, (*padding).vec(), mode, value);
}

template class PadNd<ConstantPad1d>;
TAPER_DEFINE_CONSTRUCTORS(ConstantPad1d, ConstantPadOptions, 2, padding, value)
template class PadNd<ConstantPad2d>;
TAPER_DEFINE_CONSTRUCTORS(ConstantPad2d, ConstantPadOptions, 2, padding, value)
template class PadNd<ConstantPad3d>;
TAPER_DEFINE_CONSTRUCTORS(ConstantPad3d, ConstantPadOptions, 2, padding, value)
template class PadNd<ReflectionPad1d>;
TAPER_DEFINE_CONSTRUCTORS(ReflectionPad1d, PadLayerOptions, 1, padding)
template class PadNd<ReflectionPad2d>;
TAPER_DEFINE_CONSTRUCTORS(ReflectionPad2d, PadLayerOptions, 1, padding)
template class PadNd<ReflectionPad3d>;
TAPER_DEFINE_CONSTRUCTORS(ReflectionPad3d, PadLayerOptions, 1, padding)
template class PadNd<ReplicationPad1d>;
TAPER_DEFINE_CONSTRUCTORS(ReplicationPad1d, PadLayerOptions, 1, padding)
template class PadNd<ReplicationPad2d>;
TAPER_DEFINE_CONSTRUCTORS(ReplicationPad2d, PadLayerOptions, 1, padding)
template class PadNd<ReplicationPad3d>;
TAPER_DEFINE_CONSTRUCTORS(ReplicationPad3d, PadLayerOptions, 1, padding)
template class PadNd<CircularPad1d>;
TAPER_DEFINE_CONSTRUCTORS(CircularPad1d, PadLayerOptions, 1, padding)
template class PadNd<CircularPad2d>;
TAPER_DEFINE_CONSTRUCTORS(CircularPad2d, PadLayerOptions, 1, padding)
template class PadNd<CircularPad3d>;
TAPER_DEFINE_CONSTRUCTORS(CircularPad3d, PadLayerOptions, 1, padding)
template class PadNd<ZeroPad1d>;
TAPER_DEFINE_CONSTRUCTORS(ZeroPad1d, PadLayerOptions, 1, padding)
template class PadNd<ZeroPad2d>;
TAPER_DEFINE_CONSTRUCTORS(ZeroPad2d, PadLayerOptions, 1, padding)
template class PadNd<ZeroPad3d>;
TAPER_DEFINE_CONSTRUCTORS(ZeroPad3d, PadLayerOptions, 1, padding)

}  // namespace taper::nn
