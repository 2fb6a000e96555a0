import Notation
import Sweeping

/// The decision made of a sweep, for programs: `sluice.decision/1`, with the whole sweep in it.
public enum DecisionJSON {
    public static let format = "sluice.decision/1"

    /// Indented JSON that ends in a line feed.
    public static func render(_ decision: SweepDecision) -> String {
        var root = JSONObject()
        root["format"] = .string(format)
        root["chosen"] = .string(decision.chosen)
        root["settings"] = SweepJSON.settings(decision.row.variant)
        root["why"] = .string(decision.why)
        root["by"] = .string(decision.who)
        root["decided_at"] = .string(decision.decidedAt)
        root["cautions"] = .array(decision.cautions.map { .string($0) })
        root["dataset"] = SweepJSON.dataset(decision.report.facts.dataset)
        root["compared"] = .array(decision.report.variants.map { .string($0.variant.name) })
        root["evidence"] = SweepJSON.value(decision.report)
        var writer = JSONWriter(options: JSONWriter.Options(pretty: true))
        writer.value(.object(root))
        writer.endLine()
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
