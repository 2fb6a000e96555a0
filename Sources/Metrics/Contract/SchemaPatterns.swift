import Notation
import Text

/// Patterns of JSON Schemas, in the dialect that the standard names.
public enum SchemaPatterns {
    /// What ``JSONSchema/compile(_:resources:baseURI:options:patterns:)`` takes.
    @Sendable public static func compile(_ source: String) throws -> JSONSchema.Pattern {
        let pattern: Pattern
        do throws(PatternProblem) { pattern = try Pattern(source, dialect: .ecma) } catch {
            if error.isSyntax { throw error }
            throw JSONSchema.UnsupportedPattern("\(error.message) is not offered")
        }
        return { subject in try? pattern.matches(subject) }
    }
}
