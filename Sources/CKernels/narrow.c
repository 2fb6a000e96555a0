// For every processor: SSE2, NEON.
#define NAME(x) narrow_##x
#define HAS_PRODUCT 0
#include "kernels-body.h"

const struct kernels ckernels_narrow = {
    .gelu = NAME(gelu),
    .norm = NAME(norm),
    .attend = NAME(attend),
    .add_rows = NAME(add_rows),
    .max_rows = NAME(max_rows),
    .dot = NAME(dot),
};
