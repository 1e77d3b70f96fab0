#include "00_scalar.h"
#include "check.h"

namespace scalar {
Value tanh(Value x);
}

int main() {
    return check_exercise("00_tanh",
        "differentiate (e^x - e^-x) / (e^x + e^-x) as a quotient: 1 stays, and the square of something that you have; "
        "sigmoid in 00_scalar.h shows how value and slope are written down",
        "把 (e^x - e^-x) / (e^x + e^-x) 按商的求导法则求导：剩下 1 和一个你已经有的东西的平方；值和斜率怎样写，看 "
        "00_scalar.h 里的 sigmoid",
        [] {
            for (double number : {-3., -0.5, 0., 0.1, 2.}) {
                scalar::tape.clear();
                const scalar::Value x = number, y = scalar::tanh(x);
                scalar::backward(y);
                const auto t = taper::tensor(number, {.dtype = taper::float64, .requires_grad = true}),
                           u = taper::tanh(t);
                u.backward();
                expect_equal(fmt::format("tanh({})", number), y.value(), u.item());
                expect_equal(fmt::format("the gradient at {}", number), x.grad(), t.grad().item());
                const double h = 1e-6, moved = (scalar::tanh(number + h).value() - y.value()) / h;
                expect(std::abs(moved - x.grad()) < 1e-5,
                    fmt::format("at {} it moves {} times as far as x", number, moved));
            }
        });
}
