#include "state_dict.h"

namespace taper {

StateDict::StateDict(std::initializer_list<value_type> items) {
    for (const auto& [name, tensor] : items) (*this)[name] = tensor;
}
StateDict::StateDict(const StateDict&) = default;
StateDict::StateDict(StateDict&&) noexcept = default;
StateDict::~StateDict() = default;

StateDict& StateDict::operator=(StateDict other) noexcept {
    items_.swap(other.items_);
    places_.swap(other.places_);
    versions.swap(other.versions);
    return *this;
}

Tensor& StateDict::operator[](const std::string& name) {
    auto [place, is_new] = places_.try_emplace(name, items_.size());
    if (is_new) items_.emplace_back(name, Tensor());
    return items_[place->second].second;
}

const Tensor& StateDict::at(const std::string& name) const {
    auto place = places_.find(name);
    check(place != places_.end(), "state_dict: KeyError: '{}'; it has {} other keys", name, size());
    return items_[place->second].second;
}

bool StateDict::contains(const std::string& name) const { return places_.contains(name); }

std::vector<std::string> StateDict::keys() const {
    std::vector<std::string> names;
    for (const auto& [name, tensor] : items_) names.push_back(name);
    return names;
}

TensorList StateDict::values() const {
    TensorList list;
    for (const auto& [name, tensor] : items_) list.push_back(tensor);
    return list;
}

std::vector<StateDict::value_type> StateDict::items() const&& { return items_; }

bool StateDict::erase(const std::string& name) {
    if (!contains(name)) return false;
    StateDict rest;
    for (const auto& [other, tensor] : items_)
        if (other != name) rest[other] = tensor;
    rest.versions = std::move(versions);
    *this = std::move(rest);
    return true;
}

}  // namespace taper
