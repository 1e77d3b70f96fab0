// Names with what they stand for, as a parameter: {{"fc", Linear(2, 3)}, {"relu", ReLU()}}.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace taper::nn {

template <class T> using NamedList = std::vector<std::pair<std::string, T>>;

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
