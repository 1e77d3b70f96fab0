// What a model knows, as names and tensors: the thing that is saved, loaded and exchanged with PyTorch.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "../tensor.h"

namespace taper {

/// Tensors by name, in the order they came in. The OrderedDict that Module.state_dict() gives.
class StateDict {
 public:
    using value_type = std::pair<const std::string, Tensor>;

    StateDict() = default;
    StateDict(std::initializer_list<value_type> items) {
        for (const auto& [name, tensor] : items) (*this)[name] = tensor;
    }
    StateDict(const StateDict&) = default;
    StateDict(StateDict&&) = default;
    StateDict& operator=(StateDict other) noexcept {
        items_.swap(other.items_);
        places_.swap(other.places_);
        versions.swap(other.versions);
        return *this;
    }

    /// The tensor of this name, a new and undefined one at the end if there was none.
    Tensor& operator[](const std::string& name) {
        auto [place, is_new] = places_.try_emplace(name, items_.size());
        if (is_new) items_.emplace_back(name, Tensor());
        return items_[place->second].second;
    }
    /// Error if there is none of this name.
    const Tensor& at(const std::string& name) const {
        auto place = places_.find(name);
        check(place != places_.end(), "state_dict: KeyError: '{}'; it has {} other keys", name, size());
        return items_[place->second].second;
    }
    bool contains(const std::string& name) const { return places_.contains(name); }
    std::vector<std::string> keys() const {
        std::vector<std::string> names;
        for (const auto& [name, tensor] : items_) names.push_back(name);
        return names;
    }
    TensorList values() const {
        TensorList list;
        for (const auto& [name, tensor] : items_) list.push_back(tensor);
        return list;
    }
    const std::vector<value_type>& items() const& { return items_; }
    std::vector<value_type> items() const&& { return items_; }
    std::size_t size() const { return items_.size(); }
    bool empty() const { return items_.empty(); }
    auto begin() { return items_.begin(); }
    auto end() { return items_.end(); }
    auto begin() const { return items_.begin(); }
    auto end() const { return items_.end(); }
    /// Whether there was one of this name.
    bool erase(const std::string& name) {
        if (!contains(name)) return false;
        StateDict rest;
        for (const auto& [other, tensor] : items_)
            if (other != name) rest[other] = tensor;
        rest.versions = std::move(versions);
        *this = std::move(rest);
        return true;
    }

    /// The format version of each module, by the module's name ("" is the root): `_metadata` in a .pth file.
    std::vector<std::pair<std::string, std::int64_t>> versions;

 private:
    std::vector<value_type> items_;
    std::map<std::string, std::size_t> places_;  // not by a hash, for which a file's names could be chosen
};

}  // namespace taper
