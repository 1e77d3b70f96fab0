// From the start of a process to the result of its first op, and out.
#include "rows/torch.h"

int main() { return (torch::ones({2}) + 1).sum().item<float>() != 4; }
