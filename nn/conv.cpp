#include "conv.h"

#include "blank.h"
#include "init.h"
#include "text.h"

namespace taper::nn {

namespace {

/// Its name in errors.
template <class D> std::string layer() { return type_name(typeid(D)); }

/// One number for each dim.
Sizes per_dim(const std::string& layer, const char* name, const Sizes& sizes, int dims) {
    check(sizes.size() == 1 || sizes.size() == dims, "{}: {} must be a single number or a list of {}, but got {}",
        layer, name, dims, sizes.str());
    return sizes.size() == dims ? sizes : Sizes(Shape::filled(dims, sizes[0]));
}

Shape weight_shape(
    const std::string& layer, std::int64_t first, std::int64_t second, std::int64_t groups, const Sizes& kernel_size) {
    check(groups > 0, "{}: groups must be a positive integer, but got {}", layer, groups);
    check((first >= 0 || first == to_be_inferred) && (second >= 0 || second == to_be_inferred),
        "{}: the numbers of channels must not be negative", layer);
    if (first == to_be_inferred || second == to_be_inferred) return {to_be_inferred};
    Shape shape{first, second / groups};
    for (std::int64_t size : kernel_size) {
        check(size >= 0, "{}: kernel_size must not be negative, but got {}", layer, kernel_size.str());
        shape.push_back(size);
    }
    return shape;
}

void check_channels(const std::string& layer, std::int64_t in, std::int64_t out, std::int64_t groups) {
    check(in == to_be_inferred || in % groups == 0, "{}: in_channels must be divisible by groups, but got {} and {}",
        layer, in, groups);
    check(out % groups == 0, "{}: out_channels must be divisible by groups, but got {} and {}", layer, out, groups);
}

bool all_are(const Shape& sizes, std::int64_t value) {
    return std::all_of(sizes.begin(), sizes.end(), [value](std::int64_t size) { return size == value; });
}

}  // namespace

template <class D> ConvNd<D>::ConvNd(int dims, const ConvLayerOptions& o)
    : in_channels(o.in_channels),
      out_channels(o.out_channels),
      kernel_size(per_dim(layer<D>(), "kernel_size", o.kernel_size, dims)),
      stride(per_dim(layer<D>(), "stride", o.stride, dims)),
      padding(o.padding),
      dilation(per_dim(layer<D>(), "dilation", o.dilation, dims)),
      output_padding(Sizes(Shape::filled(dims, 0))),
      groups(o.groups),
      padding_mode(o.padding_mode),
      weight(this->register_parameter(
          "weight", blank(weight_shape(layer<D>(), out_channels, in_channels, o.groups, kernel_size), o))),
      bias(this->register_parameter("bias", o.bias ? blank({out_channels}, o) : Tensor())) {
    check_channels(layer<D>(), in_channels, out_channels, o.groups);
    const std::string& named = o.padding->name;
    check(named.empty() || named == "same" || named == "valid",
        "{}: Invalid padding string '{}', should be one of 'same', 'valid'", layer<D>(), named);
    check(named != "same" || all_are(*stride, 1), "{}: padding='same' is not supported for strided convolutions",
        layer<D>());
    if (named.empty()) padding = Padding(per_dim(layer<D>(), "padding", o.padding->amount, dims));
    const std::string& mode = o.padding_mode;
    check(mode == "zeros" || mode == "reflect" || mode == "replicate" || mode == "circular",
        "{}: padding_mode must be one of 'zeros', 'reflect', 'replicate', 'circular', but got padding_mode='{}'",
        layer<D>(), mode);
    reset_parameters();
}

template <class D> ConvNd<D>::ConvNd(int dims, const ConvTransposeLayerOptions& o)
    : in_channels(o.in_channels),
      out_channels(o.out_channels),
      kernel_size(per_dim(layer<D>(), "kernel_size", o.kernel_size, dims)),
      stride(per_dim(layer<D>(), "stride", o.stride, dims)),
      padding(Padding(per_dim(layer<D>(), "padding", o.padding, dims))),
      dilation(per_dim(layer<D>(), "dilation", o.dilation, dims)),
      output_padding(per_dim(layer<D>(), "output_padding", o.output_padding, dims)),
      groups(o.groups),
      padding_mode(o.padding_mode),
      weight(this->register_parameter(
          "weight", blank(weight_shape(layer<D>(), in_channels, out_channels, o.groups, kernel_size), o))),
      bias(this->register_parameter("bias", o.bias ? blank({out_channels}, o) : Tensor())) {
    check_channels(layer<D>(), in_channels, out_channels, o.groups);
    check(*o.padding_mode == "zeros", "{}: Only \"zeros\" padding mode is supported for {}", layer<D>(), layer<D>());
    reset_parameters();
}

template <class D> void ConvNd<D>::reset_parameters() const {
    if (is_lazy(weight)) return;
    this->draw_initial([weight = weight, bias = bias] {
        init::kaiming_uniform_(weight, std::sqrt(5.));
        auto fan_in = static_cast<double>(init::calculate_fan_in_and_fan_out(weight).first);
        double bound = fan_in > 0 ? 1 / std::sqrt(fan_in) : 0;
        if (bias.defined() && fan_in > 0) init::uniform_(bias, -bound, bound);
    });
}

template <class D> std::string ConvNd<D>::extra_repr() const {
    const Padding& pad = padding;
    std::string all = fmt::format(
        "{}, {}, kernel_size={}, stride={}", in_channels, out_channels, tuple_text(kernel_size), tuple_text(stride));
    if (!pad.name.empty() || !all_are(pad.amount, 0))
        all += ", padding=" + (pad.name.empty() ? tuple_text(pad.amount) : pad.name);
    if (!all_are(*dilation, 1)) all += ", dilation=" + tuple_text(dilation);
    if (!all_are(*output_padding, 0)) all += ", output_padding=" + tuple_text(output_padding);
    if (*groups != 1) all += fmt::format(", groups={}", *groups);
    if (!bias.defined()) all += ", bias=False";
    if (*padding_mode != "zeros") all += ", padding_mode=" + *padding_mode;
    return all;
}

template <class D> std::pair<Tensor, ConvOptions> ConvNd<D>::prepared(const Tensor& x) const {
    ConvOptions options{.stride = *stride, .padding = *padding, .dilation = *dilation, .groups = *groups};
    if (*padding_mode == "zeros") return {x, options};
    options.padding = 0;
    std::vector<std::int64_t> amounts;
    for (int d = (*kernel_size).size() - 1; d >= 0; --d) {
        const std::string& named = (*padding).name;
        std::int64_t both = named == "same" ? (*dilation)[d] * ((*kernel_size)[d] - 1) : 0, before = both / 2;
        if (named.empty()) before = (*padding).amount[d], both = 2 * before;
        amounts.push_back(before), amounts.push_back(both - before);
    }
    return {ops::pad(x, amounts, padding_mode), options};
}

template <class D> ConvTransposeOptions ConvNd<D>::prepared(const Tensor& x, const Shape& output_size) const {
    ConvTransposeOptions options{.stride = *stride,
        .padding = (*padding).amount,
        .output_padding = *output_padding,
        .groups = *groups,
        .dilation = *dilation};
    if (output_size.empty()) return options;
    const int dims = (*kernel_size).size(), others = x.ndim() == dims + 2 ? 2 : 1;
    check(output_size.size() == dims || output_size.size() == dims + others,
        "{}: for {}D input, output_size must have {} or {} elements (got {})", layer<D>(), x.ndim(), dims,
        dims + others, output_size.size());
    Shape least, most;
    for (int d = 0; d < dims; ++d) {
        least.push_back((x.size(d + others) - 1) * (*stride)[d] - 2 * (*padding).amount[d] +
            (*dilation)[d] * ((*kernel_size)[d] - 1) + 1);
        most.push_back(least[d] + (*stride)[d] - 1);
    }
    for (int d = 0; d < dims; ++d) {
        const std::int64_t wanted = output_size[d + output_size.size() - dims];
        check(least[d] <= wanted && wanted <= most[d],
            "{}: requested an output size of {}, but valid sizes range from {} to {} (for an input of {})", layer<D>(),
            output_size.str(), least.str(), most.str(), x.shape().str());
        options.output_padding[d] = wanted - least[d];
    }
    return options;
}

template class ConvNd<Conv1d>;
template class ConvNd<Conv2d>;
template class ConvNd<Conv3d>;
template class ConvNd<ConvTranspose1d>;
template class ConvNd<ConvTranspose2d>;
template class ConvNd<ConvTranspose3d>;

Tensor Conv1d::forward(const Tensor& x) const {
    auto [image, options] = prepared(x);
    return ops::conv1d(image, weight, bias, options);
}
Tensor Conv2d::forward(const Tensor& x) const {
    auto [image, options] = prepared(x);
    return ops::conv2d(image, weight, bias, options);
}
Tensor Conv3d::forward(const Tensor& x) const {
    auto [image, options] = prepared(x);
    return ops::conv3d(image, weight, bias, options);
}
Tensor ConvTranspose1d::forward(const Tensor& x, const Shape& output_size) const {
    return ops::conv_transpose1d(x, weight, bias, prepared(x, output_size));
}
Tensor ConvTranspose2d::forward(const Tensor& x, const Shape& output_size) const {
    return ops::conv_transpose2d(x, weight, bias, prepared(x, output_size));
}
Tensor ConvTranspose3d::forward(const Tensor& x, const Shape& output_size) const {
    return ops::conv_transpose3d(x, weight, bias, prepared(x, output_size));
}

TAPER_DEFINE_CONSTRUCTORS(Conv1d, ConvLayerOptions, 3, in_channels, out_channels, kernel_size, stride, padding,
    dilation, groups, bias, padding_mode, device, dtype)
TAPER_DEFINE_CONSTRUCTORS(ConvTranspose1d, ConvTransposeLayerOptions, 3, in_channels, out_channels, kernel_size, stride,
    padding, output_padding, groups, bias, dilation, padding_mode, device, dtype)
TAPER_DEFINE_METHOD(Tensor, ConvTranspose1d, operator(), ConvTransposeForwardOptions,
    (Module::operator()(*o.input, Shape(o.output_size->value_or(Sizes())))), 1, input, output_size)
TAPER_DEFINE_CONSTRUCTORS(Conv2d, ConvLayerOptions, 3, in_channels, out_channels, kernel_size, stride, padding,
    dilation, groups, bias, padding_mode, device, dtype)
TAPER_DEFINE_CONSTRUCTORS(ConvTranspose2d, ConvTransposeLayerOptions, 3, in_channels, out_channels, kernel_size, stride,
    padding, output_padding, groups, bias, dilation, padding_mode, device, dtype)
TAPER_DEFINE_METHOD(Tensor, ConvTranspose2d, operator(), ConvTransposeForwardOptions,
    (Module::operator()(*o.input, Shape(o.output_size->value_or(Sizes())))), 1, input, output_size)
TAPER_DEFINE_CONSTRUCTORS(Conv3d, ConvLayerOptions, 3, in_channels, out_channels, kernel_size, stride, padding,
    dilation, groups, bias, padding_mode, device, dtype)
TAPER_DEFINE_CONSTRUCTORS(ConvTranspose3d, ConvTransposeLayerOptions, 3, in_channels, out_channels, kernel_size, stride,
    padding, output_padding, groups, bias, dilation, padding_mode, device, dtype)
TAPER_DEFINE_METHOD(Tensor, ConvTranspose3d, operator(), ConvTransposeForwardOptions,
    (Module::operator()(*o.input, Shape(o.output_size->value_or(Sizes())))), 1, input, output_size)

}  // namespace taper::nn
