// Lesson 00, exercise 2: a / b, an op with two slopes.        scripts/learn 00_divide
// 第 00 课，练习 2：a / b，有两个斜率的运算。
//
// If a moves by a little, a / b moves by 1 / b times as much. And if b moves?
//
// a 动一点，a / b 就动 1 / b 倍那么多。b 动呢？
#include "00_scalar.h"

namespace scalar {

Value operator/([[maybe_unused]] Value a, [[maybe_unused]] Value b) {
    const double quotient = a.value() / b.value();
    return {quotient, {{a.at, 1 / b.value()}, {b.at, -quotient / b.value()}}};
}

}  // namespace scalar
