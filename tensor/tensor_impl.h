// What a Tensor, which is a handle, points to.
#pragma once

#include "dtype.h"
#include "shape.h"
#include "storage.h"

namespace taper {

namespace autograd {
struct Node;  // how a tensor was made; known here by name only
}

/// What a Tensor is: a view of a Storage, and the history of its values.
struct TensorImpl final : Counted {
    Ref<Storage> storage;
    std::int64_t offset = 0;  // in elements, as are the strides
    Shape shape;
    Strides strides;
    DType dtype = DType::Float32;
    bool retains_grad = false;
    bool is_parameter = false;
    bool is_uninitialized = false;  // of a lazy module: its shape is not known yet, and nothing is here
    bool is_number = false;         // a Python number in an expression: its dtype yields to that of tensors
    bool counts_writes = true;      // false for x.data(), whose writes autograd shall not see
    // Of a view: how it was made. Only those of GradMode may be written where gradients are recorded.
    enum class MadeIn : std::uint8_t { GradMode, NoGrad, Inference, Several, Function } made_in = MadeIn::GradMode;
    std::uint16_t output = 0;  // of one of Several: which
    // Of a base: how often its history changed; of a view: how often when its own was made.
    std::uint32_t base_writes = 0;
    Ref<TensorImpl> base;      // of a view: the tensor that owns the memory's history
    Ref<autograd::Node> node;  // the op that made it, or the leaf node that accumulates its gradient; none: no gradient
    Ref<TensorImpl> grad;

    TensorImpl() {}  // written out, so that sizes of dims that are not there need not become zeros
    TensorImpl(const Shape& shape, const Strides& strides) : shape(shape), strides(strides) {}

    void count_write() const {
        if (counts_writes) ++storage->version;
    }

    ~TensorImpl() override;
};

}  // namespace taper
