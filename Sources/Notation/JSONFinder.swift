/// Finds JSON objects and arrays that stand somewhere in a text.
public enum JSONFinder {
    /// The search was given up: the text has more brackets that begin no JSON than it may.
    public struct TooMany: Error, Sendable, Hashable {}

    /// Beginnings that are looked at.
    private static let mostTries = 10_000
    /// Bytes that are looked at, all beginnings together.
    private static let mostWork = 100_000_000

    /// The first object or array in the text for which `accepts` holds.
    ///
    /// An outer value is tried before those within it. Numbers, texts and words that stand alone are no find: every text
    /// is full of them. Linear for texts of prose and JSON; bounded for any.
    public static func first(
        in text: String, where accepts: (JSONValue) -> Bool = { _ in true }
    ) throws(TooMany) -> JSONValue? {
        let bytes = Array(text.utf8)
        var tries = 0
        var work = 0
        for start in bytes.indices
        where bytes[start] == UInt8(ascii: "{") || bytes[start] == UInt8(ascii: "[") {
            tries += 1
            let (end, looked) = close(bytes, start)
            work += looked
            guard tries <= mostTries, work <= mostWork else { throw TooMany() }
            guard let end else { continue }
            if let value = try? JSONValue.parse(Array(bytes[start...end])), accepts(value) { return value }
            work += end - start
        }
        return nil
    }

    /// Where the bracket at `start` is closed, if it is, and how many bytes were looked at.
    private static func close(_ bytes: [UInt8], _ start: Int) -> (end: Int?, looked: Int) {
        var depth = 0
        var position = start
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return (position, position - start) }
            case UInt8(ascii: "\""):
                position += 1
                while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
                    position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
                }
            default: break
            }
            position += 1
        }
        return (nil, bytes.count - start)
    }
}
