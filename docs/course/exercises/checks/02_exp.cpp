#include "02_tape.h"
#include "check.h"

namespace tape {
Tensor exp(const Tensor& x);
}

int main() {
    return check_exercise("02_exp",
        "which function is its own slope? The rule may call the op that it belongs to: it is called later, in "
        "backward; and it captures x as the rules of relu do",
        "哪个函数的斜率就是它自己？规则里可以调用它所属的运算：规则要到反向传播时才被调用；像 relu 的规则那样捕获 x",
        [] {
            const std::vector<double> numbers{-2, -0.5, 0, 0.3, 1, 2.5};
            const tape::Tensor x = tape::leaf(view::tensor({2, 3}, numbers), "x"), y = tape::exp(x);
            const auto t = taper::tensor(numbers, {.dtype = taper::float64}).reshape({2, 3}).requires_grad_();
            const auto u = taper::exp(t);
            expect_equal("exp(x)", y.data, u);
            expect(y.node && y.node != x.node, "exp(x) is not recorded: it has no node of its own");
            tape::backward(tape::sum_to(y, {}), true);
            expect(x.grad().data.storage != nullptr, "no gradient arrives at x");
            const auto slope = taper::autograd::grad({u.sum()}, {t}, {.create_graph = true})[0];
            const tape::Tensor first = std::exchange(x.node->grad, {});
            expect_equal("the gradient", first.data, slope);
            expect(first.node != nullptr, "the gradient is not recorded: is the rule made of the tape's ops?");
            tape::backward(tape::sum_to(first, {}));
            expect(x.grad().data.storage != nullptr, "no second gradient arrives at x");
            expect_equal("the second gradient", x.grad().data, taper::autograd::grad({slope.sum()}, {t})[0]);
        });
}
