#include "csimdjson.h"

#include <simdjson.h>

#include <cstring>
#include <memory>
#include <new>

namespace {

// Texts above this are rare; their buffers (about 14 bytes a byte of text) are not kept.
constexpr size_t kept_bytes = size_t(1) << 20;
constexpr size_t least_bytes = size_t(1) << 12;

struct State {
    simdjson::dom::parser parser;
    std::unique_ptr<uint8_t[]> padded;
    size_t room = 0;
    size_t depth = 0;

    // Rounds up to a power of two, so that slowly growing texts do not allocate each time.
    bool reserve(size_t count, size_t wanted_depth) {
        if (count <= room && wanted_depth == depth) return true;
        size_t size = room > least_bytes ? room : least_bytes;
        while (size < count) size *= 2;
        room = 0;
        padded.reset(new (std::nothrow) uint8_t[size + simdjson::SIMDJSON_PADDING]);
        if (!padded) return false;
        if (parser.allocate(size, wanted_depth) != simdjson::SUCCESS) return false;
        if (parser.doc.allocate(size) != simdjson::SUCCESS) return false;
        room = size;
        depth = wanted_depth;
        return true;
    }
};

thread_local std::unique_ptr<State> state;

}  // namespace

extern "C" csimdjson_tape csimdjson_parse(const uint8_t *bytes, size_t count, size_t depth) {
    csimdjson_tape result = {nullptr, nullptr, simdjson::UNEXPECTED_ERROR};
    try {
        if (!state) state = std::make_unique<State>();
        if (!state->reserve(count, depth)) {
            state.reset();
            result.error = simdjson::MEMALLOC;
            return result;
        }
        if (count > 0) std::memcpy(state->padded.get(), bytes, count);
        std::memset(state->padded.get() + count, ' ', simdjson::SIMDJSON_PADDING);
        simdjson::dom::element root;
        auto error = state->parser.parse(state->padded.get(), count, false).get(root);
        result.error = error;
        if (error == simdjson::SUCCESS) {
            result.tape = state->parser.doc.tape.get();
            result.strings = state->parser.doc.string_buf.get();
        }
    } catch (...) {
        result.error = simdjson::UNEXPECTED_ERROR;
    }
    return result;
}

extern "C" void csimdjson_trim(void) {
    if (state && state->room > kept_bytes) state.reset();
}
