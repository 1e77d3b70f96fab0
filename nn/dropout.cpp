#include "dropout.h"

namespace taper::nn {

static const Real& checked(const char* op, const Real& p) {
    check(0 <= p && p <= 1, "{}: dropout probability has to be between 0 and 1, but got {}", op, p);
    return p;
}
static std::string described(const Real& p, bool inplace) {
    return fmt::format("p={}, inplace={}", repr(p), inplace ? "True" : "False");
}

Dropout::Dropout(Called, const DropoutOptions& o) : p(checked("Dropout", o.p)), inplace(o.inplace) {}
TAPER_DEFINE_CONSTRUCTORS(Dropout, DropoutOptions, 0, p, inplace)
std::string Dropout::extra_repr() const { return described(p, inplace); }

Dropout1d::Dropout1d(Called, const DropoutOptions& o) : p(checked("Dropout1d", o.p)), inplace(o.inplace) {}
TAPER_DEFINE_CONSTRUCTORS(Dropout1d, DropoutOptions, 0, p, inplace)
std::string Dropout1d::extra_repr() const { return described(p, inplace); }

Dropout2d::Dropout2d(Called, const DropoutOptions& o) : p(checked("Dropout2d", o.p)), inplace(o.inplace) {}
TAPER_DEFINE_CONSTRUCTORS(Dropout2d, DropoutOptions, 0, p, inplace)
std::string Dropout2d::extra_repr() const { return described(p, inplace); }

Dropout3d::Dropout3d(Called, const DropoutOptions& o) : p(checked("Dropout3d", o.p)), inplace(o.inplace) {}
TAPER_DEFINE_CONSTRUCTORS(Dropout3d, DropoutOptions, 0, p, inplace)
std::string Dropout3d::extra_repr() const { return described(p, inplace); }

AlphaDropout::AlphaDropout(Called, const DropoutOptions& o) : p(checked("AlphaDropout", o.p)), inplace(o.inplace) {}
TAPER_DEFINE_CONSTRUCTORS(AlphaDropout, DropoutOptions, 0, p, inplace)
std::string AlphaDropout::extra_repr() const { return described(p, inplace); }

FeatureAlphaDropout::FeatureAlphaDropout(Called, const DropoutOptions& o)
    : p(checked("FeatureAlphaDropout", o.p)), inplace(o.inplace) {}
TAPER_DEFINE_CONSTRUCTORS(FeatureAlphaDropout, DropoutOptions, 0, p, inplace)
std::string FeatureAlphaDropout::extra_repr() const { return described(p, inplace); }

}  // namespace taper::nn
