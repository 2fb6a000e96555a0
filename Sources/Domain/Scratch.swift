import Synchronization

/// Bytes set aside while a run is worked on, so that memory does not grow with it; gone afterwards.
///
/// Many tasks may append and read at once.
public protocol Scratch: Sendable {
    /// Appends bytes and returns where they begin.
    func append(_ bytes: UnsafeRawBufferPointer) throws(StoreError) -> Int
    /// Reads back bytes that were appended, filling the whole buffer; `damaged` where it reaches beyond them.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(StoreError)
}

/// A scratch in memory, for tests and small sets.
public final class MemoryScratch: Scratch {
    private let content = Mutex<[UInt8]>([])

    public init() {}

    public func append(_ bytes: UnsafeRawBufferPointer) -> Int {
        // The lock takes no pointers across: a copy does.
        let copy = [UInt8](bytes)
        return content.withLock { content in
            let offset = content.count
            content += copy
            return offset
        }
    }

    public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) {
        let count = buffer.count
        let found = content.withLock { content -> [UInt8]? in
            guard offset >= 0, count <= content.count, offset <= content.count - count else { return nil }
            return Array(content[offset..<offset + count])
        }
        guard let found else { throw StoreError(.damaged, "the scratch holds nothing at \(offset)") }
        buffer.copyBytes(from: found)
    }
}
