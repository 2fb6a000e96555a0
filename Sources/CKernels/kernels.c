#include "CKernels.h"
#include "kernels.h"
#include <stdlib.h>
#include <string.h>

static const struct kernels *chosen = &ckernels_narrow;
static const char *name = "128 bits";

// Before `main`, so that no call has to ask.
__attribute__((constructor)) static void choose(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  // For tests and for measuring: a narrower set on a wider processor.
  const char *most = getenv("SLUICE_VECTORS");
  const int limit = most ? atoi(most) : 512;
  if (limit >= 512 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw")) {
    chosen = &ckernels_avx512;
    name = "512 bits";
  } else if (limit >= 256 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    chosen = &ckernels_avx2;
    name = "256 bits";
  }
#endif
}

const char *ckernels_name(void) { return name; }

void ckernels_gelu(float *x, const float *bias, size_t rows, size_t width) { chosen->gelu(x, bias, rows, width); }

void ckernels_norm(float *x, const float *bias, const float *residual, const float *scale, const float *shift,
                   size_t rows, size_t width, float epsilon) {
  chosen->norm(x, bias, residual, scale, shift, rows, width, epsilon);
}

size_t ckernels_attend_scratch(size_t length, size_t head_width) {
  const size_t n = (length + 15) / 16 * 16, d = (head_width + 15) / 16 * 16, rows = 6;
  // Keys by columns, values, a block's queries and weights.
  return d * n + n * d + rows * d + rows * n;
}

void ckernels_attend(const float *input, const float *bias, float *output, size_t length, size_t heads,
                     size_t head_width, float *scratch) {
  chosen->attend(input, bias, output, length, heads, head_width, scratch);
}

void ckernels_add_rows(const float *x, float *sum, size_t rows, size_t width) {
  chosen->add_rows(x, sum, rows, width);
}

void ckernels_max_rows(const float *x, float *greatest, size_t rows, size_t width) {
  chosen->max_rows(x, greatest, rows, width);
}

float ckernels_dot(const float *a, const float *b, size_t width) { return chosen->dot(a, b, width); }

int ckernels_multiplies(void) { return chosen->multiply != NULL; }

size_t ckernels_packed(size_t columns, size_t inner) {
  return (columns + CKERNELS_PANEL - 1) / CKERNELS_PANEL * CKERNELS_PANEL * inner;
}

void ckernels_pack(const float *right, float *panels, size_t columns, size_t inner) {
  for (size_t j = 0; j < columns; j += CKERNELS_PANEL, panels += inner * CKERNELS_PANEL) {
    const size_t width = columns - j < CKERNELS_PANEL ? columns - j : CKERNELS_PANEL;
    if (width < CKERNELS_PANEL) memset(panels, 0, inner * CKERNELS_PANEL * sizeof *panels);
    // Sixteen numbers of each row at a time, which is a line of the processor's cache.
    for (size_t first = 0; first < inner; first += 16) {
      const size_t last = inner - first < 16 ? inner : first + 16;
      for (size_t c = 0; c < width; c++)
        for (size_t k = first; k < last; k++) panels[k * CKERNELS_PANEL + c] = right[(j + c) * inner + k];
    }
  }
}

void ckernels_multiply(const float *left, const float *panels, const float *gelu_bias, float *result, size_t rows,
                       size_t columns, size_t inner) {
  chosen->multiply(left, panels, gelu_bias, result, rows, columns, inner);
}
