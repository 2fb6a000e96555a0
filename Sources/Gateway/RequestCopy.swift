import HTTPServer

/// A request's body on its way to an arm, with a bounded copy of what has passed, so that it can go a second time.
///
/// `@unchecked`: the tasks that read and send it are all of one loop's thread.
final class RequestCopy: @unchecked Sendable {
    private let body: RequestBody
    private let limit: Int
    /// All that was read so far, unless that was more than the limit.
    private(set) var held: [UInt8] = []
    /// Whether `held` is all that was read.
    private(set) var isFaithful = true
    /// Whether the end was read.
    private(set) var isAtEnd = false
    private var isReading = false
    /// Sees each piece once.
    private var tap: (([UInt8]) -> Void)?
    /// Before the first sending all that was read is held, whatever the limit.
    private var hasBegun = false

    init(_ body: RequestBody, limit: Int) throws(RequestBodyError) {
        self.body = body
        self.limit = limit
        guard body.isPresent else {
            isAtEnd = true
            return
        }
        (held, isAtEnd) = try body.ready()
    }

    /// Has someone see each piece once, those that are held at once.
    func show(to tap: @escaping ([UInt8]) -> Void) {
        self.tap = tap
        if !held.isEmpty { tap(held) }
    }

    var isPresent: Bool { body.isPresent }

    /// The whole body, where it is at hand.
    var whole: [UInt8]? { isAtEnd && isFaithful ? held : nil }

    /// Reads until the end, or until so much is held.
    func gather(upTo count: Int) async throws(RequestBodyError) {
        while !isAtEnd, isFaithful, held.count < count { _ = try await read() }
    }

    private func read() async throws(RequestBodyError) -> [UInt8]? {
        isReading = true
        defer { isReading = false }
        guard let piece = try await body.next() else {
            isAtEnd = true
            return nil
        }
        tap?(piece)
        if isFaithful {
            if !hasBegun || held.count + piece.count <= limit {
                held += piece
            } else {
                isFaithful = false
                held = []
            }
        }
        return piece
    }

    /// The body to send, from its beginning; nil where what passed already is no longer held.
    func next() async -> UpstreamBody? {
        // A task that still reads for the last sending was cancelled, and leaves at its next turn.
        while isReading { await Task.yield() }
        guard isFaithful else { return nil }
        hasBegun = true
        guard body.isPresent else { return UpstreamBody.none }
        if isAtEnd { return .bytes(held) }
        let pieces = Pieces(self, first: held)
        return .stream(length: body.length) { try await pieces.next() }
    }

    /// What was held first, and then what comes. `@unchecked`: only the task that sends the body on takes from it,
    /// on its loop's thread.
    private final class Pieces: @unchecked Sendable {
        private let copy: RequestCopy
        private var first: [UInt8]?

        init(_ copy: RequestCopy, first: [UInt8]) {
            self.copy = copy
            self.first = first.isEmpty ? nil : first
        }

        func next() async throws -> [UInt8]? {
            if let held = first {
                first = nil
                return held
            }
            return try await copy.read()
        }
    }
}
