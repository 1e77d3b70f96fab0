#include "instances.h"

namespace taper::nn {

#define TAPER_INSTANCE(M)                                                            \
    template std::shared_ptr<AnyModule::Holder> AnyModule::hold<M>(const M& module); \
    template const detail::MemberType& detail::member_type<M>();
TAPER_EACH_INSTANCE(TAPER_INSTANCE)
#undef TAPER_INSTANCE

}  // namespace taper::nn
