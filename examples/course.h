// What the programs of the course do alike: read their command line, and end with a sentence where something is amiss.
#pragma once

#include <fmt/format.h>
#include <taper/tensor/error.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

/// The options that all programs take; each names its own defaults.
struct Arguments {
    std::string root = "./data";
    std::int64_t epochs = 1, seed = 1;
};

/// Reads --root DIR, --epochs N and --seed N over the defaults. Error on anything else.
inline Arguments parse(int argc, char** argv, Arguments arguments) {
    for (int i = 1; i < argc; i += 2) {
        const std::string name = argv[i];
        if (name == "--help" || name == "-h") {
            fmt::print(
                "usage: {} [--root DIR] [--epochs N] [--seed N]\n"
                "  --root    where MNIST/raw is, or is downloaded to (default: {})\n"
                "  --epochs  how often the data are gone through (default: {})\n"
                "  --seed    of manual_seed (default: {})\n",
                argv[0], arguments.root, arguments.epochs, arguments.seed);
            std::exit(0);
        }
        taper::check(
            name == "--root" || name == "--epochs" || name == "--seed", "unknown argument {}; see --help", name);
        taper::check(i + 1 < argc, "{} expects a value; see --help", name);
        if (name == "--root") {
            arguments.root = argv[i + 1];
            continue;
        }
        char* end = nullptr;
        const std::int64_t value = std::strtoll(argv[i + 1], &end, 10);
        taper::check(*end == '\0' && end != argv[i + 1] && value >= 0, "{} expects a whole number, got '{}'", name,
            argv[i + 1]);
        (name == "--epochs" ? arguments.epochs : arguments.seed) = value;
    }
    return arguments;
}

/// The main of a program: an Error is a sentence on stderr, where Python prints a traceback.
template <class F> int run(int argc, char** argv, const Arguments& defaults, F program) {
    try {
        program(parse(argc, argv, defaults));
        return 0;
    } catch (const taper::Error& error) {
        fmt::print(stderr, "{}: {}\n", argv[0], error.what());
        return 1;
    }
}
