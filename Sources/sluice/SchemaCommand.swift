import Notation
import Policy

/// `sluice schema`: the policy's JSON Schema, for editors.
enum SchemaCommand {
    static let command = Command(
        name: "schema", summary: "print the JSON Schema of a policy, for an editor's completion", usage: [""],
        flags: [], statuses: [ExitStatus.ok] + ExitStatus.failures,
        examples: ["sluice schema > sluice.schema.json"], run: run)

    @Sendable
    static func run(_ arguments: Arguments, _ console: Console) async -> Int32 {
        var writer = JSONWriter(options: JSONWriter.Options(pretty: true))
        writer.value(PolicySchema.json())
        console.out(String(decoding: writer.bytes, as: UTF8.self) + "\n")
        return 0
    }
}
