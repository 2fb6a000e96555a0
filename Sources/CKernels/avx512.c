// AVX-512. Named by its parts: as `x86-64-v4` the compiler would use but half of a register.
#if defined(__x86_64__)
#include "CKernels.h"
#include "kernels.h"
#include <math.h>
#include <stdint.h>
#include <string.h>
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"))), apply_to = function)
#define NAME(x) avx512_##x
#define HAS_PRODUCT 1
#include "kernels-body.h"
#pragma clang attribute pop

const struct kernels ckernels_avx512 = {
    .gelu = NAME(gelu),
    .norm = NAME(norm),
    .attend = NAME(attend),
    .add_rows = NAME(add_rows),
    .max_rows = NAME(max_rows),
    .dot = NAME(dot),
    .multiply = NAME(multiply),
};
#endif
