// nn.functional: the functions behind the modules, with their keywords.
#pragma once

#include "functional_activations.h"
#include "functional_inplace.h"
#include "functional_layers.h"
#include "functional_losses.h"
#include "functional_losses_more.h"
#include "functional_more.h"
#include "functional_sequences.h"
#include "functional_windows.h"
#include "positional.h"
