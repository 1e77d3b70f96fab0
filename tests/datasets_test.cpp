// Data sets, transforms and the files they come from: what is read, and what is refused.
#include <doctest/doctest.h>
#include <taper/datasets/download.h>
#include <taper/datasets/idx.h>
#include <taper/datasets/md5.h>
#include <taper/taper.h>
#include <unistd.h>
#include <zlib.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "real_mnist.h"

using namespace taper;
namespace fs = std::filesystem;
using datasets::FashionMNIST, datasets::MNIST;
using Bytes = std::string;
using Indices = std::vector<std::int64_t>;

namespace {

// A folder of the test's own.
struct Folder {
    fs::path path = fs::temp_directory_path() / fmt::format("taper_datasets_{}", ::getpid());
    Folder() {
        fs::remove_all(path);
        fs::create_directories(path);
    }
    ~Folder() { fs::remove_all(path); }
    std::string operator/(const std::string& name) const { return (path / name).string(); }
};

void write(const std::string& path, const Bytes& bytes) {
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
}

Bytes gzip(const Bytes& plain) {
    Bytes out(plain.size() + 1000, '\0');
    z_stream stream{};
    REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
    stream.avail_in = static_cast<uInt>(plain.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

Bytes idx(const std::vector<std::uint32_t>& shape, const Bytes& values) {
    Bytes out{'\0', '\0', '\x08', static_cast<char>(shape.size())};
    for (std::uint32_t size : shape)
        for (int shift : {24, 16, 8, 0}) out += static_cast<char>(size >> shift);
    return out + values;
}

// Images of 2 x 3 bytes: image i holds 10 i to 10 i + 5.
Bytes images(int n) {
    Bytes values;
    for (int i = 0; i < n; ++i)
        for (int j = 0; j < 6; ++j) values += static_cast<char>(10 * i + j);
    return idx({static_cast<std::uint32_t>(n), 2, 3}, values);
}

std::string message_of(const std::function<void()>& act) {
    try {
        act();
    } catch (const Error& error) {
        return error.what();
    }
    return "nothing was thrown";
}

Bytes bytes_of(const Tensor& x) {
    Tensor dense = x.contiguous();
    return Bytes(static_cast<const char*>(dense.data_ptr()), dense.nbytes());
}

const auto as_article = transforms::Compose({transforms::ToTensor(), transforms::Normalize({0.1307}, {0.3081})});

}  // namespace

TEST_CASE("MNIST reads IDX files as torchvision lays them out compressed or not") {
    Folder folder;
    write(folder / "MNIST/raw/train-images-idx3-ubyte", images(3));
    write(folder / "MNIST/raw/train-labels-idx1-ubyte.gz", gzip(idx({3}, "\x07\x01\x09")));
    const auto dataset = MNIST({.root = folder / "", .train = true});
    CHECK(len(dataset) == 3);
    CHECK(dataset.train());
    CHECK(dataset.classes()[7] == "7 - seven");
    CHECK(dataset.data().shape() == Shape{3, 2, 3});
    CHECK(dataset.targets().dtype() == int64);
    auto [image, target] = dataset[-1];
    CHECK(image.dtype() == uint8);
    CHECK(image.tolist<std::int64_t>() == Indices{20, 21, 22, 23, 24, 25});
    CHECK(target.item<std::int64_t>() == 9);
    Indices labels;
    for (auto [i, x, y] : enumerate(dataset)) labels.push_back(100 * i + y.item<std::int64_t>());
    CHECK(labels == Indices{7, 101, 209});
    CHECK(message_of([&] { dataset.get(3); }) == "MNIST: index 3 is out of range for a dataset of 3 samples");
    CHECK(message_of([&] {
        dataset.get_batch(Indices{0, -4});
    }) == "MNIST: index -4 is out of range for a dataset of 3 samples");
}

TEST_CASE("absent files are an error that names the folder and the remedy") {
    Folder folder;
    CHECK(message_of([&] { FashionMNIST({.root = folder.path.string(), .train = false}); }) ==
        fmt::format("FashionMNIST: Dataset not found. You can use download=True to download it; "
                    "{0}/FashionMNIST/raw holds neither t10k-images-idx3-ubyte nor t10k-images-idx3-ubyte.gz, so set "
                    ".download = true, or .root to the folder that holds FashionMNIST/raw",
            folder.path.string()));
}

TEST_CASE("a file that is not what its header says is refused by name") {
    Folder folder;
    const std::string path = folder / "file";
    auto refusal = [&](const Bytes& bytes, int dims = 3) {
        write(path, bytes);
        std::string message = message_of([&] { read_idx(path, dims); });
        std::size_t at = message.find(path);
        return at == std::string::npos ? message : message.erase(at, path.size());
    };
    const Bytes good = images(2);
    write(path, good);
    CHECK(read_idx(path, 3).shape() == Shape{2, 2, 3});
    CHECK(refusal("") == "read_idx: : this is no IDX file");
    CHECK(refusal("PNG, or what") == "read_idx: : this is no IDX file");
    CHECK(refusal(good, 1) == "read_idx: : it should hold bytes (type 8) in 1 dimensions, but holds type 8 in 3");
    CHECK(refusal(Bytes{'\0', '\0', '\x0d', '\3'}) ==
        "read_idx: : it should hold bytes (type 8) in 3 dimensions, but holds type 13 in 3");
    CHECK(refusal(good.substr(0, 10)) == "read_idx: : the file ends in its header; get it anew");
    CHECK(refusal(good.substr(0, good.size() - 1)) ==
        "read_idx: : the file ends after 11 of 12 bytes, too short for its shape [2, 2, 3]; get it anew");
    CHECK(refusal(good + "!") == "read_idx: : the file goes on after the 12 bytes of its shape [2, 2, 3]; get it anew");
    CHECK(refusal(idx({0xffffffff, 0xffffffff, 0xffffffff}, "x")) ==
        "read_idx: : the file is too short for its shape [4294967295, 4294967295, 4294967295]; get it anew");
    CHECK(refusal(gzip(idx({60000, 28, 28}, "x"))) ==
        "read_idx: : the file is too short for its shape [60000, 28, 28]; get it anew");

    Bytes packed = gzip(good);
    CHECK(refusal(packed) == "nothing was thrown");
    CHECK(refusal(packed.substr(0, packed.size() - 4)) == "read_idx: : unexpected end of file; get the file anew");
    packed[packed.size() - 6] ^= 1;  // in the sum of what was compressed
    CHECK(refusal(packed) == "read_idx: : incorrect data check; get the file anew");
    CHECK(message_of([&] { read_idx(folder / "no such", 3); }) ==
        fmt::format("read_idx: {}: No such file or directory", folder / "no such"));
    CHECK(message_of([&] { read_idx(folder / "", 3); }).starts_with("read_idx: "));

    write(folder / "MNIST/raw/t10k-images-idx3-ubyte", images(2));
    write(folder / "MNIST/raw/t10k-labels-idx1-ubyte", idx({3}, "abc"));
    const std::string raw = folder / "MNIST/raw/t10k-";
    CHECK(message_of([&] { MNIST({.root = folder.path.string(), .train = false}); }) ==
        fmt::format("MNIST: {0}images-idx3-ubyte holds 2 images, but {0}labels-idx1-ubyte holds 3 labels", raw));
}

TEST_CASE("MD5 gives the sums of RFC 1321 however the bytes are cut") {
    auto md5 = [](const Bytes& text, std::size_t piece) {
        Md5 sum;
        for (std::size_t at = 0; at < text.size(); at += piece)
            sum.add(text.data() + at, std::min(piece, text.size() - at));
        return sum.hex();
    };
    CHECK(md5("", 1) == "d41d8cd98f00b204e9800998ecf8427e");
    CHECK(md5("abc", 2) == "900150983cd24fb0d6963f7d28e17f72");
    const Bytes digits = "12345678901234567890123456789012345678901234567890123456789012345678901234567890";
    CHECK(md5(digits, 100) == "57edf4a22be3c955ac49da2e2107b67a");
    CHECK(md5(digits, 7) == "57edf4a22be3c955ac49da2e2107b67a");
    CHECK(md5(digits.substr(0, 64), 64) == "eb6c4179c0a7c82cc2828c1e6338e165");
}

TEST_CASE("a download gets its name when it is whole and its sum is right") {
    Folder folder;
    const Bytes plain = images(2);
    Md5 md5;
    md5.add(plain.data(), plain.size());
    const std::string sum = md5.hex(), to = folder / "raw/file", good = "file://" + (folder / "good.gz"),
                      bad = "file://" + (folder / "bad.gz"), absent = "file://" + (folder / "absent.gz");
    write(folder / "good.gz", gzip(plain));
    write(folder / "bad.gz", gzip("something else"));
    write(folder / "short.gz", gzip(plain).substr(0, 30));
    CHECK(message_of([&] {
        download_gz("MNIST", {bad, absent}, to, sum);
    }) ==
        fmt::format("MNIST: Error downloading {0}; without a network, put the file there by hand. What was tried:\n"
                    "  {1}: the MD5 sum of what came is 6c7ba9c5a141421e1c03cb9807c97c74, but should be {2}\n"
                    "  {3}: Couldn't open file {4}",
            to, bad, sum, absent, folder / "absent.gz"));
    CHECK(message_of([&] {
        download_gz("MNIST", {"file://" + (folder / "short.gz")}, to, sum);
    }).ends_with("short.gz: what came is damaged: unexpected end of file"));
    CHECK(message_of([&] { download_gz("MNIST", {}, to, sum); }).ends_with("nothing, there are no mirrors"));
    CHECK(message_of([&] { download_gz("MNIST", {"gopher://localhost/x"}, to, sum); }).find("gopher") !=
        std::string::npos);
    CHECK(fs::is_empty(folder / "raw"));  // nothing half done is left
    download_gz("MNIST", {absent, bad, good}, to, sum);
    CHECK(read_idx(to, 3).shape() == Shape{2, 2, 3});
    CHECK(std::distance(fs::directory_iterator(folder / "raw"), {}) == 1);
    CHECK(message_of([&] {
        MNIST({.root = folder.path.string(), .download = true, .mirrors = {"file://" + (folder / "none")}});
    }).starts_with(fmt::format("MNIST: Error downloading {}", folder / "MNIST/raw/train-images-idx3-ubyte")));
}

TEST_CASE("FashionMNIST is downloaded from a mirror all four files at once") {
    const std::string debian = "/usr/share/datasets/fashion-mnist";
    if (!fs::is_directory(debian)) {
        MESSAGE("skipped: Debian's package dataset-fashion-mnist is not installed");
        return;
    }
    Folder folder;
    const std::string root = folder.path.string();
    auto train = FashionMNIST({.root = root, .train = true, .download = true, .mirrors = {"file://" + debian + "/"}});
    CHECK(len(train) == 60000);
    auto test = FashionMNIST({.root = root, .train = false});
    CHECK(len(test) == 10000);
    CHECK(test.classes()[std::get<1>(test[0]).item<std::int64_t>()] == "Ankle boot");
}

TEST_CASE("ToTensor and Normalize have torchvision's bits for every byte") {
    Tensor bytes = arange(256, {.dtype = uint8}).view(1, 256);
    Tensor x = as_article(bytes);
    CHECK(x.shape() == Shape{1, 1, 256});
    CHECK(
        x.tolist<float>()[0] == -0.4242129623889923f);  // transforms.Compose([...])(numpy.arange(256)): 0, 1, 100, 255
    CHECK(x.tolist<float>()[1] == -0.4114847183227539f);
    CHECK(x.tolist<float>()[100] == 0.8486104011535645f);
    CHECK(x.tolist<float>()[255] == 2.821486711502075f);
    const Bytes all = bytes_of(x);
    CHECK(::crc32(0, reinterpret_cast<const Bytef*>(all.data()), static_cast<uInt>(all.size())) == 2233784032);
    Tensor colours = arange(24, {.dtype = uint8}).view(2, 4, 3);
    Tensor planes = transforms::ToTensor()(colours);
    CHECK(planes.shape() == Shape{3, 2, 4});
    CHECK(planes.is_contiguous());
    CHECK(planes[2, 1, 3].item<float>() == 23.f / 255);
    CHECK(transforms::ToTensor()(ones(2, 2)).tolist() == std::vector<double>{1, 1, 1, 1});
    Tensor each = transforms::Normalize({0, 1, 2}, {1, 2, 4})(ones(3, 1, 1));
    CHECK(each.tolist() == std::vector<double>{1, 0, -0.25});
}

TEST_CASE("transforms refuse what they can't work on") {
    CHECK(message_of([] { transforms::ToTensor()(ones(3)); }) ==
        "ToTensor: pic should be 2/3 dimensional. Got 1 dimensions.; an image is H x W or H x W x C");
    CHECK(message_of([] {
        transforms::Normalize({0.5}, {0.5})(ones({1, 2, 2}, {.dtype = uint8}));
    }) == "Normalize: Input tensor should be a float tensor. Got torch.uint8.; let ToTensor come before it");
    CHECK(message_of([] { transforms::Normalize({0.5}, {0.5})(ones(2, 2)); }) ==
        "Normalize: Expected tensor to be a tensor image of size (..., C, H, W). Got tensor.size() = torch.Size([2, "
        "2])");
    CHECK(message_of([] {
        transforms::Normalize({0.5, 0.5}, {0.5, 0.5})(ones(1, 2, 2));
    }) == "Normalize: 2 means for an image of 1 channels, of shape [1, 2, 2]");
    CHECK(message_of([] { transforms::Normalize({0.5}, {1e-50})(ones(1, 2, 2)); }) ==
        "Normalize: std evaluated to zero after conversion to torch.float32, leading to division by zero.");
    CHECK(message_of([] {
        transforms::Normalize({0.5}, {0.5, 1});
    }) == "Normalize: there should be one mean and one std for each channel, but got 1 and 2");
}

TEST_CASE("a batch made in one pass has the bits of its samples stacked") {
    Folder folder;
    write(folder / "MNIST/raw/train-images-idx3-ubyte", images(25));
    write(folder / "MNIST/raw/train-labels-idx1-ubyte", idx({25}, "abcdefghijklmnopqrstuvwxy"));
    const std::string root = folder.path.string();
    auto plain = MNIST({.root = root}), fast = MNIST({.root = root, .transform = as_article});
    auto slow =
        MNIST({.root = root, .transform = transforms::Lambda(as_article), .target_transform = [](const Tensor& target) {
                   return target + 1;
               }});
    const Indices indices{24, 0, 7, 7, -1};
    std::vector<TensorList> samples;
    for (std::int64_t i : indices) samples.push_back({std::get<0>(fast[i]), std::get<1>(fast[i])});
    TensorList stacked = default_collate(samples);
    auto [x, y] = fast.get_batch(indices);
    CHECK(x.shape() == Shape{5, 1, 2, 3});
    CHECK(bytes_of(x) == bytes_of(stacked[0]));
    CHECK(y.equal(stacked[1]));
    auto [slow_x, slow_y] = slow.get_batch(indices);
    CHECK(bytes_of(slow_x) == bytes_of(x));
    CHECK(slow_y.equal(y + 1));
    CHECK(std::get<0>(plain.get_batch(indices)).shape() == Shape{5, 2, 3});
    auto halves = Subset(fast, {24, 0, 7, 7, 24});
    CHECK(bytes_of(std::get<0>(halves.get_batch(Indices{0, 1, 2, 3, 4}))) == bytes_of(x));
}

TEST_CASE("TensorDataset and Subset and ConcatDataset show rows of tensors") {
    Tensor X = arange(12).view(6, 2), y = arange(6) * 10;
    const auto dataset = TensorDataset(X, y);
    CHECK(len(dataset) == 6);
    auto [row, label] = dataset[-2];
    CHECK(row.tolist<std::int64_t>() == Indices{8, 9});
    CHECK(label.item<std::int64_t>() == 40);
    X[4] = 7;  // the dataset holds the tensor itself
    CHECK(std::get<0>(dataset[4]).tolist<std::int64_t>() == Indices{7, 7});

    auto odd = Subset(dataset, {1, 3, 5});
    CHECK(std::get<1>(odd[1]).item<std::int64_t>() == 30);
    auto both = ConcatDataset({dataset, TensorDataset(X, -y)});
    CHECK(len(both) == 12);
    CHECK(std::get<1>(both[5]).item<std::int64_t>() == 50);
    CHECK(std::get<1>(both[6]).item<std::int64_t>() == 0);
    CHECK(std::get<1>(both[-1]).item<std::int64_t>() == -50);
    auto mixed = ConcatDataset(odd, dataset);
    CHECK(len(mixed) == 9);
    CHECK(std::get<1>(mixed[2]).item<std::int64_t>() == 50);
    CHECK(std::get<1>(mixed[3]).item<std::int64_t>() == 0);
    CHECK(message_of([&] { both.get(12); }) == "ConcatDataset: index 12 is out of range for a dataset of 12 samples");

    Indices labels;
    for (auto [x, target] : DataLoader(mixed, {.batch_size = 4})) {
        CHECK(x.size(1) == 2);
        for (std::int64_t i : target.tolist<std::int64_t>()) labels.push_back(i);
    }
    CHECK(labels == Indices{10, 30, 50, 0, 10, 20, 30, 40, 50});
    for (auto [x, t] : DataLoader(TensorDataset(X.t(), ones(2, 6).to(float64)), {.batch_size = 2})) {
        CHECK(x.tolist<std::int64_t>() == X.t().tolist<std::int64_t>());
        CHECK(t.dtype() == float64);
    }
}

TEST_CASE("real MNIST: PyTorch's first sample and batches with the bits of their samples") {
    const std::string root = real_mnist();
    if (root.empty()) {
        MESSAGE(no_real_mnist);
        return;
    }
    auto train = MNIST({.root = root, .train = true, .transform = as_article});
    CHECK(len(train) == 60000);
    auto [image, label] = train[0];
    CHECK(label.item<std::int64_t>() == 5);
    const Bytes first = bytes_of(image);
    CHECK(::crc32(0, reinterpret_cast<const Bytef*>(first.data()), static_cast<uInt>(first.size())) == 1713884614);
    for (auto [i, data, target] : enumerate(DataLoader(train,
             {.batch_size = 1000, .shuffle = true, .num_workers = 2, .generator = Generator().manual_seed(5)}))) {
        if (i == 2) break;
        CHECK(data.shape() == Shape{1000, 1, 28, 28});
        CHECK(target.shape() == Shape{1000});
    }
}
