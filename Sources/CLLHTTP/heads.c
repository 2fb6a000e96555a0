#include "include/llhttp.h"

// Callbacks in C: ten of them a message, which from here cost a call each and nothing more.
typedef struct {
  const char *base;
  cllhttp_field *fields;
  int capacity;
  int count;
} collector;

static int on_field(llhttp_t *parser, const char *at, size_t length) {
  collector *all = parser->data;
  // The head is fed whole, so that no name or value comes in two parts.
  if (all->count < all->capacity) {
    int32_t start = (int32_t)(at - all->base);
    int32_t end = start + (int32_t)length;
    all->fields[all->count] = (cllhttp_field){start, end, end, end};
  }
  all->count++;
  return 0;
}

static int on_value(llhttp_t *parser, const char *at, size_t length) {
  collector *all = parser->data;
  if (all->count == 0 || all->count > all->capacity || at == NULL) return 0;
  while (length > 0 && (at[length - 1] == ' ' || at[length - 1] == '\t')) length--;
  cllhttp_field *field = &all->fields[all->count - 1];
  field->value_start = (int32_t)(at - all->base);
  field->value_end = field->value_start + (int32_t)length;
  return 0;
}

static int on_head(llhttp_t *parser) {
  // What an upgrade leads to is no matter of the parser (RFC 9110, 7.8).
  parser->upgrade = 0;
  return 0;
}

static int on_end(llhttp_t *parser) {
  (void)parser;
  return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
    .on_header_field = on_field,
    .on_header_value = on_value,
    .on_headers_complete = on_head,
    .on_message_complete = on_end,
};

void cllhttp_init(llhttp_t *parser, llhttp_type_t type) { llhttp_init(parser, type, &settings); }

llhttp_errno_t cllhttp_head(llhttp_t *parser, const char *bytes, size_t length, cllhttp_field *fields, int capacity,
                            int *count) {
  collector all = {bytes, fields, capacity, 0};
  llhttp_reset(parser);
  parser->data = &all;
  llhttp_errno_t code = llhttp_execute(parser, bytes, length);
  parser->data = NULL;
  *count = all.count;
  return code;
}
