#pragma once
#include <stddef.h>

// The arithmetic of an encoder between its matrix products, compiled for several widths of vectors; the processor's is
// chosen when the program is loaded. Rows are contiguous. No pointers may overlap but where it is said.

/// `x = gelu(x + bias)` in place, exact: `½ z (1 + erf(z/√2))` within 4e-8 of it.
void ckernels_gelu(float *x, const float *bias, size_t rows, size_t width);

/// `x = norm(x + bias + residual) · scale + shift` in place: mean 0 and variance 1 over each row.
/// `bias` and `residual` may be NULL.
void ckernels_norm(float *x, const float *bias, const float *residual, const float *scale, const float *shift,
                   size_t rows, size_t width, float epsilon);

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
