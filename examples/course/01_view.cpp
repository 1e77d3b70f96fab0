// Lesson 01: a tensor is a view. The 60 lines of 01_view.h, and every result beside Taper's.
#include "01_view.h"

#include <taper/taper.h>

#include <algorithm>
#include <random>

#include "lesson.h"
#include "svg.h"

namespace torch = taper;
using taper::Slice;
using view::Sizes;

static std::string numbers_of(const view::Tensor& x) {
    std::string out;
    view::each(x.shape, [&](const Sizes& i) { out += fmt::format("{}{:g}", out.empty() ? "" : " ", x(i)); });
    return out;
}

// Shape, strides, offset and numbers. (How far it is to the next of one number, nobody needs to know.)
static bool same(const view::Tensor& ours, const torch::Tensor& tapers) {
    const Sizes shape(tapers.shape().begin(), tapers.shape().end());
    if (ours.shape != shape || ours.offset != tapers.storage_offset()) return false;
    for (std::size_t d = 0; d < shape.size(); ++d)
        if (shape[d] > 1 && ours.strides[d] != tapers.stride(static_cast<long>(d))) return false;
    std::vector<double> numbers;
    view::each(shape, [&](const Sizes& i) { numbers.push_back(ours(i)); });
    return numbers == tapers.flatten().tolist<double>();
}

// One memory, and the tensors that look at it: each number has its colour.
static void draw(const std::string& path, const std::vector<std::pair<std::string, view::Tensor>>& tensors) {
    const char* const colors[]{"#fde2e0", "#fdebd0", "#fcf3cf", "#d5f5e3", "#d6eaf8", "#e8daef"};
    const double cell = 34;
    Svg svg(640, 370);
    svg.text(20, 24, "storage", "#111", "start", 14);
    auto number = [&](double x, double y, double value) {
        svg.box(x, y, cell, cell, colors[static_cast<int>(value)], 0);
        svg.text(x + cell / 2, y + cell / 2, fmt::format("{:g}", value));
    };
    for (int i = 0; i < 6; ++i) {
        number(110 + cell * i, 8, i);
        svg.text(110 + cell * (i + 0.5), 54, fmt::format("{}", i), "#888", "middle", 11);
    }
    for (std::size_t n = 0; n < tensors.size(); ++n) {
        const auto& [name, x] = tensors[n];
        const double left = 20 + 220 * static_cast<double>(n % 3), top = n < 3 ? 90 : 250;
        svg.text(left, top, name, "#111", "start", 14);
        svg.text(left, top + 18, fmt::format("strides ({}), offset {}", fmt::join(x.strides, ", "), x.offset), "#555",
            "start", 11);
        const view::Tensor table = x.shape.size() == 2 ? x : view::expand(x, {1, x.shape[0]});
        view::each(table.shape, [&](const Sizes& i) {
            number(left + cell * static_cast<double>(i[1]), top + 32 + cell * static_cast<double>(i[0]), table(i));
        });
    }
    svg.save(path);
}

static void six_numbers(Lesson& lesson) {
    const view::Tensor x = view::tensor({2, 3}, {0, 1, 2, 3, 4, 5});
    const std::vector<std::pair<std::string, view::Tensor>> tensors{{"x", x}, {"x.t()", view::transpose(x, 0, 1)},
        {"x[1]", view::select(x, 0, 1)}, {"x[:, 1:]", view::slice(x, 1, 1, 3)}, {"x[:, ::2]", view::slice(x, 1, 0, 3, 2)},
        {"x[0].expand(2, 3)", view::expand(view::select(x, 0, 0), {2, 3})}};
    lesson.begin("views");
    lesson.print("{:18} {:7} {:8} {:6}  numbers\n", "", "shape", "strides", "offset");
    for (const auto& [name, v] : tensors)
        lesson.print("{:18} {:7} {:8} {:6}  {}\n", name, fmt::format("({})", fmt::join(v.shape, ", ")),
            fmt::format("({})", fmt::join(v.strides, ", ")), v.offset, numbers_of(v));
    lesson.let("owners", x.storage.use_count()), lesson.let("tensors", tensors.size());
    draw(lesson.picture("views"), tensors);

    const view::Tensor guess = view::slice(view::transpose(x, 0, 1), 0, 1, 3);
    lesson.let("guess", fmt::format("strides ({}), offset {}", fmt::join(guess.strides, ", "), guess.offset));

    // Who writes into one of them writes into all.
    view::transpose(x, 0, 1)({2, 0}) = 20;
    lesson.begin("written");
    lesson.print("x.t()[2, 0] = 20, and x is {}\n", numbers_of(x));
    const view::Tensor copy = view::contiguous(view::transpose(x, 0, 1));
    copy({0, 0}) = 100;
    lesson.print("a contiguous copy of x.t() has strides ({}); 100 is written into it, and x is {}\n",
        fmt::join(copy.strides, ", "), numbers_of(x));

    // A column and a row make a table.
    const view::Tensor column = view::tensor({3, 1}, {10, 20, 30}), row = view::tensor({4}, {1, 2, 3, 4});
    const view::Tensor sum = view::map(column, row, std::plus());
    lesson.begin("broadcast");
    lesson.print("column (3, 1) as (3, 4): strides ({})\n", fmt::join(view::expand(column, sum.shape).strides, ", "));
    lesson.print("row    (4)    as (3, 4): strides ({})\n", fmt::join(view::expand(row, sum.shape).strides, ", "));
    for (long i = 0; i < 3; ++i) lesson.print("{}\n", numbers_of(view::select(sum, 0, i)));
}

// Views of views of (4, 5, 6) numbers, drawn at random, here and in Taper.
static void compare_views(Lesson& lesson) {
    std::mt19937 engine(1);
    auto draw = [&](long n) { return static_cast<long>(engine() % n); };
    std::vector<double> numbers(120);
    for (int i = 0; i < 120; ++i) numbers[i] = i;
    int equal = 0, steps = 0, count = 1000;
    for (int n = 0; n < count; ++n) {
        view::Tensor x = view::tensor({4, 5, 6}, numbers);
        torch::Tensor t = torch::arange(120, {.dtype = torch::float64}).reshape({4, 5, 6});
        for (long more = 1 + draw(4); more-- > 0 && !x.shape.empty(); ++steps) {
            const long dims = static_cast<long>(x.shape.size()), d = draw(dims), size = x.shape[d];
            switch (draw(4)) {
                case 0: {
                    const long e = draw(dims);
                    x = view::transpose(x, d, e), t = t.transpose(d, e);
                    break;
                }
                case 1: {
                    const long from = draw(size), to = from + 1 + draw(size - from), step = 1 + draw(3);
                    x = view::slice(x, d, from, to, step), t = t.slice(d, Slice(from, to, step));
                    break;
                }
                case 2: {
                    const long i = draw(size);
                    x = view::select(x, d, i), t = t.select(d, i);
                    break;
                }
                case 3: {
                    Sizes shape = x.shape;
                    shape.insert(shape.begin(), 2);
                    x = view::expand(x, shape), t = t.expand(shape);
                }
            }
        }
        equal += same(x, t);
    }
    lesson.begin("beside");
    lesson.print("{} of {} views are Taper's: shape, strides, offset, numbers ({} steps)\n", equal, count, steps);
    taper::check(equal == count, "{} views of {} are Taper's", equal, count);
}

// Sums of random shapes; those that do not match must be refused by both.
static void compare_sums(Lesson& lesson) {
    std::mt19937 engine(2);
    int equal = 0, refused = 0, count = 1000;
    for (int n = 0; n < count; ++n) {
        auto draw = [&] {
            Sizes shape(engine() % 4);
            for (long& size : shape) size = engine() % 6 == 0 ? 2 : engine() % 3 ? 3 : 1;
            view::Tensor x = view::tensor(shape);
            for (double& number : *x.storage) number = static_cast<double>(engine() % 100);
            return x;
        };
        auto to_taper = [](const view::Tensor& x) { return torch::tensor(*x.storage, {.dtype = torch::float64}).reshape(x.shape); };
        const view::Tensor a = draw(), b = draw();
        std::optional<view::Tensor> ours;
        std::optional<torch::Tensor> tapers;
        try {
            ours = view::map(a, b, std::plus());
        } catch (const std::invalid_argument&) {
        }
        try {
            tapers = to_taper(a) + to_taper(b);
        } catch (const taper::Error&) {
        }
        equal += ours.has_value() == tapers.has_value() && (!ours || same(*ours, *tapers));
        refused += !ours;
    }
    lesson.print("{} of {} sums are Taper's; {} of them are refused by both, as the sizes do not match\n", equal, count, refused);
    taper::check(equal == count, "{} sums of {} are Taper's", equal, count);
}

int main(int argc, char** argv) {
    return run_lesson(argc, argv, "01", [](Lesson& lesson) {
        six_numbers(lesson);
        compare_views(lesson);
        compare_sums(lesson);
    });
}
