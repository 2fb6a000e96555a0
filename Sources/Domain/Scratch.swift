/// Bytes set aside while a run is worked on, so that memory does not grow with it; gone afterwards.
public protocol Scratch: Sendable {
    /// Appends bytes and returns where they begin.
    func append(_ bytes: UnsafeRawBufferPointer) throws(StoreError) -> Int
    /// Reads back bytes that were appended, filling the whole buffer.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(StoreError)
}
