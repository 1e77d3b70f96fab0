// Members that hold what a module registered: an assignment to one reaches the module, and every copy of its handle.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "copy.h"

namespace taper::nn {

class ModuleBase;
class Registered;
struct Computed;
struct ModuleState;

/// Where a module keeps a parameter or a buffer.
struct Slot {
    Tensor tensor;
    bool is_parameter;
    bool persistent;
    ModuleState* owner;                        // none: the module is gone
    std::vector<Registered*> members;          // what reads as this, in the copies of the module's handle
    std::shared_ptr<const Computed> computed;  // how it is made anew before each forward, if it is

    Slot(Tensor tensor, bool is_parameter, bool persistent, ModuleState* owner)
        : tensor(std::move(tensor)), is_parameter(is_parameter), persistent(persistent), owner(owner) {}
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    /// Puts another tensor there, which all members see.
    void set(const Tensor& value);
    /// The same as Python's assignment: Error if this is a parameter and the tensor is none; a parameter in the place
    /// of a buffer makes it one.
    void assign(const Tensor& value);
};

/// What register_parameter and register_buffer give: the value of a member that is a Parameter or a Buffer. It does not
/// become a Tensor, for a Tensor would not see what is assigned later.
class RegisteredTensor {
 public:
    RegisteredTensor(std::shared_ptr<Slot> slot, const ModuleBase* home) : slot_(std::move(slot)), home_(home) {}
    operator Tensor() const = delete;  // keep it as an nn::Parameter or an nn::Buffer

 private:
    friend class Registered;
    std::shared_ptr<Slot> slot_;
    const ModuleBase* home_;
};

struct MaterializeOptions {
    Keywords _ = Keywords();
    Arg<Shape> shape = required;
    Arg<std::optional<Device>> device = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
};

/// What Parameter and Buffer have in common: a Tensor to all who read it. As a member of a module it is one with what
/// the module registered, in each copy of the handle; a copy that stands elsewhere (auto w = layer.weight) is a name of
/// its own for the tensor, as in Python.
class Registered : public Tensor {
 public:
    Registered() { born(); }
    Registered(RegisteredTensor registered) { bind(std::move(registered.slot_), registered.home_); }
    Registered(const Registered& other) : Tensor(other) {
        if (other.slot_ || detail::DeepCopy::current()) [[unlikely]]
            take(other);
    }
    ~Registered() {
        if (slot_) [[unlikely]]
            release();
    }

    Registered& operator=(const Registered& other) { return assign(other), *this; }
    Registered& operator=(RegisteredTensor registered) {
        release();
        bind(std::move(registered.slot_), registered.home_);
        return *this;
    }
    /// Error if this is a parameter of a module and the tensor is none. An undefined tensor stands for None.
    Registered& operator=(const Tensor& value) { return write(value), *this; }

    /// Whether a module knows it.
    bool is_registered() const { return static_cast<bool>(slot_); }
    /// Gives one that is uninitialized its shape, and memory that holds anything. Error of any other.
    TAPER_METHOD(void, materialize, MaterializeOptions, 1, shape, device, dtype)

 protected:
    explicit Registered(const Tensor& value) : Tensor(value) { born(); }

 private:
    friend struct Slot;

    void born();
    void bind(std::shared_ptr<Slot> slot, const ModuleBase* home);
    void release();
    bool bind_at(const std::shared_ptr<Slot>& slot, const ModuleBase* home);
    void take(const Registered& other);
    void assign(const Registered& other);
    void write(const Tensor& value);
    const ModuleBase* home_if_like(const Registered& other) const;

    std::shared_ptr<Slot> slot_;
    const ModuleBase* home_ = nullptr;  // the handle in which this stands
};

struct ParameterOptions {
    Keywords _ = Keywords();
    Arg<Tensor> data = Default(none);
    Arg<bool> requires_grad = Default(true);
};

/// A leaf on the memory of `data` that modules register and optimizers train; as a member, what register_parameter
/// gave. Undefined: None. torch.nn.Parameter
class Parameter : public Registered {
 public:
    Parameter() = default;
    explicit Parameter(const ParameterOptions& options);
    explicit Parameter(const Arg<Tensor>& data, ParameterOptions options = {});
    explicit Parameter(const Arg<Tensor>& data, const Arg<bool>& requires_grad, ParameterOptions options = {});
    Parameter(RegisteredTensor registered) : Registered(std::move(registered)) {}
    Parameter(const Parameter&) = default;
    Parameter(Parameter&&) = default;
    explicit Parameter(Parameter&) = delete;  // nn::Parameter(p) is another parameter: write nn::Parameter(p.data())

    using Registered::operator=;
    Parameter& operator=(const Parameter&) = default;
    Parameter& operator=(Parameter&&) = default;
};

struct UninitializedOptions {
    Keywords _ = Keywords();
    Arg<std::optional<bool>> requires_grad = Default(none);  // true of a parameter, false of a buffer
    Arg<std::optional<Device>> device = Default(none);
    Arg<std::optional<DType>> dtype = Default(none);
};
/// Whether x is a parameter or a buffer whose shape is not known yet.
bool is_lazy(const Tensor& x);

/// A parameter whose shape is not known yet: it has no elements until materialize(). torch.nn.UninitializedParameter
class UninitializedParameter : public Parameter {
 public:
    UninitializedParameter();
    explicit UninitializedParameter(const UninitializedOptions& options);
    explicit UninitializedParameter(const Arg<std::optional<bool>>& requires_grad, UninitializedOptions options = {});
};

/// A member that holds what register_buffer gave. torch.nn.Buffer
class Buffer : public Registered {
 public:
    Buffer() = default;
    Buffer(RegisteredTensor registered) : Registered(std::move(registered)) {}

    using Registered::operator=;

 protected:
    explicit Buffer(const Tensor& value) : Registered(value) {}
};

/// A buffer whose shape is not known yet. torch.nn.UninitializedBuffer
class UninitializedBuffer : public Buffer {
 public:
    UninitializedBuffer();
    explicit UninitializedBuffer(const UninitializedOptions& options);
    explicit UninitializedBuffer(const Arg<std::optional<bool>>& requires_grad, UninitializedOptions options = {});
};

}  // namespace taper::nn
