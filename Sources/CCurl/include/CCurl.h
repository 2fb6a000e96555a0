#pragma once
#if __has_include(<curl/curl.h>)
#include <curl/curl.h>
#else
#error "libcurl's headers are missing: install libcurl4-openssl-dev (scripts/bootstrap does)"
#endif
#if LIBCURL_VERSION_NUM < 0x075700
#error "libcurl 7.87 or later is needed: earlier ones wait for a name server that hangs"
#endif

// libcurl is opened at the first call, not linked: with the thirty libraries that it needs it adds 3 ms to
// the start of every command. Its variadic functions have one door for each kind of argument. Functions of
// this header may be called only after `ccurl_open` has returned NULL.

/// Opens and initialises libcurl once; NULL, or why it cannot be used. Safe to call from any thread.
const char *ccurl_open(void);

CURL *ccurl_easy(void);
void ccurl_easy_free(CURL *easy);
// Options that this libcurl does not know are passed over; the return value says so.
CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value);
CURLcode ccurl_set_offset(CURL *easy, CURLoption option, curl_off_t value);
CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, const void *value);
CURLcode ccurl_set_write(CURL *easy, size_t (*body)(char *, size_t, size_t, void *),
                         size_t (*header)(char *, size_t, size_t, void *), void *context);
/// Tells of every socket that is opened, and of every one just before it is closed.
void ccurl_set_sockets(CURL *easy, void (*opened)(void *, curl_socket_t),
                       void (*closing)(void *, curl_socket_t), void *context);
/// A time in microseconds, a size or a count.
curl_off_t ccurl_info_offset(CURL *easy, CURLINFO info);
long ccurl_info_long(CURL *easy, CURLINFO info);
void *ccurl_info_pointer(CURL *easy, CURLINFO info);
const char *ccurl_error(CURLcode code);

struct curl_slist *ccurl_list_append(struct curl_slist *list, const char *text);
void ccurl_list_free(struct curl_slist *list);

CURLM *ccurl_multi(void);
void ccurl_multi_free(CURLM *multi);
CURLMcode ccurl_multi_add(CURLM *multi, CURL *easy);
CURLMcode ccurl_multi_remove(CURLM *multi, CURL *easy);
CURLMcode ccurl_multi_act(CURLM *multi, curl_socket_t socket, int events, int *running);
CURLMcode ccurl_multi_assign(CURLM *multi, curl_socket_t socket, void *pointer);
CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value);
CURLMcode ccurl_multi_set_callbacks(CURLM *multi, int (*socket)(CURL *, curl_socket_t, int, void *, void *),
                                    int (*timer)(CURLM *, long, void *), void *context);
/// The next finished transfer, or NULL; its result goes to `result`.
CURL *ccurl_multi_finished(CURLM *multi, CURLcode *result);
