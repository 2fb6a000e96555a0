import Domain
import Notation

/// What somebody found out about a run later: whether its alarm was one. Notes are added, never changed.
public struct RunNote: Sendable, Hashable {
    public enum Outcome: String, Sendable, Hashable, CaseIterable {
        /// The change was bad, and the gate was right to stop it.
        case trueAlarm = "true-alarm"
        /// The change was good, and the gate was wrong.
        case falseAlarm = "false-alarm"
        /// It was released all the same, by somebody's decision.
        case overridden
    }

    public let run: String
    public let outcome: Outcome
    public let why: String
    public let by: String
    /// RFC 3339, UTC.
    public let at: String

    public init(run: String, outcome: Outcome, why: String, by: String, at: String) {
        self.run = run
        self.outcome = outcome
        self.why = why
        self.by = by
        self.at = at
    }

    public static let format = "sluice.note/1"

    public var json: JSONObject {
        var out = JSONObject()
        out["format"] = .string(RunNote.format)
        out["run"] = .string(run)
        out["outcome"] = .string(outcome.rawValue)
        out["why"] = .string(why)
        out["by"] = .string(by)
        out["at"] = .string(at)
        return out
    }

    /// One line, without its line feed.
    public var bytes: [UInt8] {
        var writer = JSONWriter(reserving: 256)
        writer.value(.object(json))
        return writer.bytes
    }

    /// Nil where the bytes are no note.
    public init?(bytes: [UInt8]) {
        guard let value = try? JSONValue.parse(bytes), value["format"]?.stringValue == RunNote.format,
            let run = value["run"]?.stringValue, let why = value["why"]?.stringValue,
            let outcome = value["outcome"]?.stringValue.flatMap(Outcome.init(rawValue:)),
            let by = value["by"]?.stringValue, let at = value["at"]?.stringValue
        else { return nil }
        self.init(run: run, outcome: outcome, why: why, by: by, at: at)
    }
}
