#include "print.h"

#include <cmath>
#include <limits>
#include <mutex>

#include "native.h"

namespace taper {
namespace {

struct Settings {
    int precision = 4;
    double threshold = 1000;
    std::int64_t edge = 3;
    std::int64_t linewidth = 80;
    std::optional<bool> scientific = {};
};

std::mutex mutex;
Settings settings;

Settings current_settings() {
    std::lock_guard lock(mutex);
    return settings;
}

// How all floats of a tensor are written, by the finite ones that are not zero.
struct Style {
    bool whole = true, scientific = false;
    int precision;

    Style(const std::vector<double>& values, int precision) : precision(precision) {
        if (values.empty()) return;
        double low = std::abs(values[0]), high = low;
        for (double v : values) {
            whole = whole && v == std::ceil(v);
            low = std::min(low, std::abs(v));
            high = std::max(high, std::abs(v));
        }
        scientific = high / low > 1000 || high > 1e8 || (!whole && low < 1e-4);
    }

    std::string text(double v) const {
        if (std::isnan(v)) return "nan";
        if (std::isinf(v)) return v < 0 ? "-inf" : "inf";
        if (scientific) return fmt::format("{:.{}e}", v, precision);
        return whole ? fmt::format("{:.0f}.", v) : fmt::format("{:.{}f}", v, precision);
    }
};

// The body of the text: brackets, and the elements that are shown, right-aligned.
class Layout {
 public:
    Layout(const Tensor& x, const Settings& settings)
        : x_(x), settings_(settings), summarised_(static_cast<double>(x.numel()) > settings.threshold) {
        visit(x.dtype(), [&](auto zero) {
            std::vector<decltype(zero)> shown;
            collect(x.data_ptr<decltype(zero)>(), 0, shown);
            write(shown);
        });
    }

    // The block of the elements from dimension `dim` on, whose bracket stands in column `indent`.
    std::string block(int dim, int indent) {
        if (dim == x_.ndim()) return cell();
        const bool innermost = dim + 1 == x_.ndim();
        std::string text = "[", margin(indent + 1, ' ');
        const std::int64_t shown = is_cut(dim) ? 2 * settings_.edge + 1 : x_.shape()[dim];
        const std::int64_t per_line = std::max<std::int64_t>(1, (settings_.linewidth - indent) / (width_ + 2));
        for (std::int64_t i = 0; i < shown; ++i) {
            if (i > 0 && innermost) text += i % per_line == 0 ? ",\n" + margin : ", ";
            if (i > 0 && !innermost) text += "," + std::string(x_.ndim() - dim - 1, '\n') + margin;
            if (is_cut(dim) && i == settings_.edge)
                text += innermost ? " ..." : "...";
            else
                text += block(dim + 1, indent + 1);
        }
        return text + "]";
    }

 private:
    bool is_cut(int dim) const { return summarised_ && x_.shape()[dim] > 2 * settings_.edge; }

    template <class T> void collect(const T* at, int dim, std::vector<T>& shown) const {
        if (dim == x_.ndim()) return shown.push_back(*at);
        const std::int64_t size = x_.shape()[dim], stride = x_.stride()[dim];
        for (std::int64_t i = 0; i < size; ++i) {
            if (is_cut(dim) && i == settings_.edge) i = size - settings_.edge;
            collect(at + i * stride, dim + 1, shown);
        }
    }

    template <class T> void write(const std::vector<T>& shown) {
        if constexpr (std::is_floating_point_v<T>) return write_floats(std::vector<double>(shown.begin(), shown.end()));
        for (T v : shown) {
            if constexpr (std::is_same_v<T, bool>)
                cells_.push_back(v ? "True" : "False");
            else
                cells_.push_back(fmt::format("{}", v));
            widen(cells_.back());
        }
    }

    void write_floats(const std::vector<double>& shown) {
        std::vector<double> deciding;
        for (double v : shown)
            if (std::isfinite(v) && v != 0) deciding.push_back(v);
        Style style(deciding, settings_.precision);
        for (double v : deciding) widen(style.text(v));
        if (!deciding.empty()) style.scientific = settings_.scientific.value_or(style.scientific);  // the width stays
        for (double v : shown) cells_.push_back(style.text(v));
    }

    void widen(const std::string& text) { width_ = std::max<std::int64_t>(width_, text.size()); }
    std::string cell() { return fmt::format("{:>{}}", cells_[next_++], width_); }

    const Tensor x_;
    const Settings& settings_;
    const bool summarised_;
    std::vector<std::string> cells_;
    std::size_t next_ = 0;
    std::int64_t width_ = 1;
};

std::vector<std::string> suffixes(const Tensor& x) {
    std::vector<std::string> list;
    bool implied = x.dtype() == get_default_dtype();
    if (x.numel() == 0) {
        if (x.ndim() != 1) list.push_back("size=(" + joined(x.shape(), ", ") + ")");
    } else {
        implied = implied || x.dtype() == DType::Int64 || x.dtype() == DType::Bool;
    }
    if (!implied) list.push_back(fmt::format("dtype={}", x.dtype()));
    if (std::string name = history_name(x); !name.empty())
        list.push_back(fmt::format("grad_fn=<{}>", name));
    else if (x.requires_grad())
        list.push_back("requires_grad=True");
    return list;
}

}  // namespace

void set_printoptions(const PrintOptions& options) {
    check(options.precision.value_or(4) >= 0 && options.precision.value_or(4) <= 1000,
        "set_printoptions: precision must be from 0 to 1000, not {}", *options.precision);
    check(options.edgeitems.value_or(3) >= 1 && options.edgeitems.value_or(3) <= 1000000,
        "set_printoptions: edgeitems must be from 1 to 1000000, not {}", *options.edgeitems);
    check(options.linewidth.value_or(80) >= 1, "set_printoptions: linewidth must be at least 1, not {}",
        *options.linewidth);
    std::lock_guard lock(mutex);
    if (options.profile) {
        const std::string& name = *options.profile;
        check(name == "default" || name == "short" || name == "full",
            "set_printoptions: profile must be default, short or full, not {}", name);
        settings = Settings();
        if (name == "short") settings.precision = 2, settings.edge = 2;
        if (name == "full") settings.threshold = std::numeric_limits<double>::infinity();
    }
    settings.precision = options.precision.value_or(settings.precision);
    settings.threshold = options.threshold.value_or(settings.threshold);
    settings.edge = options.edgeitems.value_or(settings.edge);
    settings.linewidth = options.linewidth.value_or(settings.linewidth);
    settings.scientific = options.sci_mode;
}

std::string to_string(const Tensor& x) {
    if (!x.defined()) return "None";
    if (x.impl().is_uninitialized) return x.impl().is_parameter ? "<UninitializedParameter>" : "<UninitializedBuffer>";
    const Settings settings = current_settings();
    constexpr int indent = 7;
    std::string text = "tensor(";
    text += x.numel() == 0 ? "[]" : Layout(native::cast(x, info_of(x.dtype()).computes_in), settings).block(0, indent);
    std::int64_t column = text.size() - (text.rfind('\n') + 1) + 2;  // PyTorch counts two characters too many
    for (const std::string& suffix : suffixes(x)) {
        const bool fits = column + std::ssize(suffix) + 2 <= settings.linewidth;
        text += (fits ? ", " : ",\n" + std::string(indent, ' ')) + suffix;
        column = (fits ? column + 2 : indent) + std::ssize(suffix);
    }
    return (x.impl().is_parameter ? "Parameter containing:\n" : "") + text + ")";
}

std::string format_number(const Tensor& x, std::string_view format) {
    check(x.ndim() == 0,
        "format: unsupported format string '{}' for a Tensor of shape {}; only one without dimensions is a number",
        format, x.shape().str());
    const std::string whole = fmt::format("{{:{}}}", format);
    const bool real =
        x.is_floating_point() || std::string_view("aAeEfFgG").find(format.back()) != std::string_view::npos;
    try {
        if (!real) return fmt::format(fmt::runtime(whole), x.item<std::int64_t>());
        const double v = x.item();
        return fmt::format(fmt::runtime(whole), std::isnan(v) ? std::abs(v) : v);
    } catch (const fmt::format_error& error) {
        fail("format: '{}' does not suit a number of {}: {}", format, x.dtype(), error.what());
    }
}

}  // namespace taper
