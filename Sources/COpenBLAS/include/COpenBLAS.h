#pragma once
#include <stddef.h>

// OpenBLAS is opened at the first call, not linked: 30 MB of kernels and a pool of threads would otherwise be part
// of the start of every command. Functions of this header may be called only after `copenblas_open` has returned NULL.

/// Opens OpenBLAS once, and leaves it one thread a call; NULL, or why it cannot be used. Safe to call from any thread.
const char *copenblas_open(void);

/// The name of the kernels that it chose for this processor.
const char *copenblas_core(void);

/// `result = left · rightᵀ`, all by rows: `left` is `rows × inner`, `right` is `columns × inner`.
void copenblas_multiply(size_t rows, size_t columns, size_t inner, const float *left, const float *right,
                        float *result);
