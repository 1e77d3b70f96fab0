#include "dropout.h"

namespace taper::nn {

static double checked(const char* op, double p) {
    check(0 <= p && p <= 1, "{}: dropout probability has to be between 0 and 1, but got {}", op, p);
    return p;
}
static std::string described(double p, bool inplace) {
    return fmt::format("p={}, inplace={}", repr(p), inplace ? "True" : "False");
}

Dropout::Dropout(double p, bool inplace) : p(checked("Dropout", p)), inplace(inplace) {}
std::string Dropout::extra_repr() const { return described(p, inplace); }

Dropout2d::Dropout2d(double p, bool inplace) : p(checked("Dropout2d", p)), inplace(inplace) {}
std::string Dropout2d::extra_repr() const { return described(p, inplace); }

Dropout1d::Dropout1d(double p, bool inplace) : p(checked("Dropout1d", p)), inplace(inplace) {}
std::string Dropout1d::extra_repr() const { return described(p, inplace); }

AlphaDropout::AlphaDropout(double p, bool inplace) : p(checked("AlphaDropout", p)), inplace(inplace) {}
std::string AlphaDropout::extra_repr() const { return described(p, inplace); }

}  // namespace taper::nn
