import Domain
import Notation

/// A metric in a program or behind an endpoint of the user's own: `custom[NAME]`, declared under `custom` in the policy.
///
/// It is asked with one JSON object of the example and the answer (see ``CustomQuestion``) and answers `{"score": 0.8}`,
/// `{"not_applicable": "why"}` or `{"error": "why"}`. A score outside the declared range is
/// *unmeasured*, as is no answer in time: it is the scorer that failed. An app that failed scores worst where the declared range has an end.
enum Custom {
    static let family = MetricFamily(
        name: "custom", members: .names, needs: [.model(.custom("NAME"))],
        summary: "A metric in a program or behind an endpoint of your own.",
        source: "The policy declares unit, range and direction.",
        example: #"custom[tone]: {"text": "Gladly!"} → 1"#,
        make: define)

    private static func define(
        _ request: MetricRequest, _ resources: MetricResources
    ) throws(MetricProblem) -> MetricDefinition {
        let name = try MetricName(request.name).member ?? ""
        guard let metric = resources.customs.first(where: { $0.name == name }) else {
            let known = resources.customs.map(\.name)
            throw MetricProblem(
                "'custom' declares no metric '\(name)'"
                    + (known.isEmpty ? "" : "; declared are " + known.joined(separator: ", ")))
        }
        let direction = Direction(rawValue: metric.better) ?? .neither
        let worst = direction == .lower ? metric.highest : direction == .higher ? metric.lowest : nil
        let nature = Nature(
            unit: MetricUnit(rawValue: metric.unit) ?? .ratio, lowest: metric.lowest,
            highest: metric.highest,
            direction: direction, tier: .quality, isPassFail: metric.isPassFail)
        let need = MetricDefinition.ModelNeed([.custom(name)], series: "custom/1") { input in
            input.answer.map { [.custom(CustomQuestion(name, input.example, $0))] } ?? []
        }
        return MetricDefinition(
            name: request.name, summary: "'\(name)', scored by the policy's own program or endpoint.",
            source: family.source, nature: nature,
            whenAppFailed: worst.map { value in .worst { _ in .value(value) } } ?? .nothing, models: need,
            measure: { input in
                guard let answer = input.answer else { return .failed("no answer") }
                let question = CustomQuestion(name, input.example, answer)
                switch input.models[.custom(question)] {
                case .score(let value):
                    guard value.isFinite, value >= metric.lowest ?? -.infinity,
                        value <= metric.highest ?? .infinity
                    else { return .unmeasured("its score lies outside the declared range") }
                    if metric.isPassFail, value != 0, value != 1 {
                        return .unmeasured("its score passes or fails, and is neither 0 nor 1")
                    }
                    return .value(value)
                case .inapplicable(let why): return .notApplicable(why)
                case .failed(let why): return .unmeasured(why)
                case nil: return .unmeasured("the metric was not asked")
                default: return .unmeasured("the metric was answered as if it were another")
                }
            })
    }
}

/// What a metric of the user's own is asked: an example and the answer to it, as one JSON object.
public struct CustomQuestion: Sendable, Hashable {
    /// The metric's name.
    public let metric: String
    /// The line without its `id`, in canonical form: equal questions are asked once.
    public let line: ExactText

    public init(_ metric: String, _ example: Example, _ answer: Answer) {
        self.metric = metric
        var object = JSONObject()
        object["metric"] = .string(metric)
        object["example"] = Self.example(example)
        object["answer"] = Self.answer(answer)
        line = ExactText(String(decoding: JSONValue.object(object).canonicalBytes, as: UTF8.self))
    }

    private static func example(_ example: Example) -> JSONValue {
        var object = JSONObject()
        object["id"] = .string(example.id)
        object["query"] = .string(example.query)
        if !example.history.isEmpty {
            object["history"] = .array(
                example.history.map { ["role": .string($0.role.rawValue), "content": .string($0.content)] })
        }
        if !example.context.isEmpty { object["context"] = texts(example.context) }
        if !example.references.isEmpty { object["references"] = texts(example.references) }
        if let result = example.expectedResult { object["expected_result"] = result }
        if let intent = example.expectedIntent { object["expected_intent"] = .string(intent) }
        if let rubric = example.rubric { object["rubric"] = .string(rubric) }
        if let gold = example.goldDocuments { object["gold_documents"] = texts(gold) }
        for column in example.columns {
            var columns = object["columns"]?.objectValue ?? JSONObject()
            columns[column.name] = .string(column.value)
            object["columns"] = .object(columns)
        }
        return .object(object)
    }

    private static func answer(_ answer: Answer) -> JSONValue {
        var object = JSONObject()
        if let text = answer.text { object["text"] = .string(text) }
        if let intent = answer.intent { object["intent"] = .string(intent) }
        if let confidence = answer.confidence { object["confidence"] = .number(confidence) }
        if let score = answer.score { object["score"] = .number(score) }
        if let label = answer.scoreLabel { object["label"] = .string(label) }
        if let documents = answer.documents {
            object["documents"] = .array(
                documents.map { document in
                    var object = JSONObject()
                    object["id"] = .string(document.id)
                    if let text = document.text { object["text"] = .string(text) }
                    if let score = document.score { object["score"] = .number(score) }
                    return .object(object)
                })
        }
        if let tools = answer.tools {
            object["tools"] = .array(
                tools.map { ["name": .string($0.name), "arguments": $0.arguments] })
        }
        if let body = answer.body { object["body"] = body }
        return .object(object)
    }

    private static func texts(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
}
