import Domain

/// What is wrong, or worth a look, in a data set: where, why, and how to mend it.
public struct DatasetProblem: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Severity: String, Sendable, Hashable, CaseIterable {
        /// The row cannot be used; a data set with errors is not replayed.
        case error
        /// The row is used, and probably not as it was meant.
        case warning
        /// Something was left out on purpose.
        case note
    }

    /// What it is about, for whoever groups problems.
    public enum Kind: Sendable, Hashable, CaseIterable {
        /// One row or column.
        case row
        /// An id that is another row's too.
        case duplicateID
        /// A row without id that says what another says.
        case sameRow
    }

    public let severity: Severity
    public let kind: Kind
    public let place: SourcePlace
    /// A sentence without a full stop. It may quote names of columns and ids, never a whole payload.
    public let cause: String
    public let mend: String

    public init(
        _ severity: Severity = .error, _ kind: Kind = .row, at place: SourcePlace, _ cause: String,
        mend: String
    ) {
        self.severity = severity
        self.kind = kind
        self.place = place
        self.cause = cause
        self.mend = mend
    }

    /// `golden.jsonl:3:17: error: cause; mend`; a line or column that is not known is left out.
    public var description: String {
        var text = place.file
        if place.line > 0 { text += ":\(place.line)" }
        if place.line > 0 && place.column > 0 { text += ":\(place.column)" }
        return text + ": \(severity.rawValue): \(cause); \(mend)"
    }
}
