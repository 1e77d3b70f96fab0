// The rows of this folder, one after the other.
#include "side.h"

void register_rows() {
    torch::manual_seed(0);
    register_ops();
    register_layers();
    register_training();
}
