#include "copy.h"

#include <cstring>
#include <unordered_map>
#include <vector>

#include "module.h"

namespace taper::nn::detail {

struct DeepCopy::Copies {
    std::unordered_map<const void*, std::shared_ptr<void>> known;
    std::vector<std::shared_ptr<void>> kept;  // the old ones: their addresses stand for them
    std::unordered_map<const void*, std::pair<Tensor, Tensor>> tensors;
    std::unordered_map<const void*, std::pair<Ref<Storage>, Ref<Storage>>> storages;
};

DeepCopy::DeepCopy() : outer_(current_), copies_(std::make_unique<Copies>()) { current_ = this; }
DeepCopy::~DeepCopy() { current_ = outer_; }

std::shared_ptr<void> DeepCopy::find(const void* old) const {
    auto found = copies_->known.find(old);
    return found == copies_->known.end() ? nullptr : found->second;
}

void DeepCopy::remember(const std::shared_ptr<void>& old, const std::shared_ptr<void>& copy) {
    copies_->known.emplace(old.get(), copy);
    copies_->known.emplace(copy.get(), copy);
    copies_->kept.push_back(old);
}

Tensor DeepCopy::tensor(const Tensor& old) {
    if (!old.defined()) return {};
    if (auto found = copies_->tensors.find(old.ref().get()); found != copies_->tensors.end())
        return found->second.second;
    check(old.is_leaf(),
        "deepcopy: Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the "
        "moment; copy what has a history by x.detach().clone()");
    Tensor copy;
    if (old.impl().is_parameter) {
        copy = Parameter(old.detach().clone(), old.requires_grad());
        copy.impl().is_uninitialized = old.impl().is_uninitialized;
    } else {
        auto& [kept, storage] = copies_->storages[old.impl().storage.get()];
        if (!storage) {
            kept = old.impl().storage;
            storage = Storage::make(kept->bytes(), kept->device());
            std::memcpy(storage->data(), kept->data(), static_cast<std::size_t>(kept->bytes()));
        }
        Ref<TensorImpl> impl(new TensorImpl());
        impl->storage = storage;
        impl->offset = old.storage_offset();
        impl->shape = old.shape();
        impl->strides = old.stride();
        impl->dtype = old.dtype();
        impl->is_uninitialized = old.impl().is_uninitialized;
        copy = Tensor(impl);
        if (old.requires_grad()) copy.requires_grad_();
        if (old.grad().defined()) copy.set_grad(tensor(old.grad()));
    }
    copies_->tensors[copy.ref().get()] = {copy, copy};
    copies_->tensors[old.ref().get()] = {old, copy};
    return copy;
}

std::shared_ptr<ModuleState> DeepCopy::state(const std::shared_ptr<ModuleState>& old) {
    if (auto found = find(old.get())) return std::static_pointer_cast<ModuleState>(found);
    check_stack();
    auto copy = std::make_shared<ModuleState>(old->type, old->size);
    remember(old, copy);  // before its parts, which know it
    copy->known_as = old->known_as;
    copy->training = old->training;
    copy->version = old->version;
    copy->extra = old->extra;
    copy->suspects = old->suspects;
    auto copy_slots = [&](const auto& from, auto& to) {
        for (const auto& [name, slot] : from)
            to.add(name, once(slot, [&, &slot = slot] {
                return std::make_shared<Slot>(tensor(slot->tensor), slot->is_parameter, slot->persistent, copy.get());
            }));
    };
    copy_slots(old->parameters, copy->parameters);
    copy_slots(old->buffers, copy->buffers);
    for (const auto& [name, slot] : old->computed)
        copy->computed.add(name, once(slot, [&, &slot = slot] {
            auto twin = std::make_shared<Slot>(slot->tensor.detach().clone(), false, false, copy.get());
            twin->computed = slot->computed;
            return twin;
        }));
    for (const auto& [name, child] : old->children) {
        copy->children.add(name, child).shared_state()->registered = true;
    }
    if (old->hooks) {
        Pause pause;
        copy->hooks = std::make_unique<ModuleHooks>(*old->hooks);
    }
    return copy;
}

}  // namespace taper::nn::detail

namespace taper::copy {

Tensor deepcopy(const Tensor& x) { return nn::detail::DeepCopy().tensor(x); }
TensorList deepcopy(const TensorList& list) {
    nn::detail::DeepCopy copying;
    TensorList copy;
    for (const Tensor& x : list) copy.push_back(copying.tensor(x));
    return copy;
}
StateDict deepcopy(const StateDict& dict) {
    nn::detail::DeepCopy copying;
    StateDict copy;
    for (const auto& [name, x] : dict) copy[name] = copying.tensor(x);
    copy.versions = dict.versions;
    return copy;
}

}  // namespace taper::copy
