// Names with what they stand for, as a parameter: {{"fc", Linear(2, 3)}, {"relu", ReLU()}}.
#pragma once

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace taper::nn {

template <class T> using NamedList = std::vector<std::pair<std::string, T>>;

/// A list in which a name is found without a look at all of them, however many there are. Whoever gives other names to
/// what is there calls renamed().
template <class T> class NamedTable : public NamedList<T> {
 public:
    /// The number of items if there is none of this name.
    std::size_t place_of(const std::string& name) const {
        if (places_.size() == this->size()) {
            auto found = places_.find(name);
            return found == places_.end() ? this->size() : found->second;
        }
        std::size_t at = 0;
        while (at < this->size() && (*this)[at].first != name) ++at;
        return at;
    }
    T* find_name(const std::string& name) {
        const std::size_t at = place_of(name);
        return at == this->size() ? nullptr : &(*this)[at].second;
    }
    bool has_name(const std::string& name) const { return place_of(name) < this->size(); }
    /// Goes to the end, where there is none of this name.
    T& add(const std::string& name, T value) {
        this->emplace_back(name, std::move(value));
        if (this->size() > few && places_.size() + 1 == this->size())
            places_.emplace(name, places_.size());
        else
            renamed();
        return this->back().second;
    }
    void renamed() {
        places_.clear();
        if (this->size() <= few) return;
        for (std::size_t i = 0; i < this->size(); ++i) places_.emplace((*this)[i].first, i);
    }

 private:
    static constexpr std::size_t few = 16;  // among which a search is as fast
    std::unordered_map<std::string, std::size_t> places_;
};

/// Up to 32 names with values between braces, or any range of such pairs. (A constructor from an initializer_list would
/// let GCC drop the designators of ModuleDict({.modules = {...}}).)
template <class T> class NamedItems {
 public:
    struct Item {
        Item() = default;
        Item(const std::string& name, const T& value) : name(name), value(value), given(true) {}
        std::string name;
        T value;
        bool given = false;
    };

    NamedItems() = default;
    // clang-format off
    NamedItems(const Item& a, const Item& b = {}, const Item& c = {}, const Item& d = {}, const Item& e = {},
        const Item& f = {}, const Item& g = {}, const Item& h = {}, const Item& i = {}, const Item& j = {},
        const Item& k = {}, const Item& l = {}, const Item& m = {}, const Item& n = {}, const Item& o = {},
        const Item& p = {}, const Item& q = {}, const Item& r = {}, const Item& s = {}, const Item& t = {},
        const Item& u = {}, const Item& v = {}, const Item& w = {}, const Item& x = {}, const Item& y = {},
        const Item& z = {}, const Item& aa = {}, const Item& bb = {}, const Item& cc = {}, const Item& dd = {},
        const Item& ee = {}, const Item& ff = {}) {
        for (const Item* item : {&a, &b, &c, &d, &e, &f, &g, &h, &i, &j, &k, &l, &m, &n, &o, &p, &q, &r, &s, &t, &u,
                 &v, &w, &x, &y, &z, &aa, &bb, &cc, &dd, &ee, &ff})
            if (item->given) list_.emplace_back(item->name, item->value);
    }
    // clang-format on
    template <class List>
        requires(requires(const List& list) { Item(list.begin()->first, list.begin()->second); })
    NamedItems(const List& list) : list_(list.begin(), list.end()) {}

    const NamedList<T>& list() const { return list_; }

 private:
    NamedList<T> list_;
};

}  // namespace taper::nn
