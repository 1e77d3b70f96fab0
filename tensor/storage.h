// The memory under tensors: a Storage, which views share.
#pragma once

#include <functional>

#include "base/memory.h"
#include "device.h"

namespace taper {

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

}  // namespace taper
