import Domain
import Interchange
import Notation

/// Proposes where each part of an observation stands, from a few answers of the app.
///
/// A place is judged by its name, by what stands there, and by whether that changes with the question; every proposal was
/// read by the same reader that the gate uses, so that none is written which cannot be read. Pure, and linear in the
/// answers' sizes.
public struct MappingFinder {
    private let answers: [ProbedAnswer]
    private let leaves: [Leaf]

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

    private static let volatile: Set<String> = [
        "id", "request_id", "session_id", "session", "created", "created_at", "timestamp", "time", "date",
        "trace_id",
        "latency", "latency_ms", "duration", "duration_ms", "took", "elapsed", "conversation_id", "thread_id",
    ]

    private static func isCount(_ parents: [String]) -> Bool {
        parents.contains { ["usage", "timings", "token_usage", "latency", "timing", "stages"].contains($0) }
    }

    private static func contains(_ text: String, _ question: String) -> Bool {
        question.utf8.count > 3 && text.contains(question)
    }

    // MARK: All parts

    private func propose() -> Mapping {
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
    private func settle(_ found: Mapping, _ chat: Answer) -> Mapping {
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

    private static let textNames: [String: Int] = [
        "answer": 10, "response": 9, "reply": 9, "output": 9, "completion": 9, "generated_text": 9,
        "output_text": 9,
        "text": 8, "content": 8, "bot_response": 9, "result": 6, "message": 6, "summary": 6, "translation": 6,
        "response_text": 9, "answer_text": 9, "final_answer": 10, "data": 3, "value": 2, "body": 3,
    ]
    private static let neverText: Set<String> = [
        "id", "url", "uri", "model", "role", "type", "status", "session_id", "session", "trace_id",
        "request_id",
        "created", "created_at", "timestamp", "language", "locale", "finish_reason", "object", "version",
        "name", "error",
        "query", "question", "prompt", "currency", "outcome", "reason", "intent", "label", "category",
        "input",
    ]

    private func text(_ open: [Leaf], except intent: String?) -> PartProposal? {
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

    private func score(text: String, _ leaf: Leaf) -> Int {
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

    private func varies(_ pointer: JSONPointer) -> Bool {
        let values = answers.compactMap { answer in answer.body.flatMap { pointer.value(in: $0) } }
        return Set(values).count > 1
    }

    // MARK: Classes and numbers

    private static let intentNames = [
        "intent", "predicted_intent", "predicted_label", "predicted_class", "route", "label", "class",
        "category",
        "classification", "prediction", "topic", "queue", "domain",
    ]

    private func intent(_ open: [Leaf]) -> PartProposal? {
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

    private static func isLabel(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 60 && text.split(separator: " ").count <= 4
    }

    private static func isBand(_ text: String) -> Bool {
        let plain = text.lowercased().replacing("_", with: " ")
        return [
            "high", "medium", "low", "true negative", "match", "no match", "duplicate", "different",
            "similar",
        ].contains(plain)
    }

    /// Confidence, and a score with its band.
    private func numbers(_ open: [Leaf], intent: PartProposal?) -> [PartProposal] {
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

    private func isShare(_ leaf: Leaf) -> Bool { (0...1).contains(leaf.value.doubleValue ?? -1) }

    private func parent(_ pointer: String) -> Substring {
        pointer.lastIndex(of: "/").map { pointer[..<$0] } ?? pointer[...]
    }
}

// MARK: Parts with readers of their own

extension MappingFinder {
    private static let documentNames: [String: Int] = [
        "documents": 8, "retrieval": 8, "retrieved": 8, "retrieved_documents": 9, "source_documents": 9,
        "sources": 7,
        "contexts": 7, "context": 6, "chunks": 8, "passages": 8, "hits": 6, "search_results": 7, "results": 4,
        "citations": 5, "references": 5, "matches": 4, "nodes": 4, "docs": 8, "evidence": 5, "knowledge": 4,
    ]

    private func documents() -> PartProposal? {
        var best: (leaf: Leaf, score: Int)?
        for leaf in leaves {
            guard let list = leaf.value.arrayValue else { continue }
            let named = Self.documentNames[leaf.name] ?? 0
            var score = named
            if let first = list.first {
                guard let part = read("documents", leaf.pointer), part.problem == nil || named >= 7 else {
                    continue
                }
                let keys = Set((first.objectValue?.keys ?? []).map(DatasetField.normalised))
                if !keys.isDisjoint(with: ["id", "doc_id", "document_id", "chunk_id", "_id", "source"]) {
                    score += 3
                }
                if !keys.isDisjoint(with: ["text", "content", "page_content", "passage", "snippet"]) {
                    score += 3
                }
                if !keys.isDisjoint(with: ["score", "similarity", "relevance_score"]) { score += 2 }
                if keys.contains("role") || keys.contains("name") && keys.contains("arguments") { continue }
                if first.objectValue == nil, named < 5 { continue }
            } else if named < 7 {
                continue
            }
            score -= leaf.depth
            if score >= 6, score > best?.score ?? 0 { best = (leaf, score) }
        }
        guard let best else { return nil }
        let count = best.leaf.value.arrayValue?.count ?? 0
        if count == 0 { return proposal("documents", best.leaf, .guess, "named so; empty in these answers") }
        return proposal(
            "documents", best.leaf, best.score >= 10 ? .sure : .likely, "a list of passages with ids or texts"
        )
    }

    static let usageNames = ["usage", "token_usage", "usage_metadata", "tokens", "cost", "billing", "meta"]

    private func object(_ part: String, _ names: [String], _ open: [Leaf]) -> PartProposal? {
        for name in names {
            for leaf in open where leaf.name == name && leaf.value.objectValue?.isEmpty == false {
                guard let read = read(part, leaf.pointer), read.problem == nil else { continue }
                return proposal(
                    part, leaf, name == names[0] ? .sure : .likely, "tokens and cost that are known")
            }
        }
        return nil
    }

    private func stages(_ open: [Leaf], except usage: String?) -> PartProposal? {
        let names = [
            "timings", "stages", "timing", "latencies", "latency_breakdown", "durations", "stage_timings",
            "steps_ms",
            "latency", "spans", "trace", "performance",
        ]
        for name in names {
            for leaf in open where leaf.name == name && leaf.pointer.description != usage {
                guard let read = read("stages", leaf.pointer), read.problem == nil else { continue }
                guard (read.answer.stages?.count ?? 0) > 1 else { continue }
                return proposal(
                    "stages", leaf, name.hasPrefix("timing") || name == "stages" ? .sure : .likely,
                    "times by name")
            }
        }
        return nil
    }

    private func stageNames(_ pointer: String) -> [String] {
        guard let place = try? JSONPointer(pointer), let read = read("stages", place) else { return [] }
        return (read.answer.stages ?? []).map(\.name)
    }

    private func guardrail(_ open: [Leaf]) -> PartProposal? {
        let names = [
            "guardrail", "guardrails", "moderation", "safety", "blocked", "is_blocked", "flagged", "refused",
            "content_filter",
        ]
        for name in names {
            for leaf in open where leaf.name == name && !leaf.parents.contains("versions") {
                guard let read = read("guardrail", leaf.pointer), read.problem == nil,
                    read.answer.guardrail != nil
                else {
                    continue
                }
                return proposal(
                    "guardrail", leaf, name.hasPrefix("guardrail") ? .sure : .likely, "says allow or block")
            }
        }
        return nil
    }

    private func tools(_ open: [Leaf]) -> PartProposal? {
        for name in ["tool_calls", "function_calls", "tools", "tools_used", "actions", "tool_use", "calls"] {
            for leaf in open where leaf.name == name {
                guard let list = leaf.value.arrayValue, let read = read("tools", leaf.pointer),
                    read.problem == nil
                else {
                    continue
                }
                if list.isEmpty && name != "tool_calls" && name != "function_calls" { continue }
                let sure: Sureness = list.isEmpty ? .likely : .sure
                return proposal(
                    "tools", leaf, sure,
                    list.isEmpty ? "named so; empty in these answers" : "calls with names")
            }
        }
        return nil
    }

    private func versions(_ open: [Leaf]) -> PartProposal? {
        if let leaf = open.first(where: { $0.name == "versions" && $0.value.objectValue?.isEmpty == false }) {
            return proposal("versions", leaf, .sure, "versions by name")
        }
        for name in ["model", "model_version", "model_name", "prompt_version", "app_version", "version"] {
            let places = open.filter { leaf in
                leaf.name == name && (leaf.value.stringValue ?? "").isEmpty == false && !leaf.isInList
            }
            guard let leaf = places.min(by: { $0.depth < $1.depth }), !varies(leaf.pointer) else { continue }
            return proposal("versions", leaf, .likely, "a version of the same name")
        }
        return nil
    }

    private func session(_ open: [Leaf]) -> PartProposal? {
        for name in ["session_id", "session", "conversation_id", "thread_id", "chat_id"] {
            for leaf in open where leaf.name == name && !leaf.isInList {
                guard let read = read("session", leaf.pointer), read.problem == nil else { continue }
                return proposal("session", leaf, .sure, "named so")
            }
        }
        return nil
    }

    // MARK: Reading

    /// What the gate's own reader makes of a place, over all answers that have it.
    private func read(_ part: String, _ pointer: JSONPointer) -> (answer: Answer, problem: String?)? {
        var map = ObserveMap()
        map[part] = pointer.description
        guard let reader = try? AnswerReader(map) else { return nil }
        var best: Answer?
        for answer in answers {
            guard let body = answer.body, pointer.value(in: body) != nil else { continue }
            var made = Answer(latencyMilliseconds: nil)
            reader.read(body, into: &made)
            if let problem = made.problems.first { return (made, problem.detail) }
            if best == nil || made.stages?.count ?? 0 > best?.stages?.count ?? 0 { best = made }
        }
        return best.map { ($0, nil) }
    }

    private func proposal(_ part: String, _ leaf: Leaf, _ sureness: Sureness, _ why: String) -> PartProposal {
        PartProposal(
            part: part, pointer: leaf.pointer.description, sample: Self.sample(part, leaf.value),
            sureness: sureness, why: why)
    }

    private static func sample(_ part: String, _ value: JSONValue) -> String {
        switch part {
        case "documents":
            guard let list = value.arrayValue, let first = list.first else { return "none in this answer" }
            let id = first["id"]?.stringValue ?? first.stringValue ?? first["source"]?.stringValue
            let named = id.map { ", first '\(ProbeReading.shown($0))'" } ?? ""
            return "\(list.count) \(list.count == 1 ? "document" : "documents")\(named)"
        case "usage": return (try? UsageReader.read(value)).map(words) ?? shown(value)
        case "tools":
            let names = (ToolCallReader.read(value).calls ?? []).map(\.name)
            return names.isEmpty ? "none in this answer" : ProbeReading.shown(names.joined(separator: ", "))
        default: return shown(value)
        }
    }

    private static func words(_ usage: Usage) -> String {
        var parts: [String] = []
        if let input = usage.inputTokens { parts.append("\(input) in") }
        if let output = usage.outputTokens { parts.append("\(output) out") }
        if let cost = usage.cost { parts.append("cost \(cost)") }
        return parts.joined(separator: ", ")
    }

    static func shown(_ value: JSONValue) -> String {
        let text = ProbeReading.shown(value.stringValue ?? String(decoding: value.bytes(), as: UTF8.self))
        let head = String(text.unicodeScalars.prefix(60))
        let cut = head.unicodeScalars.count < text.unicodeScalars.count ? head + "…" : head
        return value.stringValue == nil ? cut : "\"\(cut)\""
    }
}

extension ObserveMap {
    /// A part by the name that a policy has for it.
    subscript(part: String) -> String? {
        get { Self.paths[part].flatMap { self[keyPath: $0] } }
        set { if let path = Self.paths[part] { self[keyPath: path] = newValue } }
    }

    private static var paths: [String: WritableKeyPath<ObserveMap, String?>] {
        [
            "text": \.text, "intent": \.intent, "confidence": \.confidence, "score": \.score,
            "label": \.scoreLabel,
            "documents": \.documents, "guardrail": \.guardrail, "usage": \.usage, "stages": \.stages,
            "tools": \.tools,
            "versions": \.versions, "session": \.session,
        ]
    }
}
