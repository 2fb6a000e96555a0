/// One way in which a change would make the policy ask for less, or reach further.
public struct Loosening: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case gateRemoved = "gate removed"
        case gateLoosened = "gate loosened"
        case unsureSoftened = "unsure softened"
        case layerRemoved = "layer removed"
        case sliceRemoved = "slice removed"
        case limitLoosened = "limit loosened"
        case metricRemoved = "metric removed"
        case metricChanged = "metric changed"
        case ownerChanged = "owner changed"
        case reviewPostponed = "review postponed"
        case waiverAdded = "waiver added"
        case waiverExtended = "waiver extended"
        case hostAdded = "host added"
        case variableAdded = "environment variable added"
        case commandAdded = "command added"
        case approverAdded = "approver added"
        /// A list of `trust` that is gone, so that it restricts nothing any more.
        case listRemoved = "trust list removed"
        /// Any other difference: what is not known to be harmless is not.
        case settingChanged = "setting changed"
        /// A file that gates lean on: a schema, a blessed baseline, a recording.
        case fileChanged = "file changed"
        case approvalAdded = "approval added"
        case exampleRemoved = "example removed"
        case exampleChanged = "example changed"
        case dataDiluted = "data set diluted"
    }

    public let kind: Kind
    /// What is loosened: a rule as written, a key's path, an example's id.
    public let subject: String
    public let before: String?
    public let after: String?

    public init(_ kind: Kind, _ subject: String, before: String? = nil, after: String? = nil) {
        self.kind = kind
        self.subject = subject
        self.before = before
        self.after = after
    }

    /// In one line: `gate loosened: mrr >= 0.5 → mrr >= 0.3`.
    public var words: String {
        var words = kind.rawValue + ": " + subject
        switch (before, after) {
        case (let before?, let after?) where before == subject: words += " → \(after)"
        case (let before?, let after?): words += " (\(before) → \(after))"
        case (let before?, nil): words += " (was \(before))"
        case (nil, let after?): words += " (now \(after))"
        case (nil, nil): break
        }
        return words
    }
}

/// That somebody other than its author agreed to exactly one set of loosenings.
public struct Approval: Sendable, Hashable {
    /// Of the loosenings, as `TrustReport.digest`.
    public let digest: String
    public let approver: String
    public let why: String
    /// RFC 3339.
    public let at: String
    /// The last day on which it counts; nil: it was given for this very run.
    public let until: Day?
    /// Where it stands: `main:approvals.jsonl:3`, `--approved-by`.
    public let source: String

    public init(digest: String, approver: String, why: String, at: String, until: Day?, source: String) {
        self.digest = digest
        self.approver = approver
        self.why = why
        self.at = at
        self.until = until
        self.source = source
    }
}

/// What came of holding a change's policy against the trusted one.
public struct TrustReport: Sendable, Hashable {
    /// Where the trusted policy stands: `main (3f2a9c1d0b7e)`.
    public var source: String
    public var loosenings: [Loosening]
    /// What the change makes stricter, a line each; in force from its merge on.
    public var stricter: [String]
    /// Digest of exactly what is loosened; empty where nothing is.
    public var digest: String
    public var approval: Approval?
    /// Approvals that were found and do not count, with why.
    public var rejected: [String]
    public var authors: [String]
    /// Who may approve; empty: anybody but the authors.
    public var approvers: [String]
    /// What a reader should know besides.
    public var notes: [String]

    public init(source: String) {
        self.source = source
        loosenings = []
        stricter = []
        digest = ""
        rejected = []
        authors = []
        approvers = []
        notes = []
    }

    /// Whether the change is held back until somebody approves.
    public var isRefused: Bool { !loosenings.isEmpty && approval == nil }

    /// Whether the change's own policy is in force, since it was approved.
    public var isApproved: Bool { !loosenings.isEmpty && approval != nil }

    /// Who may approve, in words.
    public var whoMayApprove: String {
        let others = authors.isEmpty ? "the change's author" : authors.joined(separator: " and ")
        if approvers.isEmpty { return "anybody but \(others)" }
        let folded = Set(authors.map(TrustReport.folded))
        let left = approvers.filter { !folded.contains(TrustReport.folded($0)) }
        if left.isEmpty {
            return "nobody: every approver (\(approvers.joined(separator: ", "))) is an author of this change"
        }
        return left.joined(separator: " or ")
    }

    /// Names as they are compared: `@Ada`, `ada` and ` ADA ` are one person.
    public static func folded(_ name: String) -> String {
        var name = name[...]
        while let first = name.first, first.isWhitespace || first == "@" { name.removeFirst() }
        while let last = name.last, last.isWhitespace { name.removeLast() }
        return name.lowercased()
    }
}
