import Domain
import Interchange
import Notation

/// Proposes where each part of an observation stands, from a few answers of the app.
///
/// A place is judged by its name, by what stands there, and by whether that changes with the question; every proposal was
/// read by the same reader that the gate uses, so that none is written which cannot be read. Pure, and linear in the
/// answers' sizes.
public struct MappingFinder {
    let answers: [ProbedAnswer]
    let leaves: [Leaf]

    private init(_ answers: [ProbedAnswer]) {
        self.answers = answers
        leaves = Self.speaking(answers)?.body.map(Leaf.all(of:)) ?? []
    }

    /// The answer that shows most, which speaks for all.
    public static func speaking(_ answers: [ProbedAnswer]) -> ProbedAnswer? {
        var best: (answer: ProbedAnswer, leaves: Int)?
        for answer in answers {
            let count = answer.body.map { Leaf.all(of: $0).count } ?? 0
            if count > best?.leaves ?? -1 { best = (answer, count) }
        }
        return best?.answer
    }

    public static func find(_ answers: [ProbedAnswer]) -> Mapping {
        guard let first = answers.first(where: { $0.body != nil }) else {
            let text = answers.first?.plainText
            guard let text else { return Mapping() }
            let whole = PartProposal(
                part: "text", pointer: "", sample: shown(.string(text)), sureness: .sure,
                why: "the whole answer")
            return Mapping(known: [whole])
        }
        let finder = MappingFinder(answers)
        let found = finder.propose()
        guard let chat = first.chat, chat.text != nil || chat.tools?.isEmpty == false else { return found }
        return finder.settle(found, chat)
    }

    /// Whether nothing that matters differs between the answers to different questions.
    static func isConstant(_ answers: [ProbedAnswer]) -> Bool {
        guard Set(answers.map(\.question)).count > 1 else { return false }
        func telling(_ answer: ProbedAnswer) -> [String] {
            guard let body = answer.body else { return [answer.plainText ?? ""] }
            return Leaf.all(of: body).compactMap { leaf in
                guard leaf.value.objectValue == nil, leaf.value.arrayValue == nil else { return nil }
                guard !volatile.contains(leaf.name), !isCount(leaf.parents) else { return nil }
                if let text = leaf.value.stringValue, contains(text, answer.question) { return nil }
                return leaf.pointer.description + " " + String(decoding: leaf.value.bytes(), as: UTF8.self)
            } + [answer.plainText ?? ""]
        }
        let first = telling(answers[0])
        return answers.dropFirst().allSatisfy { telling($0) == first }
    }

    static let volatile: Set<String> = [
        "id", "request_id", "session_id", "session", "created", "created_at", "timestamp", "time", "date",
        "trace_id",
        "latency", "latency_ms", "duration", "duration_ms", "took", "elapsed", "conversation_id", "thread_id",
    ]

    static func isCount(_ parents: [String]) -> Bool {
        parents.contains { ["usage", "timings", "token_usage", "latency", "timing", "stages"].contains($0) }
    }

    static func contains(_ text: String, _ question: String) -> Bool {
        question.utf8.count > 3 && text.contains(question)
    }

    // MARK: All parts

    func propose() -> Mapping {
        var mapping = Mapping()
        var parts: [PartProposal] = []
        let documents = documents()
        let inside = documents.map { $0.pointer }
        func outside(_ leaf: Leaf) -> Bool {
            guard let inside else { return true }
            return !leaf.pointer.description.hasPrefix(inside + "/")
        }
        let open = leaves.filter(outside)
        let usage = object("usage", Self.usageNames, open)
        let stages = self.stages(open, except: usage?.pointer)
        let intent = intent(open)
        parts += [text(open, except: intent?.pointer), intent].compactMap(\.self)
        parts += numbers(open, intent: intent)
        parts += [documents, guardrail(open), usage, stages, tools(open), versions(open), session(open)]
            .compactMap(\.self)
        mapping.parts = Mapping.order.compactMap { name in parts.first { $0.part == name } }
        if let stages { mapping.stages = stageNames(stages.pointer) }
        return mapping
    }

    /// With what a known chat API shows by itself.
    func settle(_ found: Mapping, _ chat: Answer) -> Mapping {
        var known: [PartProposal] = []
        func add(_ part: String, _ sample: String) {
            known.append(
                PartProposal(
                    part: part, pointer: "", sample: sample, sureness: .sure,
                    why: "read as a chat API's answer"))
        }
        if let text = chat.text { add("text", Self.shown(.string(text))) }
        if let usage = chat.usage { add("usage", Self.words(usage)) }
        if let tools = chat.tools, !tools.isEmpty { add("tools", tools.map(\.name).joined(separator: ", ")) }
        if let model = chat.versions?.first { add("versions", "\(model.name) \(model.value)") }
        // Only what a chat API does not show needs a mapping; then all of it is mapped.
        let further = found.parts.filter { part in
            ["documents", "guardrail", "stages", "intent", "score", "label"].contains(part.part)
                && part.sureness > .guess
        }
        guard !further.isEmpty else { return Mapping(known: known) }
        var mapped = found.parts.filter { $0.part != "text" }
        if let text = chat.text, let place = leaves.first(where: { $0.value.stringValue == text }) {
            mapped.insert(proposal("text", place, .sure, "the chat message's text"), at: 0)
        } else if let blocks = leaves.first(where: { $0.name == "content" && $0.value.arrayValue != nil }) {
            mapped.insert(proposal("text", blocks, .sure, "the message's texts, joined"), at: 0)
        }
        return Mapping(parts: mapped, stages: found.stages)
    }

    // MARK: Text

    static let textNames: [String: Int] = [
        "answer": 10, "response": 9, "reply": 9, "output": 9, "completion": 9, "generated_text": 9,
        "output_text": 9,
        "text": 8, "content": 8, "bot_response": 9, "result": 6, "message": 6, "summary": 6, "translation": 6,
        "response_text": 9, "answer_text": 9, "final_answer": 10, "data": 3, "value": 2, "body": 3,
    ]
    static let neverText: Set<String> = [
        "id", "url", "uri", "model", "role", "type", "status", "session_id", "session", "trace_id",
        "request_id",
        "created", "created_at", "timestamp", "language", "locale", "finish_reason", "object", "version",
        "name", "error",
        "query", "question", "prompt", "currency", "outcome", "reason", "intent", "label", "category",
        "input",
    ]

    func text(_ open: [Leaf], except intent: String?) -> PartProposal? {
        var best: (leaf: Leaf, score: Int)?
        for leaf in open where leaf.pointer.description != intent {
            guard let text = leaf.value.stringValue, !Self.neverText.contains(leaf.name) else { continue }
            let score = score(text: text, leaf)
            if score > best?.score ?? 3 { best = (leaf, score) }
        }
        guard let best else { return nil }
        let named = Self.textNames[best.leaf.name] ?? 0
        let changes = varies(best.leaf.pointer)
        let sureness: Sureness =
            named >= 8 && (changes || answers.count < 2) ? .sure : named >= 6 || changes ? .likely : .guess
        let why = changes ? "named so, and changes with the question" : "named so"
        return proposal(
            "text", best.leaf, sureness, named > 0 ? why : "the longest text that changes with the question")
    }

    func score(text: String, _ leaf: Leaf) -> Int {
        var score = Self.textNames[leaf.name] ?? 0
        if varies(leaf.pointer) { score += 4 }
        let words = text.split { $0 == " " || $0 == "\n" }.count
        if words > 1 { score += 1 }
        if words > 6 { score += 2 }
        if answers.contains(where: { leaf.pointer.value(in: $0.body ?? .null)?.stringValue == $0.question }) {
            score -= 12
        }
        if text.hasPrefix("http://") || text.hasPrefix("https://") { score -= 6 }
        score -= leaf.depth
        if leaf.pointer.tokens.dropLast().contains(where: { Int($0) != nil }) { score -= 1 }
        return score
    }

    func varies(_ pointer: JSONPointer) -> Bool {
        let values = answers.compactMap { answer in answer.body.flatMap { pointer.value(in: $0) } }
        return Set(values).count > 1
    }

    // MARK: Classes and numbers

    static let intentNames = [
        "intent", "predicted_intent", "predicted_label", "predicted_class", "route", "label", "class",
        "category",
        "classification", "prediction", "topic", "queue", "domain",
    ]

    func intent(_ open: [Leaf]) -> PartProposal? {
        for name in Self.intentNames {
            let places = open.filter { $0.name == name && ($0.value.stringValue.map(Self.isLabel) ?? false) }
            guard let leaf = places.min(by: { $0.depth < $1.depth }) else { continue }
            // A band beside a score is the score's own label.
            if name == "label", Self.isBand(leaf.value.stringValue ?? "") { continue }
            if name == "label" || name == "class" || name == "category" || name == "domain",
                leaf.parents.contains(where: { ["guardrail", "moderation", "alternatives"].contains($0) })
            {
                continue
            }
            let strong = name.hasSuffix("intent") || name.hasPrefix("predicted") || name == "route"
            return proposal("intent", leaf, strong ? .sure : .likely, "named so")
        }
        return nil
    }

    static func isLabel(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 60 && text.split(separator: " ").count <= 4
    }

    static func isBand(_ text: String) -> Bool {
        let plain = text.lowercased().replacing("_", with: " ")
        return [
            "high", "medium", "low", "true negative", "match", "no match", "duplicate", "different",
            "similar",
        ].contains(plain)
    }

    /// Confidence, and a score with its band.
    func numbers(_ open: [Leaf], intent: PartProposal?) -> [PartProposal] {
        var found: [PartProposal] = []
        let numbers = open.filter { $0.value.doubleValue != nil }
        let names = [
            "confidence", "intent_confidence", "confidence_score", "probability", "prob", "certainty",
        ]
        let confident = numbers.filter { leaf in names.contains(leaf.name) && isShare(leaf) }
        // That of the intent stands beside it.
        let beside = intent.flatMap { intent in
            confident.first { parent($0.pointer.description) == parent(intent.pointer) }
        }
        if let leaf = beside ?? confident.min(by: { $0.depth < $1.depth }) {
            found.append(proposal("confidence", leaf, .sure, "named so, between 0 and 1"))
        }
        let scores = ["similarity", "similarity_score", "match_score", "score", "relevance"]
        let scored = numbers.filter { scores.contains($0.name) && !$0.parents.contains("usage") }
        guard let score = scored.min(by: { $0.depth < $1.depth }) else { return found }
        if let intent, parent(score.pointer.description) == parent(intent.pointer), score.name == "score" {
            if found.isEmpty { found.append(proposal("confidence", score, .likely, "beside the label")) }
            return found
        }
        guard !score.isInList else { return found }
        found.append(proposal("score", score, score.name == "score" ? .likely : .sure, "named so"))
        let label = open.first { leaf in
            ["label", "band", "decision", "verdict", "match"].contains(leaf.name)
                && (leaf.value.stringValue.map(Self.isBand) ?? false)
        }
        if let label { found.append(proposal("label", label, .likely, "a band beside a score")) }
        return found
    }

    func isShare(_ leaf: Leaf) -> Bool { (0...1).contains(leaf.value.doubleValue ?? -1) }

    func parent(_ pointer: String) -> Substring {
        pointer.lastIndex(of: "/").map { pointer[..<$0] } ?? pointer[...]
    }
}
