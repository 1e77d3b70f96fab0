// What the machine gives without a framework: the article's MNIST network written out by hand on BLAS, with Adam in one
// pass over the parameters and no allocation in the loop; a triad for memory's bandwidth, multiply-adds in registers
// for the peak. Built for the machine's own instructions (-march=native).
#include <sys/mman.h>

#include <cmath>
#include <cstdint>
#include <memory>
#include <new>
#include <numeric>
#include <random>
#include <span>

#include "rows/row.h"

extern "C" void cblas_sgemm(int order, int trans_a, int trans_b, int m, int n, int k, float alpha, const float* a,
    int lda, const float* b, int ldb, float beta, float* c, int ldc);

namespace {
using Floats = std::span<float>;
constexpr long worth_threads = 1 << 15;  // elements from which a loop is shared out

/// Zeros in large pages. What is taken stands 1 KiB off the multiples of a page: loads that follow stores at the same
/// offset within another page would wait for them.
class Memory {
 public:
    explicit Memory(std::size_t floats)
        : size_((floats * sizeof(float) | (page - 1)) + 1), begin_(std::aligned_alloc(page, size_), std::free) {
        if (!begin_) throw std::bad_alloc();
        madvise(begin_.get(), size_, MADV_HUGEPAGE);
        next_ = static_cast<float*>(begin_.get());
    }
    Floats take(std::size_t count) {
        Floats taken(next_, count);
        next_ += (count + 15) / 16 * 16 + 256;
        return taken;
    }

 private:
    static constexpr std::size_t page = 1 << 21;
    std::size_t size_;
    std::unique_ptr<void, decltype(&std::free)> begin_;
    float* next_;
};

/// c = a b + beta c, row-major: a (m, k) and b (k, n), or their transposes.
void product(bool trans_a, bool trans_b, int m, int n, int k, Floats a, Floats b, float beta, Floats c) {
    cblas_sgemm(101, trans_a ? 112 : 111, trans_b ? 112 : 111, m, n, k, 1, a.data(), trans_a ? m : k, b.data(),
        trans_b ? k : n, beta, c.data(), n);
}

struct Parameter {
    Floats value, gradient, mean, square;

    Parameter(Memory& memory, std::size_t size, int inputs, std::mt19937& random)
        : value(memory.take(size)), gradient(memory.take(size)), mean(memory.take(size)), square(memory.take(size)) {
        for (Floats zeros : {mean, square}) std::fill(zeros.begin(), zeros.end(), 0.f);
        std::fill(gradient.begin(), gradient.end(), 1e-3f);
        std::uniform_real_distribution<float> uniform(-1 / std::sqrt(float(inputs)), 1 / std::sqrt(float(inputs)));
        for (float& x : value) x = uniform(random);
    }
    void adam(float step_size, float root_correction) {
        float *w = value.data(), *g = gradient.data(), *m = mean.data(), *v = square.data();
        long size = static_cast<long>(value.size());
#pragma omp parallel for simd schedule(static) if (parallel : size > worth_threads)
        for (long i = 0; i < size; ++i) {
            m[i] = 0.9f * m[i] + 0.1f * g[i];
            v[i] = 0.999f * v[i] + 0.001f * g[i] * g[i];
            w[i] -= step_size * m[i] / (std::sqrt(v[i]) * root_correction + 1e-8f);
        }
    }
};

struct Network {
    static constexpr int inputs = 784, hidden = 512, classes = 10, batch = 64;
    Memory memory{1 << 22};
    std::mt19937 random{0};
    Parameter w1{memory, hidden* inputs, inputs, random}, b1{memory, hidden, inputs, random};
    Parameter w2{memory, classes* hidden, hidden, random}, b2{memory, classes, hidden, random};
    Floats x = memory.take(batch * inputs), h = memory.take(batch * hidden), dh = memory.take(batch * hidden);
    Floats y = memory.take(batch * classes);
    int target[batch];
    long steps = 0;

    /// The images and labels of these indices, scaled and normalised.
    void gather(
        const std::vector<unsigned char>& images, const std::vector<unsigned char>& labels, const int* index, int n) {
#pragma omp parallel for schedule(static) if (n * inputs > worth_threads)
        for (int i = 0; i < n; ++i) {
            const unsigned char* image = &images[std::size_t(index[i]) * inputs];
            for (int j = 0; j < inputs; ++j)
                x[i * inputs + j] = float(image[j]) * (1 / (255 * 0.3081f)) - 0.1307f / 0.3081f;
            target[i] = labels[index[i]];
        }
    }
    void forward(int n) {
        for (int i = 0; i < n; ++i) std::copy(b1.value.begin(), b1.value.end(), &h[i * hidden]);
        product(false, true, n, hidden, inputs, x, w1.value, 1, h);
        for (int i = 0; i < n * hidden; ++i) h[i] = h[i] > 0 ? h[i] : 0;
        for (int i = 0; i < n; ++i) std::copy(b2.value.begin(), b2.value.end(), &y[i * classes]);
        product(false, true, n, classes, hidden, h, w2.value, 1, y);
    }
    /// y becomes the gradient of the mean cross entropy.
    void loss(int n) {
        for (int i = 0; i < n; ++i) {
            float *row = &y[i * classes], top = *std::max_element(row, row + classes), sum = 0;
            for (int j = 0; j < classes; ++j) sum += row[j] = std::exp(row[j] - top);
            for (int j = 0; j < classes; ++j) row[j] = (row[j] / sum - float(j == target[i])) / float(n);
        }
    }
    static void sum_rows(Floats from, int n, Floats to) {
        std::fill(to.begin(), to.end(), 0.f);
        for (int i = 0, width = int(to.size()); i < n; ++i)
            for (int j = 0; j < width; ++j) to[j] += from[i * width + j];
    }
    void backward(int n) {
        product(true, false, classes, hidden, n, y, h, 0, w2.gradient);
        sum_rows(y, n, b2.gradient);
        product(false, false, n, hidden, classes, y, w2.value, 0, dh);
        for (int i = 0; i < n * hidden; ++i) dh[i] = h[i] > 0 ? dh[i] : 0;
        sum_rows(dh, n, b1.gradient);
        product(true, false, hidden, inputs, n, dh, x, 0, w1.gradient);
    }
    void adam() {
        ++steps;
        auto corrected = [&](double beta) { return 1 - std::pow(beta, double(steps)); };
        for (Parameter* each : {&w1, &b1, &w2, &b2})
            each->adam(float(1e-3 / corrected(0.9)), float(1 / std::sqrt(corrected(0.999))));
    }
    void epoch(const std::vector<unsigned char>& images, const std::vector<unsigned char>& labels) {
        std::vector<int> order(labels.size());
        std::iota(order.begin(), order.end(), 0);
        std::shuffle(order.begin(), order.end(), random);
        for (std::size_t at = 0; at < order.size(); at += batch) {
            int n = int(std::min<std::size_t>(batch, order.size() - at));
            gather(images, labels, &order[at], n);
            forward(n);
            loss(n);
            backward(n);
            adam();
        }
    }
};

/// a = b + 3 c on 16M floats: 12 bytes for each.
struct Triad {
    static constexpr long size = 1 << 24;
    Memory memory{3 * (size + 256)};
    Floats a = memory.take(size), b = memory.take(size), c = memory.take(size);

    Triad() {
#pragma omp parallel for schedule(static)
        for (long i = 0; i < size; ++i) a[i] = 0, b[i] = 1, c[i] = 2;
    }
    void run() {
        float* __restrict to = a.data(), * __restrict x = b.data(), * __restrict y = c.data();
#pragma omp parallel for simd schedule(static)
        for (long i = 0; i < size; ++i) to[i] = x[i] + 3 * y[i];
        benchmark::ClobberMemory();
    }
};

#ifdef __AVX512F__
constexpr int bytes = 64, chains = 16;
#else
constexpr int bytes = 32, chains = 8;
#endif
typedef float Wide __attribute__((vector_size(bytes)));

/// 2^30 multiplications and additions, of registers only, in chains that do not wait for each other.
void multiply_add() {
    constexpr long rounds = (1L << 30) / (2 * chains * (bytes / 4));
#pragma omp parallel
    {
        Wide sums[chains] = {}, factor = Wide{} + 0.999f, term = Wide{} + 1e-3f;
        asm volatile("" : "+m"(factor), "+m"(term));
#pragma omp for schedule(static)
        for (long i = 0; i < rounds; ++i)
#pragma GCC unroll 16
            for (int k = 0; k < chains; ++k) sums[k] = sums[k] * factor + term;
        for (Wide& sum : sums) benchmark::DoNotOptimize(sum);
    }
}
}  // namespace

void register_rows() {
    row("triad/16M", [] { return [triad = std::make_shared<Triad>()] { triad->run(); }; });
    row("fma/1G", [] { return multiply_add; });
    row("adam/407050", [] { return [network = std::make_shared<Network>()] { network->adam(); }; });
    if (!mnist_is_there()) return;
    row("mnist/article", [] {
        static auto images = mnist_images(), labels = mnist_labels();
        return [network = std::make_shared<Network>(), first = true]() mutable {
            if (std::exchange(first, false)) return;  // an epoch is long enough to do without a rehearsal
            network->epoch(images, labels);
        };
    });
}
