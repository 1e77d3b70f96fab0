// Rows of ops_losses.py.
#pragma once

#include "rows.h"

namespace live {

// clang-format off
inline const Rows loss_rows{
    ROW("F.margin_ranking_loss", F::margin_ranking_loss(c[0], c[1], c[2], {.margin = c.kw.real("margin"), .reduction = c.kw.text("reduction")})),
    ROW("F.soft_margin_loss", F::soft_margin_loss(c[0], c[1], {.reduction = c.kw.text("reduction")})),
    ROW("F.multilabel_soft_margin_loss", F::multilabel_soft_margin_loss(c[0], c[1], {.weight = c[2], .reduction = c.kw.text("reduction")})),
    ROW("F.multi_margin_loss", F::multi_margin_loss(c[0], c[1], {.p = c.kw.whole("p"), .margin = c.kw.real("margin"), .weight = c[2], .reduction = c.kw.text("reduction")})),
    ROW("F.multilabel_margin_loss", F::multilabel_margin_loss(c[0], c[1], {.reduction = c.kw.text("reduction")})),
    ROW("F.poisson_nll_loss", F::poisson_nll_loss(c[0], c[1], {.log_input = c.kw.flag("log_input"), .full = c.kw.flag("full"), .eps = c.kw.real("eps"), .reduction = c.kw.text("reduction")})),
    ROW("F.gaussian_nll_loss", F::gaussian_nll_loss(c[0], c[1], c[2], {.full = c.kw.flag("full"), .eps = c.kw.real("eps"), .reduction = c.kw.text("reduction")})),
    ROW("F.triplet_margin_with_distance_loss", c.kw.text("how") == "none" ?
        F::triplet_margin_with_distance_loss(c[0], c[1], c[2], {.margin = c.kw.real("margin"), .swap = c.kw.flag("swap"), .reduction = c.kw.text("reduction")}) :
        F::triplet_margin_with_distance_loss(c[0], c[1], c[2], {.distance_function = [](const Tensor& x, const Tensor& y) { return (x - y).square().sum(-1); },
            .margin = c.kw.real("margin"), .swap = c.kw.flag("swap"), .reduction = c.kw.text("reduction")})),
    ROW("F.bilinear", F::bilinear(c[0], c[1], c[2], c[3])),
    ROW("F.pdist", F::pdist(c[0], c.kw.real("p"))),
    ROW("F.gumbel_softmax", (manual_seed(c.kw.whole("seed")), F::gumbel_softmax(c[0], c.kw.real("tau"), c.kw.flag("hard"), {.dim = c.kw.whole("dim")}))),
    ROW("F.feature_alpha_dropout", (manual_seed(c.kw.whole("seed")), F::feature_alpha_dropout(c[0], c.kw.real("p"), c.kw.flag("training")))),
};
// clang-format on

}  // namespace live
