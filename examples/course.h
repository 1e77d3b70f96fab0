// What the programs of the course do alike: read their command line, and end with a sentence where something is amiss.
#pragma once

#include <fmt/format.h>
#include <taper/tensor/base/error.h>

#include <cstdint>
#include <cstdio>
#include <string>

#include "arguments.h"

/// The options that all programs take; each names its own defaults.
struct Arguments {
    std::string root = "./data";
    std::int64_t epochs = 1, seed = 1;

    void add_to(CommandLine& line) {
        line.option("--root", root, "where MNIST/raw is, or is downloaded to");
        line.option("--epochs", epochs, "how often the data are gone through").at_least_0();
        line.option("--seed", seed, "of manual_seed").at_least_0();
    }
};

/// The main of a program: an Error is a sentence on stderr, where Python prints a traceback.
template <class F> int run(int argc, char** argv, Arguments arguments, F program) {
    CommandLine line("A program of the course");
    arguments.add_to(line);
    line.read(argc, argv);
    try {
        program(arguments);
        return 0;
    } catch (const taper::Error& error) {
        fmt::print(stderr, "{}: {}\n", argv[0], error.what());
        return 1;
    }
}
