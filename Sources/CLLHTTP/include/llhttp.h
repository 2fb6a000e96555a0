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
