#include "check.h"

namespace view {
Tensor windows(Tensor x, long size, long step);
}

int main() {
    return check_exercise("01_windows",
        "there are two strides: from number to number within a window, and from a window to the next, both in steps of "
        "x's own stride; and the last window must end where the row ends, or before",
        "有两个步长：窗口之内从一个数到下一个数，和从一个窗口到下一个窗口，都以 x "
        "自己的步长计；最后一个窗口不能超出这一行",
        [] {
            for (auto [n, size, step] :
                {std::tuple(6L, 3L, 1L), std::tuple(7L, 3L, 2L), std::tuple(8L, 3L, 3L), std::tuple(5L, 5L, 1L)}) {
                const auto t = taper::arange(2 * n, {.dtype = taper::float64});
                const view::Tensor row = view::tensor({2 * n}, t.tolist<double>());
                const view::Tensor x = view::slice(row, 0, 0, n);
                const std::string call = fmt::format("windows of {} numbers, size {}, step {}", n, size, step);
                expect_equal(call, view::windows(x, size, step), t.slice(0, taper::Slice(0, n)).unfold(0, size, step));
                expect_equal(call + ", of every other number",
                    view::windows(view::slice(row, 0, 1, 2 * n, 2), size, step),
                    t.slice(0, taper::Slice(1, 2 * n, 2)).unfold(0, size, step));
                expect(view::windows(x, size, step).storage == x.storage,
                    "the windows have a storage of their own: a copy");
            }
        });
}
