#if __has_include("/usr/share/llhttp/api.c")
#include "/usr/share/llhttp/api.c"
#else
#error "llhttp's sources are missing: install node-llhttp (scripts/bootstrap does), which puts them in /usr/share/llhttp"
#endif
