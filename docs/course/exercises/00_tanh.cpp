// Lesson 00, exercise 1: a tanh for the number that remembers.        scripts/learn 00_tanh
// 第 00 课，练习 1：给会记住来历的数加一个 tanh。
//
// The value is std::tanh(x.value()). What is the slope? It can be said with that value alone.
//
// 值是 std::tanh(x.value())。斜率是什么？只用这个值就能表示。
#include "00_scalar.h"

namespace scalar {

Value tanh([[maybe_unused]] Value x) {
    // your code
    return 0;
}

}  // namespace scalar
