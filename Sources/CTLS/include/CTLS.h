#pragma once
#include <stddef.h>
#include <stdint.h>

// OpenSSL's calls are macros and unions in part; and its own socket BIO raises SIGPIPE. What stands here is the
// least that a non-blocking HTTP/1.1 server and client need, with sockets written by MSG_NOSIGNAL.

typedef struct ctls_context ctls_context;
typedef struct ctls_session ctls_session;

enum {
  CTLS_END = 0,          // the peer said that it is done
  CTLS_WANTS_READ = -1,  // nothing to be done before the socket can be read
  CTLS_WANTS_WRITE = -2, // … written
  CTLS_BROKEN = -3       // the connection failed, or was cut without a closing word
};

/// A server's context: TLS 1.2 and later, ALPN http/1.1. NULL with words in `error` where the certificate chain or the
/// key (PEM files) cannot be used.
ctls_context *ctls_server(const char *certificate, const char *key, char *error, size_t capacity);

/// A client's context, which verifies: against the CAs of a PEM file, or the system's where `authorities` is NULL.
ctls_context *ctls_client(const char *authorities, char *error, size_t capacity);
void ctls_context_free(ctls_context *context);

/// A session over a connected, non-blocking socket, which stays the caller's; NULL where memory is short.
ctls_session *ctls_accept(ctls_context *context, int socket);
/// `host` is named to the server and held against its certificate; an address is held against its addresses.
ctls_session *ctls_connect(ctls_context *context, int socket, const char *host);
void ctls_free(ctls_session *session);

/// 1 when done, or one of the codes above.
int ctls_handshake(ctls_session *session);
/// Bytes, or one of the codes above.
long ctls_read(ctls_session *session, void *bytes, size_t capacity);
long ctls_write(ctls_session *session, const void *bytes, size_t count);
/// Whether decrypted bytes wait that the socket no longer shows.
int ctls_has_pending(const ctls_session *session);
/// Says that nothing more will be sent, where the socket takes it at once.
void ctls_finish(ctls_session *session);

/// Why the session failed, in English, into `text`.
void ctls_reason(const ctls_session *session, char *text, size_t capacity);
