import Domain
import Metrics
import Notation
import Storage

/// JSON Schemas that a policy names beside its metrics.
enum SchemaFiles {
    /// - Throws: What is wrong with the file or the schema in it.
    static func compile(_ name: String, _ file: PolicyFile) throws(StoreError) -> JSONSchema {
        try compile(at: PolicyFile.resolve(name, file.folder))
    }

    /// - Throws: What is wrong with the file or the schema in it.
    static func compile(at path: String) throws(StoreError) -> JSONSchema {
        let bytes = try InputFile.read(path)
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue.parse(bytes) } catch {
            throw StoreError(.damaged, "\(path):\(error.mark.line):\(error.mark.column): \(error.cause)")
        }
        return try compile(value, called: path)
    }

    /// - Throws: What is wrong with the schema.
    static func compile(_ schema: JSONValue, called name: String) throws(StoreError) -> JSONSchema {
        do throws(JSONSchemaError) {
            return try JSONSchema.compile(schema, patterns: SchemaPatterns.compile)
        } catch {
            let first = error.problems.prefix(3).map(\.description).joined(separator: "; ")
            throw StoreError(.damaged, "the schema \(name) cannot be used: \(first)")
        }
    }
}
