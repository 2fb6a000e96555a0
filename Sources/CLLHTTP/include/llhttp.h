#pragma once
// The header's own default is lenient: `X-Foo : b` would pass.
#ifndef LLHTTP_STRICT_MODE
#define LLHTTP_STRICT_MODE 1
#endif
#if __has_include("/usr/share/include/llhttp/llhttp.h")
#include "/usr/share/include/llhttp/llhttp.h"
#else
#error "llhttp's header is missing: install node-llhttp (scripts/bootstrap does)"
#endif

/// Where a field lies, in bytes since the beginning of its head.
typedef struct {
  int32_t name_start;
  int32_t name_end;
  int32_t value_start;
  int32_t value_end;
} cllhttp_field;

/// Makes a parser of heads; it keeps no memory but the one it is given.
void cllhttp_init(llhttp_t *parser, llhttp_type_t type);

/// Runs the parser over one whole head, and notes where its fields lie: the first `capacity` of them, values without
/// the white space behind. `count` is how many there are.
llhttp_errno_t cllhttp_head(llhttp_t *parser, const char *bytes, size_t length, cllhttp_field *fields, int capacity,
                            int *count);
