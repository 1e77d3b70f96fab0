#include "parameter.h"

#include "blank.h"
#include "computed.h"
#include "module.h"

namespace taper::nn {

namespace {

Tensor parameter_of(const Tensor& data, bool requires_grad) {
    if (!data.defined()) return {};
    Tensor parameter = data.detach();
    parameter.impl().is_number = false;
    parameter.impl().is_uninitialized = data.impl().is_uninitialized;
    parameter.impl().is_parameter = true;
    return parameter.requires_grad_(requires_grad);
}

// "FloatTensor", as type(x).__name__ of the legacy types
std::string type_of(const Tensor& x) { return fmt::format("torch.{}Tensor", scalar_name_of(x.dtype())); }

}  // namespace

// (Without the constructor that says what does not fit: GCC 12 would try it for what is a Tensor too.)
Parameter::Parameter(const ParameterOptions& o) : Registered(parameter_of(o.data, o.requires_grad)) {}
TAPER_EACH(TAPER_DEFINE_CONSTRUCTOR, Parameter, ParameterOptions, 0, data, requires_grad)

// ---- of lazy modules

bool is_lazy(const Tensor& x) { return x.defined() && x.impl().is_uninitialized; }

static Tensor uninitialized(const UninitializedOptions& o) {
    Tensor x = empty({0}, {.dtype = *o.dtype, .device = *o.device});
    x.impl().is_uninitialized = true;
    return x;
}
UninitializedParameter::UninitializedParameter() : UninitializedParameter(UninitializedOptions()) {}
UninitializedParameter::UninitializedParameter(const UninitializedOptions& o)
    : Parameter(Arg<Tensor>(uninitialized(o)), ParameterOptions{.requires_grad = o.requires_grad->value_or(true)}) {}
UninitializedParameter::UninitializedParameter(const Arg<std::optional<bool>>& requires_grad, UninitializedOptions o)
    : UninitializedParameter((o.requires_grad.put(requires_grad, "UninitializedParameter", "requires_grad"), o)) {}
UninitializedBuffer::UninitializedBuffer() : UninitializedBuffer(UninitializedOptions()) {}
UninitializedBuffer::UninitializedBuffer(const UninitializedOptions& o)
    : Buffer(uninitialized(o).requires_grad_(o.requires_grad->value_or(false))) {}
UninitializedBuffer::UninitializedBuffer(const Arg<std::optional<bool>>& requires_grad, UninitializedOptions o)
    : UninitializedBuffer((o.requires_grad.put(requires_grad, "UninitializedBuffer", "requires_grad"), o)) {}

void materialize(const Tensor& x, const Shape& shape, std::optional<DType> dtype, std::optional<Device> device) {
    check(is_lazy(x), "materialize: 'Parameter' object has no attribute 'materialize': it has a shape already");
    x.set_data(empty(shape, {.dtype = dtype.value_or(x.dtype()), .device = device.value_or(x.device())}));
    x.impl().is_uninitialized = false;
}
TAPER_DEFINE_METHOD(void, Registered, materialize, MaterializeOptions,
    (nn::materialize(*this, o.shape, *o.dtype, *o.device)), 1, shape, device, dtype)

void Slot::set(const Tensor& value) {
    tensor = value;
    for (Registered* member : members) member->Tensor::operator=(value);
}

void Slot::assign(const Tensor& value) {
    if (owner && computed && computed->invert) return computed->invert(*owner, value);
    const bool is_one = value.defined() && value.impl().is_parameter;
    if (owner && is_parameter && value.defined() && !is_one)
        fail("{}: cannot assign '{}' as parameter '{}' (torch.nn.Parameter or None expected): write nn::Parameter(...)",
            type_name(owner->type), type_of(value), owner->name_of(*this));
    if (owner && is_one) owner->make_parameter(*this);
    const Tensor kept = value;  // which may be one of the members  NOLINT(performance-unnecessary-copy-initialization)
    set(kept);
}

void Registered::born() {
    if (defined()) detail::suspect_member(this);
}

void Registered::bind(std::shared_ptr<Slot> slot, const ModuleBase* home) {
    if (slot_ != slot) {
        release();
        detail::StateLock lock;
        slot->members.push_back(this);
        slot_ = std::move(slot);
    }
    home_ = home;
    Tensor::operator=(slot_->tensor);
}
bool Registered::bind_at(const std::shared_ptr<Slot>& slot, const ModuleBase* home) {
    if (!slot->owner || !slot->owner->has_handle(home)) return false;
    bind(slot, home);
    return true;
}

void Registered::release() {
    if (!slot_) return;
    {
        detail::StateLock lock;
        std::erase(slot_->members, this);
    }
    slot_ = nullptr;
    home_ = nullptr;
}

// The handle in which this stands, if it stands there where the other stands in its own.
const ModuleBase* Registered::home_if_like(const Registered& other) const {
    return detail::shifted(other.home_, this, &other);
}

void Registered::take(const Registered& other) {
    std::shared_ptr<Slot> slot = other.slot_;
    if (auto* copying = detail::DeepCopy::current()) {
        auto copy = slot ? std::static_pointer_cast<Slot>(copying->find(slot.get())) : nullptr;
        if (!copy) return static_cast<void>(Tensor::operator=(copying->tensor(other)));
        Tensor::operator=(copy->tensor);
        slot = copy;
    }
    if (slot) bind_at(slot, home_if_like(other));
}

void Registered::assign(const Registered& other) {
    if (this == &other) return;
    // A handle that was assigned another module: its members follow, and nothing is written.
    if (slot_ && !(slot_->owner && slot_->owner->has_handle(home_))) release();
    if (other.slot_ && bind_at(other.slot_, home_if_like(other))) return;
    write(other);
}

void Registered::write(const Tensor& value) {
    if (slot_)
        slot_->assign(value);
    else
        Tensor::operator=(value);
}

}  // namespace taper::nn
