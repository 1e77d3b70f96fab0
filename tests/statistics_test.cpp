// The statistics of the claims report, against the tables of the textbooks.
#include "../examples/claims/statistics.h"

#include <doctest/doctest.h>

using doctest::Approx;

TEST_CASE("Student's distribution has the tables' quantiles") {
    for (auto [freedom, t] : std::vector<std::pair<int, double>>{
             {1, 12.706205}, {2, 4.302653}, {3, 3.182446}, {4, 2.776445}, {9, 2.262157}, {30, 2.042272}})
        CHECK(statistics::student(t, freedom) == Approx(0.95).epsilon(1e-6));
    CHECK(statistics::student(2.015048, 5) == Approx(0.90).epsilon(1e-6));
}

TEST_CASE("a mean has Student's interval") {
    // sd sqrt(2.5), t of 4 degrees of freedom 2.776445: 3 +- 2.776445 * sqrt(2.5 / 5)
    statistics::Interval five = statistics::mean({1, 2, 3, 4, 5});
    CHECK(five.mean == 3);
    CHECK(five.low == Approx(1.036757));
    CHECK(five.high == Approx(4.963243));
    CHECK(five.n == 5);
    CHECK(statistics::text(five, 2, " %") == "3.00 % [1.04, 4.96] (n = 5)");
}

TEST_CASE("one value has a mean and no interval") {
    statistics::Interval one = statistics::mean({7});
    CHECK(one.mean == 7);
    CHECK(std::isinf(one.low));
    CHECK(std::isinf(one.high));
    CHECK(statistics::text(one, 0) == "7 [-∞, ∞] (n = 1)");
    CHECK(statistics::text(statistics::exact(7), 1) == "7.0");
    CHECK(statistics::text({1.64e-8, 1e-8, 2e-8, 3}, {}) == "1.6e-08 [1.0e-08, 2.0e-08] (n = 3)");
}

TEST_CASE("differences and ratios are taken pair by pair") {
    // The differences are 1 and 3: 2 +- 12.706205 * sqrt(2 / 2)
    statistics::Interval difference = statistics::difference({11, 23}, {10, 20});
    CHECK(difference.mean == 2);
    CHECK(difference.high == Approx(14.706205));
    // The ratios are 2 and 8, their logarithms' mean log 4: 4 times or over exp(12.706205 * log(2))
    statistics::Interval ratio = statistics::ratio({2, 80}, {1, 10});
    CHECK(ratio.mean == Approx(4));
    CHECK(ratio.low == Approx(4 * std::exp(-12.706205 * std::log(2))));
    CHECK(ratio.high == Approx(4 * std::exp(12.706205 * std::log(2))));
}

TEST_CASE("a share has Clopper's and Pearson's interval") {
    CHECK(statistics::share(0, 5).low == 0);
    CHECK(statistics::share(0, 5).high == Approx(0.5218238));  // 1 - 0.025^(1/5)
    CHECK(statistics::share(5, 5).low == Approx(0.4781762));
    CHECK(statistics::share(5, 5).high == 1);
    CHECK(statistics::share(4, 10).mean == 0.4);
    CHECK(statistics::share(4, 10).low == Approx(0.1215523));
    CHECK(statistics::share(4, 10).high == Approx(0.7376219));
}

TEST_CASE("the median of an even number of values lies between the middle two") {
    CHECK(statistics::median({3, 1, 2}) == 2);
    CHECK(statistics::median({4, 1, 3, 2}) == 2.5);
}
