#define _GNU_SOURCE
#include "CTLS.h"
#include <arpa/inet.h>
#include <errno.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct ctls_session {
  SSL *ssl;
  unsigned long code; // of the first failure
};

static int get_fd(BIO *bio) { return (int)(intptr_t)BIO_get_data(bio); }

static int socket_write(BIO *bio, const char *bytes, int count) {
  BIO_clear_retry_flags(bio);
  ssize_t n = send(get_fd(bio), bytes, (size_t)count, MSG_NOSIGNAL);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
  return (int)n;
}

static int socket_read(BIO *bio, char *bytes, int capacity) {
  BIO_clear_retry_flags(bio);
  ssize_t n = recv(get_fd(bio), bytes, (size_t)capacity, 0);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
  if (n == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  return (int)n;
}

static long socket_control(BIO *bio, int command, long number, void *pointer) {
  (void)number, (void)pointer;
  if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
  return command == BIO_CTRL_FLUSH;
}

static BIO_METHOD *method;

static void make_method(void) {
  method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket without signals");
  if (!method) return;
  BIO_meth_set_write(method, socket_write);
  BIO_meth_set_read(method, socket_read);
  BIO_meth_set_ctrl(method, socket_control);
}

static void words(char *error, size_t capacity, const char *what) {
  unsigned long code = ERR_peek_last_error();
  // What the system said comes first; above it stands only that it said something.
  if (ERR_SYSTEM_ERROR(ERR_peek_error())) code = ERR_peek_error();
  const char *reason = code ? ERR_reason_error_string(code) : NULL;
  if (code && ERR_SYSTEM_ERROR(code)) reason = strerrordesc_np(ERR_GET_REASON(code));
  snprintf(error, capacity, "%s%s%s", what, reason ? ": " : "", reason ? reason : "");
  ERR_clear_error();
}

static int choose(SSL *ssl, const unsigned char **out, unsigned char *length, const unsigned char *in,
                  unsigned int count, void *data) {
  (void)ssl, (void)data;
  static const unsigned char ours[] = "\x08http/1.1";
  int found = SSL_select_next_proto((unsigned char **)out, length, ours, sizeof ours - 1, in, count);
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

static SSL_CTX *base(const SSL_METHOD *side) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, make_method);
  ERR_clear_error();
  SSL_CTX *context = method ? SSL_CTX_new(side) : NULL;
  if (!context) return NULL;
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  return context;
}

// A key that is enciphered is refused: asking for its pass phrase would stop whoever loads it.
static int no_pass_phrase(char *buffer, int size, int writing, void *data) {
  (void)buffer, (void)size, (void)writing, (void)data;
  return 0;
}

ctls_context *ctls_server(const char *certificate, const char *key, char *error, size_t capacity) {
  SSL_CTX *context = base(TLS_server_method());
  if (context) SSL_CTX_set_default_passwd_cb(context, no_pass_phrase);
  if (!context) {
    words(error, capacity, "OpenSSL gives no context");
  } else if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1) {
    words(error, capacity, "the certificate cannot be read");
  } else if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) {
    words(error, capacity, "the key cannot be read, or is not the certificate's");
  } else if (SSL_CTX_check_private_key(context) != 1) {
    words(error, capacity, "the key is not the certificate's");
  } else {
    SSL_CTX_set_alpn_select_cb(context, choose, NULL);
    return (ctls_context *)context;
  }
  SSL_CTX_free(context);
  return NULL;
}

ctls_context *ctls_client(const char *authorities, char *error, size_t capacity) {
  SSL_CTX *context = base(TLS_client_method());
  if (!context) {
    words(error, capacity, "OpenSSL gives no context");
    return NULL;
  }
  int known = authorities ? SSL_CTX_load_verify_locations(context, authorities, NULL)
                          : SSL_CTX_set_default_verify_paths(context);
  if (known != 1) {
    words(error, capacity, "the certificates of the authorities cannot be read");
    SSL_CTX_free(context);
    return NULL;
  }
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
  static const unsigned char ours[] = "\x08http/1.1";
  SSL_CTX_set_alpn_protos(context, ours, sizeof ours - 1);
  return (ctls_context *)context;
}

void ctls_context_free(ctls_context *context) { SSL_CTX_free((SSL_CTX *)context); }

static ctls_session *session(ctls_context *context, int socket) {
  ctls_session *made = calloc(1, sizeof *made);
  SSL *ssl = made ? SSL_new((SSL_CTX *)context) : NULL;
  BIO *bio = ssl ? BIO_new(method) : NULL;
  if (!bio) {
    SSL_free(ssl);
    free(made);
    return NULL;
  }
  BIO_set_data(bio, (void *)(intptr_t)socket);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl, bio, bio);
  made->ssl = ssl;
  return made;
}

ctls_session *ctls_accept(ctls_context *context, int socket) {
  ctls_session *made = session(context, socket);
  if (made) SSL_set_accept_state(made->ssl);
  return made;
}

ctls_session *ctls_connect(ctls_context *context, int socket, const char *host) {
  ctls_session *made = session(context, socket);
  if (!made) return NULL;
  unsigned char address[16];
  int is_address = inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
  X509_VERIFY_PARAM *check = SSL_get0_param(made->ssl);
  X509_VERIFY_PARAM_set_hostflags(check, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  int set = is_address ? X509_VERIFY_PARAM_set1_ip_asc(check, host)
                       : X509_VERIFY_PARAM_set1_host(check, host, 0) == 1 &&
                             SSL_set_tlsext_host_name(made->ssl, host) == 1;
  if (set != 1) {
    ctls_free(made);
    return NULL;
  }
  SSL_set_connect_state(made->ssl);
  return made;
}

void ctls_free(ctls_session *session) {
  if (!session) return;
  SSL_free(session->ssl);
  free(session);
}

static long outcome(ctls_session *session, int result) {
  int kind = SSL_get_error(session->ssl, result);
  switch (kind) {
  case SSL_ERROR_WANT_READ: return CTLS_WANTS_READ;
  case SSL_ERROR_WANT_WRITE: return CTLS_WANTS_WRITE;
  case SSL_ERROR_ZERO_RETURN: return CTLS_END;
  default:
    if (!session->code) session->code = ERR_peek_last_error();
    ERR_clear_error();
    return CTLS_BROKEN;
  }
}

int ctls_handshake(ctls_session *session) {
  ERR_clear_error();
  int result = SSL_do_handshake(session->ssl);
  return result == 1 ? 1 : (int)outcome(session, result);
}

long ctls_read(ctls_session *session, void *bytes, size_t capacity) {
  ERR_clear_error();
  int result = SSL_read(session->ssl, bytes, capacity > 1 << 30 ? 1 << 30 : (int)capacity);
  return result > 0 ? result : outcome(session, result);
}

long ctls_write(ctls_session *session, const void *bytes, size_t count) {
  ERR_clear_error();
  int result = SSL_write(session->ssl, bytes, count > 1 << 30 ? 1 << 30 : (int)count);
  return result > 0 ? result : outcome(session, result);
}

int ctls_has_pending(const ctls_session *session) { return SSL_has_pending(session->ssl); }

void ctls_finish(ctls_session *session) {
  // After a failure OpenSSL forbids it.
  if (session->code || !SSL_is_init_finished(session->ssl)) return;
  ERR_clear_error();
  SSL_shutdown(session->ssl);
  ERR_clear_error();
}

void ctls_reason(const ctls_session *session, char *text, size_t capacity) {
  long verified = SSL_get_verify_result(session->ssl);
  const char *reason = verified != X509_V_OK ? X509_verify_cert_error_string(verified)
                       : session->code       ? ERR_reason_error_string(session->code)
                                             : NULL;
  snprintf(text, capacity, "%s", reason ? reason : "the peer closed the connection");
}
