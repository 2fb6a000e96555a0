import Foundation
import Notation
import Testing

/// The extracts of oracles that stand in `Fixtures`, and the whole of them where the environment says where.
enum Fixtures {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
        "Fixtures")

    static func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }

    /// One JSON value a line.
    static func rows(_ name: String) throws -> [JSONValue] {
        try text(name).split(separator: "\n").map { try JSONValue.parse(String($0)) }
    }

    /// The folder of the shared data sets, for the suites that run the whole of them.
    static let corpora = ProcessInfo.processInfo.environment["SLUICE_SHARED_DATA"].map(
        URL.init(fileURLWithPath:))

    static func corpus(_ path: String) throws -> String {
        try String(contentsOf: #require(corpora).appendingPathComponent(path), encoding: .utf8)
    }
}
