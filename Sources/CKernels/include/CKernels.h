#pragma once
#include <stddef.h>

// The arithmetic of an encoder, compiled for several widths of vectors; the processor's is chosen when the program is
// loaded. Rows are contiguous. No pointers may overlap but where it is said.

/// The width of vectors in use: `512 bits`. SLUICE_VECTORS=256 or 128 in the environment asks for less.
const char *ckernels_name(void);

/// `x = gelu(x + bias)` in place, exact: `½ z (1 + erf(z/√2))` within 4e-8 of it.
void ckernels_gelu(float *x, const float *bias, size_t rows, size_t width);

/// `x = norm(x + bias + residual) · scale + shift` in place: mean 0 and variance 1 over each row.
/// `bias` and `residual` may be NULL.
void ckernels_norm(float *x, const float *bias, const float *residual, const float *scale, const float *shift,
                   size_t rows, size_t width, float epsilon);

/// Whether `ckernels_multiply` may be called: where vectors have 512 bits. A library's product is faster elsewhere.
int ckernels_multiplies(void);

/// Columns of a panel of packed weights.
#define CKERNELS_PANEL 32
/// Numbers of `columns × inner` weights when packed.
size_t ckernels_packed(size_t columns, size_t inner);
/// Lays weights (`columns` rows of `inner`) out as `ckernels_multiply` reads them: panels of 32 columns, by `inner`.
void ckernels_pack(const float *right, float *panels, size_t columns, size_t inner);

/// `result = left · rightᵀ` for packed weights; then, where `gelu_bias` is not NULL, `gelu(result + gelu_bias)`.
///
/// Each number is the sum of its products in their order, whatever the number of rows: a row's result is the same to the
/// last bit with and without other rows beside it.
void ckernels_multiply(const float *left, const float *panels, const float *gelu_bias, float *result, size_t rows,
                       size_t columns, size_t inner);

/// Numbers of scratch space that `ckernels_attend` needs for sequences of up to `length` tokens.
size_t ckernels_attend_scratch(size_t length, size_t head_width);

/// Scaled dot-product attention of one sequence, all heads.
///
/// `input`: `length` rows of query, key and value side by side, `3 · heads · head_width` numbers, without their
/// biases; `bias`: theirs, side by side. `output`: `length` rows of `heads · head_width`.
void ckernels_attend(const float *input, const float *bias, float *output, size_t length, size_t heads,
                     size_t head_width, float *scratch);

/// `sum[i] += x[i]` over all rows.
void ckernels_add_rows(const float *x, float *sum, size_t rows, size_t width);
/// `greatest[i] = max(greatest[i], x[i])` over all rows.
void ckernels_max_rows(const float *x, float *greatest, size_t rows, size_t width);
/// The sum of products.
float ckernels_dot(const float *a, const float *b, size_t width);
