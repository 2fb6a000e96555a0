import Foundation

/// The clone that the tests were compiled in.
enum Clone {
    static let root: String = {
        var path = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        path.removeLast(3)
        return path.joined(separator: "/")
    }()

    static func text(_ path: String) throws -> String {
        try String(contentsOfFile: root + "/" + path, encoding: .utf8)
    }

    /// Folders under `Sources` that hold a file, and the example app, each with its path.
    static func rooms() throws -> [(name: String, path: String)] {
        let names = try FileManager.default.contentsOfDirectory(atPath: root + "/Sources").sorted()
        let rooms =
            names.map { (name: $0, path: "Sources/" + $0) } + [
                (name: "helpdesk", path: "examples/helpdesk/Sources")
            ]
        return rooms.filter { room in
            files(room.path, endings: ["swift", "c", "cpp", "modulemap"]).isEmpty == false
        }
    }

    static func sources(_ path: String) throws -> [SourceText] {
        try files(path, endings: ["swift"]).map { SourceText(file: $0, text: try text($0)) }
    }

    private static func files(_ path: String, endings: Set<String>) -> [String] {
        let inside = FileManager.default.enumerator(atPath: root + "/" + path)
        let names = (inside?.allObjects as? [String] ?? []).filter {
            endings.contains(($0 as NSString).pathExtension)
        }
        return names.sorted().map { path + "/" + $0 }
    }
}
