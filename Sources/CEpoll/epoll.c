#define _GNU_SOURCE
#include "CEpoll.h"
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

_Static_assert(EPOLLIN == 0x001 && EPOLLOUT == 0x004 && EPOLLERR == 0x008 && EPOLLHUP == 0x010 &&
               EPOLLRDHUP == 0x2000 && (uint32_t)EPOLLET == 0x80000000, "the values that CEpoll.h repeats");

int cepoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

static int control(int epoll, int operation, int fd, uint32_t events, uint64_t data) {
  struct epoll_event event = {.events = events, .data = {.u64 = data}};
  return epoll_ctl(epoll, operation, fd, &event);
}

int cepoll_add(int epoll, int fd, uint32_t events, uint64_t data) {
  return control(epoll, EPOLL_CTL_ADD, fd, events, data);
}

int cepoll_modify(int epoll, int fd, uint32_t events, uint64_t data) {
  return control(epoll, EPOLL_CTL_MOD, fd, events, data);
}

int cepoll_delete(int epoll, int fd) { return control(epoll, EPOLL_CTL_DEL, fd, 0, 0); }

static int milliseconds(int64_t nanoseconds) {
  if (nanoseconds < 0) return -1;
  int64_t up = (nanoseconds + 999999) / 1000000;
  return up > 3600000 ? 3600000 : (int)up;
}

int cepoll_wait(int epoll, cepoll_event *events, int capacity, int64_t nanoseconds) {
  struct epoll_event raw[256];
  if (capacity > 256) capacity = 256;
  int n;
  // Whole milliseconds go by the old call; epoll_pwait2 (Linux 5.11) is for the rest, where there is one.
  static int coarse = 0;
  if (nanoseconds > 0 && !__atomic_load_n(&coarse, __ATOMIC_RELAXED)) {
    struct timespec time = {nanoseconds / 1000000000, nanoseconds % 1000000000};
    n = epoll_pwait2(epoll, raw, capacity, &time, NULL);
    if (n < 0 && (errno == ENOSYS || errno == EPERM)) {
      __atomic_store_n(&coarse, 1, __ATOMIC_RELAXED);
      n = epoll_wait(epoll, raw, capacity, milliseconds(nanoseconds));
    }
  } else {
    n = epoll_wait(epoll, raw, capacity, milliseconds(nanoseconds));
  }
  for (int i = 0; i < n; i++) {
    events[i].data = raw[i].data.u64;
    events[i].events = raw[i].events;
  }
  return n;
}

int cepoll_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

void cepoll_signal(int fd) {
  uint64_t one = 1;
  ssize_t n;
  do n = write(fd, &one, sizeof one);
  while (n < 0 && errno == EINTR);
}

void cepoll_clear(int fd) {
  uint64_t count;
  ssize_t n;
  do n = read(fd, &count, sizeof count);
  while (n < 0 && errno == EINTR);
}

int cepoll_accept(int listener) { return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC); }

void cepoll_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

void cepoll_give_way(void) {
  struct sched_param none = {0};
  // Not a low priority: whoever wakes would wait for the end of the time that was given.
  sched_setscheduler(0, SCHED_IDLE, &none);
}

void cepoll_thread_usage(int64_t *nanoseconds, int64_t *waits) {
  struct rusage usage = {0};
  getrusage(RUSAGE_THREAD, &usage);
  *nanoseconds = ((int64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 + usage.ru_utime.tv_usec +
                  usage.ru_stime.tv_usec) * 1000;
  *waits = usage.ru_nvcsw;
}

const char *cepoll_error(int code) {
  const char *text = strerrordesc_np(code);
  return text ? text : "unknown error";
}
