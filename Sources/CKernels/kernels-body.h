// The arithmetic itself, included once for each width of vectors: `NAME(x)` names a function of that width, and
// HAS_PRODUCT says whether the product of matrices is compiled too.
#include "CKernels.h"
#include "kernels.h"
#include <math.h>
#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

// Sixteen numbers: one register with AVX-512, two with AVX2, four with SSE2 and NEON.
typedef float lanes __attribute__((vector_size(64), aligned(4)));
typedef int32_t whole __attribute__((vector_size(64), aligned(4)));
enum { L = 16 };

#define LOAD(p) (*(const lanes *)(p))
#define STORE(p, v) (*(lanes *)(p) = (v))
#define ALL(x) ((lanes){} + (x))
// Where the mask is set (all ones) the first, else the second.
#define PICK(mask, a, b) ((lanes)(((mask) & (whole)(a)) | (~(mask) & (whole)(b))))

// 2ˣ for x from -126 to 0, relative error 2e-9 before rounding: a polynomial for the fraction, the exponent's bits for
// the rest. Adding 1.5 · 2²³ rounds to a whole number and leaves it in the low bits.
#define EXP2(result, argument)                                                                             \
  do {                                                                                                     \
    lanes x_ = (argument);                                                                                 \
    lanes shifted_ = x_ + 12582912.0f;                                                                     \
    lanes f_ = x_ - (shifted_ - 12582912.0f);                                                              \
    lanes p_ = ALL(1.53533613e-04f);                                                                       \
    p_ = p_ * f_ + 1.33988746e-03f;                                                                        \
    p_ = p_ * f_ + 9.61843736e-03f;                                                                        \
    p_ = p_ * f_ + 5.55033247e-02f;                                                                        \
    p_ = p_ * f_ + 2.40226479e-01f;                                                                        \
    p_ = p_ * f_ + 6.93147203e-01f;                                                                        \
    p_ = p_ * f_ + 1.0f;                                                                                   \
    (result) = (lanes)((whole)p_ + ((whole)shifted_ << 23));                                               \
  } while (0)

// gelu(z) = max(z, 0) - ½ |z| erfc(|z| / √2), and erfc(a / √2) = 2^-q(a): q is smooth, so a polynomial of degree 8
// holds it on [0, 9] (our own fit, weighted by what it moves the result).
#define GELU(result, argument)                                                                             \
  do {                                                                                                     \
    lanes z_ = (argument);                                                                                 \
    lanes magnitude_ = (lanes)((whole)z_ & 0x7FFFFFFF);                                                    \
    lanes a_ = PICK(magnitude_ < ALL(9.0f), magnitude_, ALL(9.0f));                                        \
    lanes q_ = ALL(1.9020660602109274e-06f);                                                               \
    q_ = q_ * a_ - 2.805693839036394e-05f;                                                                 \
    q_ = q_ * a_ + 0.0001314731634920463f;                                                                 \
    q_ = q_ * a_ + 0.0002720760239753872f;                                                                 \
    q_ = q_ * a_ - 0.007245421875268221f;                                                                  \
    q_ = q_ * a_ + 0.05262761190533638f;                                                                   \
    q_ = q_ * a_ + 0.4591621458530426f;                                                                    \
    q_ = q_ * a_ + 1.1511110067367554f;                                                                    \
    q_ = q_ * a_;                                                                                          \
    lanes e_;                                                                                              \
    EXP2(e_, -q_);                                                                                         \
    (result) = PICK(z_ > ALL(0.0f), z_, ALL(0.0f)) - 0.5f * magnitude_ * e_;                               \
  } while (0)

INLINE float total(const lanes *v) {
  float sum[L];
  memcpy(sum, v, sizeof sum);
  for (int step = L / 2; step > 0; step /= 2)
    for (int i = 0; i < step; i++) sum[i] += sum[i + step];
  return sum[0];
}

void NAME(gelu)(float *x, const float *bias, size_t rows, size_t width) {
  size_t whole_width = width / L * L;
  for (size_t r = 0; r < rows; r++) {
    float *row = x + r * width;
    for (size_t i = 0; i < whole_width; i += L) {
      lanes out;
      GELU(out, LOAD(row + i) + LOAD(bias + i));
      STORE(row + i, out);
    }
    if (whole_width < width) {
      float in[L] = {0};
      for (size_t i = whole_width; i < width; i++) in[i - whole_width] = row[i] + bias[i];
      lanes out;
      GELU(out, LOAD(in));
      STORE(in, out);
      for (size_t i = whole_width; i < width; i++) row[i] = in[i - whole_width];
    }
  }
}

void NAME(norm)(float *x, const float *bias, const float *residual, const float *scale, const float *shift,
                        size_t rows, size_t width, float epsilon) {
  size_t whole_width = width / L * L;
  for (size_t r = 0; r < rows; r++) {
    float *row = x + r * width;
    const float *other = residual ? residual + r * width : NULL;
    lanes sums = {};
    float rest = 0;
    for (size_t i = 0; i < whole_width; i += L) {
      lanes v = LOAD(row + i);
      if (bias) v += LOAD(bias + i);
      if (other) v += LOAD(other + i);
      STORE(row + i, v);
      sums += v;
    }
    for (size_t i = whole_width; i < width; i++) {
      row[i] += (bias ? bias[i] : 0) + (other ? other[i] : 0);
      rest += row[i];
    }
    float mean = (total(&sums) + rest) / (float)width;
    lanes squares = {};
    rest = 0;
    for (size_t i = 0; i < whole_width; i += L) {
      lanes d = LOAD(row + i) - mean;
      squares += d * d;
    }
    for (size_t i = whole_width; i < width; i++) rest += (row[i] - mean) * (row[i] - mean);
    float factor = 1.0f / sqrtf((total(&squares) + rest) / (float)width + epsilon);
    for (size_t i = 0; i < whole_width; i += L)
      STORE(row + i, (LOAD(row + i) - mean) * factor * LOAD(scale + i) + LOAD(shift + i));
    for (size_t i = whole_width; i < width; i++) row[i] = (row[i] - mean) * factor * scale[i] + shift[i];
  }
}

enum { R = 6 };  // rows of queries at a time: with two registers of columns each, as many sums as there is room for

INLINE size_t padded(size_t n) { return (n + L - 1) / L * L; }

// Two registers' numbers by turns: of their first halves, and of their second.
#define LOW(a, b) __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define HIGH(a, b) __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)

// Rows to columns, 16 by 16: taking the first and second half of the rows by turns, four times.
INLINE void transpose(const float *from, size_t step, float *to, size_t to_step) {
  lanes a[L], b[L];
  for (int i = 0; i < L; i++) a[i] = LOAD(from + i * step);
  for (int turn = 0; turn < 2; turn++) {
    for (int i = 0; i < L / 2; i++) {
      b[2 * i] = LOW(a[i], a[i + L / 2]);
      b[2 * i + 1] = HIGH(a[i], a[i + L / 2]);
    }
    for (int i = 0; i < L / 2; i++) {
      a[2 * i] = LOW(b[i], b[i + L / 2]);
      a[2 * i + 1] = HIGH(b[i], b[i + L / 2]);
    }
  }
  for (int i = 0; i < L; i++) STORE(to + i * to_step, a[i]);
}

// sums[r][v] += rows[r · step + k] · columns[k · width + L·v], for `registers` registers of columns.
INLINE void sum_products(const int registers, const float *rows, size_t step, const float *columns, size_t width,
                         size_t count, lanes sums[R][2]) {
  for (int r = 0; r < R; r++) sums[r][0] = sums[r][1] = (lanes){};
  for (size_t k = 0; k < count; k++) {
    lanes one = LOAD(columns + k * width), two = {};
    if (registers == 2) two = LOAD(columns + k * width + L);
#pragma clang loop unroll(full)
    for (int r = 0; r < R; r++) {
      const float x = rows[r * step + k];
      sums[r][0] += x * one;
      if (registers == 2) sums[r][1] += x * two;
    }
  }
}

// Scores to weights, in place; returns the inverse of their sum.
INLINE float weigh(float *row, size_t length, size_t n) {
  for (size_t j = length; j < n; j++) row[j] = -INFINITY;
  lanes top = ALL(-INFINITY);
  for (size_t j = 0; j < n; j += L) {
    lanes s = LOAD(row + j);
    top = PICK(s > top, s, top);
  }
  float tops[L];
  memcpy(tops, &top, sizeof tops);
  for (int step = L / 2; step > 0; step /= 2)
    for (int i = 0; i < step; i++) tops[i] = tops[i + step] > tops[i] ? tops[i + step] : tops[i];
  lanes sums = {};
  for (size_t j = 0; j < n; j += L) {
    lanes s = LOAD(row + j) - tops[0], e;
    // What is not a number stays one: the comparison is false for it.
    whole low = s < ALL(-126.0f);
    EXP2(e, PICK(low, ALL(-126.0f), s));
    e = PICK(low, ALL(0.0f), e);
    STORE(row + j, e);
    sums += e;
  }
  return 1.0f / total(&sums);
}

void NAME(attend)(const float *input, const float *bias, float *output, size_t length, size_t heads,
                  size_t head_width, float *scratch) {
  const size_t n = padded(length), d = padded(head_width), width = heads * head_width, stride = 3 * width;
  float *keys = scratch, *values = keys + d * n, *queries = values + n * d, *weights = queries + R * d;
  // Scores are in powers of two.
  const float factor = 1.4426950408889634f / sqrtf((float)head_width);
  memset(keys, 0, d * n * sizeof *keys);
  memset(values, 0, n * d * sizeof *values);
  memset(queries, 0, R * d * sizeof *queries);
  for (size_t h = 0; h < heads; h++) {
    const float *q = input + h * head_width, *k = q + width, *v = k + width;
    const float *q_bias = bias + h * head_width, *v_bias = q_bias + 2 * width;
    // The bias of the keys adds the same number to all scores of a query, which softmax takes away again; that of the
    // values is added to the result, since the weights sum to 1.
    size_t done = 0;
    if (head_width % L == 0)
      for (; done + L <= length; done += L)
        for (size_t c = 0; c < d; c += L) transpose(k + done * stride + c, stride, keys + c * n + done, n);
    for (size_t j = done; j < length; j++)
      for (size_t c = 0; c < head_width; c++) keys[c * n + j] = k[j * stride + c];
    for (size_t j = 0; j < length; j++) memcpy(values + j * d, v + j * stride, head_width * sizeof *values);

    for (size_t first = 0; first < length; first += R) {
      const size_t rows = length - first < R ? length - first : R;
      for (size_t r = 0; r < R; r++) {
        // Rows beyond the last repeat it, and are not written.
        const float *row = q + (first + (r < rows ? r : rows - 1)) * stride;
        for (size_t c = 0; c < head_width; c++) queries[r * d + c] = (row[c] + q_bias[c]) * factor;
      }
      lanes sums[R][2];
      size_t j = 0;
      for (; j + 2 * L <= n; j += 2 * L) {
        sum_products(2, queries, d, keys + j, n, head_width, sums);
        for (int r = 0; r < R; r++) {
          STORE(weights + r * n + j, sums[r][0]);
          STORE(weights + r * n + j + L, sums[r][1]);
        }
      }
      if (j < n) {
        sum_products(1, queries, d, keys + j, n, head_width, sums);
        for (int r = 0; r < R; r++) STORE(weights + r * n + j, sums[r][0]);
      }
      float inverse[R];
      for (size_t r = 0; r < R; r++) inverse[r] = weigh(weights + r * n, length, n);
      for (size_t c = 0; c < d; c += 2 * L) {
        const int registers = d - c >= 2 * L ? 2 : 1;
        if (registers == 2)
          sum_products(2, weights, n, values + c, d, length, sums);
        else
          sum_products(1, weights, n, values + c, d, length, sums);
        const size_t columns = head_width - c < 2 * L ? head_width - c : 2 * L;
        for (size_t r = 0; r < rows; r++) {
          float *to = output + (first + r) * width + h * head_width + c;
          float result[2 * L];
          STORE(result, sums[r][0] * inverse[r]);
          STORE(result + L, sums[r][1] * inverse[r]);
          for (size_t i = 0; i < columns; i++) to[i] = result[i] + v_bias[c + i];
        }
      }
    }
  }
}

void NAME(add_rows)(const float *x, float *sum, size_t rows, size_t width) {
  for (size_t r = 0; r < rows; r++)
    for (size_t i = 0; i < width; i++) sum[i] += x[r * width + i];
}

void NAME(max_rows)(const float *x, float *greatest, size_t rows, size_t width) {
  for (size_t r = 0; r < rows; r++)
    for (size_t i = 0; i < width; i++) {
      float v = x[r * width + i];
      // A number that is none is kept.
      greatest[i] = !(v <= greatest[i]) ? v : greatest[i];
    }
}

float NAME(dot)(const float *a, const float *b, size_t width) {
  lanes sums = {};
  size_t whole_width = width / L * L;
  for (size_t i = 0; i < whole_width; i += L) sums += LOAD(a + i) * LOAD(b + i);
  float rest = 0;
  for (size_t i = whole_width; i < width; i++) rest += a[i] * b[i];
  return total(&sums) + rest;
}

#if HAS_PRODUCT
// Twenty-eight sums in registers: 14 rows of 32 columns. The bound is the number of registers; two loads of weights and
// 14 of numbers feed 28 multiplications.
enum { ROWS = 14, COLUMNS = CKERNELS_PANEL };

INLINE void block(const int rows, const float *left, const float *panel, size_t inner, float *to, size_t step) {
  lanes s[ROWS][2];
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++) s[r][0] = s[r][1] = (lanes){};
  for (size_t k = 0; k < inner; k++) {
    const lanes one = LOAD(panel + k * COLUMNS), two = LOAD(panel + k * COLUMNS + L);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
      const float x = left[r * inner + k];
      s[r][0] += x * one;
      s[r][1] += x * two;
    }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++) {
    STORE(to + r * step, s[r][0]);
    STORE(to + r * step + L, s[r][1]);
  }
}

void NAME(multiply)(const float *left, const float *panels, const float *gelu_bias, float *result, size_t rows,
                    size_t columns, size_t inner) {
  float edge[ROWS * COLUMNS];
  for (size_t j = 0; j < columns; j += COLUMNS, panels += inner * COLUMNS) {
    const size_t width = columns - j < COLUMNS ? columns - j : COLUMNS;
    for (size_t i = 0; i < rows; i += ROWS) {
      const float *from = left + i * inner;
      // The last columns go by way of a block of their own: the panel is filled up with zeros, the result is not.
      float *to = width == COLUMNS ? result + i * columns + j : edge;
      const size_t step = width == COLUMNS ? columns : COLUMNS;
      const int count = rows - i < ROWS ? (int)(rows - i) : ROWS;
#define CASE(n)                                  \
  case n:                                        \
    block(n, from, panels, inner, to, step);     \
    break;
      switch (count) {
        CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7)
        CASE(8) CASE(9) CASE(10) CASE(11) CASE(12) CASE(13) CASE(14)
      }
#undef CASE
      if (width < COLUMNS)
        for (int r = 0; r < count; r++)
          memcpy(result + (i + r) * columns + j, edge + r * COLUMNS, width * sizeof(float));
      if (gelu_bias)
        // While the block is near.
        for (int r = 0; r < count; r++)
          NAME(gelu)(result + (i + r) * columns + j, gelu_bias + j, 1, width);
    }
  }
}
#endif
