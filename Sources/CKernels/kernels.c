#include "CKernels.h"
#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__) && defined(__linux__)
#define WIDE __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define WIDE
#endif
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

WIDE void ckernels_gelu(float *x, const float *bias, size_t rows, size_t width) {
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

WIDE void ckernels_norm(float *x, const float *bias, const float *residual, const float *scale, const float *shift,
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

enum { R = 6 };  // rows of queries at a time: as many sums as fit into registers

static size_t padded(size_t n) { return (n + L - 1) / L * L; }

size_t ckernels_attend_scratch(size_t length, size_t head_width) {
  size_t n = padded(length), d = padded(head_width);
  // Keys by columns, values, a block's queries, weights and results.
  return d * n + n * d + R * d + R * n + R * d;
}

WIDE void ckernels_attend(const float *input, const float *bias, float *output, size_t length, size_t heads,
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
    for (size_t j = 0; j < length; j++) {
      // The bias of the keys adds the same number to all scores of a query, which softmax takes away again; that of
      // the values is added to the result, since the weights sum to 1.
      for (size_t c = 0; c < head_width; c++) keys[c * n + j] = k[j * stride + c];
      memcpy(values + j * d, v + j * stride, head_width * sizeof *values);
    }
    for (size_t first = 0; first < length; first += R) {
      const size_t rows = length - first < R ? length - first : R;
      for (size_t r = 0; r < R; r++) {
        // Rows beyond the last repeat it, and are not written.
        const float *row = q + (first + (r < rows ? r : rows - 1)) * stride;
        for (size_t c = 0; c < head_width; c++) queries[r * d + c] = (row[c] + q_bias[c]) * factor;
      }
      for (size_t j = 0; j < n; j += L) {
        lanes s0 = {}, s1 = {}, s2 = {}, s3 = {}, s4 = {}, s5 = {};
        for (size_t c = 0; c < head_width; c++) {
          lanes key = LOAD(keys + c * n + j);
          const float *at = queries + c;
          s0 += at[0] * key;
          s1 += at[d] * key;
          s2 += at[2 * d] * key;
          s3 += at[3 * d] * key;
          s4 += at[4 * d] * key;
          s5 += at[5 * d] * key;
        }
        float *to = weights + j;
        STORE(to, s0);
        STORE(to + n, s1);
        STORE(to + 2 * n, s2);
        STORE(to + 3 * n, s3);
        STORE(to + 4 * n, s4);
        STORE(to + 5 * n, s5);
      }
      float inverse[R];
      for (size_t r = 0; r < R; r++) {
        float *row = weights + r * n;
        for (size_t j = length; j < n; j++) row[j] = -INFINITY;
        lanes top = ALL(-INFINITY);
        for (size_t j = 0; j < n; j += L) {
          lanes s = LOAD(row + j);
          top = PICK(s > top, s, top);
        }
        float greatest = top[0];
        for (int i = 1; i < L; i++) greatest = top[i] > greatest ? top[i] : greatest;
        lanes sums = {};
        for (size_t j = 0; j < n; j += L) {
          lanes s = LOAD(row + j) - greatest, e;
          // What is not a number stays one: the comparison is false for it.
          whole low = s < ALL(-126.0f);
          EXP2(e, PICK(low, ALL(-126.0f), s));
          e = PICK(low, ALL(0.0f), e);
          STORE(row + j, e);
          sums += e;
        }
        inverse[r] = 1.0f / total(&sums);
      }
      for (size_t c = 0; c < d; c += L) {
        lanes s0 = {}, s1 = {}, s2 = {}, s3 = {}, s4 = {}, s5 = {};
        for (size_t j = 0; j < length; j++) {
          lanes value = LOAD(values + j * d + c);
          const float *at = weights + j;
          s0 += at[0] * value;
          s1 += at[n] * value;
          s2 += at[2 * n] * value;
          s3 += at[3 * n] * value;
          s4 += at[4 * n] * value;
          s5 += at[5 * n] * value;
        }
        lanes results[R] = {s0 * inverse[0], s1 * inverse[1], s2 * inverse[2],
                            s3 * inverse[3], s4 * inverse[4], s5 * inverse[5]};
        const size_t columns = head_width - c < L ? head_width - c : L;
        for (size_t r = 0; r < rows; r++) {
          float *to = output + (first + r) * width + h * head_width + c;
          const float *from = (const float *)&results[r];
          for (size_t i = 0; i < columns; i++) to[i] = from[i] + v_bias[c + i];
        }
      }
    }
  }
}

WIDE void ckernels_add_rows(const float *x, float *sum, size_t rows, size_t width) {
  for (size_t r = 0; r < rows; r++)
    for (size_t i = 0; i < width; i++) sum[i] += x[r * width + i];
}

WIDE void ckernels_max_rows(const float *x, float *greatest, size_t rows, size_t width) {
  for (size_t r = 0; r < rows; r++)
    for (size_t i = 0; i < width; i++) {
      float v = x[r * width + i];
      // A number that is none is kept.
      greatest[i] = !(v <= greatest[i]) ? v : greatest[i];
    }
}

WIDE float ckernels_dot(const float *a, const float *b, size_t width) {
  lanes sums = {};
  size_t whole_width = width / L * L;
  for (size_t i = 0; i < whole_width; i += L) sums += LOAD(a + i) * LOAD(b + i);
  float rest = 0;
  for (size_t i = whole_width; i < width; i++) rest += a[i] * b[i];
  return total(&sums) + rest;
}
