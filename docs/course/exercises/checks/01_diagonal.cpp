#include "check.h"

namespace view {
Tensor diagonal(Tensor x);
}

int main() {
    return check_exercise("01_diagonal",
        "the next number of the diagonal is one row and one column further: how far is that in the storage?",
        "对角线上的下一个数在下一行、下一列：在存储里隔多远？", [] {
            for (auto [rows, columns] : {std::pair(3L, 3L), std::pair(2L, 5L), std::pair(4L, 2L)}) {
                const auto t = taper::arange(rows * columns, {.dtype = taper::float64}).reshape({rows, columns});
                const view::Tensor x = view::tensor({rows, columns}, t.flatten().tolist<double>());
                const std::string call = fmt::format("diagonal of ({}, {})", rows, columns);
                expect_equal(call, view::diagonal(x), t.diagonal());
                expect_equal(call + ", transposed", view::diagonal(view::transpose(x, 0, 1)), t.t().diagonal());
                expect_equal(call + " from the second column on", view::diagonal(view::slice(x, 1, 1, columns)),
                    t.slice(1, taper::Slice(1, columns)).diagonal());
                expect(view::diagonal(x).storage == x.storage, "the diagonal has a storage of its own: it is a copy");
            }
        });
}
