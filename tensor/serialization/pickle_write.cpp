// Writes pickles of protocol 2, byte for byte as Python's pickler does for torch.save.
#include <optional>

#include "pickle.h"

namespace taper::pickle {

// No number is written longer than it must be, none is above 0x10ffff. (Halves of pairs pass, as in Python.)
bool is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t length = lead < 0x80 ? 1 : lead >> 5 == 6 ? 2 : lead >> 4 == 14 ? 3 : lead >> 3 == 30 ? 4 : 0;
        if (length == 0 || length > text.size() - i) return false;
        std::uint32_t number = lead & (0xff >> length);
        for (std::size_t k = 1; k < length; ++k) {
            if ((text[i + k] & 0xc0) != 0x80) return false;
            number = number << 6 | (text[i + k] & 0x3f);
        }
        constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
        if (number < least[length] || number > 0x10ffff) return false;
        i += length;
    }
    return true;
}

namespace {

// Python writes an object once and then fetches it from its memo. What counts as the same object is told by a key: a
// place in memory, or the text of a string that is a literal in Python. Strings that Python makes anew each time have
// none.
class Writer {
 public:
    Written finish(const Value& value) {
        op('\x80', std::uint8_t(2));  // the protocol
        write(value);
        op('.');
        return std::move(written_);
    }

 private:
    using Key = std::optional<std::string>;
    static Key key_of(const void* place) { return fmt::format("@{}", place); }

    void op(char code) { written_.bytes += code; }
    template <class... T> void op(char code, const T&... arguments) {
        op(code);
        append(written_.bytes, arguments...);
    }

    // Whether the object was written before; then it is fetched.
    bool fetched(const Key& key) {
        auto place = key ? memo_.find(*key) : memo_.end();
        if (place == memo_.end()) return false;
        if (place->second < 256)
            op('h', static_cast<std::uint8_t>(place->second));
        else
            op('j', place->second);
        return true;
    }
    void remember(const Key& key = {}) {
        if (key) memo_[*key] = next_;
        if (next_ < 256)
            op('q', static_cast<std::uint8_t>(next_));
        else
            op('r', next_);
        ++next_;
    }

    void write(std::int64_t v) {
        if (std::in_range<std::uint8_t>(v)) return op('K', static_cast<std::uint8_t>(v));
        if (std::in_range<std::uint16_t>(v)) return op('M', static_cast<std::uint16_t>(v));
        if (std::in_range<std::int32_t>(v)) return op('J', static_cast<std::int32_t>(v));
        std::uint8_t size = 8;
        while (v >> (8 * size - 9) == (v < 0 ? -1 : 0)) --size;
        op('\x8a', size);
        written_.bytes.append(reinterpret_cast<const char*>(&v), size);
    }

    void write(double v) {
        std::uint64_t bits = std::bit_cast<std::uint64_t>(v);
        op('G');
        for (int shift = 56; shift >= 0; shift -= 8) op(static_cast<char>(bits >> shift & 0xff));
    }

    void write_string(const std::string& text, const Key& key) {
        if (fetched(key)) return;
        check(is_utf8(text), "a string that is not UTF-8 cannot be saved: nobody could read it: \"{}\"",
            text.substr(0, 80));
        check(std::in_range<std::uint32_t>(text.size()), "a string of {} bytes is too long for a pickle", text.size());
        op('X', static_cast<std::uint32_t>(text.size()));
        written_.bytes += text;
        remember(key);
    }
    void write_literal(const std::string& text) { write_string(text, "s" + text); }

    void write_global(const std::string& module, std::string_view name) {
        const std::string text = fmt::format("c{}\n{}\n", module, name);
        if (fetched(text)) return;
        written_.bytes += text;
        remember(text);
    }

    void write_empty_ordered_dict(const Key& key = {}) {
        write_global("collections", "OrderedDict");
        op(')');
        op('R');
        remember(key);
    }

    void write_sizes(const Shape& sizes) {
        if (sizes.empty()) return op(')');
        if (sizes.size() > 3) op('(');
        for (std::int64_t size : sizes) write(size);
        end_tuple(sizes.size());
        remember();
    }
    void end_tuple(std::size_t count) {
        if (count == 0)
            op(')');
        else
            op(count > 3 ? 't' : static_cast<char>('\x84' + count));
    }

    void write(const Value& value) {
        switch (value.kind()) {
            case Value::Kind::None:
                return op('N');
            case Value::Kind::Bool:
                return op(value.item<bool>() ? '\x88' : '\x89');
            case Value::Kind::Int:
                return write(value.item<std::int64_t>());
            case Value::Kind::Float:
                return write(value.item());
            case Value::Kind::String:
                return write_literal(value.string());
            case Value::Kind::Tensor:
                return write_tensor(value.tensor());
            case Value::Kind::List:
                return write_list(*value.as_sequence());
            case Value::Kind::Tuple:
                return write_tuple(*value.as_sequence());
            case Value::Kind::Dict:
                return write_dict(*value.as_dict());
        }
    }

    void write_list(const Value::Sequence& list) {
        const Key key = key_of(&list);
        if (fetched(key)) return;
        op(']');
        remember(key);
        in_batches(list.items, 'a', 'e', [&](const Value& item) { write(item); });
    }

    void write_tuple(const Value::Sequence& tuple) {
        const Key key = key_of(&tuple);
        if (fetched(key)) return;
        if (tuple.items.size() > 3) op('(');
        for (const Value& item : tuple.items) write(item);
        end_tuple(tuple.items.size());
        if (!tuple.items.empty()) remember(key);
    }

    void write_dict(const Dict& dict) {
        const Key key = key_of(&dict);
        if (fetched(key)) return;
        if (dict.is_ordered) {
            write_empty_ordered_dict(key);
        } else {
            op('}');
            remember(key);
        }
        in_batches(dict, 's', 'u', [&](const auto& item) {
            if (dict.is_ordered && item.first.kind() == Value::Kind::String)
                write_name(item.first.string());
            else
                write(item.first);
            write(item.second);
        });
        if (dict.attributes.is_none()) return;
        in_attributes_ = true;
        write(dict.attributes);
        in_attributes_ = false;
        op('b');
    }

    // "fc1.weight" in a state_dict was put together when the model was asked, as was the module's name "fc1" in its
    // attributes; "weight", and any name of one character, is Python's own.
    void write_name(const std::string& name) {
        const bool made = in_attributes_ ? name.size() > 1 : name.find('.') != std::string::npos;
        write_string(name, made ? Key() : Key("s" + name));
    }

    // As Python does: up to 1000 items at once, and one alone by an opcode of its own.
    template <class Items, class Write> void in_batches(const Items& items, char one, char many, Write write_item) {
        std::size_t left = items.size(), in_batch = 0;
        for (const auto& item : items) {
            if (in_batch == 0 && left > 1) op('(');
            write_item(item);
            ++in_batch, --left;
            if (in_batch < 1000 && left > 0) continue;
            op(in_batch == 1 ? one : many);
            in_batch = 0;
        }
    }

    void write_tensor(const Tensor& x) {
        const Key key = key_of(&x.impl());
        if (fetched(key)) return;
        if (!x.impl().is_parameter) return write_values(x, x.requires_grad(), key);
        write_global("torch._utils", "_rebuild_parameter");
        write_values(x, false, {});
        op(x.requires_grad() ? '\x88' : '\x89');
        write_empty_ordered_dict();
        end_tuple(3);
        remember();
        op('R');
        remember(key);
    }

    void write_values(const Tensor& x, bool requires_grad, const Key& key) {
        write_global("torch._utils", "_rebuild_tensor_v2");
        op('(');
        write_storage(x);
        write(x.storage_offset());
        write_sizes(x.shape());
        write_sizes(x.stride());
        op(requires_grad ? '\x88' : '\x89');
        write_empty_ordered_dict();
        op('t');
        remember();
        op('R');
        remember(key);
    }

    void write_storage(const Tensor& x) {
        const Ref<Storage>& storage = x.impl().storage;
        check(storage->device().is_cpu(), "the tensor is on {}; move it to the cpu first", storage->device());
        auto [place, is_new] = storages_.try_emplace(storage.get(), written_.storages.size());
        if (is_new) written_.storages.push_back(storage);
        op('(');
        write_literal("storage");
        write_global("torch", storage_name(x.dtype()));
        write_string(std::to_string(place->second), key_of(storage.get()));
        write_literal("cpu");
        write(storage->bytes() / x.element_size());
        op('t');
        remember();
        op('Q');
    }

    Written written_;
    std::unordered_map<std::string, std::uint32_t> memo_;
    std::unordered_map<const Storage*, std::size_t> storages_;
    std::uint32_t next_ = 0;
    bool in_attributes_ = false;
};

}  // namespace

Written write(const Value& value) { return Writer().finish(value); }

}  // namespace taper::pickle
