import Domain
import Synchronization

/// Scratch in memory, which can be told to fail.
final class MemoryScratch: Scratch {
    private struct State {
        var bytes: [UInt8] = []
        var appends = 0
        var failsFrom = Int.max
        var readFails = false
    }

    private let state: Mutex<State>

    init(failingFrom append: Int = .max) {
        var state = State()
        state.failsFrom = append
        self.state = Mutex(state)
    }

    var byteCount: Int { state.withLock { $0.bytes.count } }
    var appendCount: Int { state.withLock { $0.appends } }

    func failReads() { state.withLock { $0.readFails = true } }

    func append(_ bytes: UnsafeRawBufferPointer) throws(StoreError) -> Int {
        let copy = Array(bytes)
        let offset = state.withLock { state -> Int? in
            state.appends += 1
            guard state.appends < state.failsFrom else { return nil }
            state.bytes += copy
            return state.bytes.count - copy.count
        }
        guard let offset else { throw StoreError(.full, "no room for append \(appendCount)") }
        return offset
    }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) {
        let count = buffer.count
        let found = state.withLock { state -> [UInt8]? in
            guard !state.readFails, offset + count <= state.bytes.count else { return nil }
            return Array(state.bytes[offset..<(offset + count)])
        }
        guard let found else { throw StoreError(.damaged, "cannot be read") }
        buffer.copyBytes(from: found)
    }
}
