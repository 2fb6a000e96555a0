import Policy

/// Which preset suits an app, by what its answers show.
public struct PresetChoice: Sendable {
    public let preset: Preset
    public let why: String
    /// Others that would suit as well, where the answers do not tell; empty where they do.
    public let others: [Preset]

    public init(preset: Preset, why: String, others: [Preset]) {
        self.preset = preset
        self.why = why
        self.others = others
    }

    /// Nil where the answers show nothing that a preset could measure.
    public static func choose(_ mapping: Mapping) -> PresetChoice? {
        let names = mapping.names
        let calls = (mapping.parts + mapping.known).first { $0.part == "tools" }
        if names.contains("documents") { return named("rag", "the answers show what was retrieved") }
        if names.contains("score"), !names.contains("text") {
            return named("similarity", "the answers are a score")
        }
        if let calls, calls.sureness == .sure { return named("agent", "the answers show calls to tools") }
        if names.contains("intent") {
            guard names.contains("text") else { return named("classifier", "the answers are a class") }
            return named("chat", "the answers show text, and a class beside it", others: ["classifier"])
        }
        if names.contains("score") {
            return named("similarity", "the answers show a score, and text beside it", others: ["chat"])
        }
        return names.contains("text") ? named("chat", "the answers show text") : nil
    }

    private static func named(_ name: String, _ why: String, others: [String] = []) -> PresetChoice? {
        guard let preset = Preset.named(name) else { return nil }
        return PresetChoice(preset: preset, why: why, others: others.compactMap(Preset.named))
    }
}
