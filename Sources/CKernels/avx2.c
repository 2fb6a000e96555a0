// AVX2 and FMA: x86 processors since 2013.
#if defined(__x86_64__)
#include "CKernels.h"
#include "kernels.h"
#include <math.h>
#include <stdint.h>
#include <string.h>
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define NAME(x) avx2_##x
#define HAS_PRODUCT 0
#include "kernels-body.h"
#pragma clang attribute pop

const struct kernels ckernels_avx2 = {
    .gelu = NAME(gelu),
    .norm = NAME(norm),
    .attend = NAME(attend),
    .add_rows = NAME(add_rows),
    .max_rows = NAME(max_rows),
    .dot = NAME(dot),
};
#endif
