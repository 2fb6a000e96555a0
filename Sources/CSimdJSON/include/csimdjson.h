#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What simdjson made of a text: its tape and string buffer, or an error code other than 0.
///
/// Both pointers belong to the calling thread and hold until its next call of a function of this door.
typedef struct {
    const uint64_t *_Nullable tape;
    const uint8_t *_Nullable strings;
    int32_t error;
} csimdjson_tape;

/// Parses one JSON text; needs no padding behind `bytes`. The parser is kept per thread.
csimdjson_tape csimdjson_parse(const uint8_t *_Nullable bytes, size_t count, size_t depth);

/// Gives the memory of an uncommonly large text back; call it once the tape is read.
void csimdjson_trim(void);

#ifdef __cplusplus
}
#endif
