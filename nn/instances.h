// What most programs would make anew of the modules that most of them have: it stands in the library.
#pragma once

#include "activation.h"
#include "conv.h"
#include "dropout.h"
#include "embedding.h"
#include "linear.h"
#include "loss.h"
#include "normalization.h"
#include "pooling.h"
#include "sequential.h"

#define TAPER_EACH_INSTANCE(emit)                                                                                 \
    emit(Linear) emit(Flatten) emit(ReLU) emit(Sigmoid) emit(Tanh) emit(Sequential) emit(ModuleList) emit(Conv2d) \
        emit(MaxPool2d) emit(Dropout) emit(BatchNorm2d) emit(LayerNorm) emit(Embedding) emit(CrossEntropyLoss)

namespace taper::nn {

#define TAPER_INSTANCE(M)                                                                   \
    extern template std::shared_ptr<AnyModule::Holder> AnyModule::hold<M>(const M& module); \
    extern template const detail::MemberType& detail::member_type<M>();
TAPER_EACH_INSTANCE(TAPER_INSTANCE)
#undef TAPER_INSTANCE

}  // namespace taper::nn
