// Matrix products against plain sums in double, and their bits for every number of threads and instruction set.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <taper/tensor/base/error.h>
#include <taper/tensor/base/parallel.h>
#include <taper/tensor/base/simd.h>
#include <taper/tensor/kernels/gemm.h>
#include <taper/tensor/kernels/transpose.h>

#include <atomic>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "sanitized.h"

using namespace taper;

namespace {

struct Shape {
    int64_t m, n, k;
};

/// Products for BLAS, whole and cut, and those for the own loops: few inner elements, few columns, few rows, mixed, and
/// batches times weights.
const std::vector<Shape> shapes = {
    {1, 1, 1},
    {2, 3, 4},
    {5, 5, 5},
    {17, 19, 23},
    {64, 10, 512},
    {33, 65, 129},
    {256, 250, 100},
    {40, 1000, 120},
    {1000, 16, 2},
    {1000, 16, 1},
    {37, 31, 3},
    {9, 100, 4},
    {1, 40, 2},
    {16, 300, 4},
    {1000, 1, 16},
    {50, 1, 7},
    {1, 50, 13},
    {30, 1, 40},
    {1, 30, 300},
    {16, 1, 1000},
    {1, 16, 1000},
    {16, 2, 1000},
    {2, 16, 1003},
    {2, 11, 18},
    {15, 1, 33},
    {3000, 16, 2},
    {1, 1, 1000},
    {2, 2, 500},
    {100, 2, 3},
    {7, 10, 4},
    {5, 200, 2},
    {300, 1, 8},
    {2, 7, 20},
    {5, 301, 700},
    {4, 2, 1},
};

template <class T> std::vector<T> random_values(int64_t count, unsigned seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<T> uniform(-1, 1);
    std::vector<T> values(count);
    for (T& value : values) value = uniform(random);
    return values;
}

template <class T> bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

/// One product of random matrices whose rows stand `gap` elements further apart than they need.
template <class T> struct Case {
    bool trans_a, trans_b;
    Shape shape;
    T alpha = 1, beta = 0;
    int64_t gap = 0;
    int64_t lda = (trans_a ? shape.m : shape.k) + gap, ldb = (trans_b ? shape.k : shape.n) + gap, ldc = shape.n + gap;
    std::vector<T> a = random_values<T>((trans_a ? shape.k : shape.m) * lda, 1);
    std::vector<T> b = random_values<T>((trans_b ? shape.n : shape.k) * ldb, 2);
    std::vector<T> c = random_values<T>(shape.m * ldc, 3);

    std::string name() const {
        return fmt::format("{}x{}x{}, transposed {} {}, alpha {}, beta {}, gap {}", shape.m, shape.n, shape.k, trans_a,
            trans_b, alpha, beta, gap);
    }

    /// Where there is fused multiply-add, such a product is not for BLAS.
    bool has_few_rows() const { return trans_b && shape.m <= 128 && shape.m * shape.n * shape.k > 1'000'000; }

    std::vector<T> product() const {
        std::vector<T> out = c;
        auto [m, n, k] = shape;
        gemm(trans_a, trans_b, m, n, k, alpha, a.data(), lda, b.data(), ldb, beta, out.data(), ldc);
        return out;
    }

    /// The largest error, as a part of what sums of k rounded products may have; between the rows nothing may change.
    double error() const {
        std::vector<T> out = product();
        double worst = 0;
        for (int64_t i = 0; i < shape.m; ++i)
            for (int64_t j = 0; j < ldc; ++j) {
                double before = c[i * ldc + j], after = out[i * ldc + j], sum = 0, size = 0;
                if (j >= shape.n) {
                    worst = before == after ? worst : std::numeric_limits<double>::infinity();
                    continue;
                }
                for (int64_t p = 0; p < shape.k; ++p) {
                    double term = double(trans_a ? a[p * lda + i] : a[i * lda + p]) *
                        double(trans_b ? b[j * ldb + p] : b[p * ldb + j]);
                    sum += term;
                    size += std::abs(term);
                }
                double bound = std::numeric_limits<T>::epsilon() / 2 * double(shape.k + 3) *
                    (std::abs(alpha) * size + std::abs(beta * before));
                worst = std::max(worst, std::abs(after - (alpha * sum + beta * before)) / bound);
            }
        return worst;
    }
};

template <class T> void check_all_shapes() {
    for (Shape shape : shapes)
        for (bool trans_a : {false, true})
            for (bool trans_b : {false, true})
                for (int64_t gap : {0, 3})
                    for (auto [alpha, beta] : {std::pair<T, T>{1, 0}, {1, 1}, {T(0.5), T(-2)}, {2, 0}}) {
                        Case<T> product{trans_a, trans_b, shape, alpha, beta, gap};
                        INFO(product.name());
                        CHECK(product.error() < 1);
                    }
}

}  // namespace

TEST_CASE("gemm is the sum of products for every shape and transposition and distance of rows and alpha and beta") {
    check_all_shapes<float>();
    check_all_shapes<double>();
}

TEST_CASE("the bits of a product do not depend on the number of threads") {
    int before = get_num_threads();
    std::vector<Shape> large = shapes;
    large.insert(large.end(), {{64, 512, 784}, {512, 784, 64}, {1000, 80, 90}, {100000, 16, 2}, {100000, 1, 16}});
    for (Shape shape : large)
        for (bool trans_a : {false, true})
            for (bool trans_b : {false, true}) {
                Case<float> product{trans_a, trans_b, shape};
                INFO(product.name());
                set_num_threads(1);
                std::vector<float> expected = product.product();
                for (int threads : {2, 3}) {
                    set_num_threads(threads);
                    CHECK(same_bits(product.product(), expected));
                }
            }
    set_num_threads(before);
}

TEST_CASE("the bits of a product do not depend on the instruction set nor on how far apart the rows are") {
    Level before = simd_level();
    for (Shape shape : shapes)
        for (bool trans_a : {false, true})
            for (bool trans_b : {false, true}) {
                Case<float> product{trans_a, trans_b, shape};
                INFO(product.name());
                std::vector<float> expected = product.product();
                for (Level level : {Level::baseline, Level::avx2, Level::avx512}) {
                    if (level > before || (level == Level::baseline && product.has_few_rows())) continue;
                    set_simd_level(level);
                    CHECK(same_bits(product.product(), expected));
                }
                set_simd_level(before);
            }
}

TEST_CASE("a batch times weights is summed up term by term in parts as long as OpenBLAS's") {
    auto terms = [](int64_t first, int64_t last, const float* a, const float* b) {
        float sum = 0;
        for (int64_t p = first; p < last; ++p) sum = std::fma(a[p], b[p], sum);
        return sum;
    };
    struct Parts {
        Shape shape;
        std::vector<int64_t> ends;
    };
    if (simd_level() == Level::baseline || sanitized) {
        MESSAGE("skipped: without fused multiply-add");
        return;
    }
    for (const auto& [shape, ends] : std::vector<Parts>{{{64, 512, 784}, {320, 560, 784}}, {{128, 33, 320}, {320}},
             {{3, 1100, 321}, {160, 321}}, {{8, 300, 640}, {320, 640}}, {{20, 70, 1000}, {320, 640, 832, 1000}}})
        for (float beta : {0.f, 1.f}) {
            Case<float> product{false, true, shape, 1, beta, 5};
            INFO(product.name());
            std::vector<float> expected = product.c;
            for (int64_t i = 0; i < shape.m; ++i)
                for (int64_t j = 0; j < shape.n; ++j) {
                    float& sum = expected[i * product.ldc + j];
                    sum = beta == 0 ? 0 : sum;
                    for (int64_t begin = 0; int64_t end : ends) {
                        sum += terms(begin, end, &product.a[i * product.lda], &product.b[j * product.ldb]);
                        begin = end;
                    }
                }
            CHECK(same_bits(product.product(), expected));
        }
}

TEST_CASE("a matrix turned round has the same elements in every size and type and nothing beside them is touched") {
    const Level before = simd_level();
    auto check_type = [&]<class T>(T zero) {
        std::vector<T> from(50 * 50);
        for (size_t i = 0; i < from.size(); ++i) from[i] = static_cast<T>(i % 251 + 1);
        for (int64_t rows : {0, 1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 33, 47})
            for (int64_t columns : {0, 1, 3, 4, 5, 8, 9, 16, 19, 32, 46}) {
                std::vector<T> to(50 * 50, zero), expected = to;
                for (int64_t i = 0; i < rows; ++i)
                    for (int64_t j = 0; j < columns; ++j) expected[j * 49 + i] = from[i * 50 + j];
                transpose(to.data(), 49, from.data(), 50, rows, columns);
                INFO(rows, " by ", columns, ", of ", sizeof(T), " bytes");
                CHECK(to == expected);
            }
    };
    for (Level level : {Level::baseline, Level::avx2, Level::avx512}) {
        if (level > before) continue;
        set_simd_level(level);
        check_type(uint8_t{0});
        check_type(uint32_t{0});
        check_type(uint64_t{0});
        check_type(0.f);
        check_type(0.);
    }
    set_simd_level(before);
}

TEST_CASE("a row that stands for each of C's gives the bits of a C filled with it") {
    std::vector<Shape> all = shapes;
    all.insert(all.end(), {{64, 512, 784}, {20, 70, 1000}, {512, 200, 784}, {3, 5, 0}});
    auto check_type = [&]<class T>(T alpha, T beta) {
        for (Shape shape : all)
            for (bool trans_b : {false, true}) {
                Case<T> product{false, trans_b, shape, alpha, beta, 2};
                INFO(product.name());
                const std::vector<T> row = random_values<T>(shape.n, 4);
                std::vector<T> started = product.c;
                gemm(false, trans_b, shape.m, shape.n, shape.k, alpha, product.a.data(), product.lda, product.b.data(),
                    product.ldb, beta, started.data(), product.ldc, row.data());
                for (int64_t i = 0; i < shape.m; ++i) std::copy_n(row.data(), shape.n, &product.c[i * product.ldc]);
                CHECK(same_bits(started, product.product()));
            }
    };
    check_type(1.f, 1.f);
    check_type(0.5f, -2.f);
    check_type(1., 1.);
}

TEST_CASE("with beta 0 what C held is forgotten NaN included") {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    for (Shape shape : shapes)
        for (bool trans_a : {false, true}) {
            Case<float> clean{trans_a, false, shape}, dirty = clean;
            dirty.c.assign(dirty.c.size(), nan);
            CHECK(same_bits(clean.product(), dirty.product()));
        }
}

TEST_CASE("a sum of no terms is zero or beta C") {
    std::vector<float> c = {1, 2, 3, 4, 5, 6};
    gemm<float>(false, false, 2, 2, 0, 1, nullptr, 0, nullptr, 2, 0.5f, c.data(), 3);
    CHECK(c == std::vector<float>{0.5f, 1, 3, 2, 2.5f, 6});
    c[0] = std::numeric_limits<float>::infinity();
    gemm<float>(false, true, 2, 3, 0, 1, nullptr, 0, nullptr, 0, 0, c.data(), 3);
    CHECK(c == std::vector<float>(6));
    gemm<float>(false, false, 0, 2, 5, 1, nullptr, 5, nullptr, 2, 0, nullptr, 2);
    gemm<float>(false, false, 2, 0, 5, 1, nullptr, 5, nullptr, 0, 0, nullptr, 0);
}

TEST_CASE("integer products are exact and wrap around as PyTorch's do") {
    // torch.tensor([[200, 100]], dtype=torch.uint8) @ torch.tensor([[3, 1], [2, 2]], dtype=torch.uint8)
    std::vector<uint8_t> a = {200, 100}, b = {3, 1, 2, 2}, c = {9, 9};
    gemm<uint8_t>(false, false, 1, 2, 2, 1, a.data(), 2, b.data(), 2, 0, c.data(), 2);
    CHECK(c == std::vector<uint8_t>{32, 144});
    std::vector<int64_t> x = {1, 2, 3, 4, 5, 6}, y = {7, 8, 9, 10, 11, 12}, z = {1, 1, 1, 1};
    gemm<int64_t>(false, true, 2, 2, 3, 2, x.data(), 3, y.data(), 3, 10, z.data(), 2);
    CHECK(z == std::vector<int64_t>{110, 146, 254, 344});
    std::vector<int32_t> large = {std::numeric_limits<int32_t>::max()}, two = {2}, out = {0};
    gemm<int32_t>(true, false, 1, 1, 1, 1, large.data(), 1, two.data(), 1, 0, out.data(), 1);
    CHECK(out[0] == -2);
}

TEST_CASE("each product of a batch has the bits it has alone") {
    int before = get_num_threads();
    for (int threads : {1, 2, 3})
        for (Shape shape : std::vector<Shape>{{8, 8, 8}, {30, 16, 2}, {64, 64, 64}, {200, 200, 120}}) {
            set_num_threads(threads);
            auto [m, n, k] = shape;
            int64_t batch = 9;
            std::vector<float> a = random_values<float>(batch * m * k, 1), b = random_values<float>(k * n, 2);
            std::vector<float> together(batch * m * n), alone(batch * m * n);
            batched_gemm<float>(
                batch, false, true, m, n, k, 1, a.data(), k, m * k, b.data(), k, 0, 0, together.data(), n, m * n);
            for (int64_t i = 0; i < batch; ++i)
                gemm<float>(false, true, m, n, k, 1, &a[i * m * k], k, b.data(), k, 0, &alone[i * m * n], n);
            CHECK(same_bits(together, alone));
        }
    set_num_threads(before);
}

TEST_CASE("products of several threads at once are right whatever build of OpenBLAS does them") {
    Case<float> product{false, true, {64, 64, 64}};
    std::vector<float> expected = product.product();
    std::atomic<int> wrong = 0;
    std::vector<std::thread> callers;
    for (int caller = 0; caller < 4; ++caller)
        callers.emplace_back([&] {
            for (int i = 0; i < 500; ++i) wrong += !same_bits(product.product(), expected);
        });
    for (std::thread& caller : callers) caller.join();
    CHECK(wrong == 0);
}

TEST_CASE("what BLAS can't be told is an error") {
    std::vector<float> v(64);
    int64_t large = int64_t{1} << 32;
    CHECK_THROWS_AS(gemm<float>(false, false, 8, 8, 8, 1, v.data(), large, v.data(), 8, 0, v.data(), 8), Error);
    CHECK_THROWS_AS(gemm<float>(false, false, 8, 8, 8, 1, v.data(), 7, v.data(), 8, 0, v.data(), 8), Error);
}
