#include "parameter.h"

#include "module.h"

namespace taper::nn {

namespace {

Tensor parameter_of(const Tensor& data, bool requires_grad) {
    if (!data.defined()) return {};
    Tensor parameter = data.detach();
    parameter.impl().is_number = false;
    parameter.impl().is_parameter = true;
    return parameter.requires_grad_(requires_grad);
}

// "FloatTensor", as type(x).__name__ of the legacy types
std::string type_of(const Tensor& x) { return fmt::format("torch.{}Tensor", scalar_name_of(x.dtype())); }

}  // namespace

// (Without the constructor that says what does not fit: GCC 12 would try it for what is a Tensor too.)
Parameter::Parameter(const ParameterOptions& o) : Registered(parameter_of(o.data, o.requires_grad)) {}
TAPER_EACH(TAPER_DEFINE_CONSTRUCTOR, Parameter, ParameterOptions, 0, data, requires_grad)

void Slot::set(const Tensor& value) {
    tensor = value;
    for (Registered* member : members) member->Tensor::operator=(value);
}

void Slot::assign(const Tensor& value) {
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
