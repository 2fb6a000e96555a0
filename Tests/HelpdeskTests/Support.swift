import Foundation

@testable import helpdesk

/// The example's folders within this clone.
enum Folder {
    static let example = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "examples/helpdesk")
    static let data = example.appending(path: "data").path
    static let golden = example.appending(path: "golden").path
}

/// Read once: every test only looks.
let library = Result { try Library(folder: Folder.data) }
let golden = Result { try GoldenExample.read(Folder.golden) }

func pipeline(_ version: String, seed: UInt64 = 0) throws -> Pipeline {
    guard let variant = Variant.named(version) else { throw NoSuchVersion(name: version) }
    return try Pipeline(library: library.get(), variant: variant, seed: seed, jitterMilliseconds: 0)
}

private struct NoSuchVersion: Error { let name: String }
