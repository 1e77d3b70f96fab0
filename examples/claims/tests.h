// The tests of the claims, one function each.
#pragma once

#include "report.h"

namespace claims {

// exact.cpp: what arithmetic decides
Finding normalized_range(const Setup& setup);
Finding parameters(const Setup& setup);
Finding flatten_shape(const Setup& setup);
Finding linear_needs_vectors(const Setup& setup);
Finding handwritten_gradient(const Setup& setup);
Finding continuous(const Setup& setup);
Finding leaky_slope(const Setup& setup);
Finding saturated_sigmoid(const Setup& setup);
Finding derivatives(const Setup& setup);
Finding softmax_in_the_loss(const Setup& setup);
Finding accumulation(const Setup& setup);
Finding stacked_linear(const Setup& setup);
Finding table_of_costs(const Setup& setup);

// circle.cpp: the program of article 003
Finding circle_base_rate(const Setup& setup);
Finding circle_without_activation(const Setup& setup);
Finding circle_sigmoid_slower(const Setup& setup);
Finding circle_leaky_like_relu(const Setup& setup);

// mnist.cpp: the program of article 001, with one activation or another
Finding ten_epochs(const Setup& setup);
Finding printed_loss(const Setup& setup);
Finding half_are_zero(const Setup& setup);
Finding softplus_slightly_worse(const Setup& setup);
Finding less_overfitting(const Setup& setup);

// speed.cpp: how many steps, and how long they take
Finding elu_faster(const Setup& setup);
Finding six_times(const Setup& setup);
Finding batch_norm_faster(const Setup& setup);

// cost.cpp: time and memory
Finding elu_costs(const Setup& setup);
Finding relu_cheaper(const Setup& setup);
Finding vgg_step(const Setup& setup);
Finding large_test_batch(const Setup& setup);
Finding sparsity_saves(const Setup& setup);

// depth.cpp: twenty layers
Finding he_keeps_variance(const Setup& setup);
Finding selu_normalises(const Setup& setup);
Finding sigmoid_vanishes(const Setup& setup);
Finding relu_does_not_vanish(const Setup& setup);
Finding mean_shift(const Setup& setup);
Finding deep_nets_fail(const Setup& setup);
Finding pretraining(const Setup& setup);

// dying.cpp: units that never fire again
Finding large_steps_kill(const Setup& setup);
Finding smaller_steps_help(const Setup& setup);
Finding batch_norm_keeps_alive(const Setup& setup);
Finding leaky_instead_sgd(const Setup& setup);
Finding leaky_instead_adam(const Setup& setup);
Finding training_success(const Setup& setup);
Finding leaky_afterwards(const Setup& setup);
Finding leaky_diverges(const Setup& setup);

/// The steps that the circle's program takes to a loss of 0.2, for each seed. circle.cpp
std::vector<double> circle_steps(const Setup& setup, const Activation& activation);

/// What a run of the MNIST program showed. mnist.cpp
struct Run {
    std::vector<double> loss;      // at each step
    std::vector<double> accuracy;  // of the test images, after each epoch, in percent
    double train_accuracy, mean_loss, printed_loss;
    double zeros_before, zeros_after;  // shares of the hidden layer's outputs for the test images
};
/// One run for each seed of "ReLU", "Softplus", "Sigmoid" (10 epochs), "ELU" or "ReLU and BatchNorm" (3); kept.
const std::vector<Run>& runs(const Setup& setup, const std::string& name);
/// The article's network with this activation.
nn::Sequential article_net(const std::string& name);

}  // namespace claims
