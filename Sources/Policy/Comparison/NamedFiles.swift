import Domain
import Metrics
import Notation

/// Files that a policy's judgement leans on, wherever a key takes a path.
///
/// The data set is not among them, nor what the candidate recorded and scores made elsewhere: those a change may bring.
public enum NamedFiles {
    /// Relative to the policy's folder as written, sorted, none twice.
    public static func of(_ policy: ReleasePolicy) -> [String] {
        guard let root = YAMLNode.read(Array(policy.source.text.utf8)).root else { return [] }
        var found = Set<String>()
        collect(root, PolicyKeys.root, "", &found)
        for metric in policy.metrics { found.formUnion(metric.namedFiles) }
        for part in policy.composites.flatMap(\.parts) { found.formUnion(part.request.namedFiles) }
        found.formUnion(policy.journeys.flatMap(\.schemaFiles))
        if let name = policy.app.blessedBaseline {
            found.insert("baselines/\(name).json")
            found.insert("baselines/\(name).observations.jsonl.zst")
        }
        return found.sorted()
    }

    private static let brought: Set<String> = ["dataset", "app.candidate.recorded", "external.file"]

    private static func collect(
        _ node: YAMLNode, _ keys: [KeyDefinition], _ path: String, _ found: inout Set<String>
    ) {
        for member in node.members ?? [] {
            guard let name = member.key.text, let key = keys.first(where: { $0.name == name }) else {
                continue
            }
            collect(member.value, key.form, path.isEmpty ? name : path + "." + name, &found)
        }
    }

    private static func collect(
        _ node: YAMLNode, _ form: ValueForm, _ path: String, _ found: inout Set<String>
    ) {
        if brought.contains(path) { return }
        switch form {
        case .text(.path): if let text = node.text, !text.isEmpty { found.insert(text) }
        case .keys(let keys): collect(node, keys, path, &found)
        case .names(_, _, let value):
            for member in node.members ?? [] { collect(member.value, value, path, &found) }
        case .list(let element, _, _):
            for one in node.elements ?? [node] { collect(one, element, path, &found) }
        case .choice(let forms):
            for one in forms {
                if case .keys = one, node.members == nil { continue }
                collect(node, one, path, &found)
            }
        case .text, .integer, .number, .flag, .word, .measure, .template, .anything, .metric, .gate,
            .constant:
            break
        }
    }
}
