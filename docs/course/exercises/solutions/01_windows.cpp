// Lesson 01, exercise 2: all windows of a row.        scripts/learn 01_windows
// 第 01 课，练习 2：一行数的所有窗口。
//
// x has one dim. The result has two: row i holds the `size` numbers of x from number i * step on. The windows may
// overlap, and no number is copied. As many windows as fit: a rest is left out. In PyTorch it is x.unfold(0, size,
// step).
//
// x 只有一维。结果有两维：第 i 行是 x 中从第 i * step 个数起的 size 个数。窗口可以重叠，一个数也不复制。
// 放得下几个窗口就有几个，剩下的舍去。在 PyTorch 里是 x.unfold(0, size, step)。
#include "01_view.h"

namespace view {

Tensor windows(Tensor x, [[maybe_unused]] long size, [[maybe_unused]] long step) {
    const long count = (x.shape[0] - size) / step + 1;
    return {x.storage, {count, size}, {x.strides[0] * step, x.strides[0]}, x.offset};
}

}  // namespace view
