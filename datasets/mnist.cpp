#include "mnist.h"

#include <filesystem>

#include "../tensor/base/parallel.h"
#include "download.h"
#include "idx.h"

namespace taper::datasets {
namespace {

namespace fs = std::filesystem;

detail::IdxSource mnist() {
    return {"MNIST",
        {"https://ossci-datasets.s3.amazonaws.com/mnist", "https://storage.googleapis.com/cvdf-datasets/mnist"},
        {{"train-images-idx3-ubyte", "6bbc9ace898e44ae57da46a324031adb"},
            {"train-labels-idx1-ubyte", "a25bea736e30d166cdddb491f175f624"},
            {"t10k-images-idx3-ubyte", "2646ac647ad5339dbf082846283269ea"},
            {"t10k-labels-idx1-ubyte", "27ae3e4e09519cfbb04c329615203637"}},
        {"0 - zero", "1 - one", "2 - two", "3 - three", "4 - four", "5 - five", "6 - six", "7 - seven", "8 - eight",
            "9 - nine"}};
}

detail::IdxSource fashion_mnist() {
    return {"FashionMNIST",
        {"https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion",
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com"},
        {{"train-images-idx3-ubyte", "f4a8712d7a061bf5bd6d2ca38dc4d50a"},
            {"train-labels-idx1-ubyte", "9018921c3c673c538a1fc5bad174d6f9"},
            {"t10k-images-idx3-ubyte", "8181f5470baa50b63fa0f6fddb340f0a"},
            {"t10k-labels-idx1-ubyte", "15d484375f8d13e6eb1aabb0c3f46965"}},
        {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"}};
}

// The file as it is, or compressed; an empty path if it is neither.
fs::path find(const fs::path& folder, const std::string& name) {
    for (const char* ending : {"", ".gz"})
        if (std::error_code ignored; fs::is_regular_file(folder / (name + ending), ignored))
            return folder / (name + ending);
    return {};
}

void fetch_missing(const fs::path& folder, const detail::IdxSource& source, std::vector<std::string> mirrors) {
    if (mirrors.empty()) mirrors = source.mirrors;
    for (const auto& [name, md5] : source.files)
        if (find(folder, name).empty()) {
            std::vector<std::string> urls;
            for (const std::string& mirror : mirrors)
                urls.push_back(mirror + (mirror.ends_with('/') ? "" : "/") + name + ".gz");
            download_gz(source.name, urls, (folder / name).string(), md5);
        }
}

fs::path find_or_fail(const fs::path& folder, const detail::IdxSource& source, const std::string& name) {
    fs::path path = find(folder, name);
    check(!path.empty(),
        "{}: Dataset not found. You can use download=True to download it; {} holds neither {} nor {}.gz, so set "
        ".download = true, or .root to the folder that holds {}/raw",
        source.name, folder.string(), name, name, source.name);
    return path;
}

}  // namespace

TAPER_DEFINE_CONSTRUCTORS(MNIST, MNISTOptions, 1, root, train, transform, target_transform, download)
TAPER_DEFINE_CONSTRUCTORS(FashionMNIST, MNISTOptions, 1, root, train, transform, target_transform, download)

MNIST::MNIST(Called, const MNISTOptions& options) : MNIST(Called(), options, mnist()) {}
FashionMNIST::FashionMNIST(Called, const MNISTOptions& options) : MNIST(Called(), options, fashion_mnist()) {}

MNIST::MNIST(Called, const MNISTOptions& options, const detail::IdxSource& source) {
    const Transform transform = options.transform->value_or(nullptr);
    const fs::path folder = fs::path(*options.root) / source.name / "raw";
    if (*options.download) fetch_missing(folder, source, options.mirrors);
    const std::size_t first = *options.train ? 0 : 2;
    const fs::path image_file = find_or_fail(folder, source, source.files[first].name);
    const fs::path label_file = find_or_fail(folder, source, source.files[first + 1].name);
    Tensor data = read_idx(image_file.string(), 3), labels = read_idx(label_file.string(), 1);
    check(len(data) == len(labels), "{}: {} holds {} images, but {} holds {} labels", source.name, image_file.string(),
        len(data), label_file.string(), len(labels));
    held_ = std::make_shared<const Held>(Held{data, labels.to(int64), pixel_table(transform, 1), transform,
        options.target_transform->value_or(nullptr), source.classes, options.train});
}

std::tuple<Tensor, Tensor> MNIST::get(std::int64_t index) const {
    const std::int64_t at = wrap_index(index, size(), "MNIST");
    Tensor image = held_->data.select(0, at), target = held_->targets.select(0, at);
    return {held_->transform ? held_->transform(image) : image,
        held_->target_transform ? held_->target_transform(target) : target};
}

// Rows of bytes, each byte looked up in the table on its way into the batch. They lie anywhere in more memory than the
// caches hold, so the one after the next is sent for while one is worked on.
template <class T>
static void look_up_rows(T* out, const Tensor& data, const T* table, std::span<const std::int64_t> rows) {
    const std::int64_t size = data.size(0), pixels = size == 0 ? 0 : data.numel() / size;
    const auto* bytes = data.data_ptr<std::uint8_t>();
    auto place = [&](std::int64_t k) { return bytes + wrap_index(rows[k], size, "MNIST") * pixels; };
    parallel_for(std::ssize(rows), grain_of(2 * pixels), [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t k = begin; k < end; ++k) {
            const std::uint8_t *from = place(k), *next = place(std::min(k + 2, end - 1));
            for (std::int64_t i = 0; i < pixels; i += 64) __builtin_prefetch(next + i);
            for (std::int64_t i = 0; i < pixels; ++i) out[k * pixels + i] = table[from[i]];
        }
    });
}

// Row by row through a transform, into one batch.
static Tensor transform_rows(const Tensor& x, const Transform& transform, std::span<const std::int64_t> rows) {
    TensorList samples;
    for (std::int64_t row : rows) samples.push_back(transform(x.select(0, wrap_index(row, x.size(0), "MNIST"))));
    return default_collate(std::move(samples));
}

std::tuple<Tensor, Tensor> MNIST::get_batch(std::span<const std::int64_t> indices) const {
    const auto& [data, targets, table, transform, target_transform, classes, train] = *held_;
    Tensor labels =
        target_transform ? transform_rows(targets, target_transform, indices) : gather_rows(targets, indices, "MNIST");
    if (!transform) return {gather_rows(data, indices, "MNIST"), labels};
    if (!table.defined()) return {transform_rows(data, transform, indices), labels};
    Tensor images = native::empty({len(labels), 1, data.size(1), data.size(2)}, table.dtype());
    visit<Floats>(table.dtype(), [&, &data = data, &table = table](auto zero) {
        using T = decltype(zero);
        look_up_rows(images.data_ptr<T>(), data, table.data_ptr<T>(), indices);
    });
    return {images, labels};
}

}  // namespace taper::datasets
