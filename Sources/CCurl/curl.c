// The type checks of the header are macros over the very names that are looked up here.
#define CURL_DISABLE_TYPECHECK
#define _GNU_SOURCE
#include "CCurl.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

#define FUNCTIONS(F) \
  F(curl_global_init) F(curl_easy_init) F(curl_easy_cleanup) F(curl_easy_setopt) F(curl_easy_getinfo) \
  F(curl_easy_strerror) F(curl_slist_append) F(curl_slist_free_all) F(curl_multi_init) F(curl_multi_cleanup) \
  F(curl_multi_add_handle) F(curl_multi_remove_handle) F(curl_multi_socket_action) F(curl_multi_assign) \
  F(curl_multi_setopt) F(curl_multi_info_read)

static struct {
#define F(name) __typeof__(&name) name;
  FUNCTIONS(F)
#undef F
} curl;

static const char *failure;
static char message[512];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void open_once(void) {
  void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    snprintf(message, sizeof message, "%s", dlerror());
    failure = message;
    return;
  }
#define F(name) \
  if (!(curl.name = (__typeof__(&name))dlsym(library, #name))) { \
    failure = "libcurl.so.4 lacks " #name; \
    return; \
  }
  FUNCTIONS(F)
#undef F
  if (curl.curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) failure = "libcurl could not be initialised";
}

const char *ccurl_open(void) {
  pthread_once(&once, open_once);
  return failure;
}

CURL *ccurl_easy(void) { return curl.curl_easy_init(); }
void ccurl_easy_free(CURL *easy) { curl.curl_easy_cleanup(easy); }

CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value) {
  return curl.curl_easy_setopt(easy, option, value);
}

CURLcode ccurl_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
  return curl.curl_easy_setopt(easy, option, value);
}

CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, const void *value) {
  return curl.curl_easy_setopt(easy, option, value);
}

CURLcode ccurl_set_write(CURL *easy, size_t (*body)(char *, size_t, size_t, void *),
                         size_t (*header)(char *, size_t, size_t, void *), void *context) {
  curl.curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, body);
  curl.curl_easy_setopt(easy, CURLOPT_WRITEDATA, context);
  curl.curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, header);
  curl.curl_easy_setopt(easy, CURLOPT_HEADERDATA, context);
  return curl.curl_easy_setopt(easy, CURLOPT_PRIVATE, context);
}

// The same two functions for every client; which client it is, the context says.
static void (*told_opened)(void *, curl_socket_t);
static void (*told_closing)(void *, curl_socket_t);

static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
  (void)purpose;
  curl_socket_t fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (fd != CURL_SOCKET_BAD) __atomic_load_n(&told_opened, __ATOMIC_RELAXED)(context, fd);
  return fd;
}

static int close_socket(void *context, curl_socket_t fd) {
  __atomic_load_n(&told_closing, __ATOMIC_RELAXED)(context, fd);
  return close(fd);
}

void ccurl_set_sockets(CURL *easy, void (*opened)(void *, curl_socket_t),
                       void (*closing)(void *, curl_socket_t), void *context) {
  __atomic_store_n(&told_opened, opened, __ATOMIC_RELAXED);
  __atomic_store_n(&told_closing, closing, __ATOMIC_RELAXED);
  curl.curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  curl.curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, context);
  curl.curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
  curl.curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, context);
}

curl_off_t ccurl_info_offset(CURL *easy, CURLINFO info) {
  curl_off_t value = 0;
  return curl.curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

long ccurl_info_long(CURL *easy, CURLINFO info) {
  long value = 0;
  return curl.curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

void *ccurl_info_pointer(CURL *easy, CURLINFO info) {
  void *value = NULL;
  return curl.curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : NULL;
}

const char *ccurl_error(CURLcode code) { return curl.curl_easy_strerror(code); }

struct curl_slist *ccurl_list_append(struct curl_slist *list, const char *text) {
  return curl.curl_slist_append(list, text);
}

void ccurl_list_free(struct curl_slist *list) { curl.curl_slist_free_all(list); }

CURLM *ccurl_multi(void) { return curl.curl_multi_init(); }
void ccurl_multi_free(CURLM *multi) { curl.curl_multi_cleanup(multi); }
CURLMcode ccurl_multi_add(CURLM *multi, CURL *easy) { return curl.curl_multi_add_handle(multi, easy); }
CURLMcode ccurl_multi_remove(CURLM *multi, CURL *easy) { return curl.curl_multi_remove_handle(multi, easy); }

CURLMcode ccurl_multi_act(CURLM *multi, curl_socket_t socket, int events, int *running) {
  return curl.curl_multi_socket_action(multi, socket, events, running);
}

CURLMcode ccurl_multi_assign(CURLM *multi, curl_socket_t socket, void *pointer) {
  return curl.curl_multi_assign(multi, socket, pointer);
}

CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return curl.curl_multi_setopt(multi, option, value);
}

CURLMcode ccurl_multi_set_callbacks(CURLM *multi, int (*socket)(CURL *, curl_socket_t, int, void *, void *),
                                    int (*timer)(CURLM *, long, void *), void *context) {
  curl.curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, socket);
  curl.curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
  curl.curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, timer);
  return curl.curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
}

CURL *ccurl_multi_finished(CURLM *multi, CURLcode *result) {
  int left;
  CURLMsg *message;
  while ((message = curl.curl_multi_info_read(multi, &left))) {
    if (message->msg != CURLMSG_DONE) continue;
    *result = message->data.result;
    return message->easy_handle;
  }
  return NULL;
}
