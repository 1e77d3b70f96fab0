// matplotlib.pyplot's calls for the examples, drawn by gnuplot: plt::plot(losses, {.label = "ReLU"}); plt::show();
#pragma once

#include <errno.h>

#include "gnuplot.h"

namespace plt {

/// Lengths in points; colours by matplotlib's names or "#rrggbb", by default the next of its cycle.
struct PlotOptions {
    std::string label = {}, color = {}, linestyle = "-";
    double linewidth = 1.5;
    std::string marker = {};
    double markersize = 6, alpha = 1;
};

/// `s` is a dot's area in square points; `c` gives each dot a number, and `cmap` a colour to the number.
struct ScatterOptions {
    double s = 36;
    Numbers c = {};
    std::string label = {}, color = {}, marker = "o", cmap = "viridis";
    double alpha = 1;
};

/// `cmap` is "viridis", "gray" or "gray_r"; by default its ends are the smallest and the largest number.
struct ImshowOptions {
    std::string cmap = "viridis";
    std::optional<double> vmin = {}, vmax = {};
};

/// "upper right", "upper left", "lower left", "lower right", or of these the "best": the corner with the fewest points.
struct LegendOptions {
    std::string loc = "best";
};

/// In inches.
struct FigureOptions {
    std::pair<double, double> figsize = {6.4, 4.8};
};

struct SavefigOptions {
    double dpi = 100;
};

namespace detail {

inline std::vector<Figure> figures;  // the last one is the current one

inline Figure& figure() {
    if (figures.empty()) figures.emplace_back();
    return figures.back();
}

inline Axes& axes() {
    if (figure().axes.empty()) figure().axes.emplace_back();
    return figure().axes[figure().current];
}

inline std::string color(const std::string& name, double alpha, int& used) {
    static const Table cycle{{"C0", "1f77b4"}, {"C1", "ff7f0e"}, {"C2", "2ca02c"}, {"C3", "d62728"}, {"C4", "9467bd"},
        {"C5", "8c564b"}, {"C6", "e377c2"}, {"C7", "7f7f7f"}, {"C8", "bcbd22"}, {"C9", "17becf"}};
    static const Table names{{"b", "0000ff"}, {"g", "008000"}, {"r", "ff0000"}, {"c", "00bfbf"}, {"m", "bf00bf"},
        {"y", "bfbf00"}, {"k", "000000"}, {"w", "ffffff"}, {"blue", "0000ff"}, {"green", "008000"}, {"red", "ff0000"},
        {"black", "000000"}, {"white", "ffffff"}, {"gray", "808080"}, {"orange", "ffa500"}, {"purple", "800080"},
        {"tab:blue", "1f77b4"}, {"tab:orange", "ff7f0e"}, {"tab:green", "2ca02c"}, {"tab:red", "d62728"}};
    bool hex = name.size() == 7 && name[0] == '#' && name.find_first_not_of("0123456789abcdefABCDEF", 1) == name.npos;
    std::string rgb = name.empty() ? cycle.at(fmt::format("C{}", used++ % 10))
        : hex                      ? name.substr(1)
        : cycle.contains(name)     ? cycle.at(name)
                                   : known(names, name, "color");
    return fmt::format(" lc rgb '#{:02x}{}'", std::lround(255 * (1 - std::clamp(alpha, 0., 1.))), rgb);
}

inline std::string marker(const std::string& name, double points) {
    static const Table types{
        {"o", "7"}, {".", "7"}, {"x", "2"}, {"+", "1"}, {"*", "3"}, {"s", "5"}, {"^", "9"}, {"v", "11"}, {"D", "13"}};
    return fmt::format(" pt {} ps {}", known(types, name, "marker"), points / (name == "." ? 8.8 : 4.4));
}

}  // namespace detail

/// Lines through the points (x, y); without x, through the values in order.
inline void plot(const Numbers& x, const Numbers& y, const PlotOptions& options = {}) {
    static const detail::Table dashes{{"-", "solid"}, {"--", "(10,5)"}, {":", "(2,4)"}, {"-.", "(10,4,2,4)"}};
    taper::check(x.size() == y.size(), "plot: x and y must have same first dimension, but have shapes ({},) and ({},)",
        x.size(), y.size());
    bool line = !options.linestyle.empty() && options.linestyle != "None";
    std::string style = !line ? "points" : options.marker.empty() ? "lines" : "linespoints";
    if (line) style += fmt::format(" dt {}", detail::known(dashes, options.linestyle, "linestyle"));
    if (!line || !options.marker.empty()) style += detail::marker(options.marker, options.markersize);
    style += fmt::format(
        " lw {}{}", options.linewidth / 0.72, detail::color(options.color, options.alpha, detail::axes().lines));
    detail::axes().series.push_back({x, y, {}, options.label, style});
}
inline void plot(const Numbers& y, const PlotOptions& options = {}) {
    Numbers x;
    for (size_t i = 0; i < y.size(); ++i) x.push_back(static_cast<double>(i));
    plot(x, y, options);
}

/// Dots at the points (x, y).
inline void scatter(const Numbers& x, const Numbers& y, const ScatterOptions& options = {}) {
    taper::check(x.size() == y.size(), "scatter: x and y must be the same size ({} and {})", x.size(), y.size());
    taper::check(options.c.empty() || options.c.size() == x.size(),
        "scatter: 'c' has {} elements, which is inconsistent with 'x' and 'y' with size {}", options.c.size(),
        x.size());
    std::string style = "points" + detail::marker(options.marker, std::sqrt(options.s));
    style += options.c.empty() ? detail::color(options.color, options.alpha, detail::axes().dots) : " lc palette";
    if (!options.c.empty()) detail::palette(options.cmap), detail::axes().cmap = options.cmap;
    detail::axes().series.push_back({x, y, options.c, options.label, style});
}

/// An image from a number per pixel, the first row on top.
inline void imshow(const Matrix& image, const ImshowOptions& options = {}) {
    taper::check(!image.values.empty(), "imshow: the image has no pixels");
    detail::palette(options.cmap);
    detail::Axes& now = detail::axes();
    now.image = image, now.cmap = options.cmap, now.vmin = options.vmin, now.vmax = options.vmax;
}

inline void title(const std::string& text) { detail::axes().title = text; }
inline void xlabel(const std::string& text) { detail::axes().xlabel = text; }
inline void ylabel(const std::string& text) { detail::axes().ylabel = text; }
inline void xlim(double left, double right) { detail::axes().xlim = {left, right}; }
inline void ylim(double bottom, double top) { detail::axes().ylim = {bottom, top}; }
inline void grid(bool visible = true) { detail::axes().grid = visible; }
inline void colorbar() { detail::axes().colorbar = true; }
inline void legend(const LegendOptions& options = {}) { detail::axes().legend = options.loc; }
/// "off" hides the frame and its numbers.
inline void axis(const std::string& shown) { detail::axes().axis = shown != "off"; }

/// What follows is drawn in the cell number `index`, from 1, of a grid; subplot(121) is subplot(1, 2, 1).
inline void subplot(int rows, int cols, int index) {
    taper::check(rows > 0 && cols > 0 && index > 0 && index <= rows * cols,
        "subplot: num must be 1 <= num <= {}, not {}", rows * cols, index);
    auto& [inches, axes, current] = detail::figure();
    auto same = [&](const detail::Axes& cell) { return cell.rows == rows && cell.cols == cols && cell.index == index; };
    current = std::ranges::find_if(axes, same) - axes.begin();
    if (current == axes.size()) axes.push_back({.rows = rows, .cols = cols, .index = index});
}
inline void subplot(int digits) { subplot(digits / 100, digits / 10 % 10, digits % 10); }

/// Begins another figure.
inline void figure(const FigureOptions& options = {}) { detail::figures.push_back({.inches = options.figsize}); }
/// Empties the figure.
inline void clf() { detail::figure().axes.clear(), detail::figure().current = 0; }

/// Writes the figure, which stays, to a .png or .svg file.
inline void savefig(const std::string& name, const SavefigOptions& options = {}) {
    detail::save(detail::figure(), name, options.dpi);
}

/// Opens a window for each figure, or without a display writes <program>_<n>.png, and begins anew. Never waits.
inline void show() {
    static int number = 0;
    std::string window = detail::window();
    for (const detail::Figure& figure : std::exchange(detail::figures, {})) {
        if (!window.empty()) {
            detail::gnuplot(detail::script(figure, window + " noenhanced"), "gnuplot --persist >/dev/null");
            continue;
        }
        std::string name = fmt::format("{}_{}.png", program_invocation_short_name, ++number);
        detail::save(figure, name, 100);
        fmt::print(stderr, "plt::show: there is no display, the figure is in {}\n", name);
    }
}

}  // namespace plt
