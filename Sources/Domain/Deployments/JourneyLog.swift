/// The open journal of one journey's clean-ups. What `append` has returned from survives the death of this process.
public protocol JourneyLog: Sendable {
    /// Adds a line, given without its line feed.
    func append(_ line: [UInt8]) throws(StoreError)
    /// Lets go of it; what is done with is removed.
    func close(isDone: Bool) throws(StoreError)
}
