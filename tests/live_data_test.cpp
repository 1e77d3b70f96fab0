// torch.utils.data beside PyTorch, which runs too: live/data.py is the same, statement for statement.
#include <doctest/doctest.h>
#include <taper/datasets/generator.h>
#include <taper/taper.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "error_of.h"

namespace torch = taper;
using namespace torch::utils::data;
using nlohmann::json;
using taper::enumerate, taper::Iterator, taper::len, taper::none, taper::Tensor;
template <class T> using list = std::vector<T>;

namespace {

// A number that comes alone is a Tensor here.
json plain(const Tensor& x) {
    if (x.ndim() == 0 && x.dtype() == torch::int64) return x.item();
    json shape = json::array(), numbers = json::array();
    for (const std::int64_t size : x.shape()) shape.push_back(size);
    for (const double number : x.flatten().tolist<double>()) numbers.push_back(number);
    return {torch::name_of(x.dtype()), shape, numbers};
}
template <taper::Number N> json plain(N number) { return number; }
json plain(const std::string& text) { return text; }
template <class... T> json plain(const std::tuple<T...>& tuple);
template <class A, class B> json plain(const std::pair<A, B>& pair);
template <class K, class V> json plain(const std::map<K, V>& map);
template <class T> json plain(const std::vector<T>& items) {
    json all = json::array();
    for (const auto& item : items) all.push_back(plain(static_cast<const T&>(item)));
    return all;
}
template <class K, class V> json plain(const std::map<K, V>& map) {
    json all = json::object();
    for (const auto& [key, value] : map) all[key] = plain(value);
    return all;
}
template <class A, class B> json plain(const std::pair<A, B>& pair) { return {plain(pair.first), plain(pair.second)}; }
template <class... T> json plain(const std::tuple<T...>& tuple) {
    json all = json::array();
    std::apply([&](const auto&... item) { (all.push_back(plain(item)), ...); }, tuple);
    return all;
}
// list(range)
template <class Range> json listed(const Range& range) {
    json all = json::array();
    for (const auto& item : range) all.push_back(plain(item));
    return all;
}

struct Numbers : IterableDataset<Numbers> {
    std::int64_t start, stop;
    Numbers(std::int64_t start, std::int64_t stop) : start(start), stop(stop) {}

    Iterator<std::int64_t> begin() const {
        for (auto i = start; i < stop; ++i) co_yield i;
    }
};

struct Sharded : IterableDataset<Sharded> {
    std::int64_t start, stop;
    Sharded(std::int64_t start, std::int64_t stop) : start(start), stop(stop) {}

    std::int64_t size() const { return stop - start; }

    Iterator<Tensor> begin() const {
        auto worker_info = get_worker_info();
        auto start = this->start, stop = this->stop;
        if (worker_info) {
            auto per_worker =
                static_cast<std::int64_t>(std::ceil((this->stop - this->start) / double(worker_info->num_workers)));
            start = this->start + worker_info->id * per_worker;
            stop = std::min(start + per_worker, this->stop);
        }
        for (auto i = start; i < stop; ++i) {
            Tensor sample = torch::tensor({double(i), torch::rand({}).item()});
            co_yield sample;
        }
    }
};

struct Informed : IterableDataset<Informed> {
    Iterator<Tensor> begin() const {
        auto info = get_worker_info();
        Tensor numbers = torch::tensor({info->id, info->num_workers, info->seed});
        co_yield numbers;
    }
};

struct Point {
    Tensor x;
    std::map<std::string, Tensor> y;
};

// What no batch is made of: a batch of numbers is no number, and a base has members too.
struct Numbered {
    Tensor x;
    int n;
};
struct Based : Point {
    Tensor z;
};
template <class S>
concept Collatable = requires(std::vector<S> samples) { default_collate(samples); };
static_assert(Collatable<Point> && !Collatable<Numbered> && !Collatable<Based>);

struct Points : Dataset<Points> {
    std::int64_t size() const { return 5; }
    Point get(std::int64_t i) const {
        return {torch::tensor(double(i)), {{"a", torch::ones(2) * i}, {"b", torch::tensor(i)}}};
    }
};

void worker_init_fn(std::int64_t worker_id) {
    auto worker_info = get_worker_info();
    CHECK(worker_info->id == worker_id);
    auto& dataset = worker_info->dataset<Numbers>();
    auto start = dataset.start, stop = dataset.stop;
    auto per_worker = static_cast<std::int64_t>(std::ceil((stop - start) / double(worker_info->num_workers)));
    dataset.start = start + worker_info->id * per_worker;
    dataset.stop = std::min(dataset.start + per_worker, stop);
}

struct Squares : Dataset<Squares> {
    std::int64_t size() const { return 11; }
    std::tuple<Tensor, std::int64_t> get(std::int64_t i) const { return {torch::tensor(double(i)), i * i}; }
};

template <class D> void load(const std::string& name, const D& dataset, json& results) {
    for (const int workers : {0, 1, 2, 3})
        for (const std::optional<std::int64_t> batch_size :
            {std::optional<std::int64_t>(), std::optional<std::int64_t>(1), std::optional<std::int64_t>(4)})
            for (const bool drop_last : {false, true}) {
                if (!batch_size && drop_last) continue;
                torch::manual_seed(5);
                auto loader =
                    DataLoader(dataset, {.batch_size = batch_size, .num_workers = workers, .drop_last = drop_last});
                results[fmt::format("{} {} {} {}", name, workers, batch_size ? fmt::to_string(*batch_size) : "None",
                    drop_last ? "True" : "False")] = {listed(loader), listed(loader), plain(torch::rand(2))};
            }
}

void loaders(json& results) {
    load("numbers", Numbers(3, 14), results);
    load("sharded", Sharded(2, 15), results);
    load("chained", Sharded(0, 3) + Sharded(5, 9), results);
    for (const int workers : {1, 2, 4}) {
        torch::manual_seed(6);
        auto loader =
            DataLoader(Numbers(3, 14), {.batch_size = 3, .num_workers = workers, .worker_init_fn = worker_init_fn});
        results[fmt::format("initialised {}", workers)] = listed(loader);
        auto persistent =
            DataLoader(Sharded(3, 14), {.batch_size = 2, .num_workers = workers, .persistent_workers = true});
        results[fmt::format("informed {}", workers)] =
            listed(DataLoader(Informed(), {.batch_size = none, .num_workers = workers}));
        results[fmt::format("persistent {}", workers)] = {listed(persistent), listed(persistent), len(persistent)};
    }
}

void samplers(json& results) {
    torch::manual_seed(7);
    auto squares = Squares();
    CHECK(!get_worker_info());
    results["seed"] = {nullptr, torch::initial_seed()};
    for (const bool drop_last : {false, true}) {
        const char* text = drop_last ? "True" : "False";
        results[fmt::format("batches {}", text)] = listed(BatchSampler(SequentialSampler(squares), 4, drop_last));
        results[fmt::format("random batches {}", text)] =
            listed(BatchSampler(RandomSampler(squares), {.batch_size = 3, .drop_last = drop_last}));
    }
    results["of a list"] = listed(BatchSampler(list<int>{7, 3, 9}, 2, false));
    auto weights = list<double>{0.1, 0.9, 0.4, 0.7, 3.0, 0.6};
    results["weighted"] = listed(WeightedRandomSampler(weights, 5, {.replacement = true}));
    results["weighted once"] = listed(WeightedRandomSampler(weights, 5, {.replacement = false}));
    results["weighted batches"] =
        listed(DataLoader(squares, {.batch_sampler = BatchSampler(WeightedRandomSampler(weights, 7), 3, true)}));
    results["subset"] = listed(SubsetRandomSampler({5, 2, 8}));
    results["sampler"] = listed(DataLoader(squares, {.batch_size = 2, .sampler = SubsetRandomSampler({5, 2, 8})}));
    results["given batches"] =
        listed(DataLoader(squares, {.batch_sampler = list<list<std::int64_t>>{{1, 2}, {5}, {9, 0, 4}}}));
    json split = json::array(), fractions = json::array(), generator = json::array();
    for (const auto& part : random_split(squares, {7, 4})) split.push_back(listed(part));
    for (const auto& part : random_split(squares, {0.5, 0.3, 0.2})) fractions.push_back(plain(part.indices()));
    for (const auto& part : random_split(squares, {6, 5}, {.generator = torch::Generator().manual_seed(42)}))
        generator.push_back(plain(part.indices()));
    results["split"] = split, results["fractions"] = fractions, results["generator"] = generator;
    auto both = ConcatDataset(squares, Subset(squares, {3, 1}));
    results["concatenated"] = {
        len(both), plain(both[11]), plain(both[-1]), listed(DataLoader(both, {.batch_size = 5, .shuffle = true}))};
    results["added"] = len(squares + squares);
}

void collated(json& results) {
    using Pair = std::tuple<double, list<Tensor>>;
    auto ones = torch::ones(2), zeros = torch::zeros(2);
    results["nested"] = plain(
        default_collate(list<std::tuple<int, Pair>>{{1, Pair{2.5, {ones, zeros}}}, {3, Pair{4.5, {zeros, ones}}}}));
    using Inner = std::map<std::string, double>;
    using Outer = std::map<std::string, Inner>;
    results["maps"] = plain(default_collate(
        list<Outer>{{{"a", {{"c", 1.5}}}, {"b", {{"c", 2.0}}}}, {{"a", {{"c", 3.5}}}, {"b", {{"c", 4.0}}}}}));
    torch::manual_seed(8);
    json named = json::array();
    for (auto [x, y] : DataLoader(Points(), {.batch_size = 2, .shuffle = true})) named.push_back({plain(x), plain(y)});
    results["named"] = named;
    results["converted"] = plain(default_convert(list<Tensor>{torch::ones(2), torch::zeros(1)}));
    results["texts"] = plain(default_collate(list<std::tuple<std::string, bool>>{{"x", true}, {"y", false}}));
}

}  // namespace

TEST_CASE("loaders, samplers and iterable datasets give what PyTorch's give - run beside them") {
    if (std::system("/usr/bin/python3 -W ignore -c 'import torch' 2>/dev/null") != 0) {
        MESSAGE("skipped: no PyTorch in /usr/bin/python3");
        return;
    }
    const auto path = std::filesystem::temp_directory_path() / fmt::format("taper_data_{}.json", ::getpid());
    REQUIRE(
        std::system(fmt::format("/usr/bin/python3 -W ignore {}/tests/live/data.py {}", TAPER_SOURCE_DIR, path.string())
                        .c_str()) == 0);
    const json theirs = json::parse(std::ifstream(path));
    std::filesystem::remove(path);

    json ours;
    loaders(ours), samplers(ours), collated(ours);
    CHECK(ours.size() == theirs.size());
    for (const auto& [name, value] : theirs.items()) {
        CAPTURE(name);
        CHECK(ours[name] == value);
    }
}

TEST_CASE("what an iterable dataset has no use for is refused in PyTorch's words") {
    const std::string head = "DataLoader: DataLoader with IterableDataset: expected unspecified ";
    CHECK(error_of([] { DataLoader(Numbers(0, 3), {.shuffle = true}); }) ==
        head + "shuffle option, but got shuffle=True");
    CHECK(error_of([] { DataLoader(Numbers(0, 3), {.sampler = SequentialSampler(3)}); }).starts_with(head + "sampler"));
    CHECK(error_of([] {
        DataLoader(Numbers(0, 3), {.batch_sampler = BatchSampler(SequentialSampler(3), 2, false)});
    }).starts_with(head + "batch_sampler"));
    CHECK(error_of([] { DataLoader(Numbers(0, 3), {.batch_size = 0}); }) ==
        "BatchSampler: batch_size should be a positive integer value, but got batch_size=0");
    CHECK(error_of([] { len(ChainDataset(Numbers(0, 3), Numbers(1, 2))); }) ==
        "ChainDataset: object of type 'Numbers' has no len()");
    CHECK(len(ChainDataset({Sharded(0, 3), Sharded(1, 2)})) == 4);
    CHECK(len(DataLoader(Sharded(0, 3), {.batch_size = 2})) == 2);
    CHECK(len(DataLoader(Sharded(0, 3), {.batch_size = 2, .drop_last = true})) == 1);
    const auto has_len = []<class L>(const L&) { return requires(const L& loader) { len(loader); }; };
    CHECK(!has_len(DataLoader(Numbers(0, 3))));
    const auto other = [] {
        auto look = [](std::int64_t) { get_worker_info()->dataset<Sharded>(); };
        for (const Tensor& x : DataLoader(Numbers(0, 3), {.num_workers = 1, .worker_init_fn = look})) x.sum();
    };
    CHECK(error_of(other) == "get_worker_info: the dataset of this worker is a Numbers, not a Sharded");
}

TEST_CASE("an iterable dataset that fails says so where its batch is asked for") {
    struct Failing : IterableDataset<Failing> {
        Iterator<Tensor> begin() const {
            co_yield torch::ones(1);
            torch::fail("no more of it");
        }
    };
    for (const int workers : {0, 2}) {
        auto loader = DataLoader(Failing(), {.num_workers = workers});
        auto it = iter(loader);
        CHECK(next(it).item() == 1);
        if (workers == 2) CHECK(next(it).item() == 1);
        CHECK(error_of([&] { next(it); }) == "no more of it");
    }
}
