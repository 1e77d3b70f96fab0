// How long the sequences of a batch are.
#pragma once

#include "../tensor/create.h"

namespace taper::nn {

/// A parameter: whole numbers in a Tensor or in a list.
class Lengths {
 public:
    Lengths() = default;
    Lengths(const Tensor& lengths) : tensor_(lengths) {}
    Lengths(const std::vector<std::int64_t>& lengths) : tensor_(taper::tensor(lengths).to(DType::Int64)) {}
    const Tensor& tensor() const { return tensor_; }
    std::vector<std::int64_t> vec() const;

 private:
    Tensor tensor_;
};

}  // namespace taper::nn

template <> struct taper::detail::Braces<taper::nn::Lengths> : taper::detail::Items<std::int64_t> {
    static nn::Lengths made(std::initializer_list<std::int64_t> lengths) { return std::vector(lengths); }
};
