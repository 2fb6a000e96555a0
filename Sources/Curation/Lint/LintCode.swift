/// What the lint looks for, each under the name that output and documentation use.
public enum LintCode: String, Sendable, Hashable, CaseIterable {
    case unreadableRow = "unreadable-row"
    case duplicateID = "duplicate-id"
    case doubtfulColumn = "doubtful-column"
    case damagedText = "damaged-text"
    case contradiction
    case duplicate
    case nearDuplicate = "near-duplicate"
    case nothingExpected = "nothing-expected"
    case missingReference = "missing-reference"
    case placeholder
    case untypedElement = "untyped-element"
    case unfedGate = "unfed-gate"
    case unfedMetric = "unfed-metric"
    case missingCategory = "missing-category"
    case missingBand = "missing-band"
    case smallSlice = "small-slice"
    case smallSet = "small-set"
    case stale
    case retiredDocument = "retired-document"
    case badDate = "bad-date"
    case unlabelled
    case selfLabelled = "self-labelled"
    case machineLabelled = "machine-labelled"
    case selfApproved = "self-approved"
    case mixedVersions = "mixed-versions"
    case mixedGuidelines = "mixed-guidelines"
    case promptLeak = "prompt-leak"
    case missingSpan = "missing-span"
    case unindexedDocument = "unindexed-document"
    case overdueAddition = "overdue-addition"
    case overdueReview = "overdue-review"
    case growthDue = "growth-due"

    /// One line: what it is about.
    public var title: String {
        switch self {
        case .unreadableRow: "rows that cannot be read"
        case .duplicateID: "ids that are not one example's alone"
        case .doubtfulColumn: "columns and values that probably mean something else"
        case .damagedText: "text that lost characters on its way"
        case .contradiction: "the same input, expectations that exclude one another"
        case .duplicate: "the same input more than once"
        case .nearDuplicate: "nearly the same input more than once"
        case .nothingExpected: "examples that no answer can fail"
        case .missingReference: "examples without the reference that their like have"
        case .placeholder: "expectations still to be written"
        case .untypedElement: "phrases that may be descriptions and are searched literally"
        case .unfedGate: "gates that no example can be judged by"
        case .unfedMetric: "metrics that no example has the expectation for"
        case .missingCategory: "kinds of case that the set lacks"
        case .missingBand: "score bands that the set lacks"
        case .smallSlice: "slices too small to gate"
        case .smallSet: "gates that want more examples than there are"
        case .stale: "examples that nobody looked at for too long"
        case .retiredDocument: "gold that points at retired documents"
        case .badDate: "dates that cannot be"
        case .unlabelled: "examples that do not say where they come from"
        case .selfLabelled: "labels made by the system under test"
        case .machineLabelled: "labels made by a model, and approved by nobody"
        case .selfApproved: "labels approved by who made them"
        case .mixedVersions: "versions of the data set, mixed"
        case .mixedGuidelines: "guideline versions, mixed"
        case .promptLeak: "golden cases that the prompt gives away"
        case .missingSpan: "gold spans that are whole in no indexed chunk"
        case .unindexedDocument: "gold documents that the index does not hold"
        case .overdueAddition: "a set that does not grow"
        case .overdueReview: "a set that nobody reviewed"
        case .growthDue: "rules of growth that ask for more"
        }
    }
}
