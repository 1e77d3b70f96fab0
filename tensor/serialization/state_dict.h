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
    StateDict(std::initializer_list<value_type> items);
    StateDict(const StateDict&);
    StateDict(StateDict&&) noexcept;
    StateDict& operator=(StateDict other) noexcept;
    ~StateDict();

    /// The tensor of this name, a new and undefined one at the end if there was none.
    Tensor& operator[](const std::string& name);
    /// Error if there is none of this name.
    const Tensor& at(const std::string& name) const;
    bool contains(const std::string& name) const;
    std::vector<std::string> keys() const;
    TensorList values() const;
    const std::vector<value_type>& items() const& { return items_; }
    std::vector<value_type> items() const&&;
    std::size_t size() const { return items_.size(); }
    bool empty() const { return items_.empty(); }
    auto begin() { return items_.begin(); }
    auto end() { return items_.end(); }
    auto begin() const { return items_.begin(); }
    auto end() const { return items_.end(); }
    /// Whether there was one of this name.
    bool erase(const std::string& name);

    /// The format version of each module, by the module's name ("" is the root): `_metadata` in a .pth file.
    std::vector<std::pair<std::string, std::int64_t>> versions;

 private:
    std::vector<value_type> items_;
    std::map<std::string, std::size_t> places_;  // not by a hash, for which a file's names could be chosen
};

}  // namespace taper
