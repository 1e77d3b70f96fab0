// Datasets, loaders, samplers, transforms and pictures called as in Python: PyTorch's parameters by position or by
// name.
#include <doctest/doctest.h>
#include <taper/taper.h>
#include <taper/tensor/warning.h>
#include <unistd.h>

#include <filesystem>

#include "error_of.h"

using namespace taper;
namespace fs = std::filesystem;
using Indices = std::vector<std::int64_t>;

namespace {

// Whether a call compiles; its first literal must depend on the lambda's parameter, which is `with`.
#define COMPILES(with, ...) ([](auto a) { return requires { __VA_ARGS__; }; }(with))

struct IndexOnly {
    std::int64_t n;
    std::int64_t size() const { return n; }
    std::int64_t get(std::int64_t index) const { return index; }
};

template <class Range> Indices all_of(const Range& range) {
    Indices out;
    for (auto item : range)
        if constexpr (std::same_as<decltype(item), Tensor>)
            for (std::int64_t i : item.template tolist<std::int64_t>()) out.push_back(i);
        else
            out.push_back(item);
    return out;
}

std::vector<double> numbers(const Tensor& x) { return x.contiguous().tolist(); }

Tensor image() { return arange(20.).view({1, 4, 5}); }

void check_values(const Tensor& x, const Shape& shape, const std::vector<double>& expected) {
    CHECK(x.shape() == shape);
    const std::vector<double> values = numbers(x);
    REQUIRE(values.size() == expected.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        CAPTURE(i);
        CHECK(values[i] == doctest::Approx(expected[i]).epsilon(1e-4));
    }
}

}  // namespace

TEST_CASE("a loader takes what follows its positional arguments by keyword") {
    const IndexOnly ten{10};
    CHECK(len(DataLoader(ten, 4)) == 3);
    CHECK(len(DataLoader(ten, 4, {.drop_last = true})) == 2);
    CHECK(len(DataLoader(ten, 4, false, none, none, 0, none, false, true)) == 2);
    CHECK(len(DataLoader(ten, none)) == 10);
    manual_seed(3);
    const Indices shuffled = all_of(DataLoader(ten, {.batch_size = 4, .shuffle = true}));
    CHECK(shuffled != all_of(DataLoader(ten, 4)));
    manual_seed(3);
    CHECK(all_of(DataLoader(ten, 4, true)) == shuffled);
    manual_seed(3);
    CHECK(all_of(DataLoader(ten, 4, {.shuffle = true, .num_workers = 1})) == shuffled);
    CHECK(all_of(DataLoader(ten, 2, none, Indices{7, 3})) == Indices{7, 3});
    CHECK(all_of(DataLoader(ten, 2, false, tensor({7, 3}))) == Indices{7, 3});
    CHECK(all_of(DataLoader(ten, 1, false, none, std::vector<Indices>{{5, 6}, {1}})) == Indices{5, 6, 1});
    CHECK(error_of([&] { DataLoader(ten, 4, {.batch_size = 2}); }) ==
        "DataLoader: got multiple values for argument 'batch_size'; give it by position or by keyword");
}

TEST_CASE("a loader refuses what would have no effect") {
    const IndexOnly ten{10};
    CHECK(error_of([&] {
        DataLoader(ten, {.num_workers = 1, .multiprocessing_context = "fork"});
    }).starts_with("DataLoader: multiprocessing_context='fork'"));
    CHECK(error_of([&] {
        DataLoader(ten, {.pin_memory_device = "cuda"});
    }).starts_with("DataLoader: pin_memory_device='cuda'"));
    CHECK(len(DataLoader(ten, {.pin_memory = true})) == 10);
}

TEST_CASE("a loader warns in PyTorch's words of more workers than cores") {
    std::string said;
    auto before = set_warning_handler([&](const std::string& line) { said += line; });
    const auto few = DataLoader(IndexOnly{4}, {.num_workers = 1});
    CHECK(said == "");
    const auto many = DataLoader(IndexOnly{4}, {.num_workers = 60000});
    CHECK(
        said.starts_with("UserWarning: This DataLoader will create 60000 worker processes in total. Our suggested max "
                         "number of worker in current system is "));
    said.clear();
    random_split(IndexOnly{4}, {1., 0.});
    CHECK(said == "UserWarning: Length of split at index 1 is 0. This might result in an empty dataset.");
    set_warning_handler(before);
}

TEST_CASE("samplers take their parameters by position and by name") {
    auto draw = [](auto make) {
        manual_seed(9);
        return all_of(make());
    };
    const Indices random = draw([] { return RandomSampler(5, {.replacement = true, .num_samples = 8}); });
    CHECK(random.size() == 8);
    CHECK(draw([] { return RandomSampler(5, true, 8); }) == random);
    CHECK(draw([] { return RandomSampler({.data_source = IndexOnly{5}, .replacement = true, .num_samples = 8}); }) ==
        random);
    CHECK(draw([] { return RandomSampler(std::vector<double>(5), true, {.num_samples = 8}); }) == random);
    auto seeded = Generator().manual_seed(1);
    CHECK(all_of(RandomSampler(5, false, none, Generator().manual_seed(1))) ==
        all_of(RandomSampler(5, {.generator = seeded})));
    const Indices weighted = draw([] { return WeightedRandomSampler({1, 2, 3}, 3, {.replacement = false}); });
    CHECK(draw([] { return WeightedRandomSampler(tensor({1., 2., 3.}), 3, false); }) == weighted);
    CHECK(draw([] {
        return WeightedRandomSampler({.weights = {1, 2, 3}, .num_samples = 3, .replacement = false});
    }) == weighted);
    CHECK(all_of(SubsetRandomSampler({4})) == Indices{4});
    CHECK(draw([] {
        return SubsetRandomSampler(tensor({4, 6}));
    }) == draw([] {
        return SubsetRandomSampler({.indices = {4, 6}});
    }));
    CHECK(len(BatchSampler(SequentialSampler(5), 2, true)) == 2);
    CHECK(len(BatchSampler(SequentialSampler({.data_source = 5}), 2, {.drop_last = false})) == 3);
    CHECK(error_of([] { BatchSampler(SequentialSampler(5), {.batch_size = 2}); }) ==
        "BatchSampler: missing a required argument: 'drop_last'");
    CHECK(error_of([] {
        SubsetRandomSampler(tensor({0.5}));
    }).starts_with("indices: expected a Tensor of one dimension"));
}

TEST_CASE("datasets take their parameters by position and by name") {
    const IndexOnly ten{10};
    CHECK(all_of(Subset(ten, {.indices = {4, 2}})) == Indices{4, 2});
    CHECK(all_of(Subset(ten, tensor({4, 2}))) == Indices{4, 2});
    CHECK(all_of(Subset(ten, {4})) == Indices{4});
    CHECK(error_of([&] { Subset(ten, {.indices = required}); }) == "Subset: missing a required argument: 'indices'");
    auto [few, many] = random_split(ten, {3, 7}, Generator().manual_seed(1));
    CHECK(few.indices() == Indices{5, 6, 1});  // torch.utils.data.random_split
    CHECK(random_split(ten, {0.3, 0.7}, {.generator = Generator().manual_seed(1)})[0].indices() == few.indices());
    auto [third, rest] = unpack<2>(random_split(ten, {.lengths = {3, 7}, .generator = Generator().manual_seed(1)}));
    CHECK(third.indices() == few.indices());
    CHECK(rest.indices() == many.indices());
    const std::vector<int> lengths{3, 7};
    CHECK(random_split(ten, lengths, Generator().manual_seed(1))[1].indices() == many.indices());

    const std::string nowhere = (fs::temp_directory_path() / fmt::format("taper_nowhere_{}", ::getpid())).string();
    auto where = [](auto make) { return error_of(make).substr(0, 120); };
    const std::string expected = where([&] { datasets::MNIST({.root = nowhere, .train = false}); });
    CHECK(expected.find(nowhere) != std::string::npos);
    CHECK(error_of([&] { datasets::MNIST(nowhere, false); }).find("t10k-images") != std::string::npos);
    CHECK(error_of([&] { datasets::MNIST(nowhere, {.train = false}); }).find("t10k-images") != std::string::npos);
    CHECK(error_of([&] {
        datasets::MNIST(nowhere, true, {.transform = transforms::ToTensor()});
    }).find("train-images") != std::string::npos);
    const std::vector<std::string> mirror{"file://" + nowhere};
    CHECK(error_of([&] {
        datasets::FashionMNIST(nowhere, true, {.download = true, .mirrors = mirror});
    }).starts_with("FashionMNIST: Error downloading"));
    CHECK(error_of([&] {
        datasets::MNIST(nowhere, true, transforms::ToTensor(), none, true, {.mirrors = mirror});
    }).starts_with("MNIST: Error downloading"));
    CHECK(error_of([&] { datasets::MNIST({.train = true}); }) == "MNIST: missing a required argument: 'root'");
    fs::remove_all(nowhere);
}

TEST_CASE("enumerate takes its start by position and by name") {
    const std::vector<std::string> words{"a", "b"};
    std::string text;
    for (auto [i, word] : enumerate(words, {.start = 5})) text += std::to_string(i) + word;
    for (auto [i, word] : enumerate(words, 7)) text += std::to_string(i) + word;
    CHECK(text == "5a6b7a8b");
}

// The literals are torchvision 0.14.1's, of the same calls.
TEST_CASE("RandomRotation and RandomAffine expand and turn about a centre and fill channels as torchvision's do") {
    check_values(transforms::RandomRotation({30, 30}, transforms::InterpolationMode::BILINEAR, true)(image()),
        {1, 6, 7},
        {0, 0, 0, 0.36459, 2.17895, 0.00183, 0, 0, 0.04111, 0.92569, 3.75481, 7.12084, 2.684, 0, 0, 0.85289, 4.21891,
            7.58494, 10.95096, 14.31699, 0.38856, 0.04997, 4.68301, 8.04904, 11.41506, 14.78109, 18.14711, 2.59594, 0,
            2.41315, 11.87917, 15.24519, 8.40992, 0.72622, 0, 0, 0.00429, 8.17105, 1.76688, 0, 0, 0});
    check_values(transforms::RandomRotation({45, 45}, {.expand = true, .fill = -1})(image()), {1, 8, 7},
        {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 4, 4, -1, -1, -1, -1, 2, 3, 9, 14, -1, -1, 1, 2, 7, 13, 19, 19, 0, 0,
            6, 12, 17, 18, -1, -1, 5, 10, 16, 17, -1, -1, -1, -1, 15, 15, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1});
    check_values(transforms::RandomRotation({.degrees = {90, 90}, .fill = {7, 8, 9}})(ones(3, 2, 3)), {3, 2, 3},
        {1, 1, 7, 1, 1, 7, 1, 1, 8, 1, 1, 8, 1, 1, 9, 1, 1, 9});
    check_values(transforms::RandomAffine({45, 45}, none, {2, 2}, {.fill = 5, .center = {1, 1}})(image()), {1, 4, 5},
        {0, 1, 1, 5, 5, 6, 1, 1, 2, 5, 6, 6, 2, 2, 2, 11, 7, 7, 2, 3});
    CHECK(error_of([] {
        transforms::RandomRotation(5, {.fill = {1, 2}})(ones(3, 2, 2));
    })
              .starts_with("RandomRotation: The number of elements in 'fill' cannot broadcast to match the number of "
                           "channels of the image (2 != 3)"));
}

TEST_CASE("RandomCrop pads by edge and reflect and symmetric as torchvision's does") {
    auto crop = [](const char* mode) {
        manual_seed(3);
        return transforms::RandomCrop({5, 6}, 2, {.padding_mode = mode})(image());
    };
    check_values(crop("edge"), {1, 5, 6},
        {0, 0, 0, 1, 2, 3, 5, 5, 5, 6, 7, 8, 10, 10, 10, 11, 12, 13, 15, 15, 15, 16, 17, 18, 15, 15, 15, 16, 17, 18});
    check_values(crop("reflect"), {1, 5, 6},
        {2, 1, 0, 1, 2, 3, 7, 6, 5, 6, 7, 8, 12, 11, 10, 11, 12, 13, 17, 16, 15, 16, 17, 18, 12, 11, 10, 11, 12, 13});
    check_values(crop("symmetric"), {1, 5, 6},
        {1, 0, 0, 1, 2, 3, 6, 5, 5, 6, 7, 8, 11, 10, 10, 11, 12, 13, 16, 15, 15, 16, 17, 18, 16, 15, 15, 16, 17, 18});
    manual_seed(3);
    check_values(transforms::RandomCrop({6, 7}, {1, 0}, true, 0, "reflect")(image()), {1, 6, 7},
        {6, 5, 6, 7, 8, 9, 8, 1, 0, 1, 2, 3, 4, 3, 6, 5, 6, 7, 8, 9, 8, 11, 10, 11, 12, 13, 14, 13, 16, 15, 16, 17, 18,
            19, 18, 11, 10, 11, 12, 13, 14, 13});
    CHECK(error_of([] {
        transforms::RandomCrop(4, 4, {.padding_mode = "reflect"})(image());
    }).starts_with("RandomCrop: Padding size should be less than the corresponding input dimension"));
    CHECK(error_of([] {
        transforms::RandomCrop(4, {.padding_mode = "wrap"});
    }).starts_with("RandomCrop: Padding mode should be either constant, edge, reflect or symmetric"));
}

TEST_CASE("Normalize works in place and Compose and Lambda and flips take their names") {
    Tensor y = ones(1, 1, 2) * 3;
    Tensor z = transforms::Normalize({1.}, {2.}, {.inplace = true})(y);
    CHECK(numbers(y) == std::vector<double>{1, 1});
    CHECK(z.data_ptr() == y.data_ptr());
    CHECK(numbers(transforms::Normalize({.mean = {1}, .std = {2}})(y)) == std::vector<double>{0, 0});
    CHECK(numbers(y) == std::vector<double>{1, 1});
    auto twice = transforms::Lambda({.lambd = [](const Tensor& x) { return x * 2; }});
    CHECK(numbers(transforms::Compose({twice})(y)) == std::vector<double>{2, 2});
    CHECK(numbers(transforms::Compose({.transforms = {twice, twice}})(y)) == std::vector<double>{4, 4});
    const std::vector<Transform> list{twice, twice, twice};
    CHECK(numbers(transforms::Compose(list)(y)) == std::vector<double>{8, 8});
    CHECK(numbers(transforms::RandomHorizontalFlip({.p = 1})(tensor({{1., 2.}}))) == std::vector<double>{2, 1});
    CHECK(numbers(transforms::RandomHorizontalFlip(1)(tensor({{1., 2.}}))) == std::vector<double>{2, 1});
}

TEST_CASE("make_grid and save_image and read_image take torchvision's parameters") {
    Tensor x = arange(8.).view(2, 1, 2, 2);
    check_values(make_grid(x, 2, 1, true, none, true)[0], {4, 7},
        {0, 0, 0, 0, 0, 0, 0, 0, 0, 0.33333, 0, 0, 0.33333, 0, 0, 0.66667, 1, 0, 0.66667, 1, 0, 0, 0, 0, 0, 0, 0, 0});
    check_values(make_grid(x, {.padding = 0, .normalize = true, .value_range = {1, 5}})[0], {2, 4},
        {0, 0, 0.75, 1, 0.25, 0.5, 1, 1});
    check_values(make_grid({x[0], x[1]}, 8, 0)[0], {2, 4}, {0, 1, 4, 5, 2, 3, 6, 7});
    check_values(make_grid({.tensor = TensorList{x[0], x[1]}, .padding = 0})[0], {2, 4}, {0, 1, 4, 5, 2, 3, 6, 7});
    const fs::path path = fs::temp_directory_path() / fmt::format("taper_keywords_{}", ::getpid());
    save_image(x / 8, path, "png", {.padding = 0});
    CHECK(read_image(path).shape() == Shape{3, 2, 4});
    CHECK(read_image(path, ImageReadMode::GRAY).shape() == Shape{1, 2, 4});
    CHECK(read_image({.path = path, .mode = ImageReadMode::GRAY}).shape() == Shape{1, 2, 4});
    fs::remove(path);
    CHECK(error_of([&] { save_image(x, path, {.format = "gif"}); }).find("unknown file extension: \".gif\"") !=
        std::string::npos);
}

TEST_CASE("a misspelt or foreign keyword of a dataset does not compile, nor does a value that does not fit") {
    const IndexOnly ten{10};
    CHECK(COMPILES(ten, DataLoader(a, 2, {.shuffle = true})));  // the means works
    CHECK_FALSE(COMPILES(ten, DataLoader(a, 2, {.shufle = true})));
    CHECK_FALSE(COMPILES(ten, DataLoader(a, {.batchsize = 2})));
    CHECK_FALSE(COMPILES(ten, DataLoader(a, 2, true, {.workers = 2})));
    CHECK_FALSE(COMPILES(ten, DataLoader(a, {.shuffle = true, .batch_size = 2, .lr = 1})));
    CHECK_FALSE(COMPILES(ten, DataLoader(a, true)));
    CHECK_FALSE(COMPILES(ten, DataLoader(a, 2.5)));
    CHECK_FALSE(COMPILES(ten, DataLoader(a, {2, 3})));
    CHECK_FALSE(COMPILES(ten, DataLoader(a, 2, 1)));
    CHECK_FALSE(COMPILES(ten, DataLoader(a, {.batch_sampler = RandomSampler(a)})));
    CHECK_FALSE(COMPILES(ten, DataLoader(a, {.sampler = std::vector<double>{1, 2}})));
    CHECK_FALSE(COMPILES(ten, DataLoader(a, {.collate_fn = [](std::vector<std::string>) { return Tensor(); }})));
    CHECK_FALSE(COMPILES(ten, DataLoader(a, {.collate_fn = [](const Indices&) { return std::string(); }})));
    CHECK_FALSE(COMPILES(5, DataLoader(a)));
    CHECK_FALSE(COMPILES(ten, Subset(a, {.index = {1, 2}})));
    CHECK_FALSE(COMPILES(ten, Subset(a, {.index = 1})));
    CHECK_FALSE(COMPILES(ten, Subset(a, {0.5, 1})));
    CHECK_FALSE(COMPILES(ten, random_split(a, {3, 7}, {.seed = 1})));
    CHECK_FALSE(COMPILES(ten, random_split(a, {.length = {3, 7}})));
    CHECK_FALSE(COMPILES(ten, RandomSampler(a, {.replace = true})));
    CHECK_FALSE(COMPILES(ten, RandomSampler(a, 1)));
    CHECK_FALSE(COMPILES(5, SubsetRandomSampler({.index = {a}})));
    CHECK_FALSE(COMPILES(5, WeightedRandomSampler({a, a}, 2, {.replace = true})));
    CHECK_FALSE(COMPILES(5, WeightedRandomSampler({a, a}, 2.5)));
    CHECK_FALSE(COMPILES(SequentialSampler(5), BatchSampler(a, 2, {.droplast = true})));
    CHECK_FALSE(COMPILES(true, SequentialSampler(a)));
    CHECK_FALSE(COMPILES("", datasets::MNIST(a, true, {.transforms = transforms::ToTensor()})));
    CHECK_FALSE(COMPILES("", datasets::MNIST(a, 1)));
    CHECK_FALSE(COMPILES("", datasets::MNIST(a, true, true)));
    CHECK_FALSE(COMPILES(0.5, transforms::Normalize({a}, {a}, {.in_place = true})));
    CHECK_FALSE(COMPILES(0.5, transforms::Normalize({a})));
    CHECK_FALSE(COMPILES(transforms::ToTensor(), transforms::Compose({.transform = {a}})));
    CHECK_FALSE(COMPILES(1, transforms::RandomCrop(a, {.pad = 1})));
    CHECK_FALSE(COMPILES(1.5, transforms::RandomCrop(a)));
    CHECK_FALSE(COMPILES(1, transforms::RandomRotation(a, {.angle = 1})));
    CHECK_FALSE(COMPILES(1, transforms::RandomAffine(a, {.scales = {1, 2}})));
    CHECK_FALSE(COMPILES(1, transforms::RandomHorizontalFlip({.prob = a})));
    CHECK_FALSE(COMPILES(1, transforms::RandomHorizontalFlip({a, a})));
    CHECK_FALSE(COMPILES(Tensor(), make_grid(a, {.rows = 1})));
    CHECK_FALSE(COMPILES(Tensor(), save_image(a, "x.png", {.n_row = 1})));
    CHECK_FALSE(COMPILES(Tensor(), save_image(a, "x.png", 8)));
    CHECK_FALSE(COMPILES("", read_image(a, {.modes = ImageReadMode::RGB})));
    CHECK_FALSE(COMPILES(Indices(), enumerate(a, {.begin = 1})));
    CHECK_FALSE(COMPILES(Indices(), enumerate(a, 0.5)));
}
