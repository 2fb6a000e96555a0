import Domain
import HTTPServer
import Notation
import Rollout

/// The builders of the last few plans, each with its rules; and the labels of their requests. On the recorder's thread.
struct StageBuilders {
    /// That of the exchange at hand.
    var newest: ExchangeBuilder
    private var stage: RecordedStage?
    /// What the builders that are put aside could not keep.
    private var encodedBefore = 0
    private var unredactableBefore = 0
    private var aside: [(stage: RecordedStage?, builder: ExchangeBuilder)] = []
    private var labels: [(stage: RecordedStage, values: LabelValues)] = []
    /// Requests of so many plans are under way at once.
    private static let most = 4

    /// - Parameter own: Under the recorder's own rules.
    init(_ own: ExchangeBuilder) { newest = own }

    var encoded: Int { aside.reduce(encodedBefore + newest.encoded) { $0 + $1.builder.encoded } }
    var unredactable: Int {
        aside.reduce(unredactableBefore + newest.unredactable) { $0 + $1.builder.unredactable }
    }

    /// Takes the stage's builder for the next calls.
    ///
    /// - Returns: Whether it is another than before.
    mutating func adopt(_ wanted: RecordedStage) -> Bool {
        // All stages without rules of their own have the recorder's.
        let wanted = wanted.look == nil ? nil : wanted
        if wanted === stage { return false }
        let before = (stage: stage, builder: newest)
        if let place = aside.firstIndex(where: { $0.stage === wanted }) {
            newest = aside.remove(at: place).builder
        } else if let look = wanted?.look {
            newest = ExchangeBuilder(look.rules, look.redactor, check: look.check)
        } else {
            // The recorder's own is never let go.
            return false
        }
        stage = wanted
        aside.append(before)
        if aside.count > Self.most, let place = aside.firstIndex(where: { $0.stage != nil }) {
            let gone = aside.remove(at: place).builder
            encodedBefore += gone.encoded
            unredactableBefore += gone.unredactable
        }
        return true
    }

    /// The labels that a request has by its stage's rules.
    mutating func label(_ exchange: RecordedExchange) -> [LiveField] {
        let stage = exchange.facts.stage
        guard let look = stage.look else { return [] }
        var place = labels.firstIndex { $0.stage === stage }
        if place == nil {
            if labels.count == Self.most { labels.removeFirst() }
            labels.append((stage, LabelValues(look.slices.count)))
            place = labels.count - 1
        }
        guard let place else { return [] }
        return labels[place].values.labels(of: exchange, look.slices, newest.redactor)
    }
}

/// The values of labels that were seen: few are told apart, whatever clients send.
struct LabelValues {
    private var seen: [Set<String>]
    private var clean: [[String: String]]
    static let other = "other"
    /// Letters of a value, in bytes.
    private static let longest = 64

    init(_ count: Int) {
        seen = .init(repeating: [], count: count)
        clean = .init(repeating: [:], count: count)
    }

    mutating func labels(
        of exchange: RecordedExchange, _ rules: [SliceRule], _ redactor: Redactor
    ) -> [LiveField] {
        var parsed: JSONValue?
        var found: [LiveField] = []
        for (index, rule) in rules.enumerated() {
            guard let value = Self.value(rule.source, exchange, &parsed), !value.isEmpty else { continue }
            found.append(LiveField(rule.name, admit(value, index, redactor)))
        }
        return found
    }

    /// The value as it is told: redacted, cut, or `other` where there are too many.
    private mutating func admit(_ value: String, _ index: Int, _ redactor: Redactor) -> String {
        if let known = clean[index][value] { return known }
        guard seen[index].count < SliceRule.mostValues else { return Self.other }
        var told = value
        if value.utf8.count > Self.longest {
            var cut = Substring(value)
            while cut.utf8.count > Self.longest { cut.removeLast() }
            told = String(cut)
        }
        do throws(Redactor.Unredactable) {
            if let hidden = try redactor.found(in: Array(told.utf8)) {
                told = String(decoding: hidden, as: UTF8.self)
            }
        } catch { told = Self.other }
        seen[index].insert(told)
        // Many texts may become one when they are redacted.
        if clean[index].count < 4 * SliceRule.mostValues { clean[index][value] = told }
        return told
    }

    private static func value(
        _ source: SliceRule.Source, _ exchange: RecordedExchange, _ parsed: inout JSONValue?
    ) -> String? {
        let head = exchange.facts.head
        switch source {
        case .header(let name): return head.headers[name]
        case .cookie(let name):
            for field in head.headers.values(of: "cookie") {
                if let value = StickySource.cookie(name, in: field) { return String(value) }
            }
            return nil
        case .json(let pointer):
            if parsed == nil {
                let body = exchange.requestBody
                parsed = body.isWhole && body.count > 0 ? (try? JSONValue.parse(body.head)) ?? .null : .null
            }
            guard let parsed, let value = (try? JSONPointer(pointer))?.value(in: parsed) else { return nil }
            return StickySource.key(of: value)
        case .locale: return head.headers["accept-language"].flatMap(Eligibility.preferred)
        case .path: return String(head.target.prefix { $0 != "?" })
        case .method: return head.method
        }
    }
}
