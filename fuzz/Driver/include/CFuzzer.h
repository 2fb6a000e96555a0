#pragma once
#include <stddef.h>
#include <stdint.h>

/// Runs libFuzzer with its own arguments over one function; returns its status.
int cfuzzer_run(int argc, char **argv, int (*one)(const uint8_t *bytes, size_t count));
