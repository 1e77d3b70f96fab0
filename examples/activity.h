// What a Monitor saw, as a picture: a curve over the layers for each model, in four panels.
#pragma once

#include <taper/nn/monitor.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "plt.h"

/// A model's name, and what its layers did.
using Activity = std::pair<std::string, std::vector<taper::nn::LayerActivity>>;

/// Draws the share of units that never fire, the sparsity, the variance and the gradient of every layer into a new
/// figure. The models should have the same layers.
inline void plot_activity(const std::vector<Activity>& models) {
    std::string names;
    if (!models.empty())
        for (const auto& layer : models[0].second) names += (names.empty() ? "" : ", ") + layer.name;
    auto log10 = [](double value) { return value > 0 ? std::log10(value) : NAN; };
    const std::vector<std::pair<std::string, std::function<double(const taper::nn::LayerActivity&)>>> panels{
        {"units that never fire, %", [](const auto& layer) { return 100 * layer.dead_share(); }},
        {"outputs that are 0, %", [](const auto& layer) { return 100 * layer.sparsity; }},
        {"log10 of the outputs' variance", [&](const auto& layer) { return log10(layer.variance); }},
        {"log10 |dL/d output|", [&](const auto& layer) { return log10(layer.gradient_norm); }}};
    plt::figure({.figsize = {13, 9}});
    for (int panel = 0; panel < 4; ++panel) {
        plt::subplot(2, 2, panel + 1);
        for (const auto& [label, layers] : models) {
            std::vector<double> values;
            for (const auto& layer : layers) values.push_back(panels[static_cast<size_t>(panel)].second(layer));
            plt::plot(values, {.label = label, .marker = "o"});
        }
        plt::title(panels[static_cast<size_t>(panel)].first);
        plt::xlabel("layer: " + names);
        plt::ylabel(panels[static_cast<size_t>(panel)].first);
        plt::grid();
        if (panel < 2)
            plt::ylim(-4, 104);  // full of curves: the legend stands in the others
        else
            plt::legend();
    }
}
