// A figure of the examples, and how gnuplot draws it; the calls that fill one are in plt.h.
#pragma once

#include <errno.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <taper/tensor/base/error.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace plt {

template <class T>
concept TensorLike = requires(const T& tensor) { tensor.template tolist<double>(); };
template <class T>
concept Number = std::is_arithmetic_v<T> && !std::is_same_v<T, char>;

/// A row of numbers: any range of them, or a 1-D Tensor.
struct Numbers : std::vector<double> {
    Numbers(std::initializer_list<double> list = {}) : vector(list) {}
    template <std::ranges::range T>
        requires Number<std::ranges::range_value_t<T>>
    Numbers(const T& range) : vector(range.begin(), range.end()) {}
    template <TensorLike T> Numbers(const T& tensor) : Numbers(tensor.template tolist<double>()) {
        taper::check(tensor.ndim() == 1, "plt: expected a 1-D tensor, got {} dimensions", tensor.ndim());
    }
};

/// An image's numbers by rows: a vector of vectors, or a 2-D Tensor.
struct Matrix {
    size_t rows = 0, cols = 0;
    Numbers values = {};

    Matrix() = default;
    template <Number T> Matrix(const std::vector<std::vector<T>>& image) : rows(image.size()) {
        cols = rows ? image[0].size() : 0;
        for (const auto& row : image) {
            taper::check(row.size() == cols, "imshow: rows of {} and {} numbers make no image", cols, row.size());
            values.insert(values.end(), row.begin(), row.end());
        }
    }
    template <TensorLike T> Matrix(const T& tensor) : values(tensor.template tolist<double>()) {
        taper::check(tensor.ndim() == 2, "imshow: expected a 2-D tensor, got {} dimensions", tensor.ndim());
        rows = tensor.shape()[0], cols = tensor.shape()[1];
    }
};

namespace detail {

using Table = std::map<std::string, std::string>;
using Limits = std::pair<double, double>;

struct Series {
    Numbers x, y, c;
    std::string label, style;
};

struct Axes {
    int rows = 1, cols = 1, index = 1, lines = 0, dots = 0;
    std::vector<Series> series = {};
    Matrix image = {};
    std::string cmap = "viridis";
    std::optional<double> vmin = {}, vmax = {};
    std::string title = {}, xlabel = {}, ylabel = {}, legend = {};
    bool grid = false, axis = true, colorbar = false;
    std::optional<Limits> xlim = {}, ylim = {};
};

struct Figure {
    std::pair<double, double> inches = {6.4, 4.8};
    std::vector<Axes> axes = {};
    size_t current = 0;
};

inline const std::string& known(const Table& table, const std::string& name, const char* what) {
    auto found = table.find(name);
    taper::check(found != table.end(), "plt: '{}' is not a valid value for {}", name, what);
    return found->second;
}

inline std::string palette(const std::string& name) {
    static const Table maps{
        {"viridis",
            "0 '#440154', 1 '#482878', 2 '#3e4989', 3 '#31688e', 4 '#26828e', 5 '#1f9e89', 6 '#35b779', "
            "7 '#6ece58', 8 '#b5de2b', 9 '#fde725'"},
        {"gray", "0 'black', 1 'white'"}, {"gray_r", "0 'white', 1 'black'"}};
    return fmt::format("set palette defined ({})\n", known(maps, name, "cmap"));
}

// In gnuplot's double quotes, where a text must neither end the string nor run a command. gnuplot takes any number of
// digits for a part of an escape, so those that follow one are escaped, too.
inline std::string quoted(const std::string& text) {
    std::string out = "\"";
    bool escaped = false;
    for (unsigned char c : text) {
        escaped = !(std::isalpha(c) || c == ' ' || c >= 0x80 || (std::isdigit(c) && !escaped));
        out += escaped ? fmt::format("\\{:03o}", c) : std::string(1, c);
    }
    return out + '"';
}

inline std::string number(double value) { return std::isfinite(value) ? fmt::format("{} ", value) : "NaN "; }

// From the smallest to the largest number, with matplotlib's margin of a twentieth.
inline Limits limits(const std::vector<Series>& series, Numbers Series::*side) {
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const Series& one : series)
        for (double value : one.*side)
            if (std::isfinite(value)) low = std::min(low, value), high = std::max(high, value);
    if (low > high) return {0, 1};
    double margin = high > low ? (high - low) / 20 : low != 0 ? std::abs(low) / 20 : 0.05;
    return {low - margin, high + margin};
}

// Where the legend stands, in gnuplot's words.
inline std::string corner(const Axes& on, Limits x, Limits y) {
    static const Table corners{{"upper right", "top right"}, {"upper left", "top left"}, {"lower left", "bottom left"},
        {"lower right", "bottom right"}};
    if (on.legend != "best") return known(corners, on.legend, "loc");
    std::pair<int, std::string> crowds[]{{0, "top right"}, {0, "top left"}, {0, "bottom left"}, {0, "bottom right"}};
    for (const Series& one : on.series)
        for (size_t i = 0; i < one.x.size(); ++i) {
            double right = (one.x[i] - x.first) / (x.second - x.first),
                   up = (one.y[i] - y.first) / (y.second - y.first);
            if (up > 0.7 && std::abs(right - 0.5) > 0.2) ++crowds[right < 0.5].first;
            if (up < 0.3 && std::abs(right - 0.5) > 0.2) ++crowds[right < 0.5 ? 2 : 3].first;
        }
    return std::ranges::min_element(crowds, {}, &std::pair<int, std::string>::first)->second;
}

// The numbers of an image, and how to plot them. gnuplot wants two rows and two columns: a single one is given twice,
// half as wide.
inline std::string pixels(const Matrix& image, std::string& script) {
    size_t across = image.cols == 1 ? 2 : 1, down = image.rows == 1 ? 2 : 1;
    script += "$image << EOD\n";
    for (size_t row = 0; row < image.rows * down; ++row, script += '\n')
        for (size_t col = 0; col < image.cols * across; ++col)
            script += number(image.values[row / down * image.cols + col / across]);
    script += "EOD\n";
    return fmt::format(", $image using ($1/{0}.-{1}):($2/{2}.-{3}):3 matrix with image notitle", across,
        (across - 1) / 4., down, (down - 1) / 4.);
}

inline std::string draw(const Axes& on) {
    Limits x = limits(on.series, &Series::x), y = limits(on.series, &Series::y);
    std::string script, plots = "plot NaN notitle";
    if (!on.image.values.empty()) {
        auto [low, high] = std::ranges::minmax(on.image.values);
        x = {-0.5, on.image.cols - 0.5}, y = {on.image.rows - 0.5, -0.5};
        script += fmt::format("set size ratio -1\nset cbrange [{}:{}]\n", number(on.vmin.value_or(low)),
            number(on.vmax.value_or(high > low ? high : low + 1)));
        plots += pixels(on.image, script);
    }
    x = on.xlim.value_or(x), y = on.ylim.value_or(y);
    script += palette(on.cmap) +
        fmt::format("set xrange [{}:{}]\nset yrange [{}:{}]\n", x.first, x.second, y.first, y.second);
    if (!on.legend.empty())
        script +=
            fmt::format("set key on {} Left reverse opaque box lc rgb '#cccccc' samplen 2.5 spacing 1.2 width 1\n",
                corner(on, x, y));
    for (size_t i = 0; i < on.series.size(); ++i) {
        const Series& one = on.series[i];
        script += fmt::format("$data{} << EOD\n", i);
        for (size_t j = 0; j < one.x.size(); ++j)
            script += number(one.x[j]) + number(one.y[j]) + (one.c.empty() ? "" : number(one.c[j])) + '\n';
        script += "EOD\n";
        plots += fmt::format(
            ", $data{} using {} with {} title {}", i, one.c.empty() ? "1:2" : "1:2:3", one.style, quoted(one.label));
    }
    return script + plots + '\n';
}

// What gnuplot is told to draw the figure on this terminal.
inline std::string script(const Figure& figure, const std::string& terminal) {
    std::string script = fmt::format("set encoding utf8\nset terminal {}\nset multiplot\n", terminal);
    for (const Axes& on : figure.axes) {
        double width = 1. / on.cols, height = 1. / on.rows, left = (on.index - 1) % on.cols * width,
               down = (on.index - 1) / on.cols * height;
        script += "reset\nset format '%h'\nset tics out nomirror\nunset key\nset border 31 lw 1\n";
        script += fmt::format("set size {},{}\nset origin {},{}\n", width, height, left, 1 - height - down);
        script += fmt::format("set title {} offset 0,-0.3 font ',12'\nset xlabel {}\nset ylabel {}\n", quoted(on.title),
            quoted(on.xlabel), quoted(on.ylabel));
        if (on.grid) script += "set grid back lt 1 lw 1 lc rgb '#b0b0b0'\n";
        if (!on.axis) script += "unset border\nunset tics\n";
        if (!on.colorbar) script += "unset colorbox\n";
        script += draw(on);
    }
    return script + "unset multiplot\n";
}

inline std::string read(FILE* file) {
    std::string text, piece(1 << 16, ' ');
    for (size_t n; (n = std::fread(piece.data(), 1, piece.size(), file)) > 0;) text.append(piece, 0, n);
    return text;
}

// Runs gnuplot on a script, and gives what it writes. Temporary files without a name carry the script and the
// complaints.
inline std::string gnuplot(const std::string& script, const char* command = "gnuplot") {
    auto close = [](FILE* file) { std::fclose(file); };
    std::unique_ptr<FILE, decltype(close)> in(std::tmpfile()), complaints(std::tmpfile());
    taper::check(in && complaints && std::fwrite(script.data(), 1, script.size(), in.get()) == script.size() &&
            std::fflush(in.get()) == 0,
        "plt: cannot write a temporary file: {}", std::strerror(errno));
    FILE* pipe = popen(
        fmt::format("{} </dev/fd/{} 2>/dev/fd/{}", command, fileno(in.get()), fileno(complaints.get())).c_str(), "r");
    taper::check(pipe != nullptr, "plt: cannot start gnuplot: {}", std::strerror(errno));
    std::string written = read(pipe);
    int status = pclose(pipe);
    taper::check(!WIFEXITED(status) || WEXITSTATUS(status) != 127,
        "plt: gnuplot, which draws the figures, is not installed; on Debian: apt install gnuplot-nox");
    taper::check(status == 0, "plt: gnuplot failed: {}", read(complaints.get()));
    return written;
}

// A terminal of gnuplot's that opens windows here, or nothing.
inline std::string window() {
    if (!std::getenv("DISPLAY") && !std::getenv("WAYLAND_DISPLAY")) return "";
    std::string terminals = gnuplot("set print '-'\nprint ' '.GPVAL_TERMINALS.' '\n");
    for (std::string name : {"qt", "wxt", "x11"})
        if (terminals.find(fmt::format(" {} ", name)) != terminals.npos) return name;
    return "";
}

inline void save(const Figure& figure, std::filesystem::path path, double dpi) {
    if (!path.has_extension()) path += ".png";
    std::string format = path.extension();
    taper::check(format == ".png" || format == ".svg",
        "savefig: Format '{}' is not supported (supported formats: png, svg)", format.substr(1));
    auto [width, height] = figure.inches;
    std::string terminal = "svg font 'DejaVu Sans,11'";
    if (format == ".png")
        terminal = fmt::format("pngcairo font 'DejaVu Sans,11' fontscale {0} linewidth {0} pointscale {0}", dpi / 100);
    else
        dpi = 100;
    terminal += fmt::format(" size {:.0f},{:.0f} background 'white' noenhanced", width * dpi, height * dpi);
    std::string picture = gnuplot(script(figure, terminal));
    std::ofstream out(path, std::ios::binary);
    out << picture << std::flush;
    taper::check(out.good(), "savefig: cannot write '{}': {}", path.string(), std::strerror(errno));
}

}  // namespace detail
}  // namespace plt
