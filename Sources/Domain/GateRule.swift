/// A rule over a metric, in one of the forms below.
public struct GateRule: Sendable, Hashable {
    /// As written, spaces folded: what reports print and waivers name.
    public let text: String
    /// Only examples of this slice count, where one is named.
    public let slice: SliceCondition?
    public let metric: MetricReference
    public let form: GateForm
    /// This gate's own answer to being undecided; nil: the policy's.
    public let unsure: UnsurePolicy?
    public let place: SourcePlace
    /// Kinds of change that asked for it; empty: it always holds.
    public let askedBy: [ChangeKind]
    /// Who answers for the threshold, and why it is what it is, where the policy says so.
    public let owner: String?
    public let why: String?
    public let approvedBy: String?
    /// When the threshold is to be looked at again.
    public let review: Day?

    public init(
        text: String, slice: SliceCondition? = nil, metric: MetricReference, form: GateForm,
        unsure: UnsurePolicy? = nil, place: SourcePlace = SourcePlace(file: "", line: 0),
        askedBy: [ChangeKind] = [],
        owner: String? = nil, why: String? = nil, approvedBy: String? = nil, review: Day? = nil
    ) {
        self.text = text
        self.slice = slice
        self.metric = metric
        self.form = form
        self.unsure = unsure
        self.place = place
        self.askedBy = askedBy
        self.owner = owner
        self.why = why
        self.approvedBy = approvedBy
        self.review = review
    }

    /// The same rule, asked for by these kinds of change.
    public func asked(by kinds: [ChangeKind]) -> GateRule {
        GateRule(
            text: text, slice: slice, metric: metric, form: form, unsure: unsure, place: place,
            askedBy: kinds,
            owner: owner, why: why, approvedBy: approvedBy, review: review)
    }
}

/// `adversarial`, `locale = de`: a column that is true (or a tag, or a category), or that has a value.
public struct SliceCondition: Sendable, Hashable {
    public let name: String
    /// Nil: the column holds a true value, or the example bears the tag or category of that name.
    public let value: String?

    public init(name: String, value: String? = nil) {
        self.name = name
        self.value = value
    }
}

/// A metric as a rule names it: `intent_f1[refund]`, `latency.p95`, `recall@3`, `versions.embedding`.
public struct MetricReference: Sendable, Hashable {
    public enum Selector: Sendable, Hashable {
        /// Every class or member, one gate for all of them together.
        case each
        case named(String)
    }

    /// The name with its parameter: `recall@3`.
    public let name: String
    public let selector: Selector?
    /// `mean`, `p95`, `max` …, or the key for `versions`; nil: the metric's own aggregate.
    public let statistic: String?

    public init(name: String, selector: Selector? = nil, statistic: String? = nil) {
        self.name = name
        self.selector = selector
        self.statistic = statistic
    }

    /// As a rule writes it.
    public var text: String {
        var out = name
        switch selector {
        case .each: out += "[each]"
        case .named(let member): out += "[\(member)]"
        case nil: break
        }
        if let statistic { out += "." + statistic }
        return out
    }
}

public enum Comparison: String, Sendable, Hashable, CaseIterable {
    case atLeast = ">="
    case atMost = "<="
    case equal = "=="
    case above = ">"
    case below = "<"

    public func holds(_ value: Double, _ bound: Double) -> Bool {
        switch self {
        case .atLeast: value >= bound
        case .atMost: value <= bound
        case .equal: value == bound
        case .above: value > bound
        case .below: value < bound
        }
    }
}

/// A number with the unit it was written in, already in the metric's own unit.
public struct Quantity: Sendable, Hashable {
    /// In the metric's unit: `90%` is 0.9, `3.5s` is 3500 for a metric in milliseconds.
    public let value: Double
    /// As written, for reports: `3500ms`.
    public let text: String

    public init(value: Double, text: String) {
        self.value = value
        self.text = text
    }
}

public enum Margin: Sendable, Hashable {
    /// In the metric's unit.
    case absolute(Quantity)
    /// A share of the baseline's value: 0.05 for `5%`.
    case relative(Double)
    /// Fixed when the baseline was blessed.
    case automatic
}

/// The forms of a rule. `share` is the part of examples that must satisfy a rule made per example.
public enum GateForm: Sendable, Hashable {
    /// `M >= x`; with `confidently` the bound of the interval must satisfy it, not the estimate.
    case compare(Comparison, Quantity, confidently: Bool)
    /// `not worse than baseline`.
    case notWorse
    /// `no worse than baseline by m`.
    case noWorse(by: Margin)
    /// `within 20% of baseline`: 0.2.
    case within(share: Double)
    /// `in band`: the score lies in the band the example expects.
    case inBand(share: Double)
    /// `within 0.05 of expected`.
    case tolerance(Double, share: Double)
    /// `spread <= 0.1`: largest minus smallest over an example's repeats.
    case spread(Quantity, share: Double)
    /// `2 of 3`: at least `required` of every `repeats` repeats score at least `threshold`.
    case repeated(required: Int, repeats: Int, threshold: Double, share: Double)
    /// `pass^3 >= 0.8`: the chance that all of k fresh tries succeed, C(c,k)/C(N,k), averaged over examples.
    case passPower(Int, Comparison, Quantity)
    /// `a above b by 0.2`: the order of two anchor examples.
    case order(above: String, below: String, gap: Double)
    /// `== "minilm-l6-v2"`: an observed text is equal on every observation.
    case text(String)
    /// `in bands`: a KPI against its own go and hold bands and its floors.
    case kpiBands
}
