#pragma once
#include <stddef.h>

// One set of functions for each width of vectors.
struct kernels {
  void (*gelu)(float *, const float *, size_t, size_t);
  void (*norm)(float *, const float *, const float *, const float *, const float *, size_t, size_t, float);
  void (*attend)(const float *, const float *, float *, size_t, size_t, size_t, float *);
  void (*add_rows)(const float *, float *, size_t, size_t);
  void (*max_rows)(const float *, float *, size_t, size_t);
  float (*dot)(const float *, const float *, size_t);
  /// NULL where a library's product is faster.
  void (*multiply)(const float *, const float *, const float *, float *, size_t, size_t, size_t);
};

extern const struct kernels ckernels_narrow;
#if defined(__x86_64__)
extern const struct kernels ckernels_avx2;
extern const struct kernels ckernels_avx512;
#endif
