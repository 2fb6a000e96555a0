/// A path in which `*` stands for any stretch: `/v1/*`, `/teams/*/ask`.
///
/// Matched against the path as it was sent, still percent-encoded, without its query.
public struct PathPattern: Sendable, Hashable, CustomStringConvertible {
    public let description: String
    private let parts: [[UInt8]]

    /// nil for what begins neither with `/` nor with `*`.
    public init?(_ text: String) {
        guard text.hasPrefix("/") || text.hasPrefix("*") else { return nil }
        description = text
        parts = text.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(
            Array.init)
    }

    /// Linear in the path for each star.
    public func matches(_ path: Substring) -> Bool {
        var path = path
        return path.withUTF8 { matches($0) }
    }

    private func matches(_ path: UnsafeBufferPointer<UInt8>) -> Bool {
        let first = parts[0]
        guard starts(path, at: 0, with: first) else { return false }
        guard parts.count > 1 else { return path.count == first.count }
        let last = parts[parts.count - 1]
        var position = first.count
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            while !starts(path, at: position, with: part) {
                position += 1
                if position > path.count { return false }
            }
            position += part.count
        }
        return path.count - last.count >= position && starts(path, at: path.count - last.count, with: last)
    }

    private func starts(_ path: UnsafeBufferPointer<UInt8>, at position: Int, with part: [UInt8]) -> Bool {
        guard position + part.count <= path.count else { return false }
        for index in part.indices where path[position + index] != part[index] { return false }
        return true
    }
}
