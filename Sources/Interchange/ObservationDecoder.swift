import Domain
import Notation

extension ObservationCodec {
    /// Reads an observation from its JSON value.
    public static func decode(_ value: JSONValue) throws(Problem) -> Observation {
        guard case .object(let object) = value else {
            throw Problem(description: "the line is \(withArticle(value.typeName)), not an observation")
        }
        let fields = Fields(object)
        let version = try fields.integer("v")
        guard version == self.version else {
            throw Problem(
                description:
                    "the line is of version \(version), this program reads version \(self.version): "
                    + "use a newer sluice"
            )
        }
        let armName = try fields.string("arm")
        guard let arm = Arm(rawValue: armName) else { throw Problem(description: "'arm' is no arm") }
        var earlier: [Answer] = []
        for turn in try fields.optionalList("earlier") ?? [] { earlier.append(try answer(turn)) }
        let outcome: Observation.Outcome
        if let given = object["answer"] {
            outcome = .answered(try answer(given))
        } else {
            outcome = .failed(try failure(try fields.object("failure")))
        }
        return Observation(
            example: try fields.string("example"), arm: arm, repetition: try fields.integer("repetition"),
            outcome: outcome, earlierTurns: earlier, attempts: try fields.optionalInteger("attempts") ?? 1,
            throttled: try fields.optionalInteger("throttled") ?? 0,
            fromCache: object["cached"]?.boolValue ?? false)
    }

    private static func failure(_ fields: Fields) throws(Problem) -> Failure {
        guard let cause = Failure.Cause(rawValue: try fields.string("cause")) else {
            throw Problem(description: "'failure.cause' is no cause of failure that this program knows")
        }
        return Failure(
            cause: cause, detail: try fields.string("detail"), status: try fields.optionalInteger("status"))
    }

    private static func answer(_ value: JSONValue) throws(Problem) -> Answer {
        guard case .object(let object) = value else { throw Problem(description: "'answer' is no object") }
        var answer = Answer(latencyMilliseconds: nil)
        // One pass over the members: a look-up by name for each part would cost more than the rest.
        for member in object.members {
            let field = Field(name: member.key, value: member.value)
            switch member.key {
            case "latency_ms": answer.latencyMilliseconds = try field.real()
            case "first_token_ms": answer.timeToFirstTokenMilliseconds = try field.real()
            case "status": answer.status = try field.integer()
            case "text": answer.text = try field.string()
            case "intent": answer.intent = try field.string()
            case "confidence": answer.confidence = try field.real()
            case "score": answer.score = try field.real()
            case "score_label": answer.scoreLabel = try field.string()
            case "documents": answer.documents = try documents(try field.list())
            case "guardrail": answer.guardrail = try guardrail(try field.object())
            case "usage":
                let usage = try field.object()
                answer.usage = Usage(
                    inputTokens: try usage.optionalInteger("input"),
                    cachedInputTokens: try usage.optionalInteger("cached_input"),
                    outputTokens: try usage.optionalInteger("output"), cost: try usage.optionalReal("cost"))
            case "stages":
                var stages: [StageTiming] = []
                for pair in try field.list() {
                    let (name, number) = try numberPair(pair, "stages")
                    stages.append(StageTiming(name: name, milliseconds: number))
                }
                answer.stages = stages
            case "tools":
                var tools: [ToolCall] = []
                for tool in try field.list() {
                    let call = try Field(name: "tools", value: tool).object()
                    tools.append(
                        ToolCall(name: try call.string("name"), arguments: call.value("arguments") ?? .null))
                }
                answer.tools = tools
            case "logprobs":
                var logarithms: [Double] = []
                for element in try field.list() {
                    guard let number = element.doubleValue else {
                        throw Problem(description: "'logprobs' holds what is no number")
                    }
                    logarithms.append(number)
                }
                answer.tokenLogarithms = logarithms
            case "versions":
                var versions: [Answer.Version] = []
                for pair in try field.list() {
                    let texts = try texts(pair, 2, "versions")
                    versions.append(Answer.Version(name: texts[0], value: texts[1]))
                }
                answer.versions = versions
            case "session": answer.session = try field.string()
            case "values":
                for pair in try field.list() {
                    let (name, number) = try numberPair(pair, "values")
                    answer.values.append(Answer.NamedValue(name: name, value: number))
                }
            case "body_problem": answer.bodyProblem = try field.string()
            case "problems":
                for part in try field.list() {
                    let texts = try texts(part, 3, "problems")
                    guard let kind = Answer.PartProblem.Kind(rawValue: texts[1]) else {
                        throw Problem(description: "'problems' names a kind that this program does not know")
                    }
                    answer.problems.append(Answer.PartProblem(part: texts[0], kind: kind, detail: texts[2]))
                }
            case "body": answer.body = member.value
            default: continue
            }
        }
        return answer
    }

    private static func documents(_ list: [JSONValue]) throws(Problem) -> [RetrievedDocument] {
        var documents: [RetrievedDocument] = []
        documents.reserveCapacity(list.count)
        for element in list {
            let fields = try Field(name: "documents", value: element).object()
            documents.append(
                RetrievedDocument(
                    id: try fields.string("id"), score: try fields.optionalReal("score"),
                    text: try fields.optionalString("text"), source: try fields.optionalString("source"),
                    page: try fields.optionalInteger("page")))
        }
        return documents
    }

    private static func guardrail(_ fields: Fields) throws(Problem) -> GuardrailDecision {
        guard let outcome = GuardrailOutcome(rawValue: try fields.string("outcome")) else {
            throw Problem(description: "'guardrail.outcome' is neither allow nor block")
        }
        return GuardrailDecision(outcome: outcome, reason: try fields.optionalString("reason"))
    }

    private static func texts(_ value: JSONValue, _ count: Int, _ name: String) throws(Problem) -> [String] {
        var texts: [String] = []
        for part in value.arrayValue ?? [] { if let text = part.stringValue { texts.append(text) } }
        guard texts.count == count else {
            throw Problem(description: "'\(name)' holds no list of \(count) texts")
        }
        return texts
    }

    private static func numberPair(_ value: JSONValue, _ name: String) throws(Problem) -> (String, Double) {
        guard case .array(let parts) = value, parts.count == 2, let first = parts[0].stringValue else {
            throw Problem(description: "'\(name)' holds no pair of name and number")
        }
        return (first, try Field(name: name, value: parts[1]).real())
    }
}

/// One member with its name, read as what it should be.
private struct Field {
    let name: String
    let value: JSONValue

    func string() throws(ObservationCodec.Problem) -> String {
        if case .string(let text) = value { return text }
        throw wrong("a text")
    }

    func integer() throws(ObservationCodec.Problem) -> Int {
        if let number = value.intValue { return number }
        throw wrong("a whole number")
    }

    func real() throws(ObservationCodec.Problem) -> Double {
        if let number = value.doubleValue { return number }
        switch value.stringValue {
        case "nan": return .nan
        case "inf": return .infinity
        case "-inf": return -.infinity
        default: throw wrong("a number")
        }
    }

    func list() throws(ObservationCodec.Problem) -> [JSONValue] {
        if case .array(let elements) = value { return elements }
        throw wrong("a list")
    }

    func object() throws(ObservationCodec.Problem) -> Fields {
        if case .object(let object) = value { return Fields(object) }
        throw wrong("an object")
    }

    private func wrong(_ wanted: String) -> ObservationCodec.Problem {
        ObservationCodec.Problem(description: "'\(name)' is \(withArticle(value.typeName)), not \(wanted)")
    }
}

/// The members of an object, read as what they should be.
private struct Fields {
    private let members: JSONObject

    init(_ members: JSONObject) { self.members = members }

    func value(_ name: String) -> JSONValue? { members[name] }

    private func field(_ name: String) throws(ObservationCodec.Problem) -> Field {
        guard let value = members[name] else {
            throw ObservationCodec.Problem(description: "'\(name)' is missing")
        }
        return Field(name: name, value: value)
    }

    func string(_ name: String) throws(ObservationCodec.Problem) -> String { try field(name).string() }
    func integer(_ name: String) throws(ObservationCodec.Problem) -> Int { try field(name).integer() }
    func object(_ name: String) throws(ObservationCodec.Problem) -> Fields { try field(name).object() }

    func optionalString(_ name: String) throws(ObservationCodec.Problem) -> String? {
        members[name] == nil ? nil : try field(name).string()
    }

    func optionalInteger(_ name: String) throws(ObservationCodec.Problem) -> Int? {
        members[name] == nil ? nil : try field(name).integer()
    }

    func optionalReal(_ name: String) throws(ObservationCodec.Problem) -> Double? {
        members[name] == nil ? nil : try field(name).real()
    }

    func optionalList(_ name: String) throws(ObservationCodec.Problem) -> [JSONValue]? {
        members[name] == nil ? nil : try field(name).list()
    }
}
