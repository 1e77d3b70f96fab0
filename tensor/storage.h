// The memory under tensors: a Storage that views share, and the TensorImpl that a Tensor handle points to.
#pragma once

#include <functional>

#include "base/memory.h"
#include "device.h"
#include "dtype.h"
#include "shape.h"

namespace taper {

namespace autograd {
struct Node;  // how a tensor was made; known here by name only
}

/// Whether what is made on this thread is never to have a history. torch.inference_mode
inline constinit thread_local bool in_inference_mode = false;

/// Elements in memory, shared by all views of them. `version` counts the writes.
class Storage final : public Counted {
 public:
    /// Uninitialised memory; a few elements stand in the block of the Storage itself.
    static Ref<Storage> make(std::int64_t bytes, Device device = {});
    /// Memory of the caller, who keeps it alive, or gives a deleter.
    static Ref<Storage> borrow(void* data, std::int64_t bytes, std::function<void()> deleter = {});

    void* data() const { return data_; }
    std::int64_t bytes() const { return bytes_; }
    const Device& device() const { return device_; }
    /// Made in inference mode: of no use to autograd.
    bool is_inference() const { return is_inference_; }

    std::uint32_t version = 0;

 private:
    enum class Owner : std::uint8_t { Self, Block, Caller };
    Storage(void* data, std::int64_t bytes, Device device, Owner owner)
        : data_(data), bytes_(bytes), device_(device), owner_(owner) {}
    void dispose() override;

    void* data_;
    std::int64_t bytes_;
    Device device_;
    Owner owner_;
    bool is_inference_ = in_inference_mode;
    std::function<void()>* deleter_ = nullptr;
};

/// What a Tensor is: a view of a Storage, and the history of its values.
struct TensorImpl final : Counted {
    Ref<Storage> storage;
    std::int64_t offset = 0;  // in elements, as are the strides
    Shape shape;
    Strides strides;
    DType dtype = DType::Float32;
    bool retains_grad = false;
    bool is_parameter = false;
    bool is_number = false;     // a Python number in an expression: its dtype yields to that of tensors
    bool counts_writes = true;  // false for x.data(), whose writes autograd shall not see
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
