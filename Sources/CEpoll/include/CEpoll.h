#pragma once
#include <stdint.h>

// `struct epoll_event` is a packed struct with a union, and `sys/epoll.h` is in no Swift module.

static const uint32_t CEPOLL_IN = 0x001;
static const uint32_t CEPOLL_OUT = 0x004;
static const uint32_t CEPOLL_ERR = 0x008;
static const uint32_t CEPOLL_HUP = 0x010;
static const uint32_t CEPOLL_RDHUP = 0x2000;
static const uint32_t CEPOLL_ET = 0x80000000;

typedef struct {
  uint64_t data;
  uint32_t events;
} cepoll_event;

/// A new epoll descriptor, closed on exec; -1 with `errno` otherwise.
int cepoll_create(void);
int cepoll_add(int epoll, int fd, uint32_t events, uint64_t data);
int cepoll_modify(int epoll, int fd, uint32_t events, uint64_t data);
int cepoll_delete(int epoll, int fd);

/// Waits for up to `capacity` (at most 256) events; a negative time waits for ever.
int cepoll_wait(int epoll, cepoll_event *events, int capacity, int64_t nanoseconds);

/// A non-blocking event counter, closed on exec.
int cepoll_eventfd(void);
void cepoll_signal(int eventfd);
void cepoll_clear(int eventfd);

/// Accepts a connection, non-blocking and closed on exec; -1 with `errno` otherwise.
int cepoll_accept(int listener);

/// Names the calling thread, in at most 15 characters.
void cepoll_name_thread(const char *name);

/// Lets other threads have the processor first: where there is enough for all, nothing changes.
void cepoll_give_way(void);

/// Processor time of the calling thread, user and system, and how often it gave the processor up by itself.
void cepoll_thread_usage(int64_t *nanoseconds, int64_t *waits);

/// What an `errno` means, in English; never NULL.
const char *cepoll_error(int code);
