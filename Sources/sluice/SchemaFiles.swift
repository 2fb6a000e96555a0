import Domain
import Metrics
import Notation
import Storage

/// JSON Schemas that a policy names beside its metrics.
enum SchemaFiles {
    /// - Throws: What is wrong with the file or the schema in it.
    static func compile(_ name: String, _ file: PolicyFile) throws(StoreError) -> JSONSchema {
        let path = PolicyFile.resolve(name, file.folder)
        let bytes = try InputFile.read(path)
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue.parse(bytes) } catch {
            throw StoreError(.damaged, "\(path):\(error.mark.line):\(error.mark.column): \(error.cause)")
        }
        do throws(JSONSchemaError) {
            return try JSONSchema.compile(value, patterns: SchemaPatterns.compile)
        } catch {
            let first = error.problems.prefix(3).map(\.description).joined(separator: "; ")
            throw StoreError(.damaged, "the schema \(path) cannot be used: \(first)")
        }
    }
}
