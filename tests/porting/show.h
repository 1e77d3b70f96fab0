// What the blocks of docs/porting.md begin with, and how the values of its rows are shown: as Python prints them.
#pragma once

#include <taper/taper.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <numeric>
#include <set>
#include <sstream>

namespace torch = taper;
namespace nn = taper::nn;
namespace F = taper::nn::functional;
namespace np = taper::np;
namespace init = taper::nn::init;
namespace optim = taper::optim;
namespace lr_scheduler = taper::optim::lr_scheduler;
namespace autograd = taper::autograd;
namespace datasets = taper::datasets;
namespace transforms = taper::transforms;
namespace copy = taper::copy;
using namespace std::string_literals;
using taper::all, taper::None, taper::none, taper::Slice, taper::ellipsis, taper::Tensor;
using taper::len, taper::enumerate, taper::zip, taper::unpack;

namespace porting {

/// Says that what is printed from here on belongs to this piece of the page.
void at(const char* key);
/// Adds a block of this line to those that main runs, in the order of the page.
int add(int line, void (*run)());

template <class T> std::string shown(const T& value);
template <class... T> std::string shown(const std::tuple<T...>& value) {
    std::string text;
    std::apply([&](const auto&... item) { ((text += (text.empty() ? "" : ", ") + shown(item)), ...); }, value);
    return "[" + text + "]";
}
template <class A, class B> std::string shown(const std::pair<A, B>& value) {
    return "[" + shown(value.first) + ", " + shown(value.second) + "]";
}
template <class T> std::string shown(const T& value) {
    if constexpr (std::same_as<T, bool>) {
        return value ? "True" : "False";
    } else if constexpr (std::same_as<T, std::string> || std::convertible_to<T, const char*>) {
        return value;
    } else if constexpr (requires {
                             value.values;
                             value.indices;
                         }) {
        return shown(value.values) + ", " + shown(value.indices);
    } else if constexpr (requires { typename fmt::formatter<T>::parse_context; } || fmt::is_formattable<T>::value) {
        return fmt::format("{}", value);
    } else if constexpr (requires { value.begin(); }) {
        std::string text;
        for (const auto& item : value) text += (text.empty() ? "" : ", ") + shown(item);
        return "[" + text + "]";
    } else {
        std::ostringstream out;
        out << value;
        return out.str();
    }
}
template <class T> void show(const T& value) { fmt::print("{}\n", shown(value)); }

}  // namespace porting
