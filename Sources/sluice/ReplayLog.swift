import Domain
import Glibc
import Interchange
import Notation
import Storage

/// The exchanges of a replay, appended as they end: what a stopped replay has done is there.
///
/// A request has one line with both arms' answers, and another one with production's second answer, where that is
/// asked for: it comes later, when the candidate is not asked any more.
final class ReplayLog {
    let path: String
    private let descriptor: Int32
    /// Requests that a replay before has done, and those of them that have the third answer.
    let done: Set<String>
    let three: Set<String>

    /// - Parameter resumes: Whether the file may be there: what it holds is not sent again.
    init(_ path: String, resumes: Bool) throws(StoreError) {
        self.path = path
        if resumes {
            var (done, three): (Set<String>, Set<String>) = ([], [])
            try Self.each(path) { exchange in
                if exchange.production != nil { done.insert(exchange.id) }
                if exchange.control != nil { three.insert(exchange.id) }
            }
            (self.done, self.three) = (done, three)
        } else {
            (done, three) = ([], [])
        }
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (resumes ? 0 : O_EXCL)
        descriptor = open(path, flags, 0o600)
        guard descriptor >= 0 else {
            let why = String(cString: strerror(errno))
            throw StoreError(
                .denied,
                errno == EEXIST
                    ? "'\(path)' is there already: go on with it by --resume \(path), or name another with --out"
                    : "'\(path)' cannot be written: \(why)")
        }
        if resumes { try put([0x0A]) }
    }

    deinit { close(descriptor) }

    private static func each(_ path: String, _ body: (Exchange) throws -> Void) throws(StoreError) {
        for line in try InputFile.read(path).split(separator: 0x0A) {
            // A last line that was cut off is sent again.
            guard let value = try? JSONValue.parse(Array(line)),
                let exchange = try? ExchangeCodec.decode(value)
            else { continue }
            do { try body(exchange) } catch { throw StoreError(.damaged, "'\(path)': \(error)") }
        }
    }

    /// Each request's exchange, whole, in the order in which they ended.
    func exchanges() throws(StoreError) -> [Exchange] {
        var found: [Exchange] = []
        var places: [String: Int] = [:]
        try Self.each(path) { exchange in
            guard let place = places[exchange.id] else {
                places[exchange.id] = found.count
                return found.append(exchange)
            }
            found[place].control = found[place].control ?? exchange.control
            found[place].production = found[place].production ?? exchange.production
            found[place].candidate = found[place].candidate ?? exchange.candidate
        }
        return found.filter { $0.production != nil }
    }

    func append(_ exchange: Exchange) throws(StoreError) { try put(ExchangeCodec.encode(exchange)) }

    private func put(_ bytes: [UInt8]) throws(StoreError) {
        var start = 0
        while start < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress! + start, bytes.count - start)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw StoreError(
                    errno == ENOSPC ? .full : .unavailable,
                    "'\(path)' cannot be written: \(String(cString: strerror(errno)))")
            }
            start += count
        }
    }

    func sync() { fsync(descriptor) }

    /// Puts each request's parts together in one line, for whoever reads the file later.
    func gather(_ exchanges: [Exchange]) throws(StoreError) {
        var bytes: [UInt8] = []
        for exchange in exchanges { bytes += ExchangeCodec.encode(exchange) }
        try InputFile.write(path, bytes)
    }
}
