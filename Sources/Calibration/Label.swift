import Domain
import Metrics
import Notation

/// One thing that a person judged, with what a judge said of it where that was recorded.
///
/// A line of JSON: `id`, `metric`, `label`; `judge` with the recorded verdict, or a list of them (repeats), null where
/// there was none; what is needed to ask a judge afresh (`query`, `answer`, `context`, `reference`, `history`; of pairs
/// `first` and `second` in the place of `answer`); `arm`; every further text is a column that results are broken down
/// by. A recorded verdict on a pair in the other order is `judge_swapped`, said of the answers as the row calls them.
public struct Label: Sendable {
    public let id: String
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

    public init(path: String) { self.path = path }

    private struct Problem: Error { let cause: String }

    private static let known: Set<String> = [
        "id", "metric", "label", "judge", "judge_swapped", "query", "answer", "context", "reference",
        "references", "history", "first", "second", "arm", "tools", "rubric",
    ]

    public mutating func read(_ bytes: [UInt8]) {
        for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy({ $0 <= 0x20 }) { continue }
            let place = SourcePlace(file: path, line: index + 1)
            do throws(Problem) {
                let label = try Self.label(Array(line), place)
                guard ids.insert(label.metric + "\n" + label.id).inserted else {
                    throw Problem(cause: "the id '\(label.id)' stands twice for \(label.metric)")
                }
                if label.verdict == nil { unlabelled.append(label) } else { labels.append(label) }
            } catch { problems.append("\(path):\(index + 1): \(error.cause)") }
        }
    }

    private static func label(_ line: [UInt8], _ place: SourcePlace) throws(Problem) -> Label {
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
        let isPair = form.name == "preference"
        var said = row["label"]
        if said?.isNull ?? false { said = Optional<JSONValue>.none }
        let verdict = said.flatMap { self.verdict($0, form, isPair) }
        if said != nil, verdict == nil {
            throw Problem(
                cause:
                    "'label' is no \(isPair ? "first, second or tie" : "verdict: yes, no, pass, fail or a number")"
            )
        }
        var material = Label.Material()
        material.query = row["query"]?.stringValue ?? ""
        material.answer = row["answer"]?.stringValue
        material.context = texts(row["context"])
        material.references = texts(row["references"] ?? row["reference"])
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
        for member in object.members where !known.contains(member.key) {
            if let text = member.value.stringValue {
                columns.append(Example.Column(name: member.key, value: text))
            }
        }
        let id = row["id"]?.stringValue ?? row["id"]?.intValue.map(String.init) ?? "\(place.line)"
        return Label(
            id: id, metric: metric, verdict: verdict,
            judged: try recorded(row, "judge", form, isPair),
            swapped: try recorded(row, "judge_swapped", form, isPair),
            material: material, arm: arm, columns: columns, place: place)
    }

    private static func recorded(
        _ row: JSONValue, _ key: String, _ form: JudgedForm, _ isPair: Bool
    ) throws(Problem) -> [Label.Verdict?] {
        guard let value = row[key] else { return [] }
        var found: [Label.Verdict?] = []
        for one in value.arrayValue ?? [value] {
            if one.isNull {
                found.append(nil)
                continue
            }
            guard let verdict = verdict(one, form, isPair) else {
                throw Problem(cause: "'\(key)' is no verdict")
            }
            found.append(verdict)
        }
        return found
    }

    private static func verdict(_ value: JSONValue, _ form: JudgedForm, _ isPair: Bool) -> Label.Verdict? {
        if isPair {
            if let number = value.intValue {
                return number == 1 ? .pair(.first) : number == 2 ? .pair(.second) : nil
            }
            switch value.stringValue?.lowercased() {
            case "first", "1", "a": return .pair(.first)
            case "second", "2", "b": return .pair(.second)
            case "tie", "equal": return .pair(.tie)
            default: return nil
            }
        }
        if let flag = value.boolValue { return .value(flag ? 1 : 0) }
        if let number = value.doubleValue { return (0...1).contains(number) ? .value(number) : nil }
        // To pass is to be as it should be: of what should not be there, 0.
        let good = form.direction == .lower ? 0.0 : 1
        switch value.stringValue?.lowercased() {
        case "yes", "true": return .value(1)
        case "no", "false": return .value(0)
        case "pass", "good", "correct": return .value(good)
        case "fail", "bad", "incorrect": return .value(1 - good)
        default: return nil
        }
    }

    private static func texts(_ value: JSONValue?) -> [String] {
        if let text = value?.stringValue { return [text] }
        return (value?.arrayValue ?? []).compactMap { $0.stringValue ?? $0["text"]?.stringValue }
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
