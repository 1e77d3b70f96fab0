#include "02_tape.h"
#include "check.h"

namespace tape {
Tensor maximum(const Tensor& a, const Tensor& b);
}

int main() {
    return check_exercise("02_maximum",
        "the share of a is a tensor of numbers, as step(x) is for relu: three cases, which view::map can tell; b's "
        "share is what is left. The engine takes care of broadcasting",
        "a 的份额是一个张量，就像 relu 的 step(x)：有三种情况，view::map 可以分辨；b 的份额是剩下的。广播由引擎去管",
        [] {
            const std::vector<double> left{1, 2, 3, -1, 0, 5}, right{2, 2, 0};
            const tape::Tensor a = tape::leaf(view::tensor({2, 3}, left), "a"),
                               b = tape::leaf(view::tensor({3}, right), "b");
            const tape::Tensor y = tape::maximum(a, b);
            const auto s = taper::tensor(left, {.dtype = taper::float64}).reshape({2, 3}).requires_grad_();
            const auto t = taper::tensor(right, {.dtype = taper::float64}).requires_grad_();
            const auto u = taper::maximum(s, t);
            expect_equal("maximum(a, b)", y.data, u);
            expect(y.node && y.node != a.node && y.node != b.node,
                "maximum(a, b) is not recorded: it has no node of its own");
            tape::backward(tape::sum_to(y * y, {}));
            (u * u).sum().backward();
            expect(a.grad().data.storage && b.grad().data.storage, "no gradient arrives at a, or at b");
            expect_equal("the gradient of a", a.grad().data, s.grad());
            expect_equal("the gradient of b", b.grad().data, t.grad());
        });
}
