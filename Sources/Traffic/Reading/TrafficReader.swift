import CZstd
import Domain
import Glibc
import Interchange
import Notation

/// Reads live traffic that was kept: spool segments, lines of JSON (packed with zstd or not), and folders of them.
///
/// Exchanges come one at a time, in the order of the files (by name) and within them, each with the feedback that names
/// it, wherever that stands: feedback is gathered first. Memory holds the feedback, one segment or a piece of a file.
public struct TrafficReader: Sendable {
    /// What was found in all.
    public struct Summary: Sendable, Hashable {
        public var files = 0
        public var exchanges = 0
        /// Feedback that found its exchange.
        public var feedbackJoined = 0
        /// Feedback on requests that are not among the exchanges: sampled out, of another gateway, or never there.
        public var feedbackUnknown = 0
        /// Feedback left out since there was more than memory may hold.
        public var feedbackLeftOut = 0
        /// Places at which something could not be read.
        public var problems = 0

        public init() {}
    }

    /// A place at which something cannot be read.
    public struct Problem: Sendable, Hashable, CustomStringConvertible {
        /// File, and byte or line.
        public let place: String
        /// What is wrong there; nothing of what stands there.
        public let cause: String
        /// Whether it is the end of a segment that was being written when its process or machine died.
        public let isTorn: Bool

        public var description: String { "\(place): \(cause)" }
    }

    public let paths: [String]
    /// The most pieces of feedback that are held.
    public var mostFeedback = 1_000_000

    /// - Parameter paths: Files, and folders whose `.seg`, `.open`, `.jsonl` and `.jsonl.zst` files are read.
    public init(_ paths: [String]) { self.paths = paths }

    /// Reads all.
    ///
    /// - Parameters:
    ///   - each: Takes an exchange with its feedback, in the order it came. What it throws ends the reading.
    ///   - problem: Takes each place that cannot be read, in passing; the others are read.
    /// - Throws: `StoreError` where a path is not there or cannot be read, and what `each` throws.
    public func read(
        each: (Exchange) throws -> Void, problem: (Problem) -> Void = { _ in }
    ) throws -> Summary {
        var summary = Summary()
        let files = try files()
        summary.files = files.count
        var feedback: [String: [Feedback]] = [:]
        var held = 0
        func tell(_ found: Problem) {
            summary.problems += 1
            problem(found)
        }
        for file in files {
            try scan(file, for: .feedback, problem: tell) { row in
                guard case .feedback(let said) = row else { return }
                guard held < mostFeedback else {
                    summary.feedbackLeftOut += 1
                    return
                }
                held += 1
                feedback[said.request, default: []].append(said)
            }
        }
        var joined: Set<String> = []
        for file in files {
            try scan(file, for: .exchanges, problem: tell) { row in
                guard case .exchange(var exchange) = row else { return }
                if !feedback.isEmpty, let said = feedback[exchange.id] {
                    exchange.feedback += said.sorted { $0.received < $1.received }
                    joined.insert(exchange.id)
                }
                summary.exchanges += 1
                try each(exchange)
            }
        }
        for (request, said) in feedback {
            if joined.contains(request) {
                summary.feedbackJoined += said.count
            } else {
                summary.feedbackUnknown += said.count
            }
        }
        return summary
    }

    private enum Row {
        case exchange(Exchange)
        case feedback(Feedback)
    }

    /// What a passage through the files looks for.
    private enum Wanted { case feedback, exchanges }

    // MARK: - Files

    private static let endings = [".seg", ".open", ".jsonl", ".jsonl.zst"]

    private func files() throws(StoreError) -> [String] {
        var files: [String] = []
        for path in paths {
            if SpoolFiles.isFolder(path) {
                let names = SpoolFiles.list(path).filter { name in
                    Self.endings.contains { name.hasSuffix($0) }
                }
                files += names.map { path + "/" + $0 }
            } else if SpoolFiles.size(path) != nil {
                files.append(path)
            } else {
                throw StoreError(
                    .missing, "\(path): there is no such file or folder; name a spool or lines of JSON")
            }
        }
        return files
    }

    private func scan(
        _ path: String, for wanted: Wanted, problem: (Problem) -> Void, take: (Row) throws -> Void
    ) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            // A segment that was written when the folder was listed may have been closed, and has another name now.
            let closed = path.hasSuffix(".open") ? String(path.dropLast(5)) + ".seg" : path
            if closed != path, SpoolFiles.size(closed) != nil {
                return try scan(closed, for: wanted, problem: problem, take: take)
            }
            throw StoreError(.unavailable, "\(path) cannot be read: \(SpoolFiles.words(errno))")
        }
        defer { close(descriptor) }
        var magic = [UInt8](repeating: 0, count: 8)
        let got = magic.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        if got == 8, magic == SpoolFormat.magic {
            try scanSegment(path, wanted, problem, take)
        } else if got >= 4, magic[..<4].elementsEqual([0x28, 0xB5, 0x2F, 0xFD]) {
            try scanPacked(descriptor, path, wanted, problem, take)
        } else if path.hasSuffix(".seg") || path.hasSuffix(".open") {
            guard wanted == .exchanges else { return }
            problem(
                Problem(
                    place: path, cause: "it is no segment of a spool, or torn within its head",
                    isTorn: got < 8))
        } else {
            try scanLines(descriptor, path, wanted, problem, take)
        }
    }

    private func scanSegment(
        _ path: String, _ wanted: Wanted, _ problem: (Problem) -> Void,
        _ take: (Row) throws -> Void
    ) throws {
        guard let bytes = SpoolFiles.read(path) else {
            throw StoreError(.unavailable, "\(path) cannot be read: \(SpoolFiles.words(errno))")
        }
        try bytes.withUnsafeBufferPointer { buffer in
            guard let header = SpoolFormat.header(of: buffer) else {
                guard wanted == .exchanges else { return }
                return problem(Problem(place: path, cause: "torn within its head", isTorn: true))
            }
            try SpoolScan.frames(
                buffer, behind: header,
                each: { kind, payload in
                    func unreadable() {
                        problem(
                            Problem(
                                place: "\(path): byte \(payload.lowerBound)",
                                cause:
                                    "a whole record of a form that is not known: written by a newer sluice",
                                isTorn: false))
                    }
                    switch kind {
                    case .exchange:
                        guard wanted == .exchanges else { return }
                        let raw: RawExchange
                        do throws(RecordReader.Malformed) {
                            raw = try RawExchange(from: bytes[payload])
                        } catch {
                            return unreadable()
                        }
                        try take(.exchange(raw.exchange(gateway: header.gateway)))
                    case .feedback:
                        guard wanted == .feedback else { return }
                        guard let value = try? JSONValue.parse(Array(bytes[payload])),
                            let said = try? FeedbackCodec.decode(value)
                        else { return unreadable() }
                        try take(.feedback(said))
                    }
                },
                damaged: { stretch, isEnd in
                    // What is damaged is told of once, with the exchanges.
                    guard wanted == .exchanges else { return }
                    let torn = isEnd && path.hasSuffix(".open")
                    problem(
                        Problem(
                            place: "\(path): byte \(stretch.lowerBound)",
                            cause: isEnd
                                ? "the last \(stretch.count) bytes are no whole record: a write was cut off"
                                : "\(stretch.count) bytes are damaged; what stood there is lost, what follows is read",
                            isTorn: torn))
                })
        }
    }

    private func scanLines(
        _ descriptor: Int32, _ path: String, _ wanted: Wanted, _ problem: (Problem) -> Void,
        _ take: (Row) throws -> Void
    ) throws {
        var splitter = JSONLineSplitter(maximumLineBytes: SpoolFormat.longestPayload)
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let got = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if got < 0 {
                if errno == EINTR { continue }
                throw StoreError(.unavailable, "\(path) cannot be read: \(SpoolFiles.words(errno))")
            }
            if got == 0 { break }
            try chunk.withUnsafeBufferPointer { buffer in
                try splitter.feed(UnsafeBufferPointer(rebasing: buffer[..<got])) { number, line in
                    try self.take(line, "\(path):\(number)", wanted, problem, take)
                }
            }
        }
        try splitter.finish { number, line in
            try self.take(line, "\(path):\(number)", wanted, problem, take)
        }
    }

    private func scanPacked(
        _ descriptor: Int32, _ path: String, _ wanted: Wanted, _ problem: (Problem) -> Void,
        _ take: (Row) throws -> Void
    ) throws {
        var splitter = JSONLineSplitter(maximumLineBytes: SpoolFormat.longestPayload)
        let broken = try PackedLines.read(descriptor) { piece in
            try piece.withUnsafeBufferPointer { buffer in
                try splitter.feed(buffer) { number, line in
                    try self.take(line, "\(path):\(number)", wanted, problem, take)
                }
            }
        }
        if let broken, wanted == .exchanges {
            problem(Problem(place: path, cause: "damaged (\(broken)): what follows is lost", isTorn: false))
            return
        }
        try splitter.finish { number, line in
            try self.take(line, "\(path):\(number)", wanted, problem, take)
        }
    }

    private func take(
        _ line: UnsafeBufferPointer<UInt8>, _ place: String, _ wanted: Wanted, _ problem: (Problem) -> Void,
        _ take: (Row) throws -> Void
    ) throws {
        if line.allSatisfy({ $0 <= 0x20 }) { return }
        guard Self.beginsFeedback(line) == (wanted == .feedback) else { return }
        if wanted == .feedback {
            guard let value = try? JSONValue.parse(line), let said = try? FeedbackCodec.decode(value) else {
                return problem(Problem(place: place, cause: "the line is no whole feedback", isTorn: false))
            }
            return try take(.feedback(said))
        }
        let read: Exchange
        do throws(ExchangeCodec.Problem) { read = try ExchangeCodec.decode(line) } catch {
            return problem(Problem(place: place, cause: error.description, isTorn: false))
        }
        try take(.exchange(read))
    }

    /// Whether the line is one of `FeedbackCodec`: its second member says so.
    private static func beginsFeedback(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        var signs: [UInt8] = []
        for byte in line where byte > 0x20 {
            signs.append(byte)
            if signs.count == 17 { break }
        }
        return signs.starts(with: Array(#"{"v":1,"feedback""#.utf8))
    }
}
