import Glibc
import Notation

/// What the app is built from: passages, training sentences, prompts and fitted weights.
struct Library: Sendable {
    let folder: String
    let passages: [Passage]
    let intents: [(text: String, intent: String)]
    let domainOf: [String: String]
    let openQuestions: [TrainingQuestion]
    let outOfScope: [String]

    struct TrainingQuestion: Sendable {
        let text: String
        let passage: String
        let answers: [String]
    }

    init(folder: String) throws(FileProblem) {
        self.folder = folder
        passages = try Self.lines(folder + "/xquad/paragraphs.jsonl").compactMap { row in
            guard let id = row["pid"]?.stringValue, let text = row["context"]?.stringValue else { return nil }
            return Passage(id: id, text: text)
        }
        openQuestions = try Self.lines(folder + "/xquad/questions.train.jsonl").compactMap { row in
            guard let text = row["question"]?.stringValue, let passage = row["pid"]?.stringValue else {
                return nil
            }
            let answers = (row["answers"]?.arrayValue ?? []).compactMap { $0[0]?.stringValue }
            return TrainingQuestion(text: text, passage: passage, answers: answers)
        }
        var domainOf: [String: String] = [:]
        for member in try Self.json(folder + "/clinc/domains.json").objectValue?.members ?? [] {
            for intent in member.value.arrayValue ?? [] {
                if let name = intent.stringValue { domainOf[name] = member.key }
            }
        }
        self.domainOf = domainOf
        intents = try Self.table(folder + "/clinc/train.csv")
        outOfScope = try Self.table(folder + "/clinc/oos_train.csv").map(\.text)
    }

    /// Sentences with the label that a release gives them; out of scope, being so wide, weighs three times.
    func trainingExamples(_ map: Variant.LabelMap) -> [LabelledText] {
        var examples = intents.map { text, intent in
            LabelledText(
                text: text, label: Self.renamed(domainOf[intent] ?? IntentClassifier.outOfScope, map))
        }
        for _ in 0..<3 {
            examples += outOfScope.map { LabelledText(text: $0, label: IntentClassifier.outOfScope) }
        }
        examples += openQuestions.prefix(400).map {
            LabelledText(text: $0.text, label: IntentClassifier.knowledge)
        }
        return examples
    }

    /// The label of a domain in a release: two domains of today were once part of others.
    private static func renamed(_ domain: String, _ map: Variant.LabelMap) -> String {
        switch (map, domain) {
        case (.stale, "credit_cards"): "banking"
        case (.stale, "meta"): "small_talk"
        default: domain
        }
    }

    func prompt(_ name: String) throws(FileProblem) -> String {
        String(decoding: try readFile(folder + "/prompts/" + name + ".txt"), as: UTF8.self)
    }

    /// The weights of a span model.
    func weights(_ model: GenerationSettings.Model) throws(FileProblem) -> [Float] {
        let path = folder + "/models/" + model.rawValue + ".json"
        let numbers = try Self.json(path)["weights"]?.arrayValue?.compactMap(\.doubleValue) ?? []
        guard numbers.count == FeatureIndex.count else {
            throw FileProblem(
                path: path, reason: "it must hold \(FeatureIndex.count) weights and holds \(numbers.count)")
        }
        return numbers.map(Float.init)
    }

    static func json(_ path: String) throws(FileProblem) -> JSONValue {
        let bytes = try readFile(path)
        do throws(JSONError) { return try JSONValue.parse(bytes) } catch {
            throw FileProblem(path: path, reason: error.description)
        }
    }

    static func lines(_ path: String) throws(FileProblem) -> [JSONValue] {
        var rows: [JSONValue] = []
        for (number, line) in try readFile(path).split(separator: 0x0a).enumerated() {
            do throws(JSONError) { rows.append(try JSONValue.parse(line)) } catch {
                throw FileProblem(path: "\(path):\(number + 1)", reason: error.cause)
            }
        }
        return rows
    }

    /// The two columns of a CSV file with a header line (RFC 4180).
    private static func table(_ path: String) throws(FileProblem) -> [(text: String, intent: String)] {
        var rows: [(text: String, intent: String)] = []
        for line in try readFile(path).split(whereSeparator: { $0 == 0x0a || $0 == 0x0d }).dropFirst() {
            var columns: [[UInt8]] = [[]]
            var quoted = false
            for byte in line {
                switch byte {
                case 0x22: quoted.toggle()
                case 0x2c where !quoted: columns.append([])
                default: columns[columns.count - 1].append(byte)
                }
            }
            guard columns.count == 2 else {
                throw FileProblem(path: path, reason: "a row has not two columns")
            }
            rows.append(
                (String(decoding: columns[0], as: UTF8.self), String(decoding: columns[1], as: UTF8.self)))
        }
        return rows
    }
}
