import Foundation
import Notation

/// A file of this room's fixtures.
func fixture(_ path: String) throws -> Data {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
        "Fixtures")
    return try Data(contentsOf: folder.appendingPathComponent(path))
}

/// The lines of a fixture, read by Foundation so that the reader under test does not vouch for itself.
func fixtureLines(_ path: String) throws -> [[String: Any]] {
    try fixture(path).split(separator: 0x0A).map { line in
        let row = try JSONSerialization.jsonObject(with: Data(line))
        return row as? [String: Any] ?? [:]
    }
}
