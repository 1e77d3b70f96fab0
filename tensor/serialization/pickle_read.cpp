// Reads pickles: a machine with a stack, marks in it, and a memo.
#include <limits>
#include <map>
#include <set>
#include <variant>

#include "../native.h"
#include "pickle.h"

namespace taper::pickle {

namespace {

enum class Global { OrderedDict, Size, RebuildTensor, RebuildTensorV2, RebuildParameter, Object, TypedList };

struct Arguments;  // a tuple that holds more than Values

using Item = std::variant<Value, Global, DType, Elements, std::shared_ptr<Arguments>>;

struct Arguments {
    std::vector<Item> items;
};

Item global(std::string_view module, std::string_view name) {
    if (module == "collections" && name == "OrderedDict") return Global::OrderedDict;
    if (module == "torch" && name == "Size") return Global::Size;
    if (module == "torch" && name.ends_with("Storage")) return storage_dtype(name);
    if (module == "torch._utils" && name == "_rebuild_tensor") return Global::RebuildTensor;
    if (module == "torch._utils" && name == "_rebuild_tensor_v2") return Global::RebuildTensorV2;
    if (module == "torch._utils" && name == "_rebuild_parameter") return Global::RebuildParameter;
    if (module.starts_with("__torch__.")) return Global::Object;  // a class of a TorchScript program
    if (module == "torch.jit._pickle") return Global::TypedList;
    fail("{}.{} is refused: a checkpoint of tensors has no need of it", module.substr(0, 80), name.substr(0, 80));
}

// About what things take in memory, bookkeeping and all.
constexpr std::uint64_t item_bytes = 100, string_bytes = 64, list_bytes = 150, dict_bytes = 300, entry_bytes = 150,
                        tensor_bytes = 400;
constexpr std::size_t most_arguments = 8;  // no function that is known takes more

class Machine {
 public:
    Machine(ByteReader& bytes, const FindStorage& find_storage, std::uint64_t most_bytes)
        : bytes_(bytes), find_storage_(find_storage), most_bytes_(most_bytes) {}
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;

    // What isn't part of the result may hold itself, or be nested without bounds: it is taken apart piece by piece.
    ~Machine() {
        for (auto& list : lists_)
            if (!heights_.contains(list.get())) list->items.clear();
        for (auto& dict : dicts_)
            if (!heights_.contains(dict.get())) *dict = Dict();
    }

    Value run() {
        for (std::uint8_t code; (code = bytes_.number<std::uint8_t>()) != '.';) {
            spend(item_bytes);
            step(code);
        }
        Value result = pop_value();
        heights_ = measure(result);
        return result;
    }

 private:
    void step(std::uint8_t code) {
        switch (code) {
            case 0x80:  // the protocol
                bytes_.take(1);
                return;
            case 0x95:  // how long what follows is
                bytes_.take(8);
                return;
            case 'c': {
                std::string_view module = bytes_.line();
                return push(global(module, bytes_.line()));
            }
            case 0x93: {
                const std::vector<Item> names = pop(2);
                return push(global(as_value(names[0]).string(), as_value(names[1]).string()));
            }
            case '(':
                return marks_.push_back(stack_.size());
            case 'q':
                memo_.insert_or_assign(bytes_.number<std::uint8_t>(), top());
                return;
            case 'r':
                memo_.insert_or_assign(bytes_.number<std::uint32_t>(), top());
                return;
            case 0x94:
                memo_.insert_or_assign(static_cast<std::uint32_t>(memo_.size()), top());
                return;
            case 'h':
                return push_known(bytes_.number<std::uint8_t>());
            case 'j':
                return push_known(bytes_.number<std::uint32_t>());
            case 'N':
                return push(Value());
            case 0x88:
                return push(Value(true));
            case 0x89:
                return push(Value(false));
            case 'K':
                return push(Value(bytes_.number<std::uint8_t>()));
            case 'M':
                return push(Value(bytes_.number<std::uint16_t>()));
            case 'J':
                return push(Value(bytes_.number<std::int32_t>()));
            case 0x8a:
                return push_long(bytes_.number<std::uint8_t>());
            case 0x8b:
                return push_long(bytes_.number<std::uint32_t>());
            case 'G':
                return push(Value(std::bit_cast<double>(__builtin_bswap64(bytes_.number<std::uint64_t>()))));
            case 'X':
                return push_string(bytes_.number<std::uint32_t>());
            case 'U':
            case 0x8c:
                return push_string(bytes_.number<std::uint8_t>());
            case 0x8d:
                return push_string(bytes_.number<std::uint64_t>());
            case ')':
                return push_tuple({});
            case 't':
                return push_tuple(pop_to_mark());
            case 0x85:
                return push_tuple(pop(1));
            case 0x86:
                return push_tuple(pop(2));
            case 0x87:
                return push_tuple(pop(3));
            case ']':
                return push_list({});
            case '}':
                return push_dict(false);
            case 'a':
                return extend(pop(1));
            case 'e':
                return extend(pop_to_mark());
            case 's':
                return insert(pop(2));
            case 'u':
                return insert(pop_to_mark());
            case 'b':
                return build();
            case 'Q':
                return push_storage();
            case 'R':
                return reduce();
            case 0x81:
                return push_object();
            default:
                fail("the pickle has an opcode {:#04x} that no checkpoint of tensors needs", code);
        }
    }

    // Whatever is made, or copied, is counted, so that no few bytes stand for much memory or much work.
    void spend(std::uint64_t bytes) {
        spent_ += bytes;
        check(spent_ <= most_bytes_,
            "what the pickle makes takes more than {} bytes, which is more than the values of a file of this size can",
            most_bytes_);
    }

    // ---- the stack, of which only what lies above the last mark can be had
    void push(Item item) { stack_.push_back(std::move(item)); }
    std::size_t available() const { return stack_.size() - (marks_.empty() ? 0 : marks_.back()); }
    Item& top() {
        check(available() > 0, "the pickle takes from an empty stack");
        return stack_.back();
    }
    std::vector<Item> pop(std::size_t count) {
        check(available() >= count, "the pickle takes from an empty stack");
        std::vector<Item> items(std::make_move_iterator(stack_.end() - count), std::make_move_iterator(stack_.end()));
        stack_.resize(stack_.size() - count);
        return items;
    }
    std::vector<Item> pop_to_mark() {
        check(!marks_.empty(), "the pickle has a tuple or list without a beginning");
        std::vector<Item> items = pop(available());
        marks_.pop_back();
        return items;
    }
    static const Value& as_value(const Item& item) {
        const Value* value = std::get_if<Value>(&item);
        check(value, "the pickle has a class or a storage where a value is needed");
        return *value;
    }
    Value pop_value() { return as_value(pop(1)[0]); }

    void push_known(std::uint32_t index) {
        auto place = memo_.find(index);
        check(place != memo_.end(), "the pickle fetches number {} from its memo, where nothing is", index);
        push(place->second);
    }

    // ---- values
    void push_long(std::size_t size) {
        const std::string_view digits = bytes_.take(size);
        check(digits.size() <= 8, "a whole number of {} bytes is too large", digits.size());
        std::int64_t value = !digits.empty() && digits.back() < 0 ? -1 : 0;
        std::memcpy(&value, digits.data(), digits.size());
        push(Value(value));
    }

    void push_string(std::size_t size) {
        const std::string_view text = bytes_.take(size);
        check(is_utf8(text), "a string at byte {} is not UTF-8", bytes_.at() - size);
        spend(string_bytes + size);
        push(Value(std::string(text)));
    }

    void push_tuple(std::vector<Item> items) {
        Value::List values;
        for (const Item& item : items) {
            if (const Value* value = std::get_if<Value>(&item)) values.push_back(*value);
            check(!std::holds_alternative<std::shared_ptr<Arguments>>(item),
                "the pickle has a class or a storage where a value is needed");
        }
        spend(list_bytes);
        if (values.size() < items.size()) return push(std::make_shared<Arguments>(Arguments{std::move(items)}));
        lists_.push_back(std::make_shared<Value::Sequence>(Value::Sequence{std::move(values), true}));
        push(Value(lists_.back()));
    }
    void push_list(Value::List values) {
        spend(list_bytes);
        lists_.push_back(std::make_shared<Value::Sequence>(Value::Sequence{std::move(values), false}));
        push(Value(lists_.back()));
    }
    void push_dict(bool is_ordered) {
        spend(dict_bytes);
        dicts_.push_back(std::make_shared<Dict>());
        dicts_.back()->is_ordered = is_ordered;
        push(Value(dicts_.back()));
    }

    // An object of a TorchScript program: a dict of its attributes, which follow.
    void push_object() {
        pop_arguments();
        const Item what = std::move(pop(1)[0]);
        const auto* known = std::get_if<Global>(&what);
        check(known && *known == Global::Object, "the pickle makes an object of what is no class");
        push_dict(false);
        objects_.insert(dicts_.back().get());
    }

    void extend(const std::vector<Item>& items) {
        Value::Sequence* list = as_value(top()).as_sequence();
        check(list && !list->is_tuple, "the pickle appends to what is no list");
        for (const Item& item : items) list->items.push_back(as_value(item));
    }

    void insert(const std::vector<Item>& items) {
        Dict* dict = as_value(top()).as_dict();
        check(dict && items.size() % 2 == 0, "the pickle has a key without a value, or one for what is no dict");
        for (std::size_t i = 0; i < items.size(); i += 2) {
            const Value& key = as_value(items[i]);
            spend(entry_bytes + (key.kind() == Value::Kind::String ? key.string().size() : 0));
            (*dict)[key] = as_value(items[i + 1]);
        }
    }

    void build() {
        Value state = pop_value();
        Dict* dict = as_value(top()).as_dict();
        const bool is_object = dict && objects_.contains(dict);
        check(dict && state.as_dict() && (dict->is_ordered || (is_object && dict->size() == 0)),
            "the pickle gives attributes to what has none");
        if (!is_object) {
            dict->attributes = state;
            return;
        }
        spend(entry_bytes * state.as_dict()->size());
        for (const auto& [name, value] : *state.as_dict()) (*dict)[name] = value;
    }

    // ---- storages and tensors
    // The parts of a tuple that was taken from the stack.
    std::vector<Item> pop_arguments() {
        Item item = std::move(pop(1)[0]);
        const auto few = [](std::size_t count) {
            check(count <= most_arguments, "the pickle gives {} arguments where at most {} are taken", count,
                most_arguments);
        };
        if (const auto* arguments = std::get_if<std::shared_ptr<Arguments>>(&item)) {
            few((*arguments)->items.size());
            return (*arguments)->items;
        }
        const Value& tuple = as_value(item);
        check(tuple.kind() == Value::Kind::Tuple, "the pickle has arguments that are no tuple");
        few(tuple.list().size());
        return {tuple.list().begin(), tuple.list().end()};
    }

    // ("storage", its class, its key, the device it was on, how many elements, in old files a part of another)
    void push_storage() {
        const std::vector<Item> id = pop_arguments();
        const auto* dtype = id.size() < 5 ? nullptr : std::get_if<DType>(&id[1]);
        check(dtype && as_value(id[0]).string() == "storage", "the pickle refers to something that is no storage");
        spend(as_value(id[2]).string().size());
        StorageName name{*dtype, as_value(id[2]).string(), as_value(id[4]).item<std::int64_t>()};
        check(name.count >= 0 && name.count <= std::numeric_limits<std::int64_t>::max() / 8,
            "a storage is said to have {} elements", name.count);
        Elements elements{{}, name.dtype, 0, name.count};
        if (id.size() > 5 && !as_value(id[5]).is_none()) {
            const Value& part = as_value(id[5]);
            elements.offset = part[1].item<std::int64_t>();
            elements.count = part[2].item<std::int64_t>();
            check(elements.offset >= 0 && elements.count >= 0 && elements.offset <= name.count &&
                    elements.count <= name.count - elements.offset,
                "a part of a storage, {} elements from {} on, reaches outside its {} elements", elements.count,
                elements.offset, name.count);
        }
        elements.storage = find_storage_(name);
        push(std::move(elements));
    }

    void reduce() {
        const std::vector<Item> arguments = pop_arguments();
        const Item function = std::move(pop(1)[0]);
        const auto* what = std::get_if<Global>(&function);
        check(what, "the pickle calls what is no function");
        const auto count = arguments.size();
        switch (*what) {
            case Global::OrderedDict:
                check(count == 0, "an OrderedDict has {} arguments", count);
                return push_dict(true);
            case Global::Size:
                check(count == 1 && as_value(arguments[0]).kind() == Value::Kind::Tuple,
                    "a torch.Size is made from no tuple");
                return push(arguments[0]);
            case Global::TypedList:  // of which the type is a second argument, where it is not the function's
                check(count == 1 || count == 2, "a list of a TorchScript program has {} arguments", count);
                return push(arguments[0]);
            case Global::Object:
                fail("the pickle calls a class of a TorchScript program");
            case Global::RebuildTensor:
            case Global::RebuildTensorV2:
                return rebuild_tensor(arguments);
            case Global::RebuildParameter: {
                check(count == 3, "a Parameter has {} arguments", count);
                spend(tensor_bytes);
                Tensor x = as_value(arguments[0]).tensor();
                x = native::view(x, x.shape(), x.stride(), x.storage_offset());
                x.impl().is_parameter = true;
                return push(Value(x.requires_grad_(as_value(arguments[1]).item<bool>())));
            }
        }
    }

    // (storage, offset, size, stride) and from version 2 on (requires_grad, hooks)
    void rebuild_tensor(const std::vector<Item>& arguments) {
        const auto* elements = arguments.size() < 4 ? nullptr : std::get_if<Elements>(&arguments[0]);
        check(elements, "a tensor has no storage");
        spend(tensor_bytes);
        Tensor x = make_tensor(
            *elements, as_value(arguments[1]).item<std::int64_t>(), as_value(arguments[2]), as_value(arguments[3]));
        if (arguments.size() > 4 && as_value(arguments[4]).item<bool>()) x.requires_grad_();
        push(Value(x));
    }

    ByteReader& bytes_;
    const FindStorage& find_storage_;
    const std::uint64_t most_bytes_;
    std::uint64_t spent_ = 0;
    std::vector<Item> stack_;
    std::vector<std::size_t> marks_;
    std::map<std::uint32_t, Item> memo_;  // whose numbers come from the file: no hash that they could be chosen for
    std::vector<std::shared_ptr<Value::Sequence>> lists_;
    std::vector<std::shared_ptr<Dict>> dicts_;
    std::set<const Dict*> objects_;
    std::unordered_map<const void*, int> heights_;  // of what is part of the result
};

}  // namespace

Value read(ByteReader& bytes, const FindStorage& find_storage, std::uint64_t most_bytes) {
    return Machine(bytes, find_storage, most_bytes).run();
}

}  // namespace taper::pickle
