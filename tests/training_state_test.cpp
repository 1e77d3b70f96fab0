// Training that was ended at any instant goes on bit for bit as training that never was.
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <taper/taper.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "error_of.h"

namespace torch = taper;
namespace nn = taper::nn;
namespace optim = taper::optim;
namespace fs = std::filesystem;
using torch::Tensor;

namespace {

struct Folder {
    fs::path path = fs::temp_directory_path() / fmt::format("taper_training_{}", getpid());
    Folder() { fs::remove_all(path); }
    ~Folder() { fs::remove_all(path); }
    std::string operator/(const std::string& name) const { return (path / name).string(); }
    std::vector<std::string> names() const {
        std::vector<std::string> all;
        for (const auto& entry : fs::directory_iterator(path)) all.push_back(entry.path().filename().string());
        std::sort(all.begin(), all.end());
        return all;
    }
};

}  // namespace

TEST_CASE("a training state holds models, optimizers, schedulers, generators and variables") {
    Folder folder;
    torch::manual_seed(1);
    auto train = [&](int until, bool resumes) {
        auto model = nn::Sequential(nn::Linear(3, 4), nn::BatchNorm1d(4), nn::Dropout(0.3), nn::Linear(4, 1));
        auto optimizer = optim::Adam(model.parameters(), {.lr = 0.01, .amsgrad = true});
        auto scheduler = optim::lr_scheduler::OneCycleLR(optimizer, {.max_lr = 0.1, .total_steps = 40});
        auto generator = torch::Generator().manual_seed(7);
        int step = 0;
        double total = 0;
        std::vector<double> losses;
        std::string note;
        Tensor mean = torch::zeros({2});
        torch::TrainingState state(folder.path.string(), {.every_n_steps = 4, .keep_last = 2});
        state.add("model", model), state.add("optimizer", optimizer), state.add("scheduler", scheduler);
        state.add("generator", generator), state.add("step", step), state.add("total", total);
        state.add("losses", losses), state.add("note", note), state.add("mean", mean);
        CHECK(state.resume() == resumes);
        while (step < until) {
            optimizer.zero_grad();
            auto loss = model(torch::randn({5, 3}) + torch::rand({5, 3}, {.generator = generator})).square().mean();
            loss.backward();
            optimizer.step();
            scheduler.step();
            ++step;
            losses.push_back(loss.item());
            total += loss.item();
            note = fmt::format("step {}", step);
            mean = mean + loss.detach();
            state.step();
        }
        CHECK(note == fmt::format("step {}", until));
        CHECK(mean[0].item() == doctest::Approx(total));
        CHECK(state.steps() == until);
        return losses;
    };
    const auto whole = train(23, false);
    CHECK(folder.names() == std::vector<std::string>{"step-00000016.pth", "step-00000020.pth"});
    fs::remove_all(folder.path);
    torch::manual_seed(1);
    train(10, false);
    torch::manual_seed(99);  // another process
    CHECK(train(23, true) == whole);
}

TEST_CASE("the newest whole training state is taken, and what is left out is named") {
    Folder folder;
    int value = 0;
    auto make = [&] {
        torch::TrainingState state(folder.path.string(), {.every_n_steps = 1, .keep_last = 5});
        state.add("value", value);
        return state;
    };
    auto state = make();
    for (value = 1; value <= 4; ++value) state.step();
    std::ofstream(folder / "step-00000007.pth") << "no zip";
    fs::resize_file(folder / "step-00000004.pth", 200);
    torch::save(torch::Value(1), folder / "step-00000005.pth");
    std::ofstream(folder / "step-x.pth") << "somebody's";
    std::vector<std::string> warnings;
    auto before = torch::set_warning_handler([&](const std::string& line) { warnings.push_back(line); });
    CHECK(make().resume());
    torch::set_warning_handler(before);
    CHECK(value == 3);
    CHECK(warnings.size() == 3);
    CHECK(warnings[0].find("step-00000007.pth is left out, and the one before it taken: load: ") != std::string::npos);
    CHECK(warnings[1].find("it is no saved training state") != std::string::npos);

    double more = 0;
    auto other = make();
    other.add("more", more);
    CHECK(error_of([&] { other.add("more", more); }) == "TrainingState: there is a 'more' already");
    fs::remove(folder / "step-00000004.pth"), fs::remove(folder / "step-00000005.pth"),
        fs::remove(folder / "step-00000007.pth");
    CHECK(error_of([&] { other.resume(); }).find("it has no 'more', which was added") != std::string::npos);
    torch::TrainingState none(folder.path.string());
    CHECK(error_of([&] { none.resume(); }).find("it has 'value', which was not added") != std::string::npos);
    torch::TrainingState nowhere("/proc/nothing");
    CHECK(!nowhere.resume());
    CHECK(error_of([&] { nowhere.save(); }).starts_with("TrainingState: /proc/nothing: "));
    CHECK(error_of([] { torch::TrainingState("x", {.mode = "best"}); }).find("but got \"best\"") != std::string::npos);
}

TEST_CASE("the best training state stays") {
    Folder folder;
    int value = 0;
    torch::TrainingState state(folder.path.string(), {.every_n_steps = 2, .keep_last = 1, .mode = "max"});
    state.add("value", value);
    for (double accuracy : {0.1, 0.7, 0.6, std::nan(""), 0.65}) {
        ++value;
        state.step(accuracy);
    }
    CHECK(folder.names() == std::vector<std::string>{"best.pth", "step-00000004.pth"});
    CHECK(torch::load(folder / "best.pth")["step"].item<int>() == 2);
    CHECK(torch::load(folder / "best.pth")["parts"]["value"].item<int>() == 2);
}

namespace {

// Images that are turned and cut at random, by a stream of their own in each worker.
struct Turned : torch::Dataset<Turned> {
    Tensor images = torch::arange(40 * 16, {.dtype = torch::float32}).view(40, 1, 4, 4) / 640;
    std::int64_t size() const { return 40; }
    std::tuple<Tensor, Tensor> get(std::int64_t i) const {
        const Tensor turned = torch::transforms::RandomCrop(4, {.padding = 1})(images[i]);
        return {torch::transforms::RandomHorizontalFlip()(turned) + torch::rand({1}), torch::tensor(i % 3)};
    }
};

// The losses of some epochs; `ends` says after which step the process is gone.
std::vector<double> train(const std::string& folder, const torch::DataLoader<Turned>& loader, int ends) {
    torch::manual_seed(3);
    auto model = nn::Sequential(nn::Flatten(), nn::Linear(16, 8), nn::ReLU(), nn::Dropout(0.25), nn::Linear(8, 3));
    auto optimizer = optim::Adam(model.parameters(), {.lr = 0.01});
    auto scheduler = optim::lr_scheduler::OneCycleLR(optimizer, {.max_lr = 0.1, .total_steps = 40});
    int epoch = 0;
    std::vector<double> losses, places;
    torch::TrainingState state(folder, {.every_n_steps = 1, .keep_last = 2});
    state.add("model", model), state.add("optimizer", optimizer), state.add("scheduler", scheduler);
    state.add("epoch", epoch), state.add("losses", losses), state.add("places", places), state.add("loader", loader);
    state.resume();
    for (; epoch < 3; ++epoch) {
        for (auto [batch_idx, images, labels] : torch::enumerate(loader)) {
            optimizer.zero_grad();
            auto loss = nn::functional::cross_entropy(model(images), labels);
            loss.backward();
            optimizer.step();
            scheduler.step();
            losses.push_back(loss.item());
            places.push_back(static_cast<double>(batch_idx));
            state.step();
            if (state.steps() == ends) return {};
        }
        torch::rand({3});  // what is drawn between the epochs
    }
    losses.insert(losses.end(), places.begin(), places.end());
    return losses;
}

}  // namespace

TEST_CASE("training goes on in the middle of an epoch, with workers and augmentation, bit for bit") {
    Folder folder;
    auto loader = [](int workers, bool persistent) {
        torch::DataLoaderOptions<Turned> o{.batch_size = 8, .shuffle = true, .num_workers = workers};
        o.persistent_workers = persistent;
        return torch::DataLoader(Turned(), o);
    };
    struct Kind {
        int workers;
        bool persistent;
    };
    for (const auto& [workers, persistent] : {Kind{0, false}, Kind{2, false}, Kind{2, true}}) {
        CAPTURE(workers);
        CAPTURE(persistent);
        const auto whole = train(folder.path.string(), loader(workers, persistent), -1);
        REQUIRE(whole.size() == 30);
        for (int ends : {1, 3, 5, 6, 9, 10, 14}) {
            CAPTURE(ends);
            fs::remove_all(folder.path);
            train(folder.path.string(), loader(workers, persistent), ends);
            train(folder.path.string(), loader(workers, persistent), ends + 1);  // and a second time
            CHECK(train(folder.path.string(), loader(workers, persistent), -1) == whole);
        }
        fs::remove_all(folder.path);
    }
}
