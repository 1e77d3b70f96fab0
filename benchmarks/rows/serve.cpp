// The main program of every program of rows. By itself it is google-benchmark's. With --serve it takes turns with
// others: it reads the name of a benchmark from a line of standard input, runs it, and answers with a line of JSON.
#include <sys/resource.h>

#include <cstdio>
#include <iostream>

#include "row.h"

namespace {
long interruptions() {
    rusage usage = {};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_nivcsw;
}

/// Seconds per iteration, by the clock and of this thread on its processor, and how often others took that away.
struct Line : benchmark::BenchmarkReporter {
    bool ReportContext(const Context&) override { return true; }
    void ReportRuns(const std::vector<Run>& runs) override {
        for (const Run& run : runs) {
            double each = run.iterations ? 1. / static_cast<double>(run.iterations) : 0;
            std::printf("{\"seconds\": %.9g, \"processor\": %.9g, \"interruptions\": %ld}\n",
                run.real_accumulated_time * each, run.cpu_accumulated_time * each, interruptions() - before);
        }
        std::fflush(stdout);
    }
    long before = 0;
};
}  // namespace

int main(int argc, char** argv) {
    bool serve = argc > 1 && std::string(argv[1]) == "--serve";
    if (serve) argv[1] = argv[0], --argc, ++argv;
    register_rows();
    benchmark::Initialize(&argc, argv);
    if (!serve) return benchmark::RunSpecifiedBenchmarks(), 0;
    Line line;
    for (std::string name; std::getline(std::cin, name);) {
        line.before = interruptions();
        if (benchmark::RunSpecifiedBenchmarks(&line, "^" + name + "$") == 0) std::puts("{}"), std::fflush(stdout);
    }
}
