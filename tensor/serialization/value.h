// What a checkpoint holds: None, numbers, strings, tensors, and lists and dicts of such, as Python has them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "state_dict.h"

namespace taper {

class Dict;

/// One thing of a checkpoint, as a cheap handle; what it points to does not change.
class Value {
 public:
    enum class Kind { None, Bool, Int, Float, String, Tensor, List, Tuple, Dict };
    using List = std::vector<Value>;
    /// How deep lists and dicts may stand in one another.
    static constexpr int max_height = 200;

    Value() = default;
    Value(std::nullopt_t) {}
    template <Number N> Value(N number)
        : kind_(std::is_same_v<N, bool>         ? Kind::Bool
                  : std::is_floating_point_v<N> ? Kind::Float
                                                : Kind::Int),
          number_(number) {}
    Value(std::string text);
    Value(const char* text);
    /// A Tensor() counts as None.
    Value(const taper::Tensor& tensor);
    Value(const StateDict& state_dict);
    Value(taper::Dict dict);
    /// {x, y} is a list; {{"epoch", 3}, {"model", d}}, a list of pairs that begin with a string, is a dict.
    Value(std::initializer_list<Value> items);
    template <class T> Value(const std::vector<T>& items) {
        List list;
        for (const auto& item : items) list.emplace_back(static_cast<const T&>(item));
        *this = sequence(std::move(list), false);
    }
    static Value tuple(List items);

    Kind kind() const { return kind_; }
    bool is_none() const { return kind_ == Kind::None; }

    // Each is an Error for a value of another kind.
    /// A number, also that of a Tensor of one element. Error if a T can't hold it.
    template <Number T = double> T item() const;
    const std::string& string() const&;
    std::string string() const&&;
    taper::Tensor tensor() const;
    /// The items of a list or a tuple.
    const List& list() const&;
    List list() const&&;
    const taper::Dict& dict() const&;
    taper::Dict dict() const&&;
    /// A dict of Tensors by name.
    StateDict state_dict() const;
    operator StateDict() const;
    operator taper::Tensor() const;

    /// The value of a dict's key; Error if there is none.
    Value operator[](const std::string& key) const;
    /// The item of a list, counted from the back if negative, or the value of a dict's key.
    Value operator[](std::int64_t at) const;
    bool contains(const std::string& key) const;
    /// Of a list or a dict.
    std::size_t size() const;

    // ---- for the library
    struct Sequence;
    explicit Value(std::shared_ptr<Sequence> items);
    explicit Value(std::shared_ptr<taper::Dict> dict);
    Sequence* as_sequence() const;
    taper::Dict* as_dict() const;
    /// 0 for what holds no values, otherwise one more than the highest of them.
    int height() const;

 private:
    static Value sequence(List items, bool is_tuple);
    Scalar number() const;
    // Error unless it is a whole number.
    std::int64_t whole_number() const;
    [[noreturn]] static void does_not_fit(std::int64_t number, std::size_t bytes);

    Kind kind_ = Kind::None;
    Scalar number_;
    std::shared_ptr<void> object_;  // a std::string, a Tensor, a Sequence or a Dict
};

struct Value::Sequence {
    List items;
    bool is_tuple = false;
    int height = 0;
};

/// Values by key, in the order they came in. A key is None, a number or a string.
class Dict {
 public:
    Dict() = default;
    Dict(std::initializer_list<std::pair<Value, Value>> items);

    /// The value of this key, a new None at the end if there was none.
    Value& operator[](const Value& key);
    /// Null if there is none.
    const Value* find(const Value& key) const;
    /// Error if there is none.
    const Value& at(const Value& key) const;
    bool contains(const Value& key) const { return find(key) != nullptr; }
    std::size_t size() const { return items_.size(); }
    auto begin() const { return items_.begin(); }
    auto end() const { return items_.end(); }

    bool is_ordered = false;  // a collections.OrderedDict; otherwise a plain dict
    Value attributes = {};    // of the OrderedDict: None, or a dict such as {"_metadata": ...}
    int height = 1;           // see Value::height; kept by whoever fills the dict

 private:
    std::vector<std::pair<Value, Value>> items_;
    std::map<std::string, std::size_t> places_;  // not by a hash, for which a file's keys could be chosen
};

/// Sets the heights in a Value that was put together piece by piece, and gives them by the places of its lists and
/// dicts. Error where one holds itself, or too many stand in one another.
std::unordered_map<const void*, int> measure(const Value& value);

template <Number T> T Value::item() const {
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
        const std::int64_t whole = whole_number();
        if (!std::in_range<T>(whole)) does_not_fit(whole, sizeof(T));
        return static_cast<T>(whole);
    } else {
        return number().to<T>();
    }
}

}  // namespace taper
