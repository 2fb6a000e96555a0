import Digest
import Domain
import Notation

/// Differences of what is written, key by key, beside the keys that are compared by their meaning.
enum SettingComparison {
    /// Compared by meaning, or of none.
    private static let understood: Set<String> = [
        "version", "gates", "changes", "unsure", "unfed", "slices", "layers", "preset", "waivers", "trust",
        "metrics",
        "unmeasured", "app.limits.concurrency", "app.limits.timeout", "app.limits.total_timeout",
        "app.limits.retries", "app.limits.rate", "app.limits.repeats", "app.limits.cache",
        "app.limits.answer_size",
    ]

    static func differences(_ before: JSONValue, _ after: JSONValue) -> [Loosening] {
        var found: [Loosening] = []
        compare(before, after, "", &found)
        return found
    }

    private static func compare(
        _ before: JSONValue?, _ after: JSONValue?, _ path: String, _ found: inout [Loosening]
    ) {
        if understood.contains(path) { return }
        let one = before?.objectValue
        let two = after?.objectValue
        // A mapping that appears or goes is told member by member, so that none hides in a long line.
        let isMapping = (one != nil || before == nil) && (two != nil || after == nil)
        var keys = one?.members.map(\.key) ?? []
        for member in two?.members ?? [] where one?[member.key] == nil { keys.append(member.key) }
        if isMapping, !keys.isEmpty {
            for key in keys {
                compare(one?[key], two?[key], path.isEmpty ? key : path + "." + key, &found)
            }
            return
        }
        guard before?.canonicalBytes != after?.canonicalBytes else { return }
        found.append(
            Loosening(
                .settingChanged, path, before: before.map { shown($0, path) } ?? "absent",
                after: after.map { shown($0, path) } ?? "absent"))
    }

    /// A value for people. What may be a secret written out is told apart by its variables only.
    private static func shown(_ value: JSONValue, _ path: String) -> String {
        let parts = path.split(separator: ".")
        // A journey's steps stand in a list, headers and all.
        let isSecretive =
            parts.contains("headers") || parts.last == "system" || parts.contains("notify")
            || parts.first == "journey"
        guard isSecretive else { return PolicyComparison.shown(value.canonicalBytes) }
        return ContentDigest(of: value.canonicalBytes).description + variables(value)
    }

    private static func variables(_ value: JSONValue) -> String {
        let names = Secretive(PolicyComparison.shown(value.canonicalBytes)).variables
        return names.isEmpty ? "" : " with " + names.joined(separator: ", ")
    }
}
