import Domain
import Text

/// The policy's catalogues and the patterns of a run, made once for all examples.
final class Catalogues: Sendable {
    private let finders: [String: PhraseFinder]
    let patterns = PatternCache()

    init(_ catalogues: [String: [String]]) {
        finders = catalogues.mapValues { PhraseFinder($0) }
    }

    subscript(name: String) -> PhraseFinder? { finders[name] }
}
