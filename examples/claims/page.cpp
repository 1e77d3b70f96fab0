// The page: what was claimed, what was measured, and what follows.
#include <taper/tensor/base/parallel.h>

#include "report.h"

extern "C" [[gnu::weak]] char* openblas_get_config();

namespace claims {
namespace {

// "model name : ..." of the first processor.
std::string processor() {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
    return "an unnamed processor";
}

std::string compiler() {
#ifdef __clang__
    return "Clang " __clang_version__;
#else
    return "GCC " __VERSION__;
#endif
}

std::string machine() {
    const std::string blas = openblas_get_config ? openblas_get_config() : "another BLAS";
    return fmt::format("{}, {} threads; {}; {}", processor(), torch::get_num_threads(), compiler(), blas);
}

std::string verdict(const Result& result) {
    return result.finding ? words(result.finding->verdict) : "left out: MNIST is not at hand";
}

std::string nearest(Verdict verdict) { return (verdict == Verdict::undecided ? "is " : "") + words(verdict); }

std::string range(const Reading& reading) {
    if (std::isinf(reading.to)) return fmt::format("at least {:g}", reading.from);
    if (std::isinf(reading.from)) return fmt::format("at most {:g}", reading.to);
    return fmt::format("{:g} to {:g}", reading.from, reading.to);
}

std::string table(const std::vector<Reading>& readings) {
    std::string out = "| | measured | the claim, read as | the interval is |\n|---|---|---|---|\n";
    for (const Reading& reading : readings) {
        const Verdict verdict = reading.verdict();
        out += fmt::format("| {} | {} | {} | {} |\n", reading.what, reading.shown(), range(reading),
            verdict == Verdict::holds       ? "inside"
                : verdict == Verdict::fails ? "outside"
                                            : "across an end");
    }
    return out + '\n';
}

std::string head(const Setup& setup, const std::vector<Result>& results, double seconds) {
    std::map<std::string, int> count;
    for (const Result& result : results) ++count[verdict(result)];
    std::string totals;
    for (const auto& [name, number] : count) totals += fmt::format("{}{} {}", totals.empty() ? "" : ", ", name, number);
    std::string out = "# The claims of the articles, put to the test\n\n";
    if (setup.quick)
        out +=
            "**A quick run, with a twentieth of the steps: it shows that the program works, and decides "
            "nothing.**\n\n";
    out += fmt::format(
        "Taper grew from five articles on ReLU and its relatives, here called 000 to 004 (000: an overview in eight "
        "parts; 001: the MNIST program; 002: from Sigmoid to ReLU, a history; 003: the circle program; 004: the "
        "hand-written ReLU). This page takes what they claim in numbers, or so that a number can decide it, and "
        "measures it. `build/examples/claims --root DIR` wrote it, pictures included, in {:.0f} minutes.\n\nVerdicts on "
        "{} claims: {}.\n\n",
        std::ceil(seconds / 60), results.size(), totals);
    out += fmt::format(
        "Brackets hold 95 % confidence intervals: Student's over n seeds (1, 2, ...), or over n repetitions in one "
        "run where time is measured; of shares of runs Clopper's and Pearson's. Ratios and differences are taken pair "
        "by pair, between runs with the same seed or repetitions in turn; a ratio's mean is geometric. What a claim "
        "says is read as a range, which is given with each. It **holds** where the whole interval lies in that range, "
        "**does not hold** where it lies outside, and is **not decided** where it lies across an end. Where there are "
        "several such ranges, each must be met, unless the method says that one suffices. What was claimed of data or "
        "networks that are not here **cannot be tested here**; the nearest that can is measured.\n\nMeasured on: "
        "{}.\n\n",
        machine());
    return out;
}

std::string overview(const std::vector<Result>& results) {
    std::string out = "| | claim | article | measured | verdict |\n|---|---|---|---|---|\n";
    for (std::size_t i = 0; i < results.size(); ++i) {
        const Result& result = results[i];
        out += fmt::format("| [{0}](#{0}) | {1} | {2} | {3} | **{4}** |\n", i + 1, result.claim.quote,
            result.claim.article, result.finding ? summary(*result.finding) : "", verdict(result));
    }
    return out + '\n';
}

std::string details(std::size_t number, const Result& result) {
    std::string out = fmt::format(
        "### <a id=\"{0}\"></a>{0}. {1}\n\n*Article {2}.* ", number, result.claim.quote, result.claim.article);
    if (!result.finding) return out + "Left out: MNIST is not at hand.\n\n";
    const Finding& finding = *result.finding;
    out += fmt::format("**Method.** {}\n\n", finding.method);
    if (!finding.readings.empty()) out += table(finding.readings);
    if (!finding.measured.empty())
        out += fmt::format("**{}:** {}.\n\n", finding.readings.empty() ? "Measured" : "Besides", finding.measured);
    out += fmt::format("**Verdict: {}.**", words(finding.verdict));
    if (finding.nearest) out += fmt::format(" Of the nearest that can be tested, it {}.", nearest(*finding.nearest));
    out += (finding.why.empty() ? "" : " ") + finding.why + "\n\n";
    if (!finding.table.empty()) out += finding.table + '\n';
    for (const Picture& picture : finding.pictures) out += fmt::format("![{}]({})\n\n", picture.caption, picture.file);
    return out;
}

// What the articles recommend without a number, and the programs that show it.
const char* const elsewhere = R"(## Not on this page

What the articles say without a number, or of what is not here:

| | why it is not tested | where to look |
|---|---|---|
| more hidden units, convolutions; a wide net approximates any function (001, 003, 004) | no number | `03_regression`, `06_cnn` |
| rotated and shifted images in training (001) | no number | `10_augmentation` |
| LeNet-5 may keep Sigmoid, with a lower learning rate (003) | no number | `07_lenet`, and “6 times” above |
| dropout, weight decay, schedules of the learning rate (001, 002) | no number | `06_cnn` |
| gradients that explode (000) | no number | `nn::Monitor`, `clip_grad_norm_` |
| ReLU for images, Leaky ReLU for language, RReLU for games (000) | no number, and no such data | |
| VGG16, ResNet-50, AlexNet, ImageNet, CIFAR-10, AlphaGo (000, 003) | data and machines are not here | the nearest is above |
| GPUs, TPUs, Tensor Cores (000, 004) | there is no CUDA backend | |
| quantisation, pruning (002, 004) | no number | |
| ReLU throws information away; neurons of the brain are as sparse (000, 002, 004) | no number | |
| which activation for which task: Sigmoid for two classes, softmax for many (002, 003) | no number | `04_classification`, `05_image_classifier` |
| Noisy ReLU, Maxout, ACON, PACT, Swish, RReLU, the step function (000, 002) | definitions, which tests hold | `tests/activation_more_test.cpp` |
)";

}  // namespace

std::string summary(const Finding& finding) {
    std::string out;
    for (const Reading& reading : finding.readings)
        out += fmt::format("{}{}: {}", out.empty() ? "" : "; ", reading.what, reading.shown());
    return out + (out.empty() || finding.measured.empty() ? "" : "; ") + finding.measured;
}

void write_page(
    const Setup& setup, const std::vector<Section>& report, const std::vector<Result>& results, double seconds) {
    std::string page = head(setup, results, seconds) + overview(results);
    std::size_t number = 0;
    for (const Section& section : report) {
        page += "## " + section.title + "\n\n";
        for (std::size_t i = 0; i < section.claims.size(); ++i, ++number) page += details(number + 1, results[number]);
    }
    page += elsewhere;
    const std::filesystem::path path = std::filesystem::path(setup.out) / "claims.md";
    std::ofstream out(path);
    out << page << std::flush;
    taper::check(out.good(), "claims: cannot write '{}'", path.string());
}

}  // namespace claims
