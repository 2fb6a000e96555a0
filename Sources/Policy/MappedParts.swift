import Domain
import Metrics

/// Which parts of an observation the app can show at all, as far as the policy says.
struct MappedParts {
    /// Nil: anything may come (a recording, a blessed run), so nothing is said.
    private let parts: Set<String>?
    private let models: Set<ModelKind>

    /// - Parameters:
    ///   - targets: The arms that are asked; a part counts as shown where either arm maps it, since a
    ///   part
    ///   that one arm lacks is a finding of the run.
    ///   - models: What metrics may ask models of.
    init(_ targets: [TargetPolicy], models: Set<ModelKind>) {
        self.models = models
        var parts: Set<String> = []
        for target in targets {
            // A body that nothing maps is read as a text, or as a known chat API's.
            let isUnmapped = target.observe == ObserveMap()
            switch target.kind {
            case .recorded:
                self.parts = nil
                return
            case .openAI(_, _, _, let streams, _):
                parts.formUnion(Self.chat)
                if streams { parts.insert("stream") }
            case .http:
                if isUnmapped { parts.formUnion(Self.chat) }
                if target.stream != false { parts.insert("stream") }
                if target.stream == true || target.streamText != nil { parts.insert("text") }
            case .command:
                if isUnmapped { parts.formUnion(Self.chat) }
            }
            parts.formUnion(target.observe.mapped)
        }
        self.parts = targets.isEmpty ? nil : parts
    }

    private static let chat = ["text", "usage", "tools", "logprobs", "versions"]

    /// How to have what the metric needs and nothing shows, sorted; empty where nothing is missing.
    ///
    /// - Parameter definition: The metric itself, which says what it wants of models; nil for a family whose members only
    ///   the app knows.
    func missing(
        for family: MetricFamily, _ definition: MetricDefinition?, member: String?
    ) -> [String] {
        var missing = unnamedModels(for: family, definition)
        guard let parts else { return missing }
        for need in family.needs {
            guard case .observed(let part) = need, !parts.contains(part) else { continue }
            // Named values are mapped one by one; without a name, any will do.
            if part == "values", member == nil, parts.contains(where: { $0.hasPrefix("values.") }) {
                continue
            }
            if part == "values", let member, parts.contains("values." + member) { continue }
            switch part {
            case "values": missing.append("map 'app.observe.values.\(Printable.text(member ?? "NAME"))'")
            case "stream": missing.append("let answers stream ('stream: true')")
            default: missing.append("map 'app.observe.\(part)'")
            }
        }
        return missing.sorted()
    }

    /// By the metric as it was asked for: `context_recall[text]` and `groundedness: { by: words }` want no model.
    private func unnamedModels(for family: MetricFamily, _ definition: MetricDefinition?) -> [String] {
        let wanted: [ModelKind]
        if let definition {
            wanted = definition.models?.kinds ?? []
        } else {
            wanted = family.needs.compactMap { need in
                if case .model(let kind) = need { return kind }
                return nil
            }
        }
        return wanted.filter { kind in
            // A metric of the policy's own names its program itself.
            if case .custom = kind { return false }
            return !models.contains(kind)
        }.map(\.mend)
    }
}

extension ObserveMap {
    /// Names of the parts that are mapped, as `app.observe` calls them.
    var mapped: [String] {
        let all: [(String, String?)] = [
            ("text", text), ("intent", intent), ("confidence", confidence), ("score", score),
            ("label", scoreLabel),
            ("documents", documents), ("guardrail", guardrail), ("usage", usage), ("stages", stages),
            ("tools", tools), ("logprobs", logprobs), ("versions", versions), ("session", session),
        ]
        return all.filter { $0.1 != nil }.map(\.0) + values.map { "values." + $0.name }
    }
}

extension ReleasePolicy {
    /// What metrics may ask models of.
    var models: Set<ModelKind> {
        var models: Set<ModelKind> = judge == nil ? [] : [.judge]
        switch embedding {
        case .encoder: models.formUnion([.embedding, .tokenVectors])
        case .endpoint: models.insert(.embedding)
        case nil: break
        }
        return models
    }
}

extension ModelKind {
    /// How a policy comes by it.
    var mend: String {
        switch self {
        case .embedding:
            "name a model: 'embedding: { model: FOLDER }' of an encoder, or '{ openai: URL, name: MODEL }'"
        case .custom(let name): "declare it: 'custom: { \(name): { command: [PROGRAM], better: higher } }'"
        case .tokenVectors: "name the folder of an encoder: 'embedding: { model: FOLDER }'"
        case .judge: "name a judge: 'judge: { openai: URL, model: NAME }', or '{ command: […] }'"
        }
    }
}
