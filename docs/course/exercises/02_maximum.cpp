// Lesson 02, exercise 2: the larger of two tensors, number by number.        scripts/learn 02_maximum
// 第 02 课，练习 2：两个张量逐个取较大的数。
//
// The gradient goes to the larger one. Where they are equal PyTorch, and Taper, give each one half.
//
// 梯度归较大的一方。相等的地方，PyTorch 和 Taper 给两边各一半。
#include <algorithm>

#include "02_tape.h"

namespace tape {

Tensor maximum(const Tensor& a, [[maybe_unused]] const Tensor& b) {
    // your code
    return a;
}

}  // namespace tape
