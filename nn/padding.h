// Paddings: lines, images and volumes with more around them.
#pragma once

#include "function_object.h"
#include "module.h"

namespace taper::nn {

struct PadLayerOptions {
    Keywords _ = Keywords();
    Arg<Sizes> padding = required;
};
struct ConstantPadOptions {
    Keywords _ = Keywords();
    Arg<Sizes> padding = required;
    Arg<Real> value = required;
};

/// What the paddings have in common: one amount, or (left, right, top, bottom, front, back), as many as there are ends
/// of the dims that are padded.
template <class Derived> class PadNd : public Module<Derived> {
 public:
    std::string extra_repr() const;
    Setting<Sizes> padding;

 protected:
    PadNd(int dims, const Sizes& amounts);
    Tensor padded(const Tensor& x, const char* mode, double value = 0) const;
};

/// With `value`. torch.nn.ConstantPad1d
struct ConstantPad1d : PadNd<ConstantPad1d> {
    TAPER_CONSTRUCTORS(ConstantPad1d, ConstantPadOptions, 2, padding, value)
    ConstantPad1d(Called, const ConstantPadOptions& o) : PadNd(1, o.padding), value(o.value) {}
    Tensor forward(const Tensor& x) const { return padded(x, "constant", *value); }
    Setting<Real> value;
};
/// torch.nn.ConstantPad2d
struct ConstantPad2d : PadNd<ConstantPad2d> {
    TAPER_CONSTRUCTORS(ConstantPad2d, ConstantPadOptions, 2, padding, value)
    ConstantPad2d(Called, const ConstantPadOptions& o) : PadNd(2, o.padding), value(o.value) {}
    Tensor forward(const Tensor& x) const { return padded(x, "constant", *value); }
    Setting<Real> value;
};
/// torch.nn.ConstantPad3d
struct ConstantPad3d : PadNd<ConstantPad3d> {
    TAPER_CONSTRUCTORS(ConstantPad3d, ConstantPadOptions, 2, padding, value)
    ConstantPad3d(Called, const ConstantPadOptions& o) : PadNd(3, o.padding), value(o.value) {}
    Tensor forward(const Tensor& x) const { return padded(x, "constant", *value); }
    Setting<Real> value;
};
/// Mirrored at its ends. torch.nn.ReflectionPad1d
struct ReflectionPad1d : PadNd<ReflectionPad1d> {
    TAPER_CONSTRUCTORS(ReflectionPad1d, PadLayerOptions, 1, padding)
    ReflectionPad1d(Called, const PadLayerOptions& o) : PadNd(1, o.padding) {}
    Tensor forward(const Tensor& x) const { return padded(x, "reflect"); }
};
/// torch.nn.ReflectionPad2d
struct ReflectionPad2d : PadNd<ReflectionPad2d> {
    TAPER_CONSTRUCTORS(ReflectionPad2d, PadLayerOptions, 1, padding)
    ReflectionPad2d(Called, const PadLayerOptions& o) : PadNd(2, o.padding) {}
    Tensor forward(const Tensor& x) const { return padded(x, "reflect"); }
};
/// torch.nn.ReflectionPad3d
struct ReflectionPad3d : PadNd<ReflectionPad3d> {
    TAPER_CONSTRUCTORS(ReflectionPad3d, PadLayerOptions, 1, padding)
    ReflectionPad3d(Called, const PadLayerOptions& o) : PadNd(3, o.padding) {}
    Tensor forward(const Tensor& x) const { return padded(x, "reflect"); }
};
/// With what stands at its ends. torch.nn.ReplicationPad1d
struct ReplicationPad1d : PadNd<ReplicationPad1d> {
    TAPER_CONSTRUCTORS(ReplicationPad1d, PadLayerOptions, 1, padding)
    ReplicationPad1d(Called, const PadLayerOptions& o) : PadNd(1, o.padding) {}
    Tensor forward(const Tensor& x) const { return padded(x, "replicate"); }
};
/// torch.nn.ReplicationPad2d
struct ReplicationPad2d : PadNd<ReplicationPad2d> {
    TAPER_CONSTRUCTORS(ReplicationPad2d, PadLayerOptions, 1, padding)
    ReplicationPad2d(Called, const PadLayerOptions& o) : PadNd(2, o.padding) {}
    Tensor forward(const Tensor& x) const { return padded(x, "replicate"); }
};
/// torch.nn.ReplicationPad3d
struct ReplicationPad3d : PadNd<ReplicationPad3d> {
    TAPER_CONSTRUCTORS(ReplicationPad3d, PadLayerOptions, 1, padding)
    ReplicationPad3d(Called, const PadLayerOptions& o) : PadNd(3, o.padding) {}
    Tensor forward(const Tensor& x) const { return padded(x, "replicate"); }
};
/// With what stands at the other end. torch.nn.CircularPad1d, of PyTorch 2
struct CircularPad1d : PadNd<CircularPad1d> {
    TAPER_CONSTRUCTORS(CircularPad1d, PadLayerOptions, 1, padding)
    CircularPad1d(Called, const PadLayerOptions& o) : PadNd(1, o.padding) {}
    Tensor forward(const Tensor& x) const { return padded(x, "circular"); }
};
/// torch.nn.CircularPad2d, of PyTorch 2
struct CircularPad2d : PadNd<CircularPad2d> {
    TAPER_CONSTRUCTORS(CircularPad2d, PadLayerOptions, 1, padding)
    CircularPad2d(Called, const PadLayerOptions& o) : PadNd(2, o.padding) {}
    Tensor forward(const Tensor& x) const { return padded(x, "circular"); }
};
/// torch.nn.CircularPad3d, of PyTorch 2
struct CircularPad3d : PadNd<CircularPad3d> {
    TAPER_CONSTRUCTORS(CircularPad3d, PadLayerOptions, 1, padding)
    CircularPad3d(Called, const PadLayerOptions& o) : PadNd(3, o.padding) {}
    Tensor forward(const Tensor& x) const { return padded(x, "circular"); }
};
/// With zeros. torch.nn.ZeroPad1d, of PyTorch 2
struct ZeroPad1d : PadNd<ZeroPad1d> {
    TAPER_CONSTRUCTORS(ZeroPad1d, PadLayerOptions, 1, padding)
    ZeroPad1d(Called, const PadLayerOptions& o) : PadNd(1, o.padding) {}
    Tensor forward(const Tensor& x) const { return padded(x, "constant"); }
};
/// torch.nn.ZeroPad2d
struct ZeroPad2d : PadNd<ZeroPad2d> {
    TAPER_CONSTRUCTORS(ZeroPad2d, PadLayerOptions, 1, padding)
    ZeroPad2d(Called, const PadLayerOptions& o) : PadNd(2, o.padding) {}
    Tensor forward(const Tensor& x) const { return padded(x, "constant"); }
};
/// torch.nn.ZeroPad3d, of PyTorch 2
struct ZeroPad3d : PadNd<ZeroPad3d> {
    TAPER_CONSTRUCTORS(ZeroPad3d, PadLayerOptions, 1, padding)
    ZeroPad3d(Called, const PadLayerOptions& o) : PadNd(3, o.padding) {}
    Tensor forward(const Tensor& x) const { return padded(x, "constant"); }
};

}  // namespace taper::nn
