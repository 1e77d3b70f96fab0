#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "bytes.h"
#include "safetensors.h"
#include "safetensors_dtypes.h"
#include "write_file.h"

namespace taper::safetensors {

namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

std::string quoted(const std::string& text) {
    try {
        return Json(text).dump();
    } catch (const Json::exception&) {
        fail("the name '{}' is no UTF-8", text);
    }
}

// Error, with the sentences of the package, unless each is laid out in order on memory of its own.
void check_layout(const StateDict& tensors) {
    struct Span {
        const char *begin, *end;
        const std::string* name;
    };
    std::vector<Span> spans;
    for (const auto& [name, x] : tensors) {
        check(x.defined(), "'{}' is no tensor", name);
        check(x.is_contiguous(),
            "You are trying to save a non contiguous tensor: `{}` which is not allowed. It either means you are trying "
            "to save tensors which are reference of each other in which case it's recommended to save only the full "
            "tensors, and reslice at load time, or simply call `.contiguous()` on your tensor to pack it before "
            "saving.",
            name);
        const auto* begin = static_cast<const char*>(x.data_ptr());
        if (x.nbytes() > 0) spans.push_back({begin, begin + x.nbytes(), &name});
    }
    std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) { return a.begin < b.begin; });
    for (std::size_t i = 1; i < spans.size(); ++i)
        check(spans[i - 1].end <= spans[i].begin,
            "Some tensors share memory, this will lead to duplicate memory on disk and potential differences when "
            "loading them again: [{{'{}', '{}'}}]. A potential way to correctly save your model is to leave one of "
            "them "
            "out",
            *spans[i - 1].name, *spans[i].name);
}

// Larger elements first, then by name.
std::vector<const StateDict::value_type*> ordered(const StateDict& tensors) {
    std::vector<const StateDict::value_type*> order;
    for (const auto& item : tensors) order.push_back(&item);
    std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
        const DTypeName &first = named(a->second.dtype()), &second = named(b->second.dtype());
        return &first != &second ? &first > &second : a->first < b->first;
    });
    return order;
}

std::string header_text(const std::vector<const StateDict::value_type*>& order, const Metadata& metadata) {
    std::string text = "{";
    auto next = [&] { return text.size() > 1 ? "," : ""; };
    if (!metadata.empty()) {
        std::string facts;
        for (const auto& [key, value] : metadata)
            facts += (facts.empty() ? "" : ",") + quoted(key) + ":" + quoted(value);
        text += "\"__metadata__\":{" + facts + "}";
    }
    std::int64_t at = 0;
    for (const auto* item : order) {
        const Tensor& x = item->second;
        check(item->first != "__metadata__", "no tensor can have the name __metadata__");
        text += fmt::format("{}{}:{{\"dtype\":\"{}\",\"shape\":[{}],\"data_offsets\":[{},{}]}}", next(),
            quoted(item->first), named(x.dtype()).name, joined(x.shape(), ","), at, at + x.nbytes());
        at += x.nbytes();
    }
    text += "}";
    text.append((8 - text.size() % 8) % 8, ' ');
    return text;
}

void write(const StateDict& tensors, const Metadata& metadata, std::ostream& out) {
    const auto order = ordered(tensors);
    const std::string header = header_text(order, metadata);
    std::string length;
    append(length, static_cast<std::uint64_t>(header.size()));
    out << length << header;
    for (const auto* item : order) out.write(static_cast<const char*>(item->second.data_ptr()), item->second.nbytes());
    out.flush();
}

}  // namespace

namespace torch {

void save_file(const StateDict& tensors, const std::string& filename, const SaveOptions& options) {
    explained("save_file: " + filename, [&] {
        check_layout(tensors);
        write_file(filename, [&](std::ostream& out) { write(tensors, options.metadata, out); });
    });
}

std::string save(const StateDict& tensors, const SaveOptions& options) {
    std::ostringstream out;
    explained("save", [&] {
        check_layout(tensors);
        write(tensors, options.metadata, out);
    });
    return std::move(out).str();
}

void save_sharded(
    const StateDict& tensors, const std::string& folder, std::int64_t max_shard_size, const SaveOptions& options) {
    check(max_shard_size > 0, "save_sharded: max_shard_size must be positive, but got {}", max_shard_size);
    std::vector<StateDict> shards(1);
    std::int64_t filled = 0, total = 0;
    for (const auto& [name, x] : tensors) {
        if (filled > 0 && filled + x.nbytes() > max_shard_size) shards.emplace_back(), filled = 0;
        shards.back()[name] = x;
        filled += x.nbytes(), total += x.nbytes();
    }
    const fs::path place = folder;
    if (shards.size() == 1) return save_file(tensors, (place / "model.safetensors").string(), options);
    Json index = {{"metadata", {{"total_size", total}}}, {"weight_map", Json::object()}};
    for (std::size_t i = 0; i < shards.size(); ++i) {
        const std::string file = fmt::format("model-{:05}-of-{:05}.safetensors", i + 1, shards.size());
        save_file(shards[i], (place / file).string(), options);
        for (const auto& [name, x] : shards[i]) index["weight_map"][name] = file;
    }
    const std::string path = (place / "model.safetensors.index.json").string();
    explained(
        "save_sharded: " + path, [&] { write_file(path, [&](std::ostream& out) { out << index.dump(2) << "\n"; }); });
}

}  // namespace torch
}  // namespace taper::safetensors
