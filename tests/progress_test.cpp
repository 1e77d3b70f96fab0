// The examples' progress bar and command line: tqdm's line, and refusals that are sentences.
#include "../examples/progress.h"

#include <doctest/doctest.h>
#include <taper/datasets/iterate.h>

#include <vector>

#include "../examples/course.h"

TEST_CASE("the line of a progress bar is tqdm's: share and count and time and time left and rate") {
    CHECK(progress::line("Epoch 1", 469, 938, 12, "loss=0.1") ==
        "Epoch 1:  50%|██████████          | 469/938 [00:12<00:12, 39.08it/s, loss=0.1]");
    CHECK(progress::line("", 0, 8, 0) == "  0%|                    | 0/8 [00:00<?, ?it/s]");
    CHECK(progress::line("", 1, 3, 20) == " 33%|██████▋             | 1/3 [00:20<00:40, 20.00s/it]");
    CHECK(progress::line("", 2, 2, 3725) == "100%|████████████████████| 2/2 [1:02:05<00:00, 1862.50s/it]");
    CHECK(progress::line("", 0, 0, 0) == "100%|████████████████████| 0/0 [00:00<?, ?it/s]");
}

TEST_CASE("a progress bar hands on what it goes through numbered or not") {
    std::vector<int> items{3, 4, 5}, seen;
    for (int item : tqdm(items, "items")) seen.push_back(item);
    tqdm bar(items);
    for (auto [i, item] : taper::enumerate(bar)) seen.push_back(static_cast<int>(10 * i) + item);
    CHECK(seen == std::vector<int>{3, 4, 5, 3, 14, 25});
}

TEST_CASE("the course's programs read their options over their defaults") {
    auto read = [](std::vector<const char*> words) {
        words.insert(words.begin(), "program");
        Arguments arguments{.epochs = 4};
        CommandLine line("A program");
        arguments.add_to(line);
        auto end = line.try_read(static_cast<int>(words.size()), words.data());
        return std::pair(arguments, end.value_or(CommandLine::End{-1, ""}));
    };
    CHECK(read({}).first.epochs == 4);
    CHECK(read({"--epochs", "2", "--root", "here"}).first.root == "here");
    for (auto [words, sentence] : std::vector<std::pair<std::vector<const char*>, std::string>>{
             {{"--epoch", "2"}, "The following arguments were not expected: 2 --epoch\n"},
             {{"--seed"}, "--seed: 1 required INT missing\n"},
             {{"--epochs", "2x"}, "--epochs: expects a whole number of at least 0, got '2x'\n"},
             {{"--epochs", "-1"}, "--epochs: expects a whole number of at least 0, got '-1'\n"}}) {
        const auto end = read(words).second;
        CHECK(end.status > 0);
        CHECK(end.text == sentence + "Run with --help for more information.\n");
    }
    const auto help = read({"--help"}).second;
    CHECK(help.status == 0);
    CHECK(help.text.find("--epochs INT=4") != std::string::npos);
}
