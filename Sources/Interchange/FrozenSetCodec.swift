import Domain
import Notation

/// A frozen data set as JSON that people review, and back; version 1, lossless.
public enum FrozenSetCodec {
    public static let format = "sluice.frozen-set/1"

    /// Why bytes are no frozen set.
    public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
        public let description: String
    }

    public static func json(_ set: FrozenSet) -> JSONValue {
        var categories = JSONObject()
        for category in set.categories { categories[category.name] = .integer(Int64(category.count)) }
        return [
            "format": .string(format), "tag": .string(set.tag), "digest": .string(set.digest),
            "count": .integer(Int64(set.count)), "retired": .integer(Int64(set.retired)),
            "files": .array(set.files.map { .string($0) }),
            "version": set.version.map { .string($0) } ?? .null, "who": .string(set.who),
            "why": .string(set.why), "frozen_at": .string(set.frozenAt), "categories": .object(categories),
            "packed": ["file": .string(set.packed.file), "digest": .string(set.packed.digest)],
        ]
    }

    /// Indented, in a fixed order, with a line feed at the end.
    public static func encode(_ set: FrozenSet) -> [UInt8] {
        json(set).bytes(pretty: true) + [UInt8(ascii: "\n")]
    }

    public static func decode(_ bytes: [UInt8]) throws(Problem) -> FrozenSet {
        let root: JSONValue
        do throws(JSONError) { root = try JSONValue.parse(bytes) } catch {
            throw Problem(
                description: "line \(error.mark.line), column \(error.mark.column): \(error.cause)")
        }
        guard root["format"]?.stringValue == format else {
            throw Problem(description: "its format is not \(format): it was written by another Sluice")
        }
        func text(_ value: JSONValue?, _ name: String) throws(Problem) -> String {
            guard let text = value?.stringValue else {
                throw Problem(description: "'\(name)' is missing or no text")
            }
            return text
        }
        guard let count = root["count"]?.intValue, count >= 0 else {
            throw Problem(description: "'count' is missing or no count")
        }
        var categories: [FrozenSet.Count] = []
        for member in root["categories"]?.objectValue?.members ?? [] {
            categories.append(FrozenSet.Count(name: member.key, count: member.value.intValue ?? 0))
        }
        return FrozenSet(
            tag: try text(root["tag"], "tag"), digest: try text(root["digest"], "digest"), count: count,
            retired: root["retired"]?.intValue ?? 0,
            files: (root["files"]?.arrayValue ?? []).compactMap(\.stringValue),
            version: root["version"]?.stringValue, who: try text(root["who"], "who"),
            why: try text(root["why"], "why"), frozenAt: try text(root["frozen_at"], "frozen_at"),
            categories: categories,
            packed: FrozenSet.Packed(
                file: try text(root["packed"]?["file"], "packed.file"),
                digest: try text(root["packed"]?["digest"], "packed.digest")))
    }
}

/// The head of a packed data set: one line of JSON, then as many lines of rows as it says of each file, blank ones
/// where no row stood, so that every row keeps its file and line.
public struct PackedSetHead: Sendable, Hashable {
    public static let format = "sluice.packed-set/1"

    public struct File: Sendable, Hashable {
        public let name: String
        public let lines: Int

        public init(name: String, lines: Int) {
            self.name = name
            self.lines = lines
        }
    }

    public let digest: String
    public let files: [File]

    public init(digest: String, files: [File]) {
        self.digest = digest
        self.files = files
    }

    /// With its line feed.
    public var line: [UInt8] {
        let value: JSONValue = [
            "format": .string(Self.format), "digest": .string(digest),
            "files": .array(
                files.map { ["name": .string($0.name), "lines": .integer(Int64($0.lines))] as JSONValue }),
        ]
        return value.bytes() + [UInt8(ascii: "\n")]
    }

    /// - Returns: Nil where the line is no such head.
    public init?(line: [UInt8]) {
        guard let root = try? JSONValue.parse(line), root["format"]?.stringValue == Self.format,
            let digest = root["digest"]?.stringValue, let parts = root["files"]?.arrayValue
        else { return nil }
        var files: [File] = []
        for part in parts {
            guard let name = part["name"]?.stringValue, let lines = part["lines"]?.intValue, lines >= 0
            else { return nil }
            files.append(File(name: name, lines: lines))
        }
        self.init(digest: digest, files: files)
    }
}
