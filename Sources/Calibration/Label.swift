import Domain
import Metrics
import Notation
import Text

/// One thing that a person judged, with what a judge said of it where that was recorded.
///
/// A line of JSON: `id`, `metric`, `label`; `judge` with the recorded verdict, or a list of them (repeats), null where
/// there was none; what is needed to ask a judge afresh (`query`, `answer`, `context`, `reference`, `history`; of pairs
/// `first` and `second` in the place of `answer`); `arm`; every further text is a column that results are broken down
/// by. A recorded verdict on a pair in the other order is `judge_swapped`, said of the answers as the row calls them.
///
/// A number is a verdict from 0 to 1, but for a rubric: there it is a grade on the rubric's own scale, that of the line's
/// `scale` or of the policy, and is brought to 0 to 1 as the judge's own grades are. A rubric whose scale nobody names
/// takes 0 to 1.
public struct Label: Sendable {
    public let id: String
    /// The run's example whose answer it is of: `example`, or `id` where the line names none.
    public let example: String
    public let metric: String
    /// What a person says; nil: nobody has said anything, and the judge's verdict counts for the population alone.
    public let verdict: Verdict?
    /// Recorded verdicts, nil where the judge gave none; empty: not recorded.
    public var judged: [JudgedVerdict?]
    /// The same for a pair in the other order.
    public var swapped: [JudgedVerdict?]
    public let material: Material
    public let arm: Arm?
    public let columns: [Example.Column]
    public let place: SourcePlace

    /// What a person says, or a judge.
    public enum Verdict: Sendable, Hashable {
        /// The metric's value: 1 and 0 for yes and no.
        case value(Double)
        case pair(Choice)
    }

    public typealias JudgedVerdict = Verdict

    public enum Choice: String, Sendable, Hashable, CaseIterable { case first, second, tie }

    /// What a judge is shown.
    public struct Material: Sendable {
        public var query = ""
        public var answer: String?
        public var context: [String] = []
        public var references: [String] = []
        public var history: [Message] = []
        public var first: String?
        public var second: String?
        public var tools: [ToolCall] = []
        public var rubric: String?
    }

    /// Whether two answers are compared.
    public var isPair: Bool { metric == "preference" }
}

/// Reads lines of labels; what cannot be read is told with its line, and the rest is read.
public struct LabelReader {
    /// Those that a person labelled.
    public private(set) var labels: [Label] = []
    /// Those that nobody did.
    public private(set) var unlabelled: [Label] = []
    public private(set) var problems: [String] = []
    private var ids: Set<String> = []
    private let path: String
    private let scale: @Sendable (String) -> ClosedRange<Double>?

    /// - Parameter scale: Of a rubric, by the metric's name; nil: not known, or no rubric.
    public init(path: String, scale: @escaping @Sendable (String) -> ClosedRange<Double>? = { _ in nil }) {
        self.path = path
        self.scale = scale
    }

    fileprivate struct Problem: Error { let cause: String }

    private static let known: Set<String> = [
        "id", "metric", "label", "judge", "judge_swapped", "query", "answer", "context", "reference",
        "references", "history", "first", "second", "arm", "tools", "rubric", "scale", "example",
    ]

    public mutating func read(_ bytes: [UInt8]) {
        for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy({ $0 <= 0x20 }) { continue }
            let place = SourcePlace(file: path, line: index + 1)
            do throws(Problem) {
                let label = try self.label(Array(line), place)
                guard ids.insert(label.metric + "\n" + label.id).inserted else {
                    throw Problem(cause: "the id '\(label.id)' stands twice for \(label.metric)")
                }
                if label.verdict == nil { unlabelled.append(label) } else { labels.append(label) }
            } catch { problems.append("\(path):\(index + 1): \(error.cause)") }
        }
    }

    private func label(_ line: [UInt8], _ place: SourcePlace) throws(Problem) -> Label {
        let row: JSONValue
        do throws(JSONError) { row = try JSONValue.parse(line) } catch {
            throw Problem(cause: "no JSON: \(error.cause)")
        }
        guard let object = row.objectValue else { throw Problem(cause: "no JSON object") }
        guard let metric = row["metric"]?.stringValue else { throw Problem(cause: "'metric' is missing") }
        guard let form = JudgedForm.form(named: metric) else {
            let known = JudgedForm.all.map(\.name).joined(separator: ", ")
            throw Problem(cause: "'\(metric)' is no metric of a judge; there are \(known)")
        }
        let reading = try Reading(row, form, metric: metric, known: scale(metric))
        var verdict: Label.Verdict?
        if let said = row["label"], !said.isNull { verdict = try reading.verdict(said, "label") }
        var material = Label.Material()
        material.query = row["query"]?.stringValue ?? ""
        material.answer = row["answer"]?.stringValue
        material.context = Self.texts(row["context"])
        material.references = Self.texts(row["references"] ?? row["reference"])
        material.first = row["first"]?.stringValue
        material.second = row["second"]?.stringValue
        material.rubric = row["rubric"]?.stringValue
        for turn in row["history"]?.arrayValue ?? [] {
            guard let role = turn["role"]?.stringValue.flatMap(Message.Role.init(rawValue:)),
                let content = turn["content"]?.stringValue
            else { throw Problem(cause: "'history' holds something that is no turn {role, content}") }
            material.history.append(Message(role: role, content: content))
        }
        for call in row["tools"]?.arrayValue ?? [] {
            guard let name = call["name"]?.stringValue else {
                throw Problem(cause: "a tool call has no 'name'")
            }
            material.tools.append(ToolCall(name: name, arguments: call["arguments"] ?? [:]))
        }
        var arm: Arm?
        if let text = row["arm"]?.stringValue {
            guard let found = Arm(rawValue: text) else {
                throw Problem(cause: "'arm' is baseline or candidate")
            }
            arm = found
        }
        var columns: [Example.Column] = []
        for member in object.members where !Self.known.contains(member.key) {
            if let text = member.value.stringValue {
                columns.append(Example.Column(name: member.key, value: text))
            }
        }
        let id = row["id"]?.stringValue ?? row["id"]?.intValue.map(String.init) ?? "\(place.line)"
        return Label(
            id: id, example: row["example"]?.stringValue ?? id, metric: metric, verdict: verdict,
            judged: try reading.recorded("judge"), swapped: try reading.recorded("judge_swapped"),
            material: material, arm: arm, columns: columns, place: place)
    }

    private static func texts(_ value: JSONValue?) -> [String] {
        if let text = value?.stringValue { return [text] }
        return (value?.arrayValue ?? []).compactMap { $0.stringValue ?? $0["text"]?.stringValue }
    }
}

/// How verdicts of one line are read.
private struct Reading {
    private let row: JSONValue
    private let form: JudgedForm
    private let metric: String
    private let isRubric: Bool
    /// Of a rubric's grades.
    private let scale: ClosedRange<Double>?
    private var isPair: Bool { form.name == "preference" }

    init(
        _ row: JSONValue, _ form: JudgedForm, metric: String, known: ClosedRange<Double>?
    ) throws(LabelReader.Problem) {
        self.row = row
        self.form = form
        self.metric = metric
        isRubric = form.name == "rubric"
        guard let own = row["scale"], !own.isNull else {
            scale = isRubric ? known : nil
            return
        }
        guard isRubric else {
            throw LabelReader.Problem(cause: "'scale' is of rubrics alone, and \(metric) is none; remove it")
        }
        let ends = (own.arrayValue ?? []).compactMap(\.doubleValue)
        guard ends.count == 2, own.arrayValue?.count == 2, ends[0] < ends[1], ends.allSatisfy(\.isFinite)
        else {
            throw LabelReader.Problem(
                cause: "'scale' is no worst and larger best grade; write it as \"scale\": [1, 5]")
        }
        scale = ends[0]...ends[1]
    }

    func recorded(_ key: String) throws(LabelReader.Problem) -> [Label.Verdict?] {
        guard let value = row[key] else { return [] }
        var found: [Label.Verdict?] = []
        for one in value.arrayValue ?? [value] { found.append(one.isNull ? nil : try verdict(one, key)) }
        return found
    }

    /// - Throws: That it is none, with what would be one.
    func verdict(_ value: JSONValue, _ key: String) throws(LabelReader.Problem) -> Label.Verdict {
        if isPair {
            if let choice = choice(value) { return .pair(choice) }
            throw wrong(value, key, "is a pair's verdict: write first, second or tie")
        }
        if let flag = value.boolValue { return .value(flag ? 1 : 0) }
        if let number = value.doubleValue { return .value(try share(number, value, key)) }
        // To pass is to be as it should be: of what should not be there, 0.
        let good = form.direction == .lower ? 0.0 : 1
        switch value.stringValue?.lowercased() {
        case "yes", "true": return .value(1)
        case "no", "false": return .value(0)
        case "pass", "good", "correct": return .value(good)
        case "fail", "bad", "incorrect": return .value(1 - good)
        default:
            let range = scale ?? 0...1
            throw wrong(value, key, "takes yes, no, pass, fail or a number \(words(range))")
        }
    }

    private func choice(_ value: JSONValue) -> Label.Choice? {
        if let number = value.intValue { return number == 1 ? .first : number == 2 ? .second : nil }
        switch value.stringValue?.lowercased() {
        case "first", "1", "a": return .first
        case "second", "2", "b": return .second
        case "tie", "equal": return .tie
        default: return nil
        }
    }

    /// A number brought to 0 to 1.
    private func share(
        _ number: Double, _ value: JSONValue, _ key: String
    ) throws(LabelReader.Problem) -> Double {
        if let scale {
            guard scale.contains(number) else {
                throw wrong(
                    value, key,
                    "is on the scale \(words(scale)): write a grade of it, or name another in the line, \"scale\": [0, 10]"
                )
            }
            return (number - scale.lowerBound) / (scale.upperBound - scale.lowerBound)
        }
        guard (0...1).contains(number) else {
            throw wrong(
                value, key,
                isRubric
                    ? "has a scale that nobody names here: name it in the line, \"scale\": [1, 5], or the policy that holds "
                        + "the rubric with --policy"
                    : "takes yes, no, pass, fail or a number from 0 to 1: write one of these")
        }
        return number
    }

    private func words(_ range: ClosedRange<Double>) -> String {
        "from \(Numbers.short(range.lowerBound)) to \(Numbers.short(range.upperBound))"
    }

    private func wrong(_ value: JSONValue, _ key: String, _ mend: String) -> LabelReader.Problem {
        let shown = Prose.line(String(decoding: value.bytes(), as: UTF8.self), most: 60)
        return LabelReader.Problem(cause: "'\(key)' is \(shown), and \(metric) \(mend)")
    }
}

extension Label {
    /// The case as a metric measures it.
    public func input(_ change: (Material) -> Material = { $0 }) -> MeasureInput {
        let material = change(material)
        var example = Example(id: id, query: material.query, place: place)
        example.references = material.references
        example.history = material.history
        example.context = material.context
        example.rubric = material.rubric
        var answer = Answer(latencyMilliseconds: nil)
        answer.text = isPair ? material.second : material.answer
        if !material.context.isEmpty {
            answer.documents = material.context.enumerated().map {
                RetrievedDocument(id: "\($0.offset + 1)", text: $0.element)
            }
        }
        if !material.tools.isEmpty { answer.tools = material.tools }
        let observation = Observation(
            example: id, arm: .candidate, repetition: 0, outcome: .answered(answer))
        var input = MeasureInput(example: example, observation: observation)
        if isPair {
            var other = Answer(latencyMilliseconds: nil)
            other.text = material.first
            input.otherArm = Observation(
                example: id, arm: .baseline, repetition: 0, outcome: .answered(other))
        }
        return input
    }
}
