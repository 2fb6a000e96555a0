import Domain
import Foundation
import Notation
import Policy
import Testing

/// Policies of `Fixtures/good` and `Fixtures/bad`.
enum Fixtures {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
        "Fixtures")

    static func names(_ part: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/" + part)) ?? []
        return files.filter { $0.hasSuffix(".yaml") }.sorted()
    }

    static func bytes(_ part: String, _ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appendingPathComponent(part).appendingPathComponent(name)))
    }

    /// A policy that is whole but for what a test adds.
    static func policy(
        observe: String = "{ text: /answer, intent: /intent, confidence: /confidence, documents: /docs, "
            + "guardrail: /guardrail, usage: /usage, stages: /timings, versions: /versions, score: /score, "
            + "label: /label, tools: /tools, values: { tone: /tone } }",
        metrics: String = "[]", gates: [String] = ["latency.p95 <= 3500ms"], repeats: Int = 1,
        more: String = ""
    ) -> String {
        let rules = gates.map { "  - " + $0 + "\n" }.joined()
        return """
            version: 1
            project: helpdesk
            app:
              baseline: http://127.0.0.1:8101/v1/answer
              candidate: http://127.0.0.1:8102/v1/answer
              request: { query: "${input.query}" }
              observe: \(observe)
              limits: { repeats: \(repeats) }
            dataset: golden/
            metrics: \(metrics)
            \(more)
            gates:

            """ + rules
    }
}

/// Reads a text as `sluice.yaml`.
func read(_ text: String, repeats: Int? = nil) -> (policy: ReleasePolicy?, diagnostics: [Diagnostic]) {
    PolicyReader.read(Array(text.utf8), path: "sluice.yaml", repeats: repeats)
}

/// The one gate of a policy with that rule, or nil with the diagnostics recorded as an issue.
func readGate(_ rule: String, repeats: Int = 1, metrics: String = "[]") -> GateRule? {
    let (policy, diagnostics) = read(Fixtures.policy(metrics: metrics, gates: [rule], repeats: repeats))
    if policy == nil { Issue.record("\(DiagnosticText().render(diagnostics))") }
    return policy?.gates.first
}
