// How a row of live/table.h is written: the name of an op in ops.py, and the call in C++. c is the case, c[0] its first
// input, c.kw its keywords.
#pragma once

#include <map>

#include "case.h"

namespace live {

namespace F = nn::functional;

using Rows = std::map<std::string, TensorList (*)(const Case&)>;

// clang-format off
#define ROW(name, ...) {name, [](const Case& c) -> TensorList { return results(__VA_ARGS__); }}
#define UNARY(name) ROW(#name, c.method ? c[0].name() : name(c[0]))
#define BINARY(name) ROW(#name, c.method ? c[0].name(c[1]) : name(c[0], c[1]))
#define IN_PLACE(name, ...) ROW(name, c.in_place([&](const Tensor& x) { x.__VA_ARGS__; }))
#define ACTIVATION(name) ROW("F." #name, F::name(c[0]))
#define REDUCTION(name) ROW(#name, c.whole() ? (c.method ? c[0].name() : name(c[0])) : ops::name(c[0], c.reduce()))
// clang-format on

}  // namespace live
