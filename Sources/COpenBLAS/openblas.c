#define _GNU_SOURCE
#include "COpenBLAS.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

// The C interface of BLAS with 32-bit integers, as the header cblas.h of the reference has it.
enum { row_major = 101, not_transposed = 111, transposed = 112 };
typedef void multiply(int order, int left, int right, int rows, int columns, int inner, float alpha, const float *a,
                      int lda, const float *b, int ldb, float beta, float *c, int ldc);

static multiply *sgemm;
static char *(*core_name)(void);
static void (*set_threads)(int);

static const char *failure;
static char message[512];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void open_once(void) {
  void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    snprintf(message, sizeof message, "%s", dlerror());
    failure = message;
    return;
  }
  sgemm = (multiply *)dlsym(library, "cblas_sgemm");
  core_name = (char *(*)(void))dlsym(library, "openblas_get_corename");
  set_threads = (void (*)(int))dlsym(library, "openblas_set_num_threads");
  if (!sgemm || !core_name || !set_threads) {
    failure = "libopenblas.so.0 lacks cblas_sgemm, openblas_get_corename or openblas_set_num_threads";
    return;
  }
  // Callers bring their own threads: pieces of a batch side by side waste less than threads inside one product.
  set_threads(1);
}

const char *copenblas_open(void) {
  pthread_once(&once, open_once);
  return failure;
}

const char *copenblas_core(void) { return core_name(); }

void copenblas_multiply(size_t rows, size_t columns, size_t inner, const float *left, const float *right,
                        float *result) {
  sgemm(row_major, not_transposed, transposed, (int)rows, (int)columns, (int)inner, 1, left, (int)inner, right,
        (int)inner, 0, result, (int)columns);
}
