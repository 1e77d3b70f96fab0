// A panel of B, as many of its columns as there are registers for, is packed in passing (packed panels); A and C stay
// where they stand.
#include "packed_gemm.h"

#include <algorithm>
#include <vector>

#include "../base/memory.h"
#include "../base/parallel.h"
#include "../base/simd.h"
#include "microkernel.h"
#include "transpose.h"

namespace taper::packed_gemm {
namespace {

using microkernel::ColumnBlock, microkernel::Index;
using small_gemm::StridedGemm;

constexpr Index most_rows = 128;   // A stays in the second cache
constexpr Index most_depth = 320;  // and so does a panel

/// How many of the terms that are left OpenBLAS would add up before they are added to C (level3.c, for Cooper Lake).
Index depth_of(Index left) {
    if (left >= 2 * most_depth) return most_depth;
    return left > most_depth ? (left / 2 + 15) / 16 * 16 : left;
}

/// What the sums are added to.
void begin(const StridedGemm& x, const ColumnBlock& block, float* c, Index step) {
    const auto before = x.start.at ? x.start : small_gemm::StridedMatrix<const float>{x.c.at, x.c.row, x.c.col};
    for (Index i = 0; i < x.m; ++i)
        if (x.beta == 0)
            std::fill_n(c + i * step, block.columns, 0.f);
        else if (const float* row = &before(i, block.first); row != c + i * step)
            std::copy_n(row, block.columns, c + i * step);
}

/// How far the elements of A lie from its first row and column.
struct Offsets {
    std::vector<Index> row, inner;
};

/// `panel` and `spare` have room for rows of vectors: of B, and of a C whose last columns do not make up a vector.
void multiply(const StridedGemm& x, const ColumnBlock& block, const Offsets& offsets, float* panel, float* spare) {
    const auto [first, columns, lanes] = block;
    const bool is_whole = columns == lanes;
    float* to = &x.c(0, first);
    float* c = is_whole ? to : spare;
    const Index step = is_whole ? x.c.row : lanes;
    if (!is_whole) std::fill_n(panel, std::min(x.k, most_depth) * lanes, 0.f), std::fill_n(spare, x.m * lanes, 0.f);
    begin(x, block, c, step);
    for (Index p = 0, depth; p < x.k; p += depth) {
        depth = depth_of(x.k - p);
        transpose(panel, lanes, &x.b(p, first), x.b.col, columns, depth);
        microkernel::multiply<float>(
            {&x.a(0, p), offsets.row.data(), x.m, offsets.inner.data(), depth, panel, c, step, lanes});
    }
    for (Index i = 0; !is_whole && i < x.m; ++i) std::copy_n(spare + i * lanes, columns, to + i * x.c.row);
}

/// The bounds are where OpenBLAS becomes as fast, with Haswell's kernels or with Cooper Lake's.
bool fits(const StridedGemm& x) {
    const bool is_plain = x.alpha == 1 && (x.beta == 0 || x.beta == 1) && x.b.row == 1 && x.c.col == 1;
    return is_plain && x.m >= 3 && x.m <= most_rows && double(x.m) * double(x.n) * double(x.k) > 1e6 &&
        simd_level() != Level::baseline;
}

}  // namespace

bool multiply(const StridedGemm& x) {
    if (!fits(x)) return false;
    const std::vector<ColumnBlock> blocks = microkernel::blocks_of<float>(x.n);
    const Index lanes = blocks.front().lanes, depth = std::min(x.k, most_depth);
    Offsets offsets;
    for (Index i = 0; i < x.m; ++i) offsets.row.push_back(i * x.a.row);
    for (Index p = 0; p < depth; ++p) offsets.inner.push_back(p * x.a.col);
    const double work = double(x.m) * double(lanes) * double(x.k);
    parallel_for(std::ssize(blocks), pieces_worth(work), [&](Index begin, Index end) {
        Buffer<float> panel(depth * lanes), spare(x.m * lanes);
        for (Index i = begin; i < end; ++i) multiply(x, blocks[i], offsets, panel.data(), spare.data());
    });
    return true;
}

}  // namespace taper::packed_gemm
