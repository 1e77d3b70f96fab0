// tqdm's bar for the examples: how far a loop is, how fast, and how long it will still take.
#pragma once

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <string>
#include <utility>

namespace progress {

/// Seconds as tqdm writes them: 01:05, or 1:01:05.
inline std::string clock(double seconds) {
    if (!std::isfinite(seconds)) return "?";
    const auto s = static_cast<std::int64_t>(seconds);
    return s < 3600 ? fmt::format("{:02}:{:02}", s / 60, s % 60)
                    : fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

/// tqdm's line: `Epoch 1:  50%|#####     | 4/8 [00:02<00:02, 2.00it/s, loss=0.1]`, with blocks where # stands.
inline std::string line(
    const std::string& desc, std::int64_t n, std::int64_t total, double seconds, const std::string& postfix = {}) {
    constexpr std::int64_t width = 20, eighths = 8;
    const double share = total > 0 ? std::min(1., static_cast<double>(n) / static_cast<double>(total)) : 1;
    const auto filled = static_cast<std::int64_t>(share * width * eighths);
    std::string bar;
    for (std::int64_t cell = 0; cell < width; ++cell) {
        static const char* const blocks[] = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};
        bar += blocks[std::clamp(filled - cell * eighths, std::int64_t(0), eighths)];
    }
    const double rate = n > 0 && seconds > 0 ? static_cast<double>(n) / seconds : NAN;
    const double left = static_cast<double>(total - n) / rate;
    std::string speed = std::isnan(rate) ? "?it/s"
        : rate < 1                       ? fmt::format("{:.2f}s/it", 1 / rate)
                                         : fmt::format("{:.2f}it/s", rate);
    return fmt::format("{}{:3.0f}%|{}| {}/{} [{}<{}, {}{}{}]", desc.empty() ? "" : desc + ": ",
        std::floor(100 * share), bar, n, total, clock(seconds), clock(left), speed, postfix.empty() ? "" : ", ",
        postfix);
}

}  // namespace progress

/// Goes through anything that has a size, and shows it on stderr: `tqdm bar(loader, "Epoch 1"); for (auto [data,
/// target] : bar)`. On a terminal the line is drawn anew ten times a second, elsewhere once, at the end.
template <class Range> class tqdm {
    using Clock = std::chrono::steady_clock;
    using Inner = decltype(std::begin(std::declval<Range&>()));
    using End = decltype(std::end(std::declval<Range&>()));

 public:
    class Iterator {
     public:
        Iterator(Inner at, tqdm& bar) : at_(std::move(at)), bar_(bar) {}
        decltype(auto) operator*() const { return *at_; }
        Iterator& operator++() {
            ++at_;
            bar_.update();
            return *this;
        }
        friend bool operator==(const Iterator& a, const End& end) { return a.at_ == end; }

     private:
        Inner at_;
        tqdm& bar_;
    };

    tqdm(Range&& range, std::string desc = {})
        : range_(std::forward<Range>(range)),
          desc_(std::move(desc)),
          total_(static_cast<std::int64_t>(std::size(range_))) {}
    tqdm(const tqdm&) = delete;
    ~tqdm() { fmt::print(stderr, "{}{}\n", terminal_ ? "\r" : "", text()); }

    Iterator begin() {
        start_ = drawn_ = Clock::now(), done_ = 0;
        return Iterator(std::begin(range_), *this);
    }
    End end() { return std::end(range_); }
    std::int64_t size() const { return total_; }

    /// What stands at the end of the line: `bar.set_postfix("loss={:.4f}", loss.item())`.
    template <class... A> void set_postfix(fmt::format_string<A...> format, A&&... args) {
        postfix_ = fmt::format(format, std::forward<A>(args)...);
    }

 private:
    void update() {
        ++done_;
        if (!terminal_ || Clock::now() - drawn_ < std::chrono::milliseconds(100)) return;
        drawn_ = Clock::now();
        fmt::print(stderr, "\r{}\033[K", text());
    }
    std::string text() const {
        return progress::line(
            desc_, done_, total_, std::chrono::duration<double>(Clock::now() - start_).count(), postfix_);
    }

    Range range_;
    std::string desc_, postfix_;
    std::int64_t total_, done_ = 0;
    bool terminal_ = isatty(fileno(stderr)) != 0;
    Clock::time_point start_ = Clock::now(), drawn_ = start_;
};
template <class Range> tqdm(Range&&, std::string) -> tqdm<Range>;
template <class Range> tqdm(Range&&, const char*) -> tqdm<Range>;
template <class Range> tqdm(Range&&) -> tqdm<Range>;
