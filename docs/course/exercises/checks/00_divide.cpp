#include "00_scalar.h"
#include "check.h"

namespace scalar {
Value operator/(Value a, Value b);
}

int main() {
    return check_exercise("00_divide",
        "a / b is a times 1 / b; what is the slope of 1 / b, and its sign? The larger b is, the nearer to 0 is a / b",
        "a / b 就是 a 乘以 1 / b；1 / b 的斜率是什么，符号呢？b 越大，a / b 越接近 0", [] {
            for (auto [first, second] :
                {std::pair(6., 3.), std::pair(-1., 4.), std::pair(0., -2.), std::pair(5., 0.5)}) {
                scalar::tape.clear();
                const scalar::Value a = first, b = second, y = a / b;
                scalar::backward(y);
                const auto s = taper::tensor(first, {.dtype = taper::float64, .requires_grad = true});
                const auto t = taper::tensor(second, {.dtype = taper::float64, .requires_grad = true}), u = s / t;
                u.backward();
                const std::string call = fmt::format("{} / {}", first, second);
                expect_equal(call, y.value(), u.item());
                expect_equal("the gradient of a in " + call, a.grad(), s.grad().item());
                expect_equal("the gradient of b in " + call, b.grad(), t.grad().item());
            }
        });
}
